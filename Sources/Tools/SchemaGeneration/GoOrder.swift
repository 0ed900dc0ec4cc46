/// The fields of Go's structs whose order is not that of their protobuf numbers, by type: JSON has them as they are
/// declared.
///
/// Read from the struct definitions of `k8s.io/api`, `k8s.io/apimachinery` and `k8s.io/apiextensions-apiserver`.
enum GoOrder {
    /// Where a field stands in JSON; nil for types in which its protobuf number says so.
    static func position(_ type: String, _ field: String) -> Int? { positions[type]?[field] }

    private static let positions: [String: [String: Int]] = {
        var result: [String: [String: Int]] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let type = words.first else { continue }
            for (position, field) in words.dropFirst().enumerated() { result[type, default: [:]][field] = position }
        }
        return result
    }()

    private static let table = """
        APIResource name singularName namespaced group version kind verbs shortNames categories storageVersionHash
        AllocatedDeviceStatus driver pool device shareID conditions data networkData
        ApiextensionsWebhookClientConfig url service caBundle
        CertificateSigningRequestCondition type status reason message lastUpdateTime lastTransitionTime
        CertificateSigningRequestSpec request signerName expirationSeconds usages username uid groups extra
        ClusterTrustBundleProjection name signerName labelSelector optional path
        ConfigMap metadata immutable data binaryData
        Container name image command args workingDir ports envFrom env resources resizePolicy restartPolicy \
        restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle \
        terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty
        CronJobSpec schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate \
        successfulJobsHistoryLimit failedJobsHistoryLimit
        CustomResourceDefinitionVersion name served storage deprecated deprecationWarning schema subresources \
        additionalPrinterColumns selectableFields
        DeleteOptions kind apiVersion gracePeriodSeconds preconditions orphanDependents propagationPolicy dryRun \
        ignoreStoreReadErrorWithClusterBreakingPotential
        DeploymentCondition type status lastUpdateTime lastTransitionTime reason message
        DeploymentStatus observedGeneration replicas updatedReplicas readyReplicas availableReplicas \
        unavailableReplicas terminatingReplicas conditions collisionCount
        EndpointAddress ip hostname nodeName targetRef
        EndpointSlice metadata addressType endpoints ports
        EphemeralContainer name image command args workingDir ports envFrom env resources resizePolicy restartPolicy \
        restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle \
        terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty \
        targetContainerName
        HPAScalingRules stabilizationWindowSeconds selectPolicy policies tolerance
        HTTPIngressPath path pathType backend
        ISCSIPersistentVolumeSource targetPortal iqn lun iscsiInterface fsType readOnly portals chapAuthDiscovery \
        chapAuthSession secretRef initiatorName
        ISCSIVolumeSource targetPortal iqn lun iscsiInterface fsType readOnly portals chapAuthDiscovery \
        chapAuthSession secretRef initiatorName
        IngressBackend service resource
        IngressSpec ingressClassName defaultBackend tls rules
        JobSpec parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit \
        backoffLimitPerIndex maxFailedIndexes selector manualSelector template ttlSecondsAfterFinished completionMode \
        suspend podReplacementPolicy managedBy
        JobStatus conditions startTime completionTime active succeeded failed terminating completedIndexes \
        failedIndexes uncountedTerminatedPods ready
        MetricSpec type object pods resource containerResource external
        MetricStatus type object pods resource containerResource external
        MutatingWebhook name clientConfig rules failurePolicy matchPolicy namespaceSelector objectSelector sideEffects \
        timeoutSeconds admissionReviewVersions reinvocationPolicy matchConditions
        NodeSpec podCIDR podCIDRs providerID unschedulable taints configSource externalID
        OwnerReference apiVersion kind name uid controller blockOwnerDeletion
        PersistentVolumeClaimSpec accessModes selector resources volumeName storageClassName volumeMode dataSource \
        dataSourceRef volumeAttributesClassName
        PodCondition type observedGeneration status lastProbeTime lastTransitionTime reason message
        PodSecurityContext seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot supplementalGroups \
        supplementalGroupsPolicy fsGroup sysctls fsGroupChangePolicy seccompProfile appArmorProfile \
        seLinuxChangePolicy
        PodSpec volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds \
        activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken \
        nodeName hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain \
        affinity schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates \
        runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os \
        hostUsers schedulingGates resourceClaims resources hostnameOverride schedulingGroup
        PodStatus observedGeneration phase conditions message reason nominatedNodeName hostIP hostIPs podIP podIPs \
        startTime initContainerStatuses containerStatuses qosClass ephemeralContainerStatuses resize \
        resourceClaimStatuses extendedResourceClaimStatus allocatedResources resources \
        nodeAllocatableResourceClaimStatuses
        ReplicaSetSpec replicas minReadySeconds selector template
        ReplicaSetStatus replicas fullyLabeledReplicas readyReplicas availableReplicas terminatingReplicas \
        observedGeneration conditions
        ReplicationControllerSpec replicas minReadySeconds selector template
        ReplicationControllerStatus replicas fullyLabeledReplicas readyReplicas availableReplicas observedGeneration \
        conditions
        Secret metadata immutable data stringData type
        SecurityContext capabilities privileged seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot \
        readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile appArmorProfile
        ServicePort name protocol appProtocol port targetPort nodePort
        ServiceSpec ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP \
        loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses \
        sessionAffinityConfig ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass \
        internalTrafficPolicy trafficDistribution
        StatusDetails name group kind uid causes retryAfterSeconds
        SubjectAccessReviewStatus allowed denied reason evaluationError
        TokenRequestSpec audiences expirationSeconds boundObjectRef
        TokenReviewStatus authenticated user audiences error
        ValidatingWebhook name clientConfig rules failurePolicy matchPolicy namespaceSelector objectSelector \
        sideEffects timeoutSeconds admissionReviewVersions matchConditions
        Volume name hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs \
        persistentVolumeClaim rbd flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap vsphereVolume \
        quobyte azureDisk photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral image
        VolumeMount name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr
        WebhookClientConfig url service caBundle
        """
}

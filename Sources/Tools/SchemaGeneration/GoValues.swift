// OpenAPI does not tell Go's pointers from its plain values, nor which plain values JSON leaves out when they are zero.
// Both are read from the struct definitions of `k8s.io/api` and `k8s.io/apimachinery`, and kept here by type.

/// How Go holds an optional field that is no list and no map.
enum GoValues {
    /// Numbers, strings, booleans, times and quantities that are pointers: set is told from zero.
    static func isPointer(_ type: String, _ field: String) -> Bool { pointers[type]?.contains(field) ?? false }

    /// Structs that are required, and pointers all the same: an empty one is told from none.
    static func isRequiredPointer(_ type: String, _ field: String) -> Bool {
        requiredPointers[type]?.contains(field) ?? false
    }

    /// Structs that are plain values: always there.
    static func isPlainStruct(_ type: String, _ field: String) -> Bool {
        plainStructs[type]?.contains(field) ?? false
    }

    /// Plain numbers, strings and booleans that JSON writes even when they are zero.
    static func isAlwaysWritten(_ type: String, _ field: String) -> Bool {
        alwaysWritten[type]?.contains(field) ?? false
    }

    /// Lists, maps and pointers without `omitempty`: JSON has null for one that is empty, or not set. Lists and maps
    /// that are required are so as well, and need not be told.
    static func isNullWhenEmpty(_ type: String, _ field: String) -> Bool {
        nullWhenEmpty[type]?.contains(field) ?? false
    }

    /// Strings and lists that are required, and are left out of JSON when they are empty all the same: Go's field is
    /// marked `+required` and has `omitempty`.
    static func isLeftOutWhenEmpty(_ type: String, _ field: String) -> Bool {
        leftOutWhenEmpty[type]?.contains(field) ?? false
    }

    private static func fields(_ table: String) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if let type = words.first { result[type] = Set(words.dropFirst()) }
        }
        return result
    }

    private static let alwaysWritten = fields(
        """
        Event reportingComponent reportingInstance
        FlowSchemaSpec matchingPrecedence
        NodeRuntimeHandler name
        PodDisruptionBudgetStatus currentHealthy desiredHealthy disruptionsAllowed expectedPods
        PodFailurePolicyOnPodConditionsPattern status
        PriorityClass value
        QueuingConfiguration handSize queueLengthLimit queues
        RoleRef apiGroup
        StatefulSetOrdinals start
        StatefulSetSpec serviceName
        StatefulSetStatus availableReplicas
        TokenRequestStatus token
        """)

    private static let nullWhenEmpty = fields(
        """
        AllocatedDeviceStatus conditions
        AzureFilePersistentVolumeSource secretNamespace
        CSINodeDriver topologyKeys
        CapacityRequestPolicy default
        ClusterRole rules
        ContainerImage names
        CustomResourceDefinitionStatus conditions storedVersions
        DaemonSetSpec selector
        DeploymentSpec selector
        DeviceClaim requests
        EndpointSlice endpoints ports
        GRPCAction service
        HorizontalPodAutoscalerStatus currentMetrics
        IngressClassParametersReference scope
        ProjectedVolumeSource sources
        ReplicaSetSpec selector
        ResourcePolicyRule namespaces
        Role rules
        ScaleIOPersistentVolumeSource secretRef
        ScaleIOVolumeSource secretRef
        StatefulSetSpec selector
        TokenRequestSpec audiences boundObjectRef expirationSeconds
        TypedLocalObjectReference apiGroup
        TypedObjectReference apiGroup
        """)

    private static let leftOutWhenEmpty = fields(
        """
        ContainerRestartRule action
        ContainerRestartRuleOnExitCodes operator
        CounterSet counters
        DeviceCounterConsumption counters
        ImageVolumeStatus imageRef
        ParentReference name resource
        PodCertificateProjection keyType signerName
        TokenReviewSpec token
        ValidatingAdmissionPolicyBindingSpec policyName validationActions
        """)

    private static let requiredPointers = fields(
        """
        DaemonSetSpec selector
        DeploymentSpec selector
        IPAddressSpec parentRef
        ReplicaSetSpec selector
        ScaleIOPersistentVolumeSource secretRef
        ScaleIOVolumeSource secretRef
        StatefulSetSpec selector
        """)

    private static let plainStructs = fields(
        """
        APIGroup preferredVersion
        AllocationResult devices
        Container resources
        ContainerStatus lastState state
        CustomResourceDefinitionStatus acceptedNames
        DaemonSetSpec updateStrategy
        DeploymentSpec strategy
        Endpoint conditions
        EphemeralContainer resources
        Event source
        EventsEvent deprecatedSource regarding
        IngressServiceBackend port
        IngressStatus loadBalancer
        JobTemplateSpec metadata spec
        LimitedPriorityLevelConfiguration limitResponse
        NetworkPolicySpec podSelector
        NodeDaemonEndpoints kubeletEndpoint
        NodeStatus daemonEndpoints nodeInfo
        PersistentVolumeClaimSpec resources
        PersistentVolumeClaimTemplate metadata
        PodTemplate template
        ReplicaSetSpec template
        ResourceClaimSpec devices
        ResourceClaimTemplateSpec metadata
        SelfSubjectReviewStatus userInfo
        ServiceStatus loadBalancer
        StatefulSetSpec updateStrategy
        TokenReviewStatus user
        """)

    private static let pointers = fields(
        """
        AllocatedDeviceStatus shareID
        AllocationResult allocationTimestamp
        ApiextensionsServiceReference path port
        ApiextensionsWebhookClientConfig url
        ApiregistrationServiceReference port
        AppArmorProfile localhostProfile
        AutoscalingV1HorizontalPodAutoscalerSpec minReplicas targetCPUUtilizationPercentage
        AutoscalingV1HorizontalPodAutoscalerStatus currentCPUUtilizationPercentage lastScaleTime observedGeneration
        AzureDiskVolumeSource cachingMode fsType kind readOnly
        AzureFilePersistentVolumeSource secretNamespace
        CSIDriverSpec attachRequired fsGroupPolicy nodeAllocatableUpdatePeriodSeconds podInfoOnMount \
        preventPodSchedulingIfMissing requiresRepublish seLinuxMount serviceAccountTokenInSecrets storageCapacity
        CSIStorageCapacity capacity maximumVolumeSize
        CSIVolumeSource fsType readOnly
        CapacityRequestPolicy default
        CapacityRequestPolicyRange max step
        CertificateSigningRequestSpec expirationSeconds
        ClientIPConfig timeoutSeconds
        ClusterTrustBundleProjection name optional signerName
        ConfigMap immutable
        ConfigMapEnvSource optional
        ConfigMapKeySelector optional
        ConfigMapProjection optional
        ConfigMapVolumeSource defaultMode optional
        Container restartPolicy
        ContainerStatus started stopSignal
        CronJobSpec failedJobsHistoryLimit startingDeadlineSeconds successfulJobsHistoryLimit suspend timeZone
        CronJobStatus lastScheduleTime lastSuccessfulTime
        CustomResourceDefinitionVersion deprecationWarning
        CustomResourceSubresourceScale labelSelectorPath
        DaemonSetSpec revisionHistoryLimit
        DaemonSetStatus collisionCount
        DeleteOptions gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents \
        propagationPolicy
        DeploymentSpec progressDeadlineSeconds replicas revisionHistoryLimit
        DeploymentStatus collisionCount terminatingReplicas
        Device allNodes allowMultipleAllocations bindsToNode nodeName
        DeviceAttribute bool int string version
        DeviceClassSpec extendedResourceName
        DeviceConstraint distinctAttribute matchAttribute
        DeviceRequestAllocationResult adminAccess shareID
        DeviceTaint timeAdded
        DeviceToleration tolerationSeconds
        DiscoveryEndpointPort appProtocol name port protocol
        DownwardAPIVolumeFile mode
        DownwardAPIVolumeSource defaultMode
        EmptyDirVolumeSource sizeLimit
        Endpoint hostname nodeName zone
        EndpointAddress nodeName
        EndpointConditions ready serving terminating
        EndpointPort appProtocol
        EphemeralContainer restartPolicy
        ExactDeviceRequest adminAccess
        ExemptPriorityLevelConfiguration lendablePercent nominalConcurrencyShares
        FCVolumeSource lun
        FileKeySelector optional
        GRPCAction service
        GlusterfsPersistentVolumeSource endpointsNamespace
        HPAScalingRules selectPolicy stabilizationWindowSeconds tolerance
        HorizontalPodAutoscalerSpec minReplicas
        HorizontalPodAutoscalerStatus lastScaleTime observedGeneration
        HostPathVolumeSource type
        ISCSIPersistentVolumeSource initiatorName
        ISCSIVolumeSource initiatorName
        IngressClassParametersReference apiGroup namespace scope
        IngressPortStatus error
        IngressSpec ingressClassName
        JSONSchemaProps $ref maxItems maxLength maxProperties maximum minItems minLength minProperties minimum \
        multipleOf x-kubernetes-list-type x-kubernetes-map-type x-kubernetes-preserve-unknown-fields
        JobSpec activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy \
        manualSelector maxFailedIndexes parallelism podReplacementPolicy suspend ttlSecondsAfterFinished
        JobStatus completionTime failedIndexes ready startTime terminating
        KeyToPath mode
        LeaseSpec acquireTime holderIdentity leaseDurationSeconds leaseTransitions preferredHolder renewTime strategy
        Lifecycle stopSignal
        LimitedPriorityLevelConfiguration borrowingLimitPercent lendablePercent nominalConcurrencyShares
        ListMeta remainingItemCount
        LoadBalancerIngress ipMode
        LocalVolumeSource fsType
        ManagedFieldsEntry time
        MatchResources matchPolicy
        MetricTarget averageUtilization averageValue value
        MetricValueStatus averageUtilization averageValue value
        MutatingAdmissionPolicySpec failurePolicy
        MutatingWebhook failurePolicy matchPolicy reinvocationPolicy timeoutSeconds
        NamedRuleWithOperations scope
        NetworkPolicyPort endPort port protocol
        NodeAllocatableResourceMapping allocationMultiplier capacityKey
        NodeFeatures supplementalGroupsPolicy
        NodeRuntimeHandlerFeatures recursiveReadOnlyMounts userNamespaces
        NodeSwapStatus capacity
        ObjectMeta deletionGracePeriodSeconds deletionTimestamp
        OwnerReference blockOwnerDeletion controller
        ParamRef parameterNotFoundAction
        PersistentVolumeClaimSpec storageClassName volumeAttributesClassName volumeMode
        PersistentVolumeClaimStatus currentVolumeAttributesClassName
        PersistentVolumeSpec volumeAttributesClassName volumeMode
        PersistentVolumeStatus lastPhaseTransitionTime
        PodCertificateProjection maxExpirationSeconds
        PodDNSConfigOption value
        PodDisruptionBudgetSpec maxUnavailable minAvailable unhealthyPodEvictionPolicy
        PodFailurePolicyOnExitCodesRequirement containerName
        PodResourceClaim resourceClaimName resourceClaimTemplateName
        PodResourceClaimStatus resourceClaimName
        PodSchedulingGroup podGroupName
        PodSecurityContext fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy \
        supplementalGroupsPolicy
        PodSpec activeDeadlineSeconds automountServiceAccountToken enableServiceLinks hostUsers hostnameOverride \
        preemptionPolicy priority runtimeClassName setHostnameAsFQDN shareProcessNamespace \
        terminationGracePeriodSeconds
        PodStatus startTime
        PortStatus error
        Preconditions resourceVersion uid
        PriorityClass preemptionPolicy
        Probe terminationGracePeriodSeconds
        ProjectedVolumeSource defaultMode
        ReplicaSetSpec replicas
        ReplicaSetStatus terminatingReplicas
        ReplicationControllerSpec replicas
        ResourceHealth message
        ResourceSliceSpec allNodes nodeName perDeviceNodeSelection
        RollingUpdateDaemonSet maxSurge maxUnavailable
        RollingUpdateDeployment maxSurge maxUnavailable
        RollingUpdateStatefulSetStrategy maxUnavailable partition
        RuleWithOperations scope
        SeccompProfile localhostProfile
        Secret immutable
        SecretEnvSource optional
        SecretKeySelector optional
        SecretProjection optional
        SecretVolumeSource defaultMode optional
        SecurityContext allowPrivilegeEscalation privileged procMount readOnlyRootFilesystem runAsGroup runAsNonRoot \
        runAsUser
        ServiceAccount automountServiceAccountToken
        ServiceAccountTokenProjection expirationSeconds
        ServicePort appProtocol
        ServiceReference path port
        ServiceSpec allocateLoadBalancerNodePorts internalTrafficPolicy ipFamilyPolicy loadBalancerClass \
        trafficDistribution
        StatefulSetSpec replicas revisionHistoryLimit
        StatefulSetStatus collisionCount
        StorageClass allowVolumeExpansion reclaimPolicy volumeBindingMode
        StorageTokenRequest expirationSeconds
        SuccessPolicyRule succeededCount succeededIndexes
        Taint timeAdded
        TokenRequestSpec expirationSeconds
        Toleration tolerationSeconds
        TopologySpreadConstraint minDomains nodeAffinityPolicy nodeTaintsPolicy
        TypedLocalObjectReference apiGroup
        TypedObjectReference apiGroup namespace
        ValidatingAdmissionPolicySpec failurePolicy
        ValidatingWebhook failurePolicy matchPolicy timeoutSeconds
        Validation reason
        ValidationRule optionalOldSelf reason
        VolumeAttachmentSource persistentVolumeName
        VolumeError errorCode
        VolumeMount mountPropagation recursiveReadOnly
        VolumeMountStatus recursiveReadOnly
        VolumeNodeResources count
        WebhookClientConfig url
        WindowsSecurityContextOptions gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName
        """)
}

/// How Go lays out what a pod template is made of, a line a type: its fields in Go's order, as `JSON[=GO]:TYPE`.
///
/// | part | meaning |
/// |---|---|
/// | `GO` | what Go calls the field, if that is not its JSON name with a capital |
/// | `*TYPE` | a pointer |
/// | `[TYPE]`, `{TYPE}` | a list, a map by string; `{TYPE}/NAME` is a map that Go has a name for |
/// | `v1.NAME`, `types.NAME` | a string that Go has a name for |
/// | `NAME( … )` | a struct that Go embeds, and the fields that it holds |
///
/// The schema's table has the same fields, and a test holds this one to it; to read that takes longer than a new
/// cluster, which names the ReplicaSet of its DNS, may take to start.
///
/// Follows kubernetes staging/src/k8s.io/api/core/v1/types.go of 1.36.
enum GoLayoutTable {
    static let text: StaticString = """
        AWSElasticBlockStoreVolumeSource volumeID:string fsType=FSType:string partition:int32 readOnly:bool
        Affinity nodeAffinity:*NodeAffinity podAffinity:*PodAffinity podAntiAffinity:*PodAntiAffinity
        AppArmorProfile type:v1.AppArmorProfileType localhostProfile:*string
        AzureDiskVolumeSource diskName:string diskURI=DataDiskURI:string cachingMode:*v1.AzureDataDiskCachingMode \
        fsType=FSType:*string readOnly:*bool kind:*v1.AzureDataDiskKind
        AzureFileVolumeSource secretName:string shareName:string readOnly:bool
        CSIVolumeSource driver:string readOnly:*bool fsType=FSType:*string volumeAttributes:{string} \
        nodePublishSecretRef:*LocalObjectReference
        Capabilities add:[v1.Capability] drop:[v1.Capability]
        CephFSVolumeSource monitors:[string] path:string user:string secretFile:string \
        secretRef:*LocalObjectReference readOnly:bool
        CinderVolumeSource volumeID:string fsType=FSType:string readOnly:bool secretRef:*LocalObjectReference
        ClusterTrustBundleProjection name:*string signerName:*string labelSelector:*LabelSelector optional:*bool \
        path:string
        ConfigMapEnvSource LocalObjectReference( name:string ) optional:*bool
        ConfigMapKeySelector LocalObjectReference( name:string ) key:string optional:*bool
        ConfigMapProjection LocalObjectReference( name:string ) items:[KeyToPath] optional:*bool
        ConfigMapVolumeSource LocalObjectReference( name:string ) items:[KeyToPath] defaultMode:*int32 optional:*bool
        Container name:string image:string command:[string] args:[string] workingDir:string ports:[ContainerPort] \
        envFrom:[EnvFromSource] env:[EnvVar] resources:ResourceRequirements resizePolicy:[ContainerResizePolicy] \
        restartPolicy:*v1.ContainerRestartPolicy restartPolicyRules:[ContainerRestartRule] volumeMounts:[VolumeMount] \
        volumeDevices:[VolumeDevice] livenessProbe:*Probe readinessProbe:*Probe startupProbe:*Probe \
        lifecycle:*Lifecycle terminationMessagePath:string terminationMessagePolicy:v1.TerminationMessagePolicy \
        imagePullPolicy:v1.PullPolicy securityContext:*SecurityContext stdin:bool stdinOnce:bool tty=TTY:bool
        ContainerPort name:string hostPort:int32 containerPort:int32 protocol:v1.Protocol hostIP:string
        ContainerResizePolicy resourceName:v1.ResourceName restartPolicy:v1.ResourceResizeRestartPolicy
        ContainerRestartRule action:v1.ContainerRestartRuleAction exitCodes:*ContainerRestartRuleOnExitCodes
        ContainerRestartRuleOnExitCodes operator:v1.ContainerRestartRuleOnExitCodesOperator values:[int32]
        DownwardAPIProjection items:[DownwardAPIVolumeFile]
        DownwardAPIVolumeFile path:string fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector \
        mode:*int32
        DownwardAPIVolumeSource items:[DownwardAPIVolumeFile] defaultMode:*int32
        EmptyDirVolumeSource medium:v1.StorageMedium sizeLimit:*Quantity
        EnvFromSource prefix:string configMapRef:*ConfigMapEnvSource secretRef:*SecretEnvSource
        EnvVar name:string value:string valueFrom:*EnvVarSource
        EnvVarSource fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector \
        configMapKeyRef:*ConfigMapKeySelector secretKeyRef:*SecretKeySelector fileKeyRef:*FileKeySelector
        EphemeralContainer EphemeralContainerCommon( name:string image:string command:[string] args:[string] \
        workingDir:string ports:[ContainerPort] envFrom:[EnvFromSource] env:[EnvVar] resources:ResourceRequirements \
        resizePolicy:[ContainerResizePolicy] restartPolicy:*v1.ContainerRestartPolicy \
        restartPolicyRules:[ContainerRestartRule] volumeMounts:[VolumeMount] volumeDevices:[VolumeDevice] \
        livenessProbe:*Probe readinessProbe:*Probe startupProbe:*Probe lifecycle:*Lifecycle \
        terminationMessagePath:string terminationMessagePolicy:v1.TerminationMessagePolicy \
        imagePullPolicy:v1.PullPolicy securityContext:*SecurityContext stdin:bool stdinOnce:bool tty=TTY:bool ) \
        targetContainerName:string
        EphemeralVolumeSource volumeClaimTemplate:*PersistentVolumeClaimTemplate
        ExecAction command:[string]
        FCVolumeSource targetWWNs:[string] lun:*int32 fsType=FSType:string readOnly:bool wwids=WWIDs:[string]
        FileKeySelector volumeName:string path:string key:string optional:*bool
        FlexVolumeSource driver:string fsType=FSType:string secretRef:*LocalObjectReference readOnly:bool \
        options:{string}
        FlockerVolumeSource datasetName:string datasetUUID:string
        GCEPersistentDiskVolumeSource pdName=PDName:string fsType=FSType:string partition:int32 readOnly:bool
        GRPCAction port:int32 service:*string
        GitRepoVolumeSource repository:string revision:string directory:string
        GlusterfsVolumeSource endpoints=EndpointsName:string path:string readOnly:bool
        HTTPGetAction path:string port:IntOrString host:string scheme:v1.URIScheme \
        httpHeaders=HTTPHeaders:[HTTPHeader]
        HTTPHeader name:string value:string
        HostAlias ip=IP:string hostnames:[string]
        HostPathVolumeSource path:string type:*v1.HostPathType
        ISCSIVolumeSource targetPortal:string iqn=IQN:string lun:int32 iscsiInterface=ISCSIInterface:string \
        fsType=FSType:string readOnly:bool portals:[string] chapAuthDiscovery=DiscoveryCHAPAuth:bool \
        chapAuthSession=SessionCHAPAuth:bool secretRef:*LocalObjectReference initiatorName:*string
        ImageVolumeSource reference:string pullPolicy:v1.PullPolicy
        KeyToPath key:string path:string mode:*int32
        LabelSelector matchLabels:{string} matchExpressions:[LabelSelectorRequirement]
        LabelSelectorRequirement key:string operator:v1.LabelSelectorOperator values:[string]
        Lifecycle postStart:*LifecycleHandler preStop:*LifecycleHandler stopSignal:*v1.Signal
        LifecycleHandler exec:*ExecAction httpGet=HTTPGet:*HTTPGetAction tcpSocket=TCPSocket:*TCPSocketAction \
        sleep:*SleepAction
        LocalObjectReference name:string
        ManagedFieldsEntry manager:string operation:string apiVersion=APIVersion:string time:*Time fieldsType:string \
        fieldsV1:*FieldsV1 subresource:string
        NFSVolumeSource server:string path:string readOnly:bool
        NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector \
        preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]
        NodeSelector nodeSelectorTerms:[NodeSelectorTerm]
        NodeSelectorRequirement key:string operator:v1.NodeSelectorOperator values:[string]
        NodeSelectorTerm matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]
        ObjectFieldSelector apiVersion=APIVersion:string fieldPath:string
        ObjectMeta name:string generateName:string namespace:string selfLink:string uid=UID:types.UID \
        resourceVersion:string generation:int64 creationTimestamp:Time deletionTimestamp:*Time \
        deletionGracePeriodSeconds:*int64 labels:{string} annotations:{string} ownerReferences:[OwnerReference] \
        finalizers:[string] managedFields:[ManagedFieldsEntry]
        OwnerReference kind:string name:string uid=UID:types.UID apiVersion=APIVersion:string controller:*bool \
        blockOwnerDeletion:*bool
        PersistentVolumeClaimSpec accessModes:[v1.PersistentVolumeAccessMode] selector:*LabelSelector \
        resources:VolumeResourceRequirements volumeName:string storageClassName:*string \
        volumeMode:*v1.PersistentVolumeMode dataSource:*TypedLocalObjectReference dataSourceRef:*TypedObjectReference \
        volumeAttributesClassName:*string
        PersistentVolumeClaimTemplate metadata=ObjectMeta:ObjectMeta spec:PersistentVolumeClaimSpec
        PersistentVolumeClaimVolumeSource claimName:string readOnly:bool
        PhotonPersistentDiskVolumeSource pdID:string fsType=FSType:string
        PodAffinity requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm] \
        preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
        PodAffinityTerm labelSelector:*LabelSelector namespaces:[string] topologyKey:string \
        namespaceSelector:*LabelSelector matchLabelKeys:[string] mismatchLabelKeys:[string]
        PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm] \
        preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
        PodCertificateProjection signerName:string keyType:string maxExpirationSeconds:*int32 \
        credentialBundlePath:string keyPath:string certificateChainPath:string userAnnotations:{string}
        PodDNSConfig nameservers:[string] searches:[string] options:[PodDNSConfigOption]
        PodDNSConfigOption name:string value:*string
        PodOS name:v1.OSName
        PodReadinessGate conditionType:v1.PodConditionType
        PodResourceClaim name:string resourceClaimName:*string resourceClaimTemplateName:*string
        PodSchedulingGate name:string
        PodSchedulingGroup podGroupName:*string
        PodSecurityContext seLinuxOptions=SELinuxOptions:*SELinuxOptions \
        windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool \
        supplementalGroups:[int64] supplementalGroupsPolicy:*v1.SupplementalGroupsPolicy fsGroup=FSGroup:*int64 \
        sysctls:[Sysctl] fsGroupChangePolicy=FSGroupChangePolicy:*v1.PodFSGroupChangePolicy \
        seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile \
        seLinuxChangePolicy=SELinuxChangePolicy:*v1.PodSELinuxChangePolicy
        PodSpec volumes:[Volume] initContainers:[Container] containers:[Container] \
        ephemeralContainers:[EphemeralContainer] restartPolicy:v1.RestartPolicy terminationGracePeriodSeconds:*int64 \
        activeDeadlineSeconds:*int64 dnsPolicy=DNSPolicy:v1.DNSPolicy nodeSelector:{string} serviceAccountName:string \
        serviceAccount=DeprecatedServiceAccount:string automountServiceAccountToken:*bool nodeName:string \
        hostNetwork:bool hostPID:bool hostIPC:bool shareProcessNamespace:*bool securityContext:*PodSecurityContext \
        imagePullSecrets:[LocalObjectReference] hostname:string subdomain:string affinity:*Affinity \
        schedulerName:string tolerations:[Toleration] hostAliases:[HostAlias] priorityClassName:string \
        priority:*int32 dnsConfig=DNSConfig:*PodDNSConfig readinessGates:[PodReadinessGate] runtimeClassName:*string \
        enableServiceLinks:*bool preemptionPolicy:*v1.PreemptionPolicy overhead:{Quantity}/v1.ResourceList \
        topologySpreadConstraints:[TopologySpreadConstraint] setHostnameAsFQDN:*bool os=OS:*PodOS hostUsers:*bool \
        schedulingGates:[PodSchedulingGate] resourceClaims:[PodResourceClaim] resources:*ResourceRequirements \
        hostnameOverride:*string schedulingGroup:*PodSchedulingGroup
        PodTemplateSpec metadata=ObjectMeta:ObjectMeta spec:PodSpec
        PortworxVolumeSource volumeID:string fsType=FSType:string readOnly:bool
        PreferredSchedulingTerm weight:int32 preference:NodeSelectorTerm
        Probe ProbeHandler( exec:*ExecAction httpGet=HTTPGet:*HTTPGetAction tcpSocket=TCPSocket:*TCPSocketAction \
        grpc=GRPC:*GRPCAction ) initialDelaySeconds:int32 timeoutSeconds:int32 periodSeconds:int32 \
        successThreshold:int32 failureThreshold:int32 terminationGracePeriodSeconds:*int64
        ProjectedVolumeSource sources:[VolumeProjection] defaultMode:*int32
        QuobyteVolumeSource registry:string volume:string readOnly:bool user:string group:string tenant:string
        RBDVolumeSource monitors=CephMonitors:[string] image=RBDImage:string fsType=FSType:string pool=RBDPool:string \
        user=RadosUser:string keyring:string secretRef:*LocalObjectReference readOnly:bool
        ResourceClaim name:string request:string
        ResourceFieldSelector containerName:string resource:string divisor:Quantity
        ResourceRequirements limits:{Quantity}/v1.ResourceList requests:{Quantity}/v1.ResourceList \
        claims:[ResourceClaim]
        SELinuxOptions user:string role:string type:string level:string
        ScaleIOVolumeSource gateway:string system:string secretRef:*LocalObjectReference sslEnabled=SSLEnabled:bool \
        protectionDomain:string storagePool:string storageMode:string volumeName:string fsType=FSType:string \
        readOnly:bool
        SeccompProfile type:v1.SeccompProfileType localhostProfile:*string
        SecretEnvSource LocalObjectReference( name:string ) optional:*bool
        SecretKeySelector LocalObjectReference( name:string ) key:string optional:*bool
        SecretProjection LocalObjectReference( name:string ) items:[KeyToPath] optional:*bool
        SecretVolumeSource secretName:string items:[KeyToPath] defaultMode:*int32 optional:*bool
        SecurityContext capabilities:*Capabilities privileged:*bool seLinuxOptions=SELinuxOptions:*SELinuxOptions \
        windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool \
        readOnlyRootFilesystem:*bool allowPrivilegeEscalation:*bool procMount:*v1.ProcMountType \
        seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile
        ServiceAccountTokenProjection audience:string expirationSeconds:*int64 path:string
        SleepAction seconds:int64
        StorageOSVolumeSource volumeName:string volumeNamespace:string fsType=FSType:string readOnly:bool \
        secretRef:*LocalObjectReference
        Sysctl name:string value:string
        TCPSocketAction port:IntOrString host:string
        Toleration key:string operator:v1.TolerationOperator value:string effect:v1.TaintEffect \
        tolerationSeconds:*int64
        TopologySpreadConstraint maxSkew:int32 topologyKey:string whenUnsatisfiable:v1.UnsatisfiableConstraintAction \
        labelSelector:*LabelSelector minDomains:*int32 nodeAffinityPolicy:*v1.NodeInclusionPolicy \
        nodeTaintsPolicy:*v1.NodeInclusionPolicy matchLabelKeys:[string]
        TypedLocalObjectReference apiGroup=APIGroup:*string kind:string name:string
        TypedObjectReference apiGroup=APIGroup:*string kind:string name:string namespace:*string
        Volume name:string VolumeSource( hostPath:*HostPathVolumeSource emptyDir:*EmptyDirVolumeSource \
        gcePersistentDisk=GCEPersistentDisk:*GCEPersistentDiskVolumeSource \
        awsElasticBlockStore=AWSElasticBlockStore:*AWSElasticBlockStoreVolumeSource gitRepo:*GitRepoVolumeSource \
        secret:*SecretVolumeSource nfs=NFS:*NFSVolumeSource iscsi=ISCSI:*ISCSIVolumeSource \
        glusterfs:*GlusterfsVolumeSource persistentVolumeClaim:*PersistentVolumeClaimVolumeSource \
        rbd=RBD:*RBDVolumeSource flexVolume:*FlexVolumeSource cinder:*CinderVolumeSource \
        cephfs=CephFS:*CephFSVolumeSource flocker:*FlockerVolumeSource downwardAPI:*DownwardAPIVolumeSource \
        fc=FC:*FCVolumeSource azureFile:*AzureFileVolumeSource configMap:*ConfigMapVolumeSource \
        vsphereVolume:*VsphereVirtualDiskVolumeSource quobyte:*QuobyteVolumeSource azureDisk:*AzureDiskVolumeSource \
        photonPersistentDisk:*PhotonPersistentDiskVolumeSource projected:*ProjectedVolumeSource \
        portworxVolume:*PortworxVolumeSource scaleIO:*ScaleIOVolumeSource storageos=StorageOS:*StorageOSVolumeSource \
        csi=CSI:*CSIVolumeSource ephemeral:*EphemeralVolumeSource image:*ImageVolumeSource )
        VolumeDevice name:string devicePath:string
        VolumeMount name:string readOnly:bool recursiveReadOnly:*v1.RecursiveReadOnlyMode mountPath:string \
        subPath:string mountPropagation:*v1.MountPropagationMode subPathExpr:string
        VolumeProjection secret:*SecretProjection downwardAPI:*DownwardAPIProjection configMap:*ConfigMapProjection \
        serviceAccountToken:*ServiceAccountTokenProjection clusterTrustBundle:*ClusterTrustBundleProjection \
        podCertificate:*PodCertificateProjection
        VolumeResourceRequirements limits:{Quantity}/v1.ResourceList requests:{Quantity}/v1.ResourceList
        VsphereVirtualDiskVolumeSource volumePath:string fsType=FSType:string storagePolicyName:string \
        storagePolicyID:string
        WeightedPodAffinityTerm weight:int32 podAffinityTerm:PodAffinityTerm
        WindowsSecurityContextOptions gmsaCredentialSpecName=GMSACredentialSpecName:*string \
        gmsaCredentialSpec=GMSACredentialSpec:*string runAsUserName:*string hostProcess:*bool
        """
}

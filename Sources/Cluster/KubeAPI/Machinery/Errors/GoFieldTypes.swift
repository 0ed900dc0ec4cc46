/// The types that Go gives fields of strings, lists and maps, where they have a name of their own: messages about
/// values of the wrong type tell it.
///
/// Read from the struct definitions of `k8s.io/api`, `k8s.io/apimachinery` and `k8s.io/apiextensions-apiserver`.
enum GoFieldTypes {
    /// As in `v1.RestartPolicy`, `[]v1.Capability`, `map[string]v1.ExtraValue`; nil for types without such a name.
    static func text(_ type: String, _ field: String) -> String? { types[type]?[field] }

    /// Of the elements of a list or a map.
    static func element(_ text: String) -> String? {
        if text.hasPrefix("[]") { return String(text.dropFirst(2)) }
        guard text.hasPrefix("map["), let end = text.firstIndex(of: "]") else { return nil }
        return String(text[end...].dropFirst())
    }

    private static let types: [String: [String: String]] = {
        var result: [String: [String: String]] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let type = words.first else { continue }
            for word in words.dropFirst() {
                let parts = word.split(separator: "=", maxSplits: 1)
                result[String(type), default: [:]][String(parts[0])] = String(parts[1])
            }
        }
        return result
    }()

    private static let table = """
        APIResource verbs=v1.Verbs
        AppArmorProfile type=v1.AppArmorProfileType
        AttachedVolume name=v1.UniqueVolumeName
        AzureDiskVolumeSource cachingMode=v1.AzureDataDiskCachingMode kind=v1.AzureDataDiskKind
        BoundObjectReference uid=types.UID
        CSIDriverSpec volumeLifecycleModes=[]v1.VolumeLifecycleMode fsGroupPolicy=v1.FSGroupPolicy
        Capabilities add=[]v1.Capability drop=[]v1.Capability
        CapacityRequirements requests=map[v1.QualifiedName]resource.Quantity
        CertificateSigningRequestCondition type=v1.RequestConditionType status=v1.ConditionStatus
        CertificateSigningRequestSpec usages=[]v1.KeyUsage extra=map[string]v1.ExtraValue
        ComponentCondition type=v1.ComponentConditionType status=v1.ConditionStatus
        Condition status=v1.ConditionStatus
        ConfigMapNodeConfigSource uid=types.UID
        Container restartPolicy=v1.ContainerRestartPolicy terminationMessagePolicy=v1.TerminationMessagePolicy \
        imagePullPolicy=v1.PullPolicy
        ContainerPort protocol=v1.Protocol
        ContainerResizePolicy resourceName=v1.ResourceName restartPolicy=v1.ResourceResizeRestartPolicy
        ContainerResourceMetricSource name=v1.ResourceName
        ContainerResourceMetricStatus name=v1.ResourceName
        ContainerRestartRule action=v1.ContainerRestartRuleAction
        ContainerRestartRuleOnExitCodes operator=v1.ContainerRestartRuleOnExitCodesOperator
        ContainerStatus allocatedResources=v1.ResourceList stopSignal=v1.Signal
        CronJobSpec concurrencyPolicy=v1.ConcurrencyPolicy
        CustomResourceConversion strategy=v1.ConversionStrategyType
        CustomResourceDefinitionCondition type=v1.CustomResourceDefinitionConditionType status=v1.ConditionStatus
        CustomResourceDefinitionSpec scope=v1.ResourceScope
        DaemonSetCondition type=v1.DaemonSetConditionType status=v1.ConditionStatus
        DaemonSetUpdateStrategy type=v1.DaemonSetUpdateStrategyType
        DeleteOptions propagationPolicy=v1.DeletionPropagation
        DeploymentCondition type=v1.DeploymentConditionType status=v1.ConditionStatus
        DeploymentStrategy type=v1.DeploymentStrategyType
        Device attributes=map[v1.QualifiedName]v1.DeviceAttribute capacity=map[v1.QualifiedName]v1.DeviceCapacity \
        nodeAllocatableResourceMappings=map[v1.ResourceName]v1.NodeAllocatableResourceMapping
        DeviceAllocationConfiguration source=v1.AllocationConfigSource
        DeviceConstraint matchAttribute=v1.FullyQualifiedName distinctAttribute=v1.FullyQualifiedName
        DeviceRequestAllocationResult shareID=types.UID consumedCapacity=map[v1.QualifiedName]resource.Quantity
        DeviceSubRequest allocationMode=v1.DeviceAllocationMode
        DeviceTaint effect=v1.DeviceTaintEffect
        DeviceToleration operator=v1.DeviceTolerationOperator effect=v1.DeviceTaintEffect
        DiscoveryEndpointPort protocol=v1.Protocol
        EmptyDirVolumeSource medium=v1.StorageMedium
        EndpointPort protocol=v1.Protocol
        EndpointSlice addressType=v1.AddressType
        EphemeralContainer restartPolicy=v1.ContainerRestartPolicy \
        terminationMessagePolicy=v1.TerminationMessagePolicy imagePullPolicy=v1.PullPolicy
        ExactDeviceRequest allocationMode=v1.DeviceAllocationMode
        FieldSelectorRequirement operator=v1.FieldSelectorOperator
        FlowDistinguisherMethod type=v1.FlowDistinguisherMethodType
        FlowSchemaCondition type=v1.FlowSchemaConditionType status=v1.ConditionStatus
        FlowcontrolSubject kind=v1.SubjectKind
        HPAScalingPolicy type=v2.HPAScalingPolicyType
        HPAScalingRules selectPolicy=v2.ScalingPolicySelect
        HTTPGetAction scheme=v1.URIScheme
        HTTPIngressPath pathType=v1.PathType
        HorizontalPodAutoscalerCondition type=v2.HorizontalPodAutoscalerConditionType status=v1.ConditionStatus
        HostPathVolumeSource type=v1.HostPathType
        ImageVolumeSource pullPolicy=v1.PullPolicy
        IngressPortStatus protocol=v1.Protocol
        JSONSchemaProps $schema=v1.JSONSchemaURL dependencies=v1.JSONSchemaDependencies \
        definitions=v1.JSONSchemaDefinitions x-kubernetes-validations=v1.ValidationRules
        JobCondition type=v1.JobConditionType status=v1.ConditionStatus
        JobSpec completionMode=v1.CompletionMode podReplacementPolicy=v1.PodReplacementPolicy
        LabelSelectorRequirement operator=v1.LabelSelectorOperator
        LeaseSpec strategy=v1.CoordinatedLeaseStrategy
        Lifecycle stopSignal=v1.Signal
        LimitRangeItem type=v1.LimitType max=v1.ResourceList min=v1.ResourceList default=v1.ResourceList \
        defaultRequest=v1.ResourceList maxLimitRequestRatio=v1.ResourceList
        LimitResponse type=v1.LimitResponseType
        LoadBalancerIngress ipMode=v1.LoadBalancerIPMode
        ManagedFieldsEntry operation=v1.ManagedFieldsOperationType
        MatchResources matchPolicy=v1.MatchPolicyType
        MetricSpec type=v2.MetricSourceType
        MetricStatus type=v2.MetricSourceType
        MetricTarget type=v2.MetricTargetType
        ModifyVolumeStatus status=v1.PersistentVolumeClaimModifyVolumeStatus
        MutatingAdmissionPolicySpec failurePolicy=v1.FailurePolicyType reinvocationPolicy=v1.ReinvocationPolicyType
        MutatingWebhook failurePolicy=v1.FailurePolicyType matchPolicy=v1.MatchPolicyType \
        sideEffects=v1.SideEffectClass reinvocationPolicy=v1.ReinvocationPolicyType
        Mutation patchType=v1.PatchType
        NamedRuleWithOperations operations=[]v1.OperationType scope=v1.ScopeType
        NamespaceCondition type=v1.NamespaceConditionType status=v1.ConditionStatus
        NamespaceSpec finalizers=[]v1.FinalizerName
        NamespaceStatus phase=v1.NamespacePhase
        NetworkPolicyPort protocol=v1.Protocol
        NetworkPolicySpec policyTypes=[]v1.PolicyType
        NodeAddress type=v1.NodeAddressType
        NodeAllocatableResourceClaimStatus resources=map[v1.ResourceName]resource.Quantity
        NodeAllocatableResourceMapping capacityKey=v1.QualifiedName
        NodeCondition type=v1.NodeConditionType status=v1.ConditionStatus
        NodeSelectorRequirement operator=v1.NodeSelectorOperator
        NodeStatus capacity=v1.ResourceList allocatable=v1.ResourceList phase=v1.NodePhase \
        volumesInUse=[]v1.UniqueVolumeName
        ObjectMeta uid=types.UID
        ObjectReference uid=types.UID
        Overhead podFixed=v1.ResourceList
        OwnerReference uid=types.UID
        ParamRef parameterNotFoundAction=v1.ParameterNotFoundActionType
        PersistentVolumeClaimCondition type=v1.PersistentVolumeClaimConditionType status=v1.ConditionStatus
        PersistentVolumeClaimSpec accessModes=[]v1.PersistentVolumeAccessMode volumeMode=v1.PersistentVolumeMode
        PersistentVolumeClaimStatus phase=v1.PersistentVolumeClaimPhase accessModes=[]v1.PersistentVolumeAccessMode \
        capacity=v1.ResourceList allocatedResources=v1.ResourceList \
        allocatedResourceStatuses=map[v1.ResourceName]v1.ClaimResourceStatus
        PersistentVolumeSpec capacity=v1.ResourceList accessModes=[]v1.PersistentVolumeAccessMode \
        persistentVolumeReclaimPolicy=v1.PersistentVolumeReclaimPolicy volumeMode=v1.PersistentVolumeMode
        PersistentVolumeStatus phase=v1.PersistentVolumePhase
        PodCondition type=v1.PodConditionType status=v1.ConditionStatus
        PodDisruptionBudgetSpec unhealthyPodEvictionPolicy=v1.UnhealthyPodEvictionPolicyType
        PodFailurePolicyOnExitCodesRequirement operator=v1.PodFailurePolicyOnExitCodesOperator
        PodFailurePolicyOnPodConditionsPattern type=v1.PodConditionType status=v1.ConditionStatus
        PodFailurePolicyRule action=v1.PodFailurePolicyAction
        PodOS name=v1.OSName
        PodReadinessGate conditionType=v1.PodConditionType
        PodSecurityContext supplementalGroupsPolicy=v1.SupplementalGroupsPolicy \
        fsGroupChangePolicy=v1.PodFSGroupChangePolicy seLinuxChangePolicy=v1.PodSELinuxChangePolicy
        PodSpec restartPolicy=v1.RestartPolicy dnsPolicy=v1.DNSPolicy preemptionPolicy=v1.PreemptionPolicy \
        overhead=v1.ResourceList
        PodStatus phase=v1.PodPhase qosClass=v1.PodQOSClass resize=v1.PodResizeStatus \
        allocatedResources=v1.ResourceList
        PortStatus protocol=v1.Protocol
        Preconditions uid=types.UID
        PriorityClass preemptionPolicy=v1.PreemptionPolicy
        PriorityLevelConfigurationCondition type=v1.PriorityLevelConfigurationConditionType status=v1.ConditionStatus
        PriorityLevelConfigurationSpec type=v1.PriorityLevelEnablement
        ReplicaSetCondition type=v1.ReplicaSetConditionType status=v1.ConditionStatus
        ReplicationControllerCondition type=v1.ReplicationControllerConditionType status=v1.ConditionStatus
        ResourceClaimConsumerReference uid=types.UID
        ResourceHealth resourceID=v1.ResourceID health=v1.ResourceHealthStatus
        ResourceMetricSource name=v1.ResourceName
        ResourceMetricStatus name=v1.ResourceName
        ResourceQuotaSpec hard=v1.ResourceList scopes=[]v1.ResourceQuotaScope
        ResourceQuotaStatus hard=v1.ResourceList used=v1.ResourceList
        ResourceRequirements limits=v1.ResourceList requests=v1.ResourceList
        ResourceStatus name=v1.ResourceName
        RuleWithOperations operations=[]v1.OperationType scope=v1.ScopeType
        ScopedResourceSelectorRequirement scopeName=v1.ResourceQuotaScope operator=v1.ScopeSelectorOperator
        SeccompProfile type=v1.SeccompProfileType
        Secret type=v1.SecretType
        SecurityContext procMount=v1.ProcMountType
        ServicePort protocol=v1.Protocol
        ServiceSpec type=v1.ServiceType sessionAffinity=v1.ServiceAffinity \
        externalTrafficPolicy=v1.ServiceExternalTrafficPolicy ipFamilies=[]v1.IPFamily \
        ipFamilyPolicy=v1.IPFamilyPolicy internalTrafficPolicy=v1.ServiceInternalTrafficPolicy
        StatefulSetCondition type=v1.StatefulSetConditionType status=v1.ConditionStatus
        StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted=v1.PersistentVolumeClaimRetentionPolicyType \
        whenScaled=v1.PersistentVolumeClaimRetentionPolicyType
        StatefulSetSpec podManagementPolicy=v1.PodManagementPolicyType
        StatefulSetUpdateStrategy type=v1.StatefulSetUpdateStrategyType
        Status reason=v1.StatusReason
        StatusCause reason=v1.CauseType
        StatusDetails uid=types.UID
        StorageClass reclaimPolicy=v1.PersistentVolumeReclaimPolicy volumeBindingMode=v1.VolumeBindingMode
        SubjectAccessReviewSpec extra=map[string]v1.ExtraValue
        Taint effect=v1.TaintEffect
        Toleration operator=v1.TolerationOperator effect=v1.TaintEffect
        TopologySpreadConstraint whenUnsatisfiable=v1.UnsatisfiableConstraintAction \
        nodeAffinityPolicy=v1.NodeInclusionPolicy nodeTaintsPolicy=v1.NodeInclusionPolicy
        UncountedTerminatedPods succeeded=[]types.UID failed=[]types.UID
        UserInfo extra=map[string]v1.ExtraValue
        ValidatingAdmissionPolicyBindingSpec validationActions=[]v1.ValidationAction
        ValidatingAdmissionPolicySpec failurePolicy=v1.FailurePolicyType
        ValidatingWebhook failurePolicy=v1.FailurePolicyType matchPolicy=v1.MatchPolicyType \
        sideEffects=v1.SideEffectClass
        Validation reason=v1.StatusReason
        ValidationRule reason=v1.FieldValueErrorReason
        VolumeMount recursiveReadOnly=v1.RecursiveReadOnlyMode mountPropagation=v1.MountPropagationMode
        VolumeMountStatus recursiveReadOnly=v1.RecursiveReadOnlyMode
        VolumeResourceRequirements limits=v1.ResourceList requests=v1.ResourceList
        """
}

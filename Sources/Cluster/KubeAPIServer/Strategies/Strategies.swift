import KubeAPI

/// The strategy of every kind.
package enum Strategies {
    /// O(1). A kind without a strategy of its own gets one that validates its metadata alone.
    package static func strategy(for kind: ResourceKind) -> AnyStrategy { all[Int(kind.rawValue)] }

    /// Whether a kind has more rules than that its metadata be valid.
    static func hasOwn(_ kind: ResourceKind) -> Bool { own.contains { $0.kind == kind } }

    private static let all: [AnyStrategy] = {
        let byKind = Dictionary(uniqueKeysWithValues: own.map { ($0.kind, $0) })
        return Catalogue.kinds.map { byKind[$0.kind] ?? $0.coder.makeGenericStrategy() }
    }()

    private static let own: [AnyStrategy] = [
        // Workloads.
        AnyStrategy(PodStrategy.self), AnyStrategy(PodTemplateStrategy.self),
        AnyStrategy(DeploymentResourceStrategy.self), AnyStrategy(ReplicaSetStrategy.self),
        AnyStrategy(ReplicationControllerStrategy.self), AnyStrategy(DaemonSetStrategy.self),
        AnyStrategy(StatefulSetStrategy.self), AnyStrategy(ControllerRevisionStrategy.self),
        AnyStrategy(JobStrategy.self), AnyStrategy(CronJobStrategy.self),
        // Services.
        AnyStrategy(ServiceStrategy.self), AnyStrategy(EndpointsStrategy.self), AnyStrategy(EndpointSliceStrategy.self),
        AnyStrategy(IngressStrategy.self), AnyStrategy(IngressClassStrategy.self),
        AnyStrategy(NetworkPolicyStrategy.self), AnyStrategy(ServiceCIDRStrategy.self),
        AnyStrategy(IPAddressStrategy.self),
        // The cluster.
        AnyStrategy(NodeStrategy.self), AnyStrategy(NamespaceStrategy.self), AnyStrategy(EventStrategy.self),
        AnyStrategy(EventsEventStrategy.self), AnyStrategy(LeaseStrategy.self), AnyStrategy(PriorityClassStrategy.self),
        AnyStrategy(RuntimeClassStrategy.self), AnyStrategy(FlowSchemaStrategy.self),
        AnyStrategy(PriorityLevelConfigurationStrategy.self), AnyStrategy(ResourceQuotaStrategy.self),
        AnyStrategy(LimitRangeStrategy.self),
        // Configuration.
        AnyStrategy(ConfigMapStrategy.self), AnyStrategy(SecretStrategy.self), AnyStrategy(ServiceAccountStrategy.self),
        // Storage.
        AnyStrategy(PersistentVolumeStrategy.self), AnyStrategy(PersistentVolumeClaimStrategy.self),
        AnyStrategy(StorageClassStrategy.self), AnyStrategy(CSIDriverStrategy.self),
        AnyStrategy(VolumeAttachmentStrategy.self), AnyStrategy(CSINodeStrategy.self),
        AnyStrategy(CSIStorageCapacityStrategy.self), AnyStrategy(VolumeAttributesClassStrategy.self),
        // Devices.
        AnyStrategy(ResourceClaimStrategy.self), AnyStrategy(ResourceClaimTemplateStrategy.self),
        AnyStrategy(DeviceClassStrategy.self), AnyStrategy(ResourceSliceStrategy.self),
        // Access.
        AnyStrategy(RoleStrategy.self), AnyStrategy(ClusterRoleStrategy.self), AnyStrategy(RoleBindingStrategy.self),
        AnyStrategy(ClusterRoleBindingStrategy.self), AnyStrategy(CertificateSigningRequestStrategy.self),
        // Extension.
        AnyStrategy(MutatingWebhookConfigurationStrategy.self),
        AnyStrategy(ValidatingWebhookConfigurationStrategy.self), AnyStrategy(ValidatingAdmissionPolicyStrategy.self),
        AnyStrategy(ValidatingAdmissionPolicyBindingStrategy.self), AnyStrategy(MutatingAdmissionPolicyStrategy.self),
        AnyStrategy(MutatingAdmissionPolicyBindingStrategy.self), AnyStrategy(CustomResourceDefinitionStrategy.self),
        AnyStrategy(APIServiceStrategy.self),
        // Scaling.
        AnyStrategy(PodDisruptionBudgetStrategy.self), AnyStrategy(HorizontalPodAutoscalerStrategy.self),
    ]
}

/// What holds for a kind without a strategy of its own.
enum GenericStrategy<Value: Resource>: Strategy {}

extension KindCoder {
    fileprivate static func makeGenericStrategy() -> AnyStrategy {
        // Each coder is a TypedKindCoder, which knows its type.
        guard let typed = self as? any GenericStrategyMaking.Type else {
            preconditionFailure("every KindCoder is a TypedKindCoder")
        }
        return typed.genericStrategy()
    }
}

private protocol GenericStrategyMaking {
    static func genericStrategy() -> AnyStrategy
}

extension TypedKindCoder: GenericStrategyMaking {
    fileprivate static func genericStrategy() -> AnyStrategy { AnyStrategy(GenericStrategy<Value>.self) }
}

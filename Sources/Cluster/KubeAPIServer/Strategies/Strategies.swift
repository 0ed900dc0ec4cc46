import KubeAPI

/// The strategy of every kind.
package enum Strategies {
    /// O(1). A kind without a strategy of its own gets one that validates its metadata alone.
    package static func strategy(for kind: ResourceKind) -> AnyStrategy { all[Int(kind.rawValue)] }

    /// Whether a kind has more rules than that its metadata be valid.
    static func hasOwn(_ kind: ResourceKind) -> Bool { own.contains { $0.kind == kind } }

    private static let all: [AnyStrategy] = {
        var all = Catalogue.kinds.map { $0.coder.makeGenericStrategy() }
        for strategy in own { all[Int(strategy.kind.rawValue)] = strategy }
        return all
    }()

    private static let own: [AnyStrategy] = [
        // Workloads.
        TypedStrategy<PodStrategy>(), TypedStrategy<PodTemplateStrategy>(), TypedStrategy<DeploymentResourceStrategy>(),
        TypedStrategy<ReplicaSetStrategy>(), TypedStrategy<ReplicationControllerStrategy>(),
        TypedStrategy<DaemonSetStrategy>(), TypedStrategy<StatefulSetStrategy>(),
        TypedStrategy<ControllerRevisionStrategy>(), TypedStrategy<JobStrategy>(), TypedStrategy<CronJobStrategy>(),
        // Services.
        TypedStrategy<ServiceStrategy>(), TypedStrategy<EndpointsStrategy>(), TypedStrategy<EndpointSliceStrategy>(),
        TypedStrategy<IngressStrategy>(), TypedStrategy<IngressClassStrategy>(), TypedStrategy<NetworkPolicyStrategy>(),
        TypedStrategy<ServiceCIDRStrategy>(), TypedStrategy<IPAddressStrategy>(),
        // The cluster.
        TypedStrategy<NodeStrategy>(), TypedStrategy<NamespaceStrategy>(), TypedStrategy<EventStrategy>(),
        TypedStrategy<EventsEventStrategy>(), TypedStrategy<LeaseStrategy>(), TypedStrategy<PriorityClassStrategy>(),
        TypedStrategy<RuntimeClassStrategy>(), TypedStrategy<FlowSchemaStrategy>(),
        TypedStrategy<PriorityLevelConfigurationStrategy>(), TypedStrategy<ResourceQuotaStrategy>(),
        TypedStrategy<LimitRangeStrategy>(),
        // Configuration.
        TypedStrategy<ConfigMapStrategy>(), TypedStrategy<SecretStrategy>(), TypedStrategy<ServiceAccountStrategy>(),
        // Storage.
        TypedStrategy<PersistentVolumeStrategy>(), TypedStrategy<PersistentVolumeClaimStrategy>(),
        TypedStrategy<StorageClassStrategy>(), TypedStrategy<CSIDriverStrategy>(),
        TypedStrategy<VolumeAttachmentStrategy>(),
        // Access.
        TypedStrategy<RoleStrategy>(), TypedStrategy<ClusterRoleStrategy>(), TypedStrategy<RoleBindingStrategy>(),
        TypedStrategy<ClusterRoleBindingStrategy>(), TypedStrategy<CertificateSigningRequestStrategy>(),
        // Extension.
        TypedStrategy<MutatingWebhookConfigurationStrategy>(), TypedStrategy<ValidatingWebhookConfigurationStrategy>(),
        TypedStrategy<ValidatingAdmissionPolicyStrategy>(), TypedStrategy<ValidatingAdmissionPolicyBindingStrategy>(),
        TypedStrategy<CustomResourceDefinitionStrategy>(),
        // Scaling.
        TypedStrategy<PodDisruptionBudgetStrategy>(), TypedStrategy<HorizontalPodAutoscalerStrategy>(),
    ]
}

/// What holds for a kind without a strategy of its own.
enum GenericStrategy<Value: Resource>: Strategy {
    /// An APIService is named by a version and a group, which may be empty.
    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Value.kind == .apiService
            ? Validation.nameIsPathSegment(name, isPrefix) : Validation.nameIsDNSSubdomain(name, isPrefix)
    }
}

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
    fileprivate static func genericStrategy() -> AnyStrategy { TypedStrategy<GenericStrategy<Value>>() }
}

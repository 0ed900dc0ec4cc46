import KubeAPI

/// The strategy of every kind.
package enum Strategies {
    /// O(1). A kind without a strategy of its own gets one that validates its metadata alone.
    package static func strategy(for kind: ResourceKind) -> AnyStrategy { all[Int(kind.rawValue)] }

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
        // The cluster.
        TypedStrategy<NodeStrategy>(), TypedStrategy<NamespaceStrategy>(),
        // Configuration.
        TypedStrategy<ConfigMapStrategy>(), TypedStrategy<SecretStrategy>(), TypedStrategy<ServiceAccountStrategy>(),
        // Storage.
        TypedStrategy<PersistentVolumeClaimStrategy>(),
    ]
}

/// What holds for a kind without a strategy of its own.
enum GenericStrategy<Value: Resource>: Strategy {
    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsPathSegment(name, isPrefix)
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

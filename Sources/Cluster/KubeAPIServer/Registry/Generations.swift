import KubeAPI

/// Which kinds count the changes of their spec in `metadata.generation`: those whose strategies do so upstream.
enum Generations {
    static func isTracked(_ kind: ResourceKind) -> Bool { table[Int(kind.rawValue)] }

    private static let table: [Bool] = {
        var table = Array(repeating: false, count: Catalogue.kinds.count)
        for kind in tracked { table[Int(kind.rawValue)] = true }
        return table
    }()

    private static let tracked: [ResourceKind] = [
        .pod, .podTemplate, .replicationController, .deployment, .replicaSet, .statefulSet, .daemonSet, .job, .cronJob,
        .endpointSlice, .ingress, .ingressClass, .networkPolicy, .podDisruptionBudget, .flowSchema,
        .priorityLevelConfiguration, .priorityClass, .customResourceDefinition, .mutatingAdmissionPolicy,
        .mutatingAdmissionPolicyBinding, .mutatingWebhookConfiguration, .validatingAdmissionPolicy,
        .validatingAdmissionPolicyBinding, .validatingWebhookConfiguration, .deviceClass, .resourceSlice, .csiDriver,
    ]

    /// The generation of a new object: the first, or what its author says where nobody counts. Drivers are counted
    /// from their first change on.
    ///
    /// Follows kubernetes pkg/registry/storage/csidriver/strategy.go, whose `PrepareForCreate` sets none.
    static func first(of kind: ResourceKind, given: Int?) -> Int? {
        isTracked(kind) && kind != .csiDriver ? 1 : given
    }

    /// Whether an update is a new generation: the spec changed; of a Deployment, an annotation too.
    ///
    /// Follows kubernetes pkg/registry/apps/deployment/strategy.go `PrepareForUpdate`.
    static func isNew(_ new: KubeObject, old: KubeObject) -> Bool {
        if new.kind == .deployment, new.metadata.annotations != old.metadata.annotations { return true }
        return !Strategies.strategy(for: new.kind).hasSameSpec(new, old)
    }
}

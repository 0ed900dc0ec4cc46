import KubeAPI

/// Keeps pods off nodes with taints that they don't tolerate, and prefers nodes with few taints of the softer kind.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/tainttoleration.
package enum TaintToleration: FilterPlugin, ScorePlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.taintToleration
    package static let weight = 3

    private static let rejection = Rejection(identifier, unresolvable: true, "node(s) had untolerated taint(s)")

    package static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        hasUntoleratedTaint(shape.tolerations, node.taints) ? rejection : nil
    }

    /// The number of `PreferNoSchedule` taints that the pod does not tolerate: fewer are better.
    package static func score(_ shape: PodShape, _ node: NodeInfo) -> Int {
        var count = 0
        for taint in node.taints where taint.effect == "PreferNoSchedule" {
            let tolerated = shape.tolerations.contains { toleration in
                let effect = toleration.effect ?? ""
                return (effect.isEmpty || effect == "PreferNoSchedule") && toleration.tolerates(taint)
            }
            if !tolerated { count += 1 }
        }
        return count
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        switch event {
        case .nodeAdded(let node): !hasUntoleratedTaint(shape.tolerations, node.spec.taints)
        case .nodeUpdated(let old, let new, _):
            hasUntoleratedTaint(shape.tolerations, old.spec.taints)
                && !hasUntoleratedTaint(shape.tolerations, new.spec.taints)
        case .podUpdated(let old, let new, _): old.tolerations.count != new.tolerations.count
        default: false
        }
    }

    // MARK: Tolerations

    /// Whether some taint with an effect that keeps pods away is not tolerated.
    static func hasUntoleratedTaint(_ tolerations: [Toleration], _ taints: [Taint]) -> Bool {
        for taint in taints where taint.effect == "NoSchedule" || taint.effect == "NoExecute" {
            if !tolerates(tolerations, taint) { return true }
        }
        return false
    }

    static func tolerates(_ tolerations: [Toleration], _ taint: Taint) -> Bool {
        for toleration in tolerations where toleration.tolerates(taint) { return true }
        return false
    }
}

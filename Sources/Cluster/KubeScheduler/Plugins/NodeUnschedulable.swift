import KubeAPI

/// Keeps pods off cordoned nodes, unless they tolerate the taint that stands for it.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/nodeunschedulable.
package enum NodeUnschedulable: FilterPlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.nodeUnschedulable

    private static let rejection = Rejection(identifier, unresolvable: true, "node(s) were unschedulable")
    private static let taint: Taint = {
        var taint = Taint()
        taint.key = "node.kubernetes.io/unschedulable"
        taint.effect = "NoSchedule"
        return taint
    }()

    package static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        guard node.isUnschedulable, !TaintToleration.tolerates(shape.tolerations, taint) else { return nil }
        return rejection
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        switch event {
        case .nodeAdded(let node): !(node.spec.unschedulable ?? false)
        case .nodeUpdated(let old, let new, _):
            old.spec.unschedulable ?? false && !(new.spec.unschedulable ?? false)
        case .podUpdated(let old, let new, _):
            old.tolerations != new.tolerations && TaintToleration.tolerates(new.tolerations, taint)
        default: false
        }
    }
}

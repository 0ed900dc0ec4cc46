import KubeAPI

/// A change of the cluster that may make pods schedulable which were not.
///
/// Follows kubernetes staging/src/k8s.io/kube-scheduler/framework `ClusterEvent` and pkg/scheduler/framework/events.go.
package enum ClusterEvent {
    case nodeAdded(Node)
    case nodeUpdated(old: Node, new: Node, NodeChanges)
    case nodeDeleted(Node)
    case assignedPodAdded(PodShape)
    case assignedPodUpdated(old: PodShape, new: PodShape)
    case assignedPodDeleted(PodShape)
    /// A claim was made or changed.
    case claimChanged(ObjectKey)
    /// The pod itself was changed while it waited.
    case podUpdated(old: PodShape, new: PodShape, gatesEliminated: Bool)
    /// Everything is worth another try.
    case forced
}

/// What of a node changed that scheduling looks at.
package struct NodeChanges: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let allocatable = NodeChanges(rawValue: 1)
    package static let labels = NodeChanges(rawValue: 2)
    /// Or that the node was uncordoned.
    package static let taints = NodeChanges(rawValue: 4)

    package init(from old: Node, to new: Node) {
        self = []
        if old.status.allocatable != new.status.allocatable { insert(.allocatable) }
        if old.labels != new.labels { insert(.labels) }
        let wasCordoned = old.spec.unschedulable ?? false
        if old.spec.taints != new.spec.taints || wasCordoned && !(new.spec.unschedulable ?? false) { insert(.taints) }
    }
}

extension ClusterEvent {
    /// The plugins that may take an interest in the event, so that pods turned down by others only aren't looked at.
    var interested: PluginSet {
        switch self {
        case .nodeAdded:
            [
                PluginSet(.nodeUnschedulable), PluginSet(.taintToleration), PluginSet(.nodeAffinity),
                PluginSet(.nodePorts), PluginSet(.nodeResourcesFit), PluginSet(.volumeRestrictions),
                PluginSet(.podTopologySpread), PluginSet(.interPodAffinity),
            ]
        case .nodeUpdated(_, _, let changes):
            NodeChanges.interested.reduce(into: PluginSet()) { if changes.contains($1.0) { $0.formUnion($1.1) } }
        case .nodeDeleted: PluginSet(.podTopologySpread)
        case .assignedPodAdded: [PluginSet(.podTopologySpread), PluginSet(.interPodAffinity)]
        case .assignedPodUpdated:
            [PluginSet(.podTopologySpread), PluginSet(.interPodAffinity), PluginSet(.nodeResourcesFit)]
        case .assignedPodDeleted:
            [
                PluginSet(.podTopologySpread), PluginSet(.interPodAffinity), PluginSet(.nodeResourcesFit),
                PluginSet(.nodePorts), PluginSet(.volumeRestrictions),
            ]
        case .claimChanged: [PluginSet(.volumeRestrictions), PluginSet(.volumeBinding)]
        case .podUpdated, .forced: PluginSet(rawValue: .max)
        }
    }
}

extension NodeChanges {
    fileprivate static let interested: [(NodeChanges, PluginSet)] = [
        (.allocatable, PluginSet(.nodeResourcesFit)),
        (.labels, [PluginSet(.nodeAffinity), PluginSet(.podTopologySpread), PluginSet(.interPodAffinity)]),
        (.taints, [PluginSet(.nodeUnschedulable), PluginSet(.taintToleration), PluginSet(.podTopologySpread)]),
    ]
}

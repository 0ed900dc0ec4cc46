import KubeClient

/// Checks that the host ports that a pod wants are free.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/nodeports.
package enum NodePorts: FilterPlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.nodePorts

    private static let rejection = Rejection(
        identifier, unresolvable: false, "node(s) didn't have free ports for the requested pod ports")

    package static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        conflict(shape.hostPorts, node.usedPorts) ? rejection : nil
    }

    private static func conflict(_ wanted: [HostPort], _ used: [HostPort]) -> Bool {
        for port in wanted where used.contains(where: port.conflicts) { return true }
        return false
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        switch event {
        case .nodeAdded: true
        case .assignedPodDeleted(let deleted): conflict(shape.hostPorts, deleted.hostPorts)
        default: false
        }
    }
}

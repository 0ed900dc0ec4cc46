/// Checks `spec.nodeName`. A pod that has one is bound already and never comes here, so every node passes.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/nodename.
package enum NodeName: FilterPlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.nodeName

    private static let rejection = Rejection(
        identifier, unresolvable: true, "node(s) didn't match the requested node name")

    package static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        guard let name = shape.spec.nodeName, !name.isEmpty, name != node.name else { return nil }
        return rejection
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        if case .nodeAdded(let node) = event { return node.name == shape.spec.nodeName }
        return false
    }
}

/// Matches `spec.nodeName`. A pod that names a node is bound by that, and never comes before the filters, so there is
/// nothing to turn down; the plugin keeps its place in the profile.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/nodename.
package enum NodeName: FilterPlugin {
    package static let identifier = PluginIdentifier.nodeName

    @inline(__always)
    package static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection? { nil }
}

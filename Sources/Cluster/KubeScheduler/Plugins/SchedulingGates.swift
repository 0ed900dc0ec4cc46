import KubeAPI

/// Keeps pods out of the queue while they have scheduling gates.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/schedulinggates.
package enum SchedulingGates: PreEnqueuePlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.schedulingGates

    package static func preEnqueue(_ pod: Pod) -> String? {
        if pod.spec.schedulingGates.isEmpty { return nil }
        let names = pod.spec.schedulingGates.map(\.name)
        return "waiting for scheduling gates: [\(names.joined(separator: " "))]"
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        if case .podUpdated(_, _, let gatesEliminated) = event { return gatesEliminated }
        return false
    }
}

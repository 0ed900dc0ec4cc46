/// The plugins of the default profile, asked together.
enum Plugins {
    /// Whether any of these plugins, having turned pods of the shape down, would think again after the event.
    static func mayBecomeSchedulable(_ shape: PodShape, _ rejectors: PluginSet, after event: ClusterEvent) -> Bool {
        if case .forced = event { return true }
        return rejectors.plugins.contains { plugin in
            switch plugin {
            case .schedulingGates: SchedulingGates.mayBecomeSchedulable(shape, after: event)
            case .nodeUnschedulable: NodeUnschedulable.mayBecomeSchedulable(shape, after: event)
            case .taintToleration: TaintToleration.mayBecomeSchedulable(shape, after: event)
            case .nodeAffinity: NodeAffinityPlugin.mayBecomeSchedulable(shape, after: event)
            case .nodePorts: NodePorts.mayBecomeSchedulable(shape, after: event)
            case .nodeResourcesFit: NodeResourcesFit.mayBecomeSchedulable(shape, after: event)
            case .volumeRestrictions: VolumeRestrictions.mayBecomeSchedulable(shape, after: event)
            case .volumeBinding: VolumeBinding.mayBecomeSchedulable(shape, after: event)
            case .podTopologySpread: PodTopologySpread.mayBecomeSchedulable(shape, after: event)
            case .interPodAffinity: InterPodAffinity.mayBecomeSchedulable(shape, after: event)
            case .prioritySort, .nodeName, .defaultPreemption, .nodeResourcesBalancedAllocation, .imageLocality,
                .defaultBinder:
                false
            }
        }
    }
}

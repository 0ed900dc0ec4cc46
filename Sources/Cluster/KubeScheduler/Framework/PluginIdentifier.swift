/// The plugins of the default profile, in the order in which each extension point runs them.
///
/// Follows kubernetes pkg/scheduler/apis/config/v1 `getDefaultPlugins`.
package enum PluginIdentifier: UInt8, CaseIterable, Sendable {
    case schedulingGates
    case prioritySort
    case nodeUnschedulable
    case nodeName
    case taintToleration
    case nodeAffinity
    case nodePorts
    case nodeResourcesFit
    case volumeRestrictions
    case volumeBinding
    case podTopologySpread
    case interPodAffinity
    case defaultPreemption
    case nodeResourcesBalancedAllocation
    case imageLocality
    case defaultBinder

    package var name: String {
        switch self {
        case .schedulingGates: "SchedulingGates"
        case .prioritySort: "PrioritySort"
        case .nodeUnschedulable: "NodeUnschedulable"
        case .nodeName: "NodeName"
        case .taintToleration: "TaintToleration"
        case .nodeAffinity: "NodeAffinity"
        case .nodePorts: "NodePorts"
        case .nodeResourcesFit: "NodeResourcesFit"
        case .volumeRestrictions: "VolumeRestrictions"
        case .volumeBinding: "VolumeBinding"
        case .podTopologySpread: "PodTopologySpread"
        case .interPodAffinity: "InterPodAffinity"
        case .defaultPreemption: "DefaultPreemption"
        case .nodeResourcesBalancedAllocation: "NodeResourcesBalancedAllocation"
        case .imageLocality: "ImageLocality"
        case .defaultBinder: "DefaultBinder"
        }
    }
}

/// Several plugins: those that turned a pod down.
package struct PluginSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package init(_ plugin: PluginIdentifier) {
        rawValue = 1 << UInt16(plugin.rawValue)
    }

    package func contains(_ plugin: PluginIdentifier) -> Bool { contains(PluginSet(plugin)) }

    /// In the order of the profile.
    package var plugins: [PluginIdentifier] { PluginIdentifier.allCases.filter { contains($0) } }
}

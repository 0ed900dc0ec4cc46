import KubeAPI

/// A topology spread constraint, ready to be counted.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/podtopologyspread/common.go.
package struct SpreadConstraint: Equatable, Sendable {
    package let topologyKey: String
    package let maxSkew: Int
    /// With fewer domains than this the least count is taken to be zero.
    package let minDomains: Int
    package let selector: Selector
    package let honorsNodeAffinity: Bool
    package let honorsNodeTaints: Bool
    /// Whether a node that breaks it is out (`DoNotSchedule`), or only scored lower (`ScheduleAnyway`).
    package let isHard: Bool

    package init(_ constraint: TopologySpreadConstraint, labels: StringMap<String>) {
        topologyKey = constraint.topologyKey
        maxSkew = constraint.maxSkew
        minDomains = constraint.minDomains ?? 1
        selector = Selector(lenient: constraint.labelSelector)
            .demanding(constraint.matchLabelKeys, .in, valuesOf: labels)
        honorsNodeAffinity = constraint.nodeAffinityPolicy ?? "Honor" == "Honor"
        honorsNodeTaints = constraint.nodeTaintsPolicy ?? "Ignore" == "Honor"
        isHard = constraint.whenUnsatisfiable == "DoNotSchedule"
    }

    private init(softOver topologyKey: String, maxSkew: Int, selector: Selector) {
        self.topologyKey = topologyKey
        self.maxSkew = maxSkew
        self.selector = selector
        minDomains = 1
        honorsNodeAffinity = true
        honorsNodeTaints = false
        isHard = false
    }

    /// What applies to pods that bring no constraints: spread over nodes, and over zones.
    package static func systemDefaults(selector: Selector) -> [SpreadConstraint] {
        [
            SpreadConstraint(softOver: WellKnownLabel.hostname, maxSkew: 3, selector: selector),
            SpreadConstraint(softOver: WellKnownLabel.zone, maxSkew: 5, selector: selector),
        ]
    }
}

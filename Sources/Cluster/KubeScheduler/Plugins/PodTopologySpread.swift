import KubeAPI

/// Spreads pods over topology domains, by the pod's own constraints or else by the defaults over nodes and zones.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/podtopologyspread. The counts come from a ``TopologyLedger``.
package enum PodTopologySpread: ScorePlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.podTopologySpread
    package static let weight = 2

    private static let skewed = Rejection(
        identifier, unresolvable: false, "node(s) didn't match pod topology spread constraints")
    private static let unlabeled = Rejection(
        identifier, unresolvable: true,
        "node(s) didn't match pod topology spread constraints (missing required label)")

    /// `minima`: for each hard constraint the least count of any domain. The first counters of the site are those of
    /// the hard constraints.
    static func filter(_ rules: PodRules, _ site: SiteCounts, minima: [Int]) -> Rejection? {
        for index in rules.hardConstraints.indices {
            if !site.isPresent[index] { return unlabeled }
            let constraint = rules.hardConstraints[index]
            let ownCount = rules.hardSelfMatches[index] ? 1 : 0
            if site.counts[index] + ownCount - minima[index] > constraint.maxSkew { return skewed }
        }
        return nil
    }

    /// How crowded the site is by pods alike: the sum over the soft constraints of the count, weighted by the number
    /// of domains, rounded. Lower is better.
    static func score(_ rules: PodRules, _ site: SiteCounts, weights: [Double]) -> Int {
        var sum = 0.0
        let first = rules.hardConstraints.count
        for (index, constraint) in rules.softConstraints.enumerated() where site.isPresent[first + index] {
            sum += Double(site.counts[first + index]) * weights[index] + Double(constraint.maxSkew - 1)
        }
        return Int(sum.rounded(.toNearestOrAwayFromZero))
    }

    /// The weight of a constraint whose topology has this many domains among the feasible nodes.
    static func weight(domains: Int) -> Double { ScoreMath.naturalLogarithm(domains + 2) }

    /// `lowest` and `highest` are the raw scores of the feasible nodes.
    static func normalized(_ score: Int, lowest: Int, highest: Int) -> Int {
        if highest == 0 { return ScoreMath.maximum }
        return ScoreMath.maximum * (highest + lowest - score) / highest
    }

    // MARK: Defaults

    /// The selector by which a pod without constraints of its own is counted with its siblings: those of the services
    /// that select it, and that of its replica set, replication controller or stateful set.
    ///
    /// Follows kubernetes pkg/scheduler/framework/plugins/helper `DefaultSelector`.
    package static func defaultSelector(services: [StringMap<String>], owner: Selector?) -> Selector {
        var labels = StringMap<String>()
        for selector in services { labels.merge(selector) }
        let selector = Selector(labels)
        guard let owner else { return selector }
        return owner.isNothing ? owner : selector.adding(owner.requirements)
    }

    // MARK: Events

    /// One constraint that counts another pod, or counts it no more, is enough. A node's taints are looked at whatever
    /// the constraints say of them.
    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        let hard = shape.ownConstraints.filter(\.isHard)
        func counts(_ other: PodShape) -> Bool {
            other.namespace == shape.namespace && hard.contains { $0.selector.matches(other.labels) }
        }
        func countsOtherwise(_ old: PodShape, _ new: PodShape) -> Bool {
            guard new.namespace == shape.namespace, old.labels != new.labels else { return false }
            return hard.contains { $0.selector.matches(old.labels) != $0.selector.matches(new.labels) }
        }
        func matches(_ node: Node) -> Bool { hard.allSatisfy { node.labels.contains($0.topologyKey) } }
        switch event {
        case .assignedPodAdded(let other), .assignedPodDeleted(let other): return counts(other)
        case .assignedPodUpdated(let old, let new): return countsOtherwise(old, new)
        case .podUpdated(let old, let new, _):
            return old.tolerations != new.tolerations && hard.contains(where: \.honorsNodeTaints)
                || countsOtherwise(old, new)
        case .nodeAdded(let node), .nodeDeleted(let node): return matches(node)
        case .nodeUpdated(let old, let new, _):
            if matches(old) != matches(new) { return true }
            guard matches(new) else { return false }
            return old.spec.taints != new.spec.taints
                || hard.contains { old.labels[$0.topologyKey] != new.labels[$0.topologyKey] }
        case .claimChanged: return false
        case .forced: return true
        }
    }
}

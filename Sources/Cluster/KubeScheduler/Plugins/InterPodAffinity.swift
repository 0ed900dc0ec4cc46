import KubeAPI

/// Places pods near or away from other pods, by their own terms and by those of the pods that are there.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/interpodaffinity. The counts come from a ``TopologyLedger``.
package enum InterPodAffinity: ScorePlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.interPodAffinity
    package static let weight = 2
    /// How much a required affinity term of a pod that is there counts for a pod that matches it.
    static let hardPodAffinityWeight = 1

    private static let unaffine = Rejection(
        identifier, unresolvable: true, "node(s) didn't match pod affinity rules")
    private static let antiAffine = Rejection(
        identifier, unresolvable: false, "node(s) didn't match pod anti-affinity rules")
    private static let repelled = Rejection(
        identifier, unresolvable: false, "node(s) didn't satisfy existing pods anti-affinity rules")

    /// `matchingPods`: how many pods in the whole cluster match the pod's affinity terms.
    static func filter(_ rules: PodRules, _ site: SiteCounts, matchingPods: Int) -> Rejection? {
        var hasCompany = true
        for counter in rules.affinityCounters {
            if !site.isPresent[counter] { return unaffine }
            if site.counts[counter] <= 0 { hasCompany = false }
        }
        // The first of a group of pods that want each other's company may go anywhere.
        if !hasCompany, matchingPods > 0 || !rules.matchesOwnAffinity { return unaffine }
        for counter in rules.antiAffinityCounters where site.isPresent[counter] && site.counts[counter] > 0 {
            return antiAffine
        }
        for counter in rules.existingAntiAffinityCounters where site.isPresent[counter] && site.counts[counter] > 0 {
            return repelled
        }
        return nil
    }

    /// The sum of the weights of the preferences that are met at the site, in both directions.
    static func score(_ rules: PodRules, _ site: SiteCounts) -> Int {
        var sum = 0
        for counter in rules.scoreCounters where site.isPresent[counter] { sum += site.counts[counter] }
        return sum
    }

    static func normalized(_ score: Int, lowest: Int, highest: Int) -> Int {
        if highest <= lowest { return 0 }
        return Int(Double(ScoreMath.maximum) * (Double(score - lowest) / Double(highest - lowest)))
    }

    // MARK: Events

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        let own = shape.identity
        // Namespace selectors are taken to match: a try too many does no harm, one too few would.
        func matchesAll(_ other: PodIdentity) -> Bool {
            !own.requiredAffinity.isEmpty && own.requiredAffinity.allSatisfy { $0.mayMatch(other) }
        }
        func matchesAny(_ terms: [AffinityTerm], _ other: PodIdentity) -> Bool { terms.contains { $0.mayMatch(other) } }
        switch event {
        case .assignedPodAdded(let other): return matchesAll(other.identity)
        case .assignedPodDeleted(let other):
            return matchesAny(own.requiredAntiAffinity, other.identity)
                || matchesAny(other.identity.requiredAntiAffinity, own)
        case .assignedPodUpdated(let old, let new):
            if old.labels == new.labels { return false }
            return matchesAll(new.identity) && !matchesAll(old.identity)
                || matchesAny(own.requiredAntiAffinity, old.identity)
                    && !matchesAny(own.requiredAntiAffinity, new.identity)
        case .podUpdated(let old, let new, _): return old.labels != new.labels
        case .nodeAdded(let node):
            // Nobody is on a new node whom the pod could avoid, or who could avoid the pod.
            if !own.requiredAntiAffinity.isEmpty || own.requiredAffinity.isEmpty { return true }
            return own.requiredAffinity.contains { node.labels.contains($0.topologyKey) }
        case .nodeUpdated(let old, let new, _):
            // A node may enter the domain of the company that is wanted, or leave with the pods that are avoided.
            func changed(_ term: AffinityTerm) -> Bool { old.labels[term.topologyKey] != new.labels[term.topologyKey] }
            if own.requiredAffinity.isEmpty, own.requiredAntiAffinity.isEmpty { return old.labels != new.labels }
            return own.requiredAffinity.contains { new.labels.contains($0.topologyKey) && changed($0) }
                || own.requiredAntiAffinity.contains { old.labels.contains($0.topologyKey) && changed($0) }
        case .nodeDeleted, .claimChanged: return false
        case .forced: return true
        }
    }
}

extension AffinityTerm {
    fileprivate func mayMatch(_ identity: PodIdentity) -> Bool {
        (namespaces.contains(identity.namespace) || !namespaceSelector.isNothing) && selector.matches(identity.labels)
    }
}

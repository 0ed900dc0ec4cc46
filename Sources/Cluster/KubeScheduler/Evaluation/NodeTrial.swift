/// Asks all filters about one node as if some pods were there that aren't, or were gone that are.
///
/// Follows what kubernetes pkg/scheduler/framework/runtime does with `RunFilterPluginsWithNominatedPods` and the
/// PreFilter extensions `AddPod` and `RemovePod`.
struct NodeTrial {
    private let evaluation: ShapeEvaluation
    private let node: NodeInfo
    /// For each counter, what is added to the node's value.
    private var amounts: [Int]
    /// How many claims that only one pod may use are in use.
    private var exclusiveUses: Int

    init(_ evaluation: ShapeEvaluation, _ node: NodeInfo) {
        self.evaluation = evaluation
        self.node = node.trialCopy()
        amounts = Array(repeating: 0, count: evaluation.rules.counters.count)
        exclusiveUses = evaluation.exclusiveUses
    }

    mutating func add(_ shape: PodShape, isTerminating: Bool = false) { change(shape, isTerminating, 1) }
    mutating func remove(_ shape: PodShape) { change(shape, false, -1) }
    mutating func remove(_ pod: AssignedPod) { change(pod.shape, pod.isTerminating, -1) }
    mutating func putBack(_ pod: AssignedPod) { change(pod.shape, pod.isTerminating, 1) }

    private mutating func change(_ shape: PodShape, _ isTerminating: Bool, _ factor: Int) {
        node.account(shape, times: factor)
        if !evaluation.exclusiveClaims.isEmpty, shape.namespace == evaluation.shape.namespace {
            exclusiveUses += factor * evaluation.exclusiveClaims.count { shape.claims.contains(.named($0)) }
        }
        // A pod that is going away is not among those counted for spreading.
        for effect in evaluation.effects(of: shape) where !(effect.skipsTerminating && isTerminating) {
            amounts[effect.counter] += effect.amount * factor
        }
    }

    /// The first rejection, in the order of the filters; nil if the pod fits.
    func filter() -> Rejection? {
        let shape = evaluation.shape
        if let rejection = NodeUnschedulable.filter(shape, node) ?? NodeName.filter(shape, node)
            ?? TaintToleration.filter(shape, node) ?? NodeAffinityPlugin.filter(shape, node)
            ?? ShapeEvaluation.dynamicRejection(shape, node)
        {
            return rejection
        }
        if exclusiveUses > 0 { return VolumeRestrictions.rejection }
        let rules = evaluation.rules
        if rules.counters.isEmpty { return nil }
        let ledger = evaluation.ledger
        var site = SiteCounts()
        ledger.read(ledger.place(of: node.slot), evaluation.perNodeValues(node.slot), into: &site)
        var matching = evaluation.matchingPods()
        for (counter, amount) in amounts.enumerated() where amount != 0 && ledger.isCounted(counter, node.slot) {
            site.counts[counter] += amount
            if rules.affinityCounters.contains(counter) { matching += amount }
        }
        let changes = rules.hardConstraints.indices.map { (slot: node.slot, amount: amounts[$0]) }
        let minima = evaluation.spreadMinima(adding: changes)
        return PodTopologySpread.filter(rules, site, minima: minima)
            ?? InterPodAffinity.filter(rules, site, matchingPods: matching)
    }
}

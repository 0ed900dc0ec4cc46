import ClusterCore

/// The weighted, normalized scores of a node, as they add up.
package struct NodeScore: Equatable, Sendable {
    package var taintToleration = 0
    package var nodeAffinity = 0
    package var nodeResourcesFit = 0
    package var podTopologySpread = 0
    package var interPodAffinity = 0
    package var nodeResourcesBalancedAllocation = 0
    package var imageLocality = 0

    package init() {}

    package var total: Int {
        taintToleration + nodeAffinity + nodeResourcesFit + podTopologySpread + interPodAffinity
            + nodeResourcesBalancedAllocation + imageLocality
    }
}

/// What came of looking for a node.
struct NodeSelection {
    /// The slot of the node; nil if none is feasible.
    var node: Int?
    var feasibleCount = 0
    /// How many feasible nodes shared the best score.
    var tieCount = 0
    /// The score; zero when there was nothing to choose between.
    var score = 0
    /// What the filters that look at other pods said, by number of nodes.
    var lateRejections = RejectionCounts()
}

/// The highest and lowest raw scores among the feasible nodes, which normalization needs.
struct ScoreRange {
    private(set) var taint = 0
    private(set) var affinity = 0
    private(set) var lowestSpread = Int.max
    private(set) var highestSpread = 0
    private(set) var lowestInterPod = Int.max
    private(set) var highestInterPod = Int.min

    /// A node's, or a cell's, raw scores.
    struct Raw {
        var spread = 0
        var interPod = 0
    }

    mutating func include(_ nodeClass: ShapeEvaluation.NodeClass, _ raw: Raw) {
        taint = max(taint, nodeClass.taintScore)
        affinity = max(affinity, nodeClass.affinityScore)
        lowestInterPod = min(lowestInterPod, raw.interPod)
        highestInterPod = max(highestInterPod, raw.interPod)
        guard !nodeClass.isSpreadIgnored else { return }
        lowestSpread = min(lowestSpread, raw.spread)
        highestSpread = max(highestSpread, raw.spread)
    }

    /// All but the scores that depend on how full the node is.
    func score(_ evaluation: ShapeEvaluation, _ nodeClass: ShapeEvaluation.NodeClass, _ raw: Raw) -> NodeScore {
        var score = NodeScore()
        score.taintToleration =
            TaintToleration.weight
            * ScoreMath.normalized(nodeClass.taintScore, highest: taint, reversed: true)
        if !evaluation.shape.preferredNodeTerms.isEmpty {
            score.nodeAffinity =
                NodeAffinityPlugin.weight
                * ScoreMath.normalized(nodeClass.affinityScore, highest: affinity, reversed: false)
        }
        if !evaluation.rules.softConstraints.isEmpty, !nodeClass.isSpreadIgnored {
            score.podTopologySpread =
                PodTopologySpread.weight
                * PodTopologySpread.normalized(raw.spread, lowest: lowestSpread, highest: highestSpread)
        }
        if !evaluation.rules.scoreCounters.isEmpty {
            score.interPodAffinity =
                InterPodAffinity.weight
                * InterPodAffinity.normalized(raw.interPod, lowest: lowestInterPod, highest: highestInterPod)
        }
        score.imageLocality = ImageLocality.weight * evaluation.imageScore(nodeClass)
        return score
    }
}

extension ShapeEvaluation {
    private struct Candidate {
        let cell: Int
        var raw = ScoreRange.Raw()
    }

    /// Finds the best node for a pod of the shape, at random among equals. O(cells); the evaluation must be up to date.
    ///
    /// Follows kubernetes pkg/scheduler/schedule_one.go `schedulePod`, looking at all nodes instead of a sample.
    func selectNode(_ random: inout SeededRandom) -> NodeSelection {
        var selection = NodeSelection()
        var site = SiteCounts()
        var candidates = filterCells(&selection, &site)
        guard selection.feasibleCount > 0 else { return selection }
        if selection.feasibleCount == 1, let only = candidates.first {
            // With one node left upstream does not score.
            selection.node = ranking.cells[only.cell].buckets.first?.nodes.first.map(Int.init)
            selection.tieCount = 1
            return selection
        }
        let range = scoreCells(&candidates, &site)
        var best = Int.min
        var bestCells: [Int] = []
        for candidate in candidates {
            guard let topScore = ranking.cells[candidate.cell].buckets.first?.score else { continue }
            let nodeClass = ranking.cells[candidate.cell].nodeClass
            let total = range.score(self, classes[nodeClass], candidate.raw).total + topScore
            if total > best {
                best = total
                bestCells.removeAll(keepingCapacity: true)
                selection.tieCount = 0
            }
            if total == best {
                bestCells.append(candidate.cell)
                selection.tieCount += ranking.cells[candidate.cell].buckets[0].nodes.count
            }
        }
        selection.score = best
        selection.node = draw(bestCells, selection.tieCount, &random)
        return selection
    }

    private func draw(_ cells: [Int], _ count: Int, _ random: inout SeededRandom) -> Int? {
        var index = count > 1 ? random.below(count) : 0
        for cell in cells {
            guard let nodes = ranking.cells[cell].buckets.first?.nodes else { continue }
            if index < nodes.count { return Int(nodes[index]) }
            index -= nodes.count
        }
        return nil
    }

    /// Asks the filters that look at other pods, cell by cell.
    private func filterCells(_ selection: inout NodeSelection, _ site: inout SiteCounts) -> ContiguousArray<Candidate> {
        var candidates: ContiguousArray<Candidate> = []
        candidates.reserveCapacity(ranking.live.count)
        let minima = spreadMinima()
        let matching = matchingPods()
        for cell in ranking.live {
            let count = ranking.cells[cell].count
            if exclusiveUses > 0 {
                selection.lateRejections.add(VolumeRestrictions.rejection, count)
                continue
            }
            if !rules.counters.isEmpty {
                ledger.read(
                    classes[ranking.cells[cell].nodeClass].place, ranking.cells[cell].values, into: &site)
                if let rejection = PodTopologySpread.filter(rules, site, minima: minima)
                    ?? InterPodAffinity.filter(rules, site, matchingPods: matching)
                {
                    selection.lateRejections.add(rejection, count)
                    continue
                }
            }
            selection.feasibleCount += count
            candidates.append(Candidate(cell: cell))
        }
        return candidates
    }

    /// The least count of any domain, for each hard constraint.
    func spreadMinima(adding amounts: [(slot: Int, amount: Int)?] = []) -> [Int] {
        rules.hardConstraints.enumerated().map { index, constraint in
            ledger.minimum(index, atLeast: constraint.minDomains, adding: amounts.isEmpty ? nil : amounts[index])
        }
    }

    /// How many pods match the pod's affinity terms anywhere.
    func matchingPods() -> Int { rules.affinityCounters.reduce(0) { $0 + ledger.total($1) } }

    private func scoreCells(_ candidates: inout ContiguousArray<Candidate>, _ site: inout SiteCounts) -> ScoreRange {
        var range = ScoreRange()
        let weights = spreadWeights(
            candidates.lazy.map { [ranking] in (ranking.cells[$0.cell].nodeClass, ranking.cells[$0.cell].count) })
        for index in candidates.indices {
            let cell = candidates[index].cell
            let nodeClass = classes[ranking.cells[cell].nodeClass]
            if !rules.counters.isEmpty {
                ledger.read(nodeClass.place, ranking.cells[cell].values, into: &site)
                candidates[index].raw = raw(site, weights, nodeClass)
            }
            range.include(nodeClass, candidates[index].raw)
        }
        return range
    }

    func raw(_ site: SiteCounts, _ weights: [Double], _ nodeClass: NodeClass) -> ScoreRange.Raw {
        ScoreRange.Raw(
            spread: nodeClass.isSpreadIgnored ? 0 : PodTopologySpread.score(rules, site, weights: weights),
            interPod: InterPodAffinity.score(rules, site))
    }

    /// For each soft constraint the weight of its topology, from the number of domains among the feasible nodes.
    /// `feasible`: classes, with the number of nodes.
    func spreadWeights(_ feasible: some Sequence<(nodeClass: Int, count: Int)>) -> [Double] {
        if rules.softConstraints.isEmpty { return [] }
        var nodes = 0
        var domains = rules.softConstraints.map { _ in Set<Int>() }
        for (number, count) in feasible where !classes[number].isSpreadIgnored {
            nodes += count
            for index in domains.indices {
                guard let topology = ledger.topology(of: rules.hardConstraints.count + index) else { continue }
                // Nodes without the label are a domain of their own here, as upstream has it.
                domains[index].insert(classes[number].place[topology])
            }
        }
        return domains.indices.map { index in
            let isPerNode = ledger.topology(of: rules.hardConstraints.count + index) == nil
            return PodTopologySpread.weight(domains: isPerNode ? nodes : domains[index].count)
        }
    }
}

/// What each plugin says of single nodes: for pods that only certain nodes may take, for the record of a decision, and
/// as the plain way to the same answer as `selectNode`.
struct NodeTable {
    struct Row {
        let slot: Int
        /// Nil if the node is feasible.
        var rejection: Rejection?
        var score = NodeScore()
    }

    private(set) var rows: [Row] = []

    /// Filters each of the nodes, and scores the feasible ones against each other. `extra` turns nodes down that the
    /// filters let pass. O(nodes).
    init(_ evaluation: ShapeEvaluation, _ nodes: [NodeInfo], extra: (NodeInfo) -> Rejection? = { _ in nil }) {
        var site = SiteCounts()
        let minima = evaluation.spreadMinima()
        let matching = evaluation.matchingPods()
        let rules = evaluation.rules
        for node in nodes {
            var row = Row(slot: node.slot)
            row.rejection = evaluation.localRejection(node.slot)
            if row.rejection == nil, evaluation.exclusiveUses > 0 { row.rejection = VolumeRestrictions.rejection }
            if row.rejection == nil, !rules.counters.isEmpty {
                NodeTable.read(evaluation, node.slot, into: &site)
                row.rejection =
                    PodTopologySpread.filter(rules, site, minima: minima)
                    ?? InterPodAffinity.filter(rules, site, matchingPods: matching)
            }
            if row.rejection == nil { row.rejection = extra(node) }
            rows.append(row)
        }
        let feasible = rows.indices.filter { rows[$0].rejection == nil }
        if feasible.count > 1 { score(evaluation, nodes, feasible, &site) }
    }

    var feasible: [Row] { rows.filter { $0.rejection == nil } }

    private static func read(_ evaluation: ShapeEvaluation, _ slot: Int, into site: inout SiteCounts) {
        evaluation.ledger.read(evaluation.ledger.place(of: slot), evaluation.perNodeValues(slot), into: &site)
    }

    private mutating func score(
        _ evaluation: ShapeEvaluation, _ nodes: [NodeInfo], _ feasible: [Int], _ site: inout SiteCounts
    ) {
        let numbers = feasible.map { (nodeClass: evaluation.classNumber(rows[$0].slot), count: 1) }
        let weights = evaluation.spreadWeights(numbers)
        var range = ScoreRange()
        var raws: [ScoreRange.Raw] = []
        for (index, number) in zip(feasible, numbers) {
            let nodeClass = evaluation.classes[number.nodeClass]
            var raw = ScoreRange.Raw()
            if !evaluation.rules.counters.isEmpty {
                NodeTable.read(evaluation, rows[index].slot, into: &site)
                raw = evaluation.raw(site, weights, nodeClass)
            }
            range.include(nodeClass, raw)
            raws.append(raw)
        }
        let shape = evaluation.shape
        for (offset, index) in feasible.enumerated() {
            var score = range.score(evaluation, evaluation.classes[numbers[offset].nodeClass], raws[offset])
            score.nodeResourcesFit = NodeResourcesFit.weight * NodeResourcesFit.score(shape, nodes[index])
            score.nodeResourcesBalancedAllocation =
                NodeResourcesBalancedAllocation.weight * NodeResourcesBalancedAllocation.score(shape, nodes[index])
            rows[index].score = score
        }
    }
}

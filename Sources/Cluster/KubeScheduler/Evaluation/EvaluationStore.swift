import KubeAPI

/// Keeps the evaluations of the shapes that were asked for last, up to a number of nodes in all of them together.
struct EvaluationStore {
    private var evaluations: [Int: (evaluation: ShapeEvaluation, lastUse: Int)] = [:]
    private var uses = 0
    private var size = 0
    private let budget: Int

    /// `budget`: entries for single nodes that may be held, some sixty bytes each.
    init(budget: Int = 1 << 20) {
        self.budget = budget
    }

    /// The evaluation of a shape under these constraints, new if there is none.
    mutating func evaluation(
        of shape: PodShape, constraints: @autoclosure () -> [SpreadConstraint], cache: SchedulerCache
    ) -> ShapeEvaluation {
        uses += 1
        if let known = evaluations[shape.number]?.evaluation {
            evaluations[shape.number]?.lastUse = uses
            return known
        }
        size += cache.nodes.count
        while size > budget, let oldest = evaluations.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evaluations[oldest.key] = nil
            size = evaluations.values.reduce(cache.nodes.count) { $0 + $1.evaluation.size }
        }
        let new = ShapeEvaluation(shape, constraints: constraints(), cache)
        evaluations[shape.number] = (new, uses)
        return new
    }

    /// Drops the evaluations of pods whose default constraints may be others now: those that a service selects, or
    /// selected, and that bring no constraints of their own.
    mutating func forget(namespace: String, selectedBy selectors: [Selector]) {
        for (number, entry) in evaluations {
            let shape = entry.evaluation.shape
            guard shape.namespace == namespace, shape.ownConstraints.isEmpty else { continue }
            if selectors.contains(where: { $0.matches(shape.labels) }) { evaluations[number] = nil }
        }
    }
}

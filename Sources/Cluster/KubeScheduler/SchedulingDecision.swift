import ClusterCore
import KubeAPI
import KubeClient

/// What the scheduler decided about a pod the last time it tried, and why.
package struct SchedulingDecision: Sendable {
    package enum Outcome: Sendable, Equatable {
        case bound(node: String)
        /// Room is being made on the node.
        case nominated(node: String)
        case unschedulable
        /// The attempt itself failed.
        case failed
    }

    /// What was made of one node.
    package struct NodeVerdict: Sendable {
        package let node: String
        /// Nil if the node was feasible.
        package let rejection: Rejection?
        /// Zero when it was the only feasible one, or not feasible.
        package let score: NodeScore
    }

    package let pod: ObjectKey
    package let uid: String
    package let time: Instant
    /// Which try it was; the first is 1.
    package let attempt: Int
    /// The revision that made the pod due.
    package let cause: Revision
    package let outcome: Outcome
    /// The message of the event and the condition.
    package let message: String
    package let nodeCount: Int
    package let feasibleCount: Int
    /// How many nodes shared the best score, of which one was drawn.
    package let tieCount: Int
    /// The total score of the node that was chosen; zero if there was no choice.
    package let score: Int
    /// Each rejection with the number of nodes.
    package let rejections: [(rejection: Rejection, count: Int)]
    /// Every node, where the cluster is small enough for it to be kept.
    package let nodes: [NodeVerdict]
}

/// The last decision for each pod, for the pods decided on last.
struct DecisionRecord {
    private var decisions: [ObjectKey: SchedulingDecision] = [:]
    private var order: ContiguousArray<ObjectKey> = []
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    subscript(key: ObjectKey) -> SchedulingDecision? { decisions[key] }

    mutating func add(_ decision: SchedulingDecision) {
        if decisions.updateValue(decision, forKey: decision.pod) != nil { return }
        order.append(decision.pod)
        // The oldest half goes at once, so that forgetting costs little.
        guard order.count > capacity else { return }
        for key in order.prefix(capacity / 2) { decisions[key] = nil }
        order.removeFirst(capacity / 2)
    }
}

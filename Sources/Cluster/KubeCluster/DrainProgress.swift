import ClusterCore
import KubeAPI

/// How far the emptying of a node is: what `kubectl drain` prints while it runs, as it stands now.
package struct DrainProgress: Sendable, Equatable {
    package enum Phase: Sendable {
        case running
        /// No pod that was to go is left.
        case drained
        /// All that could go is gone, and the server refused the rest for good.
        case failed
        /// By the operator, or because the node was uncordoned or removed.
        case stopped
    }

    /// A pod that may not be disrupted yet.
    package struct HeldPod: Sendable, Equatable {
        package let key: ObjectKey
        /// What holds it, in the server's words: the budget, what it needs and what it has.
        package let reason: String

        package init(key: ObjectKey, reason: String) {
            self.key = key
            self.reason = reason
        }
    }

    package let node: String
    package let started: Instant
    package var phase = Phase.running
    /// Pods that were to go when it began.
    package var total = 0
    /// Pods that are gone.
    package var evicted = 0
    /// Pods whose eviction was granted and that still run down.
    package var leaving = 0
    package var held: [HeldPod] = []
    /// Pods that the server refused to evict, each as kubectl tells it.
    package var failures: [String] = []
    /// When held pods are tried again; nil while there are none.
    package var retry: Instant?

    package init(node: String, started: Instant) {
        self.node = node
        self.started = started
    }

    package var isRunning: Bool { phase == .running }
}

import ClusterCore
import KubeAPI
import KubeClient

/// A pod that waits for a node, with the history of its attempts.
///
/// Follows kubernetes pkg/scheduler/framework/types.go `QueuedPodInfo`.
package final class QueuedPod {
    package enum Place: Sendable { case nowhere, active, backoff, errorBackoff, unschedulable }

    package let key: ObjectKey
    package let uid: String
    /// Counts up with every pod that arrives, so that equals keep their order.
    let arrival: Int
    package internal(set) var shape: PodShape
    package internal(set) var priority: Int
    /// When the pod last entered the queue.
    package internal(set) var timestamp: Instant
    package internal(set) var attempts = 0
    /// Nil before it.
    package internal(set) var firstAttempt: Instant?
    package internal(set) var unschedulableCount = 0
    package internal(set) var consecutiveErrorCount = 0
    /// Nil until it is needed.
    var backoffExpiration: Instant?
    /// The plugins that turned the pod down.
    package internal(set) var rejectors = PluginSet()
    package internal(set) var isGated = false
    package internal(set) var place = Place.nowhere
    /// The revision that made the pod due.
    package internal(set) var cause: Revision
    /// Where the pod expects room after preemption.
    package internal(set) var nominatedNode: String?
    /// The place in the heap, or among its group of unschedulable pods.
    var index = 0

    init(_ pod: Pod, shape: PodShape, arrival: Int, now: Instant, cause: Revision) {
        key = pod.key
        uid = pod.uid
        self.arrival = arrival
        self.shape = shape
        priority = pod.spec.priority ?? 0
        timestamp = now
        self.cause = cause
        nominatedNode = pod.status.nominatedNodeName.flatMap { $0.isEmpty ? nil : $0 }
    }
}

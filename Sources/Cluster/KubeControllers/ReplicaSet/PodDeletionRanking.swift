import ClusterCore
import KubeAPI
import KubeClient

/// Which of its pods a ReplicaSet would rather lose: smaller ones go first.
///
/// Follows kubernetes `pkg/controller/controller_utils.go` `ActivePodsWithRanks`; where upstream leaves the order of
/// equals to chance, the order of names decides.
package struct PodDeletionRank {
    private let isUnassigned: Bool
    /// Pending, Unknown, Running.
    private let phase: Int
    private let isReady: Bool
    private let deletionCost: Int
    /// Active pods of related ReplicaSets on the same node.
    private let colocated: Int
    private let readySince: Int?
    private let restarts: Int
    private let sidecarRestarts: Int
    private let created: Int?
    private let uid: String

    package static let deletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost"

    package init(_ pod: Pod, colocated: Int) {
        isUnassigned = pod.nodeName.isEmpty
        phase = pod.status.phase == "Running" ? 2 : pod.status.phase == "Unknown" ? 1 : 0
        isReady = pod.isReady
        deletionCost = PodDeletionRank.deletionCost(pod.metadata.annotations)
        self.colocated = colocated
        readySince = isReady ? pod.status.condition("Ready")?.lastTransitionTime?.seconds : nil
        restarts = pod.status.containerStatuses.lazy.map(\.restartCount).max() ?? 0
        let sidecars = pod.spec.initContainers.filter { $0.restartPolicy == "Always" }.map(\.name)
        sidecarRestarts =
            sidecars.isEmpty
            ? 0
            : pod.status.initContainerStatuses.lazy.filter { sidecars.contains($0.name) }.map(\.restartCount).max() ?? 0
        created = pod.metadata.creationTimestamp?.seconds
        uid = pod.uid
    }

    /// Zero unless it is a plain 32-bit number without a sign `+` or leading zeros.
    package static func deletionCost(_ annotations: StringMap<String>) -> Int {
        guard let text = annotations[deletionCostAnnotation], let first = text.utf8.first else { return 0 }
        let isPlain =
            first == UInt8(ascii: "-") || first == UInt8(ascii: "0") && text == "0"
            || first >= UInt8(ascii: "1") && first <= UInt8(ascii: "9")
        return isPlain ? Int32(text).map(Int.init) ?? 0 : 0
    }

    /// Whether the pod is deleted before another. Follows kubernetes pkg/controller/controller_utils.go
    /// `ActivePodsWithRanks.Less`.
    package func precedes(_ other: PodDeletionRank, now: Instant) -> Bool {
        if isUnassigned != other.isUnassigned { return isUnassigned }
        if phase != other.phase { return phase < other.phase }
        if isReady != other.isReady { return !isReady }
        if deletionCost != other.deletionCost { return deletionCost < other.deletionCost }
        if colocated != other.colocated { return colocated > other.colocated }
        if isReady, readySince != other.readySince {
            return isYounger(readySince, than: other.readySince, other, now)
        }
        if restarts != other.restarts { return restarts > other.restarts }
        if sidecarRestarts != other.sidecarRestarts { return sidecarRestarts > other.sidecarRestarts }
        if created != other.created { return isYounger(created, than: other.created, other, now) }
        return false
    }

    /// Ages are compared by their order of magnitude (of two, in nanoseconds), so that among pods of about one age
    /// those that go are as good as random: the UID decides. An unknown time is the youngest.
    private func isYounger(_ time: Int?, than otherTime: Int?, _ other: PodDeletionRank, _ now: Instant) -> Bool {
        guard let time, let otherTime else { return time == nil }
        let magnitude = PodDeletionRank.magnitude(since: time, now)
        let otherMagnitude = PodDeletionRank.magnitude(since: otherTime, now)
        return magnitude == otherMagnitude ? compareUTF8(uid, other.uid) < 0 : magnitude < otherMagnitude
    }

    private static func magnitude(since second: Int, _ now: Instant) -> Int {
        let age = now - Instant(seconds: Int64(second))
        return age > .zero ? Int(Double(age.nanoseconds).exponent) : -1
    }
}

/// The pods to delete, at most `count` of those given.
///
/// Complexity: O(n log n), or O(1) when all of them go.
package func podsToDelete(_ pods: [Pod], count: Int, podsOnNode: [String: Int], now: Instant) -> [Pod] {
    guard count < pods.count else { return pods }
    var ranked = pods.enumerated().map { index, pod in
        (rank: PodDeletionRank(pod, colocated: podsOnNode[pod.nodeName] ?? 0), index: index)
    }
    ranked.sort { left, right in
        if left.rank.precedes(right.rank, now: now) { return true }
        if right.rank.precedes(left.rank, now: now) { return false }
        return left.index < right.index
    }
    return ranked.prefix(count).map { pods[$0.index] }
}

import KubeAPI

/// The order in which a kubelet takes the pods that are bound to its node when it starts: those that ran before first,
/// then the oldest, so that none loses its place to a newcomer.
///
/// Follows kubernetes pkg/kubelet/kubelet.go `HandlePodAdditions`, which sorts by creation time.
package enum StartingOrder {
    /// O(n log n).
    package static func sorted(_ pods: [Pod]) -> [Pod] {
        pods.sorted { left, right in
            if (left.status.startTime == nil) != (right.status.startTime == nil) { return left.status.startTime != nil }
            let first = left.metadata.creationTimestamp ?? Time()
            let second = right.metadata.creationTimestamp ?? Time()
            return first == second ? left.key < right.key : first < second
        }
    }
}

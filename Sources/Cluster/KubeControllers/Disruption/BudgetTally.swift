import KubeAPI

/// What a disruption budget has to know of the pods that it covers, kept up pod by pod, so that a change costs the same
/// however many pods there are.
struct BudgetTally {
    /// What counts of one pod.
    struct Mark: Equatable {
        let isBeingDeleted: Bool
        let isReady: Bool
        let controller: OwnerReference?

        init(_ pod: Pod) {
            isBeingDeleted = pod.metadata.isBeingDeleted
            isReady = pod.isReady
            controller = pod.metadata.controllerReference
        }

        /// Whether the pod counts as healthy, if no eviction of it is on its way.
        var isHealthy: Bool { isReady && !isBeingDeleted }
    }

    /// One of those who manage the pods.
    struct Owner {
        let reference: OwnerReference
        var podCount: Int
    }

    private(set) var marks: [String: Mark] = [:]
    private(set) var healthyCount = 0
    private(set) var unmanagedCount = 0
    /// By UID.
    private(set) var owners: [String: Owner] = [:]

    var podCount: Int { marks.count }

    /// Counts a pod as it is now; nil for one that is gone or covered no more. Returns whether anything changed. O(1).
    mutating func set(_ mark: Mark?, pod name: String) -> Bool {
        let old = marks[name]
        if old == mark { return false }
        if let old { count(old, by: -1) }
        if let mark { count(mark, by: 1) }
        marks[name] = mark
        return true
    }

    private mutating func count(_ mark: Mark, by sign: Int) {
        if mark.isHealthy { healthyCount += sign }
        guard let reference = mark.controller else {
            unmanagedCount += sign
            return
        }
        var owner = owners[reference.uid] ?? Owner(reference: reference, podCount: 0)
        owner.podCount += sign
        owners[reference.uid] = owner.podCount > 0 ? owner : nil
    }

    /// The first pod, by name, that an owner manages. O(pods), for messages.
    func firstPod(of uid: String) -> String {
        marks.filter { $0.value.controller?.uid == uid }.map(\.key).min() ?? ""
    }
}

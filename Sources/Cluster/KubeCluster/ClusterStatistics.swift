import ClusterCore
import KubeAPI
import KubeClient

/// Counts of the whole cluster, kept up change by change so that showing them costs nothing.
package struct ClusterStatistics: Sendable, Equatable {
    package struct Resources: Sendable, Equatable {
        /// Thousandths of a core.
        package var milliCPU = 0
        /// Bytes.
        package var memory = 0
        package var pods = 0
        package init() {}
    }

    package var nodes = 0
    package var nodesReady = 0
    /// Pods by `status.phase`, in Kubernetes' order.
    package var podsPending = 0
    package var podsRunning = 0
    package var podsSucceeded = 0
    package var podsFailed = 0
    package var podsUnknown = 0
    /// Pods whose Ready condition is True.
    package var podsReady = 0
    /// Pods with a deletionTimestamp, in whatever phase.
    package var podsTerminating = 0
    /// Requested by the pods that are bound and not finished.
    package var requested = Resources()
    /// What all nodes allow.
    package var allocatable = Resources()
    /// Revisions written since the start.
    package var writes = 0
    package init() {}

    package var pods: Int { podsPending + podsRunning + podsSucceeded + podsFailed + podsUnknown }
}

/// Keeps a cluster's statistics from its changes. O(1) a change but for the containers of a pod.
package final class StatisticsKeeper: ChangeHandler {
    package private(set) var statistics = ClusterStatistics()

    package init() {}

    /// Of a moment alone.
    init(_ snapshot: Snapshot) {
        for node in snapshot.list(Node.self) { count(node, by: 1) }
        for pod in snapshot.list(Pod.self) {
            count(pod, by: 1)
            countRequests(of: pod, by: 1)
        }
        statistics.writes = snapshot.revision
    }

    package func start(_ client: any KubeClient) {
        client.watch(Pod.self, .all, self)
        client.watch(Node.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .pod {
            let old = change.old(Pod.self)
            let new = change.new(Pod.self)
            if let old { count(old, by: -1) }
            if let new { count(new, by: 1) }
            // Most changes are of the status alone, and a pod that runs asks for what it asked for before.
            if let old, let new, old.spec.isIdentical(to: new.spec), old.holdsResources == new.holdsResources { return }
            if let old { countRequests(of: old, by: -1) }
            if let new { countRequests(of: new, by: 1) }
        } else {
            if let old = change.old(Node.self) { count(old, by: -1) }
            if let new = change.new(Node.self) { count(new, by: 1) }
        }
    }

    private func count(_ node: Node, by sign: Int) {
        statistics.nodes += sign
        if node.isReady { statistics.nodesReady += sign }
        statistics.allocatable.milliCPU &+= sign * (node.status.allocatable["cpu"]?.accountedMilliValue ?? 0)
        statistics.allocatable.memory &+= sign * (node.status.allocatable["memory"]?.accountedValue ?? 0)
        statistics.allocatable.pods &+= sign * (node.status.allocatable["pods"]?.accountedValue ?? 0)
    }

    private func count(_ pod: Pod, by sign: Int) {
        switch pod.status.phase {
        case "Running": statistics.podsRunning += sign
        case "Succeeded": statistics.podsSucceeded += sign
        case "Failed": statistics.podsFailed += sign
        case "Unknown": statistics.podsUnknown += sign
        default: statistics.podsPending += sign
        }
        if pod.metadata.deletionTimestamp != nil { statistics.podsTerminating += sign }
        if pod.isReady { statistics.podsReady += sign }
    }

    private func countRequests(of pod: Pod, by sign: Int) {
        guard pod.holdsResources else { return }
        let requests = PodRequests(pod.spec)
        statistics.requested.milliCPU &+= sign * requests.milliCPU
        statistics.requested.memory &+= sign * requests.memory
        statistics.requested.pods += sign
    }
}

extension Pod {
    /// Whether it is bound and not finished.
    fileprivate var holdsResources: Bool {
        guard let node = spec.nodeName, !node.isEmpty else { return false }
        return status.phase != "Succeeded" && status.phase != "Failed"
    }
}

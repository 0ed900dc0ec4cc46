import KubeAPI

/// Pods that wait for room to be made for them on a certain node: others of lower or equal priority must leave it.
///
/// Follows kubernetes pkg/scheduler/backend/queue/nominator.go.
package struct Nominator {
    private var pods: [String: [QueuedPod]] = [:]

    package init() {}

    package var isEmpty: Bool { pods.isEmpty }

    package mutating func add(_ pod: QueuedPod, node: String) {
        remove(pod)
        pod.nominatedNode = node
        pods[node, default: []].append(pod)
    }

    package mutating func remove(_ pod: QueuedPod) {
        guard let node = pod.nominatedNode else { return }
        pod.nominatedNode = nil
        pods[node]?.removeAll { $0 === pod }
        if pods[node]?.isEmpty == true { pods[node] = nil }
    }

    /// The pods nominated to a node, in the order in which they were.
    package func pods(on node: String) -> [QueuedPod] { pods[node] ?? [] }

    /// The nodes that pods are nominated to, sorted by name.
    package var nodes: [String] { pods.keys.sorted(by: precedesUTF8) }
}

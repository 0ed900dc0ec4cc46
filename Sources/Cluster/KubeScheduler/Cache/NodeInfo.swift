import KubeAPI
import KubeClient

/// A pod that holds resources of a node: bound to it, or assumed to be.
package final class AssignedPod {
    package let key: ObjectKey
    package let uid: String
    package let priority: Int
    package internal(set) var shape: PodShape
    package internal(set) var isTerminating: Bool
    /// Bound by the scheduler itself; the binding has not come back through the informer yet.
    package internal(set) var isAssumed: Bool
    /// The slot of the node.
    let node: Int
    /// Where the pod stands among the node's pods.
    var position = 0

    init(_ pod: Pod, shape: PodShape, node: Int, isAssumed: Bool) {
        key = pod.key
        uid = pod.uid
        priority = pod.spec.priority ?? 0
        self.shape = shape
        self.node = node
        isTerminating = pod.metadata.deletionTimestamp != nil
        self.isAssumed = isAssumed
    }
}

/// What is known of a node: its object, and the sums over its pods.
///
/// Follows kubernetes pkg/scheduler/framework/types.go `NodeInfo`.
package final class NodeInfo {
    package let name: String
    /// The node's place in the cache, used again after the node and all its pods are gone.
    let slot: Int
    /// Nil while pods name a node that has no object.
    package private(set) var node: Node?
    package private(set) var labels = StringMap<String>()
    package private(set) var taints: [Taint] = []
    package private(set) var isUnschedulable = false
    package private(set) var allocatable = Resources()
    /// What the pods ask for.
    package private(set) var requested = Resources()
    package private(set) var nonZeroMilliCPU = 0
    package private(set) var nonZeroMemory = 0
    package private(set) var pods: ContiguousArray<AssignedPod> = []
    package private(set) var usedPorts: [HostPort] = []
    /// Names of the images that the node has.
    private(set) var images: Set<String> = []

    package init(name: String, slot: Int = 0) {
        self.name = name
        self.slot = slot
    }

    package func set(_ node: Node?) {
        self.node = node
        labels = node?.labels ?? [:]
        taints = node?.spec.taints ?? []
        isUnschedulable = node?.spec.unschedulable ?? false
        allocatable = Resources(node?.status.allocatable ?? [:])
        images = Set(node?.status.images.flatMap(\.names) ?? [])
    }

    /// The same node to try things on: with all sums, but without the list of pods.
    func trialCopy() -> NodeInfo {
        let copy = NodeInfo(name: name, slot: slot)
        copy.node = node
        copy.labels = labels
        copy.taints = taints
        copy.isUnschedulable = isUnschedulable
        copy.allocatable = allocatable
        copy.requested = requested
        copy.nonZeroMilliCPU = nonZeroMilliCPU
        copy.nonZeroMemory = nonZeroMemory
        copy.usedPorts = usedPorts
        return copy
    }

    /// Takes a newer node object in which nothing that scheduling looks at has changed.
    func refresh(_ node: Node) { self.node = node }

    package func add(_ pod: AssignedPod) {
        pod.position = pods.count
        pods.append(pod)
        account(pod.shape, times: 1)
    }

    package func remove(_ pod: AssignedPod) {
        let last = pods.removeLast()
        if last !== pod {
            pods[pod.position] = last
            last.position = pod.position
        }
        account(pod.shape, times: -1)
    }

    /// Accounts for a pod without listing it, or takes that back.
    func account(_ shape: PodShape, times factor: Int) {
        requested.add(shape.requests.requests, times: factor)
        requested.pods += factor
        nonZeroMilliCPU &+= shape.requests.nonZeroMilliCPU &* factor
        nonZeroMemory &+= shape.requests.nonZeroMemory &* factor
        for port in shape.hostPorts {
            if factor > 0 {
                usedPorts.append(port)
            } else if let index = usedPorts.firstIndex(of: port) {
                usedPorts.remove(at: index)
            }
        }
    }
}

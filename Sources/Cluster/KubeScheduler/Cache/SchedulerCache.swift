import KubeAPI

/// The scheduler's picture of the cluster: nodes with their pods, changed piece by piece as news comes in. Pods that it
/// has bound count at once ("assumed"), before the news of it arrives.
///
/// There is no snapshot to take: evaluations read it in place, between changes, and catch up through the change log.
/// Follows kubernetes pkg/scheduler/backend/cache.
package final class SchedulerCache {
    package var shapes = ShapeRegistry()
    private(set) var nodes: ContiguousArray<NodeInfo?> = []
    private var slots: [String: Int] = [:]
    private var freeSlots: [Int] = []
    private var pods: [ObjectKey: AssignedPod] = [:]
    private(set) var log = ChangeLog()
    /// Nodes that have an object.
    package private(set) var nodeCount = 0
    /// On how many nodes each image is, and how large it is, by name.
    private var images: [String: ImageState] = [:]
    /// How many assigned pods have each priority.
    private var priorities: [Int: Int] = [:]
    /// How often each value of the hostname label occurs.
    private var hostnames: [String: Int] = [:]
    private var sharedHostnames = 0
    /// How many assigned pods name each claim.
    private var claimUsers: [ObjectKey: Int] = [:]
    private let namespaceLabels: (String) -> StringMap<String>
    /// Counts the changes after which nothing that was worked out about pods' rules holds.
    private(set) var epoch = 0

    /// How often a node was filtered and scored for a shape: the measure of the scheduler's work.
    package internal(set) var inspectionCount = 0

    struct ImageState {
        var size: Int
        var nodes: Int
    }

    /// `namespaceLabels`: the labels of a namespace as they are now.
    package init(namespaceLabels: @escaping (String) -> StringMap<String>) {
        self.namespaceLabels = namespaceLabels
    }

    // MARK: Reading

    package func node(named name: String) -> NodeInfo? {
        guard let node = slots[name].flatMap({ nodes[$0] }), node.node != nil else { return nil }
        return node
    }

    /// The name of the node that an assigned pod is on.
    package func nodeName(of pod: AssignedPod) -> String? { nodes[pod.node]?.name }

    package func pod(_ key: ObjectKey) -> AssignedPod? { pods[key] }
    package var podCount: Int { pods.count }

    /// Whether no two nodes have one hostname label: only then does the label stand for the node.
    var hasUniqueHostnames: Bool { sharedHostnames == 0 }

    func image(_ name: String) -> ImageState? { images[name] }

    /// Whether an assigned pod names the claim.
    func isUsed(claim name: String, namespace: String) -> Bool {
        claimUsers[ObjectKey(.persistentVolumeClaim, namespace: namespace, name: name)] != nil
    }

    func labels(ofNamespace name: String) -> StringMap<String> { namespaceLabels(name) }

    /// Whether any assigned pod has a lower priority. O(different priorities).
    func hasPods(below priority: Int) -> Bool { priorities.keys.contains { $0 < priority } }

    // MARK: Nodes

    /// Adds or changes a node. Returns false if nothing that scheduling looks at has changed.
    @discardableResult
    package func set(_ node: Node) -> Bool {
        let info = nodes[slot(of: node.name)] ?? NodeInfo(name: node.name)
        if let old = info.node {
            if NodeInfo.schedulesLike(old, node) {
                info.refresh(node)
                return false
            }
            forget(old)
        } else {
            nodeCount += 1
        }
        info.set(node)
        for image in node.status.images {
            for name in image.names {
                images[name, default: ImageState(size: image.sizeBytes ?? 0, nodes: 0)].nodes += 1
            }
        }
        if let hostname = node.labels[WellKnownLabel.hostname] {
            let count = hostnames[hostname, default: 0]
            if count == 1 { shareHostname(1) }
            hostnames[hostname] = count + 1
        }
        log.append(ChangeLog.Entry(node: info.slot, identity: nil, pods: 0, terminating: 0))
        return true
    }

    package func removeNode(named name: String) {
        guard let slot = slots[name], let info = nodes[slot], let old = info.node else { return }
        forget(old)
        nodeCount -= 1
        info.set(nil)
        log.append(ChangeLog.Entry(node: slot, identity: nil, pods: 0, terminating: 0))
        freeIfEmpty(info)
    }

    private func forget(_ node: Node) {
        for image in node.status.images {
            for name in image.names {
                images[name]?.nodes -= 1
                if images[name]?.nodes == 0 { images[name] = nil }
            }
        }
        if let hostname = node.labels[WellKnownLabel.hostname], let count = hostnames[hostname] {
            if count == 2 { shareHostname(-1) }
            hostnames[hostname] = count == 1 ? nil : count - 1
        }
    }

    private func shareHostname(_ change: Int) {
        let wasUnique = hasUniqueHostnames
        sharedHostnames += change
        if wasUnique != hasUniqueHostnames { epoch += 1 }
    }

    /// Rules that were matched before may match otherwise now: a namespace got other labels.
    package func forgetMatches() { epoch += 1 }

    private func slot(of name: String) -> Int {
        if let slot = slots[name] { return slot }
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = nodes.count
            nodes.append(nil)
        }
        slots[name] = slot
        nodes[slot] = NodeInfo(name: name, slot: slot)
        return slot
    }

    private func freeIfEmpty(_ info: NodeInfo) {
        guard info.node == nil, info.pods.isEmpty else { return }
        slots[info.name] = nil
        nodes[info.slot] = nil
        freeSlots.append(info.slot)
    }

    // MARK: Pods

    /// Adds a pod to its node. The pod's shape must have been taken for it.
    package func add(_ pod: Pod, shape: PodShape, node: String, isAssumed: Bool) {
        let slot = slot(of: node)
        let assigned = AssignedPod(pod, shape: shape, node: slot, isAssumed: isAssumed)
        pods[assigned.key] = assigned
        priorities[assigned.priority, default: 0] += 1
        attach(assigned)
    }

    /// Removes a pod and gives its shape back.
    package func remove(_ pod: AssignedPod) {
        pods[pod.key] = nil
        let left = priorities[pod.priority, default: 1] - 1
        priorities[pod.priority] = left == 0 ? nil : left
        let info = detach(pod)
        shapes.release(pod.shape)
        if let info { freeIfEmpty(info) }
    }

    /// Gives an assigned pod the shape and state of a newer object.
    package func update(_ assigned: AssignedPod, to pod: Pod) {
        let isTerminating = pod.metadata.deletionTimestamp != nil
        assigned.isAssumed = false
        if assigned.shape.fits(pod), assigned.isTerminating == isTerminating { return }
        detach(assigned)
        let old = assigned.shape
        assigned.shape = shapes.take(pod)
        shapes.release(old)
        assigned.isTerminating = isTerminating
        attach(assigned)
    }

    private func attach(_ pod: AssignedPod) {
        guard let info = nodes[pod.node] else { return }
        info.add(pod)
        count(pod, 1)
    }

    @discardableResult
    private func detach(_ pod: AssignedPod) -> NodeInfo? {
        guard let info = nodes[pod.node] else { return nil }
        info.remove(pod)
        count(pod, -1)
        return info
    }

    private func count(_ pod: AssignedPod, _ change: Int) {
        let terminating = pod.isTerminating ? change : 0
        let identity = pod.shape.identity
        identity.count(on: pod.node, pods: change, terminating: terminating)
        for case .named(let name) in pod.shape.claims {
            let claim = ObjectKey(.persistentVolumeClaim, namespace: identity.namespace, name: name)
            let users = claimUsers[claim, default: 0] + change
            claimUsers[claim] = users == 0 ? nil : users
        }
        log.append(ChangeLog.Entry(node: pod.node, identity: identity, pods: change, terminating: terminating))
    }
}

extension NodeInfo {
    /// Whether nothing that scheduling looks at differs.
    static func schedulesLike(_ old: Node, _ new: Node) -> Bool {
        old.labels == new.labels && old.spec == new.spec && old.status.allocatable == new.status.allocatable
            && old.status.images == new.status.images
    }
}

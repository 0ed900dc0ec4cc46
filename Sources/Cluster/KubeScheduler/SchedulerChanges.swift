import ClusterCore
import KubeAPI
import KubeClient

// What news of the cluster does to the cache and the queue. Follows kubernetes pkg/scheduler/eventhandlers.go.

extension Scheduler {
    package func handle(_ change: Change) {
        switch change.kind {
        case .pod: podChanged(change)
        case .node: nodeChanged(change)
        case .service: serviceChanged(change)
        case .namespace: namespaceChanged(change)
        case .persistentVolumeClaim:
            if change.new(PersistentVolumeClaim.self) != nil {
                queue.move(after: .claimChanged(change.key), cause: change.revision)
            }
        default: break
        }
    }

    // MARK: Pods

    private func podChanged(_ change: Change) {
        // A pod that has ended holds nothing: it is as good as gone.
        let old = change.old(Pod.self).flatMap { $0.isTerminal ? nil : $0 }
        let new = change.new(Pod.self).flatMap { $0.isTerminal ? nil : $0 }
        if let old, let new, old.schedulesLike(new) { return }
        if let new {
            if new.nodeName.isEmpty {
                unassignedPodChanged(old, new, change.revision)
            } else {
                assignedPodChanged(new, change.revision)
            }
        } else if let old {
            podRemoved(old, change.revision)
        }
    }

    private func assignedPodChanged(_ pod: Pod, _ revision: Revision) {
        if let queued = queue.pod(pod.key) { forget(queued) }
        if let assigned = cache.pod(pod.key) {
            if assigned.uid == pod.uid, cache.nodeName(of: assigned) == pod.nodeName {
                let wasAssumed = assigned.isAssumed
                let before = assigned.shape
                cache.update(assigned, to: pod)
                if wasAssumed {
                    queue.move(after: .assignedPodAdded(assigned.shape), cause: revision)
                } else if before !== assigned.shape {
                    queue.move(after: .assignedPodUpdated(old: before, new: assigned.shape), cause: revision)
                }
                return
            }
            cache.remove(assigned)
        }
        let shape = cache.shapes.take(pod)
        cache.add(pod, shape: shape, node: pod.nodeName, isAssumed: false)
        queue.move(after: .assignedPodAdded(shape), cause: revision)
    }

    private func unassignedPodChanged(_ old: Pod?, _ pod: Pod, _ revision: Revision) {
        guard pod.spec.schedulerName ?? configuration.schedulerName == configuration.schedulerName else { return }
        // The news of its binding is on the way.
        if let assumed = cache.pod(pod.key), assumed.uid == pod.uid { return }
        let isGated = SchedulingGates.preEnqueue(pod) != nil
        if let queued = queue.pod(pod.key) {
            if queued.uid == pod.uid {
                let shape = cache.shapes.take(pod)
                let before = queued.shape
                queue.update(queued, pod, shape: shape, isGated: isGated, cause: revision)
                cache.shapes.release(before)
                updateNomination(queued, old, pod, revision)
                return
            }
            forget(queued)
        }
        let queued = queue.add(
            pod, shape: cache.shapes.take(pod), isGated: isGated, cause: revision)
        if let node = queued.nominatedNode { nominator.add(queued, node: node) }
    }

    private func updateNomination(_ queued: QueuedPod, _ old: Pod?, _ pod: Pod, _ revision: Revision) {
        let before = old?.status.nominatedNodeName ?? ""
        let after = pod.status.nominatedNodeName ?? ""
        if before == after { return }
        if after.isEmpty { nominator.remove(queued) } else { nominator.add(queued, node: after) }
        if !before.isEmpty { giveUpRoom(queued.shape, queued.priority, revision) }
    }

    private func podRemoved(_ pod: Pod, _ revision: Revision) {
        if let queued = queue.pod(pod.key), queued.uid == pod.uid {
            let (shape, priority) = (queued.shape, queued.priority)
            let wasNominated = queued.nominatedNode != nil
            forget(queued)
            if wasNominated { giveUpRoom(shape, priority, revision) }
        }
        guard let assigned = cache.pod(pod.key), assigned.uid == pod.uid else { return }
        let shape = assigned.shape
        cache.remove(assigned)
        queue.move(after: .assignedPodDeleted(shape), cause: revision)
    }

    /// The room that was kept for a nominated pod is free for others: those that had to leave it to the pod, which is
    /// nobody of higher priority.
    private func giveUpRoom(_ shape: PodShape, _ priority: Int, _ revision: Revision) {
        queue.move(after: .assignedPodDeleted(shape), upTo: priority, cause: revision)
    }

    /// Lets go of a waiting pod.
    func forget(_ queued: QueuedPod) {
        nominator.remove(queued)
        queue.remove(queued)
        cache.shapes.release(queued.shape)
    }

    // MARK: Nodes

    private func nodeChanged(_ change: Change) {
        let old = change.old(Node.self)
        guard let new = change.new(Node.self) else {
            guard let old else { return }
            cache.removeNode(named: old.name)
            queue.move(after: .nodeDeleted(old), cause: change.revision)
            return
        }
        let wasKnown = cache.node(named: new.name) != nil
        guard cache.set(new) else { return }
        if let old, wasKnown {
            let changes = NodeChanges(from: old, to: new)
            if changes.isEmpty { return }
            queue.move(after: .nodeUpdated(old: old, new: new, changes), cause: change.revision)
        } else {
            queue.move(after: .nodeAdded(new), cause: change.revision)
        }
    }

    // MARK: What default spreading and affinity terms refer to

    private func serviceChanged(_ change: Change) {
        let old = change.old(Service.self)?.spec.selector ?? [:]
        let new = change.new(Service.self)?.spec.selector ?? [:]
        let key = change.key
        services[key.namespace, default: [:]][key.name] = new.isEmpty ? nil : new
        if services[key.namespace]?.isEmpty == true { services[key.namespace] = nil }
        if old == new { return }
        let selectors = [old, new].filter { !$0.isEmpty }.map { Selector($0) }
        evaluations.forget(namespace: key.namespace, selectedBy: selectors)
    }

    private func namespaceChanged(_ change: Change) {
        guard let old = change.old(Namespace.self), let new = change.new(Namespace.self) else { return }
        if old.labels != new.labels { cache.forgetMatches() }
    }
}

extension Pod {
    var nodeName: String { spec.nodeName ?? "" }

    /// Whether nothing that the scheduler looks at differs: most changes of a pod are of its status.
    fileprivate func schedulesLike(_ other: Pod) -> Bool {
        spec.isIdentical(to: other.spec) && labels == other.labels
            && (metadata.deletionTimestamp == nil) == (other.metadata.deletionTimestamp == nil)
            && metadata.generation == other.metadata.generation
            && status.nominatedNodeName == other.status.nominatedNodeName && !isBeingResized && !other.isBeingResized
    }

    private var isBeingResized: Bool { metadata.generation ?? 1 > 1 }
}

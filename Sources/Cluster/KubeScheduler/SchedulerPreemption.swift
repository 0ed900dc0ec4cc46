import ClusterCore
import KubeAPI
import KubeClient

// What happens when no node can take a pod as things are. Follows kubernetes pkg/scheduler/framework/preemption.

extension Scheduler {
    /// Sees whether making pods of lower priority leave would help, does so if it would, and puts the pod back.
    func preempt(_ queued: QueuedPod, _ pod: Pod, _ finding: Finding) {
        var error = finding.error
        if error.preFilterMessage != nil {
            // The plugin of dynamic resources comes first, misses what it would have noted had PreFilter come to it,
            // and ends this with an error: nobody is preempted, and a nomination stays.
            error.postFilterMessage = "not found"
            return fail(queued, pod, error.message, rejectedBy: error.plugins, nomination: .keep, finding)
        }
        if pod.spec.preemptionPolicy == "Never" {
            return fail(queued, pod, &error, [DefaultPreemption.neverEligible], .keep, finding)
        }
        if awaitsVictims(queued, finding) {
            return fail(queued, pod, &error, [DefaultPreemption.victimsTerminating], .keep, finding)
        }
        var dryRun = RejectionCounts()
        let resolvable = error.rejections.resolvableCount
        if resolvable > 0, cache.hasPods(below: queued.priority) {
            let (candidates, rejections) = candidates(queued, finding)
            if let best = DefaultPreemption.choose(candidates) {
                evict(best, for: queued, pod)
                return fail(
                    queued, pod, error.message, rejectedBy: error.plugins, nomination: .node(best.node.name), finding)
            }
            dryRun = rejections
        } else {
            dryRun = DefaultPreemption.withoutVictims(resolvable)
        }
        let message = DefaultPreemption.failureMessage(nodeCount: cache.nodeCount, dryRun: dryRun)
        fail(queued, pod, &error, [message], .clear, finding)
    }

    private func fail(
        _ queued: QueuedPod, _ pod: Pod, _ error: inout FitError, _ messages: [String], _ nomination: Nomination,
        _ finding: Finding
    ) {
        // The plugin of dynamic resources speaks first, and has nothing to give back.
        error.postFilterMessage = (["no new claims to deallocate"] + messages).joined(separator: ", ")
        fail(queued, pod, error.message, rejectedBy: error.plugins, nomination: nomination, finding)
    }

    /// Whether pods that it preempted before are still leaving the node that it is nominated to.
    private func awaitsVictims(_ queued: QueuedPod, _ finding: Finding) -> Bool {
        guard let name = queued.nominatedNode, let node = cache.node(named: name) else { return false }
        // If the node can't take the pod whoever leaves it, another one must be found.
        if isBeyondHelp(node, for: queued, finding) { return false }
        return node.pods.contains { other in
            guard other.priority < queued.priority, other.isTerminating else { return false }
            return client.get(Pod.self, other.key).map(DefaultPreemption.isTerminatingByPreemption) ?? false
        }
    }

    /// Whether the node turned the pod down for a reason that stays when pods leave it.
    private func isBeyondHelp(_ node: NodeInfo, for queued: QueuedPod, _ finding: Finding) -> Bool {
        if let names = queued.shape.nodeNames, !names.contains(node.name) { return true }
        let evaluation = finding.evaluation ?? evaluation(of: queued.shape)
        evaluation.catchUp()
        var trial = NodeTrial(evaluation, node)
        return trial.filter(leavingRoomFor: nominatedShapes(on: node, before: queued))?.isUnresolvable ?? false
    }

    private func candidates(
        _ queued: QueuedPod, _ finding: Finding
    ) -> (candidates: [DefaultPreemption.Candidate], rejections: RejectionCounts) {
        let evaluation = finding.evaluation ?? evaluation(of: queued.shape)
        evaluation.catchUp()
        let nodes = potentialNodes(queued, evaluation)
        guard !nodes.isEmpty else { return ([], RejectionCounts()) }
        let client = client
        let search = DefaultPreemption.Search(
            evaluation: evaluation, priority: queued.priority, budgets: client.list(PodDisruptionBudget.self),
            now: loop.now, nominated: { [unowned self] in nominatedShapes(on: $0, before: queued) },
            object: { client.get(Pod.self, $0.key) })
        return DefaultPreemption.findCandidates(search, nodes: nodes, offset: random.below(nodes.count))
    }

    /// The nodes that turned the pod down for a reason that could go away with some of their pods. O(nodes).
    private func potentialNodes(_ queued: QueuedPod, _ evaluation: ShapeEvaluation) -> [NodeInfo] {
        let named = queued.shape.nodeNames
        let nodes =
            named?.compactMap { cache.node(named: $0) } ?? cache.nodes.compactMap { $0 }.filter { $0.node != nil }
        let table = NodeTable(evaluation, nodes) { node in
            var trial = NodeTrial(evaluation, node)
            return trial.filter(leavingRoomFor: self.nominatedShapes(on: node, before: queued))
        }
        return zip(nodes, table.rows).filter { $1.rejection?.isUnresolvable == false }.map(\.0)
    }

    /// Makes the victims go, and takes back the nominations of lesser pods to the node, which may no longer fit there.
    private func evict(_ candidate: DefaultPreemption.Candidate, for queued: QueuedPod, _ pod: Pod) {
        let node = candidate.node.name
        for nominated in nominator.pods(on: node) where nominated.priority < queued.priority {
            nominator.remove(nominated)
            do throws(StatusError) {
                try client.mutate(Pod.self, nominated.key, .status) { $0.status.nominatedNodeName = nil }
            } catch {
                // Then the pod has gone, and its nomination with it.
            }
            queue.activateNow(nominated)
        }
        for victim in candidate.victims where victim.object.metadata.deletionTimestamp == nil {
            evict(victim.object, from: node, for: ObjectReference(to: pod))
        }
    }

    private func evict(_ victim: Pod, from node: String, for preemptor: ObjectReference) {
        let now = loop.now.time
        let scheduler = configuration.schedulerName
        do throws(StatusError) {
            try client.mutate(Pod.self, victim.key, .status) { pod in
                guard pod.uid == victim.uid else { return }
                pod.markDisrupted("\(scheduler): preempting to accommodate a higher priority pod", now)
            }
            _ = try client.delete(victim.key, DeleteOptions(uid: victim.uid))
            recorder.event(
                victim, related: preemptor, .normal, "Preempted", action: "Preempting",
                "Preempted by pod \(preemptor.uid ?? "") on node \(node)")
        } catch {
            // The victim has gone by itself, or the next attempt of the pod finds it still there.
        }
    }
}

extension Pod {
    /// Follows kubernetes pkg/scheduler/framework/preemption `PreemptPod`.
    fileprivate mutating func markDisrupted(_ message: String, _ now: Time) {
        setCondition("DisruptionTarget", "True", reason: "PreemptionByScheduler", message: message, now)
    }
}

import ClusterCore
import KubeAPI
import KubeClient

// One attempt to find a node for one pod. Follows kubernetes pkg/scheduler/schedule_one.go.

extension Scheduler {
    /// What came of the filters and scores.
    struct Finding {
        var node: NodeInfo?
        var selection = NodeSelection()
        var error: FitError
        var verdicts: [SchedulingDecision.NodeVerdict] = []
        /// Nil if no evaluation was needed.
        var evaluation: ShapeEvaluation?
    }

    /// Tries to schedule a pod that the queue has handed out. Nil if there was nothing to try.
    func attempt(_ queued: QueuedPod) -> SchedulingMetrics.Result? {
        guard let pod = client.get(Pod.self, queued.key), pod.uid == queued.uid, pod.nodeName.isEmpty else {
            // News of what happened to it is on the way.
            forget(queued)
            return nil
        }
        if pod.metadata.deletionTimestamp != nil {
            recorder.event(
                pod, .warning, "FailedScheduling", action: "Scheduling",
                "skip schedule deleting pod: \(queued.key.namespacedName)")
            forget(queued)
            return nil
        }
        if queued.firstAttempt == nil { queued.firstAttempt = loop.now }
        guard cache.nodeCount > 0 else {
            fail(queued, pod, "no nodes available to schedule pods", rejectedBy: [], nomination: .clear)
            return .unschedulable
        }
        let finding = find(queued, pod)
        if let node = finding.node { return bind(queued, pod, node, finding) }
        preempt(queued, pod, finding)
        return .unschedulable
    }

    // MARK: Finding

    private func find(_ queued: QueuedPod, _ pod: Pod) -> Finding {
        let shape = queued.shape
        if shape.nodeNames != [], let message = VolumeBinding.preFilter(pod, shape, client) {
            var finding = Finding(error: FitError(nodeCount: cache.nodeCount))
            finding.error.preFilterMessage = message
            finding.error.plugins = PluginSet(.volumeBinding)
            return finding
        }
        if let names = shape.nodeNames { return find(queued, among: names) }
        let evaluation = evaluation(of: shape)
        evaluation.catchUp()
        var finding = Finding(error: FitError(nodeCount: cache.nodeCount), evaluation: evaluation)
        // Room was made for the pod there; if it fits no other node is looked at.
        if let name = queued.nominatedNode, let node = cache.node(named: name) {
            var trial = NodeTrial(evaluation, node)
            if trial.filter(leavingRoomFor: nominatedShapes(on: node, before: queued)) == nil {
                finding.node = node
                finding.selection.node = node.slot
                finding.selection.feasibleCount = 1
                finding.selection.tieCount = 1
                return finding
            }
        }
        let blocked = blockedByNominated(queued, evaluation)
        for (slot, _) in blocked { evaluation.setAside(slot) }
        finding.selection = evaluation.selectNode(&random)
        finding.node = finding.selection.node.flatMap { cache.nodes[$0] }
        if cache.nodeCount <= configuration.detailedNodeCount {
            finding.verdicts = verdicts(evaluation, blocked)
        }
        for (slot, _) in blocked { evaluation.putBack(slot) }
        for (rejection, count) in evaluation.rejections { finding.error.rejections.add(rejection, count) }
        for (rejection, count) in finding.selection.lateRejections.entries {
            finding.error.rejections.add(rejection, count)
        }
        for (_, rejection) in blocked { finding.error.rejections.add(rejection) }
        finding.error.plugins = finding.error.rejections.plugins
        return finding
    }

    /// For a pod whose affinity names its nodes, as those of daemon sets do: only they are looked at.
    private func find(_ queued: QueuedPod, among names: [String]) -> Finding {
        let shape = queued.shape
        var finding = Finding(error: FitError(nodeCount: cache.nodeCount))
        finding.error.plugins = PluginSet(.nodeAffinity)
        if names.isEmpty {
            finding.error.preFilterMessage = NodeAffinityPlugin.conflict
            return finding
        }
        finding.error.absentReason = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
        let nodes = names.compactMap { cache.node(named: $0) }
        var rows = nodes.map { NodeTable.Row(slot: $0.slot, rejection: localRejection(shape, $0)) }
        let mayConflict = looksAtOtherPods(shape) || !nominator.isEmpty
        let feasible = rows.filter { $0.rejection == nil }.count
        if feasible > 1 || feasible == 1 && mayConflict {
            let evaluation = evaluation(of: shape)
            evaluation.catchUp()
            rows =
                NodeTable(evaluation, nodes) { node in
                    var trial = NodeTrial(evaluation, node)
                    return trial.filter(leavingRoomFor: self.nominatedShapes(on: node, before: queued))
                }.rows
            finding.evaluation = evaluation
        }
        choose(among: rows, &finding)
        for row in rows { row.rejection.map { finding.error.rejections.add($0) } }
        finding.error.plugins.formUnion(finding.error.rejections.plugins)
        return finding
    }

    private func choose(among rows: [NodeTable.Row], _ finding: inout Finding) {
        let feasible = rows.filter { $0.rejection == nil }
        finding.selection.feasibleCount = feasible.count
        finding.verdicts = rows.map(verdict)
        let best = feasible.map(\.score.total).max()
        let ties = feasible.filter { $0.score.total == best }
        guard !ties.isEmpty else { return }
        let row = ties.count > 1 ? ties[random.below(ties.count)] : ties[0]
        finding.selection.tieCount = ties.count
        finding.selection.score = row.score.total
        finding.selection.node = row.slot
        finding.node = cache.nodes[row.slot]
    }

    private func verdict(_ row: NodeTable.Row) -> SchedulingDecision.NodeVerdict {
        SchedulingDecision.NodeVerdict(
            node: cache.nodes[row.slot]?.name ?? "", rejection: row.rejection, score: row.score)
    }

    /// What each node means to a waiting pod as things are now, in the order of their coming; nil if the pod is not
    /// waiting. O(nodes).
    package func assessment(of pod: ObjectKey) -> [SchedulingDecision.NodeVerdict]? {
        guard let queued = queue.pod(pod) else { return nil }
        let evaluation = evaluation(of: queued.shape)
        evaluation.catchUp()
        return verdicts(evaluation, blockedByNominated(queued, evaluation))
    }

    private func verdicts(
        _ evaluation: ShapeEvaluation, _ blocked: [(slot: Int, rejection: Rejection)]
    ) -> [SchedulingDecision.NodeVerdict] {
        let nodes = cache.nodes.compactMap { $0 }.filter { $0.node != nil }
        let table = NodeTable(evaluation, nodes) { node in
            blocked.first { $0.slot == node.slot }?.rejection
        }
        return table.rows.map(verdict)
    }

    private func localRejection(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        NodeUnschedulable.filter(shape, node) ?? NodeName.filter(shape, node)
            ?? TaintToleration.filter(shape, node) ?? NodeAffinityPlugin.filter(shape, node)
            ?? ShapeEvaluation.dynamicRejection(shape, node)
    }

    /// Whether any filter of the pod depends on pods of other nodes.
    private func looksAtOtherPods(_ shape: PodShape) -> Bool {
        let identity = shape.identity
        if !identity.requiredAffinity.isEmpty || !identity.requiredAntiAffinity.isEmpty { return true }
        if shape.ownConstraints.contains(where: \.isHard) || !shape.claims.isEmpty { return true }
        return cache.shapes.identitiesWithAffinity.contains { other in
            other.requiredAntiAffinity.contains { $0.matches(identity, cache.labels(ofNamespace:)) }
        }
    }

    func evaluation(of shape: PodShape) -> ShapeEvaluation {
        let evaluation = evaluations.evaluation(of: shape, constraints: constraints(for: shape), cache: cache)
        if !shape.claims.isEmpty { evaluation.restrict(by: VolumeRestrictions.exclusiveClaims(of: shape, client)) }
        return evaluation
    }

    /// The pod's own spread constraints, or else the defaults under the selector of its services and its owner.
    private func constraints(for shape: PodShape) -> [SpreadConstraint] {
        if !shape.ownConstraints.isEmpty { return shape.ownConstraints }
        let selectors = services[shape.namespace, default: [:]].values.filter {
            Selector($0).matches(shape.labels)
        }
        let selector = PodTopologySpread.defaultSelector(services: selectors, owner: ownerSelector(shape))
        return selector.isEverything ? [] : SpreadConstraint.systemDefaults(selector: selector)
    }

    private func ownerSelector(_ shape: PodShape) -> Selector? {
        guard let owner = shape.owner else { return nil }
        let namespace = shape.namespace
        switch owner.kind {
        case "ReplicaSet":
            guard let set = client.get(ReplicaSet.self, namespace: namespace, name: owner.name) else { return nil }
            return Selector(lenient: set.spec.selector)
        case "StatefulSet":
            guard let set = client.get(StatefulSet.self, namespace: namespace, name: owner.name) else { return nil }
            return Selector(lenient: set.spec.selector)
        case "ReplicationController":
            let controller = client.get(ReplicationController.self, namespace: namespace, name: owner.name)
            return controller.map { Selector($0.spec.selector) }
        default: return nil
        }
    }

    // MARK: Nominated pods

    /// Pods nominated to a node that a pod must leave room for: those of its priority or above, itself left out.
    func nominatedShapes(on node: NodeInfo, before queued: QueuedPod) -> [PodShape] {
        nominator.pods(on: node.name).filter { $0 !== queued && $0.priority >= queued.priority }.map(\.shape)
    }

    /// Nodes that would do but for pods nominated to them.
    private func blockedByNominated(
        _ queued: QueuedPod, _ evaluation: ShapeEvaluation
    ) -> [(slot: Int, rejection: Rejection)] {
        if nominator.isEmpty { return [] }
        var blocked: [(slot: Int, rejection: Rejection)] = []
        for name in nominator.nodes {
            guard let node = cache.node(named: name), evaluation.isRanked(node.slot) else { continue }
            let shapes = nominatedShapes(on: node, before: queued)
            if shapes.isEmpty { continue }
            var trial = NodeTrial(evaluation, node)
            if let rejection = trial.filter(leavingRoomFor: shapes) { blocked.append((node.slot, rejection)) }
        }
        return blocked
    }

    // MARK: Binding

    private func bind(
        _ queued: QueuedPod, _ pod: Pod, _ node: NodeInfo, _ finding: Finding
    ) -> SchedulingMetrics.Result {
        let name = node.name
        nominator.remove(queued)
        // The pod counts from now on, before the news of its binding comes back.
        queue.remove(queued)
        cache.add(pod, shape: queued.shape, node: name, isAssumed: true)
        do throws(StatusError) {
            try DefaultBinder.bind(queued, to: name, client)
            recorder.event(
                pod, .normal, "Scheduled", action: "Binding",
                "Successfully assigned \(queued.key.namespacedName) to \(name)")
            record(queued, .bound(node: name), message: "", finding)
            let first = queued.firstAttempt ?? loop.now
            metrics.bound(after: (loop.now - first).seconds, attempts: max(1, queued.attempts))
            return .scheduled
        } catch {
            bindingFailed(queued, pod, error)
            return .error
        }
    }

    private func bindingFailed(_ queued: QueuedPod, _ pod: Pod, _ error: StatusError) {
        let shape = queued.shape
        if let assumed = cache.pod(queued.key) { cache.remove(assumed) }
        queue.move(after: .assignedPodDeleted(shape), cause: client.cause)
        guard let current = client.get(Pod.self, queued.key), current.uid == queued.uid, current.nodeName.isEmpty else {
            return
        }
        let again = queue.restore(queued, shape: cache.shapes.take(current))
        let message = "running Bind plugin \"DefaultBinder\": \(error.message)"
        report(again, current, message, reason: "SchedulerError", nomination: .clear)
        queue.putBackAfterError(again)
        record(again, .failed, message: message, nil)
    }

    // MARK: Failing

    /// What becomes of the pod's nomination to a node.
    enum Nomination {
        case keep
        case clear
        case node(String)
    }

    /// Puts the pod back and tells why.
    func fail(
        _ queued: QueuedPod, _ pod: Pod, _ message: String, rejectedBy rejectors: PluginSet, nomination: Nomination,
        _ finding: Finding? = nil
    ) {
        queue.putBack(queued, rejectedBy: rejectors)
        report(queued, pod, message, reason: "Unschedulable", nomination: nomination)
        var outcome = SchedulingDecision.Outcome.unschedulable
        if case .node(let name) = nomination { outcome = .nominated(node: name) }
        record(queued, outcome, message: message, finding)
    }

    private func report(_ queued: QueuedPod, _ pod: Pod, _ message: String, reason: String, nomination: Nomination) {
        var nominatedNode = queued.nominatedNode
        switch nomination {
        case .keep: break
        case .clear:
            nominator.remove(queued)
            nominatedNode = nil
        case .node(let name):
            nominator.add(queued, node: name)
            nominatedNode = name
        }
        recorder.event(pod, .warning, "FailedScheduling", action: "Scheduling", message.truncated(to: 1024))
        let now = loop.now.time
        do throws(StatusError) {
            try client.mutate(Pod.self, queued.key, .status) { pod in
                guard pod.uid == queued.uid else { return }
                pod.setCondition("PodScheduled", "False", reason: reason, message: message, now)
                pod.status.nominatedNodeName = nominatedNode
            }
        } catch {
            // The pod is tried again in any case, and the condition is written then.
        }
    }

    func record(_ queued: QueuedPod, _ outcome: SchedulingDecision.Outcome, message: String, _ finding: Finding?) {
        let selection = finding?.selection ?? NodeSelection()
        decisions.add(
            SchedulingDecision(
                pod: queued.key, uid: queued.uid, time: loop.now, attempt: queued.attempts, cause: queued.cause,
                outcome: outcome, message: message, nodeCount: cache.nodeCount, feasibleCount: selection.feasibleCount,
                tieCount: selection.tieCount, score: selection.score,
                rejections: finding?.error.rejections.entries ?? [], nodes: finding?.verdicts ?? []))
    }
}

extension Pod {
    /// Sets a condition of this generation of the pod.
    mutating func setCondition(_ type: String, _ value: String, reason: String, message: String, _ now: Time) {
        var condition = PodCondition()
        condition.type = type
        condition.status = value
        condition.reason = reason
        condition.message = message
        condition.observedGeneration = metadata.generation
        status.setCondition(condition, now: now)
    }
}

extension String {
    /// At most so many bytes, the end replaced by an ellipsis: events take no longer notes.
    fileprivate func truncated(to limit: Int) -> String {
        utf8.count <= limit ? self : String(decoding: utf8.prefix(limit - 4), as: UTF8.self) + " ..."
    }
}

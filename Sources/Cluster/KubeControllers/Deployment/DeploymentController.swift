import ClusterCore
import KubeAPI
import KubeClient

/// Rolls Deployments out: keeps a ReplicaSet for each revision of a Deployment's template, and moves pods from the old
/// ones to the new one at the pace that its strategy allows.
///
/// Follows kubernetes `pkg/controller/deployment/deployment_controller.go`.
package final class DeploymentController: Controller, Reconciler, ChangeHandler {
    package static let component = "deployment-controller"
    private static let maximumRetries = 15

    let context: ComponentContext
    private(set) lazy var worker: Worker<DeploymentController> = Worker(
        self, client: context.client, loop: context.loop, maximumRetries: DeploymentController.maximumRetries)
    private var selectors = SelectorIndex()
    /// Deployments that `selectors` holds, by UID.
    private var known: [String: (key: ObjectKey, selector: Selector)] = [:]
    /// ReplicaSets without a controller: their names by namespace.
    private var orphans: [String: Set<String>] = [:]

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        context.client.watch(Deployment.self, .all, self)
        context.client.watch(ReplicaSet.self, .all, self)
        context.client.watch(Pod.self, .all, self)
    }

    // MARK: What happens

    package func handle(_ change: Change) {
        switch change.kind {
        case .pod: if change.verb == .delete { podDeleted(change) }
        case .replicaSet: replicaSetChanged(change)
        default: deploymentChanged(change)
        }
    }

    private func deploymentChanged(_ change: Change) {
        let old = change.old(Deployment.self)
        let new = change.new(Deployment.self)
        if let old, old.uid != new?.uid, let entry = known.removeValue(forKey: old.uid) {
            selectors.remove(entry.selector, namespace: old.namespace, old.uid)
        }
        if let new, known[new.uid] == nil {
            do throws(StatusError) {
                let selector = try Selector(new.spec.selector)
                known[new.uid] = (new.key, selector)
                selectors.insert(selector, namespace: new.namespace, new.uid)
            } catch {
                return
            }
        }
        if !isOwnNote(change) { worker.add(change.key, cause: change.revision) }
    }

    /// Whether the change is a status that this controller wrote, and that leaves it nothing to do: of all that it
    /// writes, only completion has a sequel, which is to delete old ReplicaSets.
    private func isOwnNote(_ change: Change) -> Bool {
        guard change.author == context.client.component, let old = change.old(Deployment.self),
            let new = change.new(Deployment.self)
        else { return false }
        return new.hasSameSpec(as: old) && new.metadata.isBeingDeleted == old.metadata.isBeingDeleted
            && new.annotatedRollback == old.annotatedRollback && !new.isComplete(new.status)
    }

    private func replicaSetChanged(_ change: Change) {
        let old = change.old?.metadata.controllerReference
        let new = change.new?.metadata.controllerReference
        if let old, old.uid != new?.uid { enqueue(old, change) }
        if let replicaSet = change.new, new == nil {
            orphans[replicaSet.namespace, default: []].insert(replicaSet.name)
        } else if change.old != nil, old == nil {
            orphans[change.key.namespace]?.remove(change.key.name)
            if orphans[change.key.namespace]?.isEmpty == true { orphans[change.key.namespace] = nil }
        }
        if let new { return enqueue(new, change) }
        guard let replicaSet = change.new else { return }
        let isSame = change.old.map { $0.metadata.labels == replicaSet.metadata.labels && old == nil } ?? false
        if isSame { return }
        let labels = replicaSet.metadata.labels
        for uid in selectors.candidates(namespace: replicaSet.namespace, labels: labels) {
            guard let entry = known[uid], entry.selector.matches(labels) else { continue }
            worker.add(entry.key, cause: change.revision)
        }
    }

    private func enqueue(_ reference: OwnerReference, _ change: Change) {
        guard reference.kind == "Deployment", let entry = known[reference.uid] else { return }
        worker.add(entry.key, cause: change.revision)
    }

    /// The last old pod of a Deployment that recreates its pods makes room for the new ones.
    private func podDeleted(_ change: Change) {
        guard let reference = change.old?.metadata.controllerReference, reference.kind == "ReplicaSet",
            let replicaSet = context.client.get(
                ReplicaSet.self, namespace: change.key.namespace, name: reference.name),
            replicaSet.uid == reference.uid, let owner = replicaSet.metadata.controllerReference,
            let entry = known[owner.uid], let deployment = context.client.get(Deployment.self, entry.key),
            deployment.isRecreate
        else { return }
        for sibling in ownedReplicaSets(deployment) where hasPods(sibling) { return }
        worker.add(entry.key, cause: change.revision)
    }

    // MARK: Reconciling

    package func sync(_ key: ObjectKey) throws(StatusError) {
        do throws(StatusError) {
            try syncDeployment(key)
        } catch {
            // In a namespace that is being deleted, trying again leads nowhere.
            if !error.hasCause(StatusCauseType.namespaceTerminating) { throw error }
        }
    }

    private func syncDeployment(_ key: ObjectKey) throws(StatusError) {
        guard var deployment = context.client.get(Deployment.self, key) else { return }
        if deployment.spec.selector == LabelSelector() { return try rejectSelectingAll(&deployment) }
        try claimReplicaSets(deployment)
        if deployment.metadata.isBeingDeleted {
            let replicaSets = try replicaSetsWithRevision(&deployment, create: false)
            return try syncStatus(&deployment, replicaSets)
        }
        try checkPaused(&deployment)
        if deployment.isPaused { return try syncSize(&deployment) }
        if let revision = deployment.annotatedRollback { return try rollBack(&deployment, to: revision) }
        if try isScalingEvent(&deployment) { return try syncSize(&deployment) }
        if deployment.isRecreate { return try rollOutRecreate(&deployment) }
        if deployment.isRollingUpdate { return try rollOutRolling(&deployment) }
    }

    private func rejectSelectingAll(_ deployment: inout Deployment) throws(StatusError) {
        context.recorder.event(
            deployment, .warning, "SelectingAll",
            "This deployment is selecting all pods. A non-empty selector is required.")
        if deployment.status.observedGeneration ?? 0 < deployment.metadata.generation ?? 0 {
            deployment.status.observedGeneration = deployment.metadata.generation
            deployment = try context.client.updateStatus(deployment)
        }
    }

    /// Lets go of ReplicaSets that the selector doesn't match any more, and adopts those without a controller that it
    /// does.
    private func claimReplicaSets(_ deployment: Deployment) throws(StatusError) {
        if deployment.metadata.isBeingDeleted { return }
        guard let selector = known[deployment.uid]?.selector else { return }
        for replicaSet in ownedReplicaSets(deployment) where !selector.matches(replicaSet.metadata.labels) {
            try changeOwners(replicaSet.key) { $0.metadata.ownerReferences.removeAll { $0.uid == deployment.uid } }
        }
        for name in (orphans[deployment.namespace] ?? []).sorted() {
            guard let replicaSet = context.client.get(ReplicaSet.self, namespace: deployment.namespace, name: name),
                replicaSet.metadata.controllerReference == nil, !replicaSet.metadata.isBeingDeleted,
                selector.matches(replicaSet.metadata.labels)
            else { continue }
            try changeOwners(replicaSet.key) { replicaSet in
                replicaSet.metadata.ownerReferences.removeAll { $0.uid == deployment.uid }
                replicaSet.metadata.ownerReferences.append(OwnerReference(controller: deployment))
            }
        }
    }

    private func changeOwners(_ key: ObjectKey, _ change: (inout ReplicaSet) -> Void) throws(StatusError) {
        do throws(StatusError) {
            try context.client.mutate(ReplicaSet.self, key, nil, change)
        } catch {
            if !error.isNotFound && !error.isInvalid { throw error }
        }
    }

    /// Notes in a condition that the Deployment was paused or resumed: the time of a pause doesn't count as a lack of
    /// progress.
    private func checkPaused(_ deployment: inout Deployment) throws(StatusError) {
        guard deployment.progressDeadline != nil else { return }
        let reason = deployment.status.condition(.progressing)?.reason
        // A rollout that timed out stays so.
        if reason == DeploymentReason.progressDeadlineExceeded { return }
        let isNoted = reason == DeploymentReason.paused
        if deployment.isPaused == isNoted { return }
        let condition =
            deployment.isPaused
            ? DeploymentCondition(
                .progressing, "Unknown", DeploymentReason.paused, "Deployment is paused", context.now)
            : DeploymentCondition(
                .progressing, "Unknown", DeploymentReason.resumed, "Deployment is resumed", context.now)
        deployment.status.set(condition)
        deployment = try context.client.updateStatus(deployment)
    }

    /// Of a Deployment that is paused, or was scaled: its size, and nothing else.
    private func syncSize(_ deployment: inout Deployment) throws(StatusError) {
        let replicaSets = try replicaSetsWithRevision(&deployment, create: false)
        try scale(deployment, replicaSets)
        // A rollback that waits for the end of the pause may need any of them.
        if deployment.isPaused, deployment.annotatedRollback == nil { try cleanUp(replicaSets.old, deployment) }
        try syncStatus(&deployment, replicaSets)
    }

    private func syncStatus(_ deployment: inout Deployment, _ replicaSets: RolloutReplicaSets) throws(StatusError) {
        let status = deployment.calculateStatus(replicaSets, now: context.now)
        if status == deployment.status { return }
        deployment.status = status
        deployment = try context.client.updateStatus(deployment)
    }

    /// Writes the status of a rollout, or sees to it that a lack of progress is noticed in time.
    func syncRolloutStatus(
        _ deployment: inout Deployment, _ replicaSets: RolloutReplicaSets
    ) throws(StatusError) {
        let status = deployment.calculateRolloutStatus(replicaSets, now: context.now)
        if status != deployment.status {
            deployment.status = status
            deployment = try context.client.updateStatus(deployment)
        }
        requeueIfStuck(deployment, status)
    }

    private func requeueIfStuck(_ deployment: Deployment, _ status: DeploymentStatus) {
        guard let deadline = deployment.progressDeadline, let current = deployment.status.condition(.progressing),
            !deployment.isComplete(status), current.reason != DeploymentReason.progressDeadlineExceeded,
            let last = current.lastUpdateTime
        else { return }
        let remaining = last.instant + .seconds(deadline) - context.now
        if remaining < .seconds(1) {
            worker.queue.addRateLimited(deployment.key)
        } else {
            // The deadline must have passed when it is looked at: times are in whole seconds.
            worker.add(deployment.key, after: remaining + .seconds(1))
        }
    }
}

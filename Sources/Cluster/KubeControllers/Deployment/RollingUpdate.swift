import KubeAPI
import KubeClient

// Follows kubernetes `pkg/controller/deployment/rolling.go`.

extension DeploymentController {
    /// One step of a rolling update: grow the new ReplicaSet as far as the surge allows, or else shrink the old ones as
    /// far as availability allows.
    func rollOutRolling(_ deployment: inout Deployment) throws(StatusError) {
        let replicaSets = try replicaSetsWithRevision(&deployment, create: true)
        guard let new = replicaSets.new else { return }
        if try resizeNew(new, replicaSets, deployment) {
            return try syncRolloutStatus(&deployment, replicaSets)
        }
        if try shrinkOld(new, replicaSets, deployment) {
            return try syncRolloutStatus(&deployment, replicaSets)
        }
        if deployment.isComplete(deployment.status) { try cleanUp(replicaSets.old, deployment) }
        try syncRolloutStatus(&deployment, replicaSets)
    }

    /// Whether the new ReplicaSet's size changed.
    private func resizeNew(
        _ new: ReplicaSet, _ replicaSets: RolloutReplicaSets, _ deployment: Deployment
    ) throws(StatusError) -> Bool {
        if new.desiredReplicas == deployment.desiredReplicas { return false }
        let size =
            new.desiredReplicas > deployment.desiredReplicas
            ? deployment.desiredReplicas : deployment.newReplicaSetSize(new, among: replicaSets.all)
        if size == new.desiredReplicas { return false }
        try scale(new, to: size, deployment)
        return true
    }

    /// Whether an old ReplicaSet shrank.
    ///
    /// Pods that the new ReplicaSet has but that aren't available yet don't count as a reason to take old ones away.
    /// For example, with 10 desired, at most 2 unavailable and 3 surging: 13 pods in all, 5 of them new and of these 4
    /// not available, leave 13 − 8 − 4 = 1 old pod that may go.
    private func shrinkOld(
        _ new: ReplicaSet, _ replicaSets: RolloutReplicaSets, _ deployment: Deployment
    ) throws(StatusError) -> Bool {
        var old = replicaSets.old.active
        if old.isEmpty { return false }
        let minAvailable = deployment.desiredReplicas - deployment.maxUnavailable
        let newUnavailable = new.desiredReplicas - (new.status.availableReplicas ?? 0)
        let most = replicaSets.all.desiredCount - minAvailable - newUnavailable
        if most <= 0 { return false }
        let cleaned = try shrinkUnhealthy(&old, most: most, deployment)
        let scaled = try shrinkAvailable(old, new, minAvailable: minAvailable, deployment)
        return cleaned + scaled > 0
    }

    /// Takes old pods away that aren't available: they would hold up the rollout and serve nobody.
    private func shrinkUnhealthy(
        _ old: inout [ReplicaSet], most: Int, _ deployment: Deployment
    ) throws(StatusError) -> Int {
        old = old.sortedByAge()
        var total = 0
        for index in old.indices where total < most {
            let size = old[index].desiredReplicas
            let available = old[index].status.availableReplicas ?? 0
            if size == 0 || size == available { continue }
            let count = min(most - total, size - available)
            if count < 0 {
                throw .internalError(
                    "when cleaning up unhealthy replicas, got invalid request to scale down "
                        + "\(old[index].key.namespacedName) \(size) -> \(size - count)")
            }
            old[index] = try scale(old[index], to: size - count, deployment)
            total += count
        }
        return total
    }

    /// Takes old pods away, oldest ReplicaSets first, as far as enough are available without them.
    private func shrinkAvailable(
        _ old: [ReplicaSet], _ new: ReplicaSet, minAvailable: Int, _ deployment: Deployment
    ) throws(StatusError) -> Int {
        let spare = (old + [new]).availableCount - minAvailable
        var total = 0
        for replicaSet in old.sortedByAge() where total < spare && replicaSet.desiredReplicas > 0 {
            let count = min(replicaSet.desiredReplicas, spare - total)
            try scale(replicaSet, to: replicaSet.desiredReplicas - count, deployment)
            total += count
        }
        return total
    }
}

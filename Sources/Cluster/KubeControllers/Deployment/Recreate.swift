import KubeAPI
import KubeClient

// Follows kubernetes `pkg/controller/deployment/recreate.go`.

extension DeploymentController {
    /// One step of a rollout that has no old pods left before it starts new ones.
    func rollOutRecreate(_ deployment: inout Deployment) throws(StatusError) {
        var replicaSets = try replicaSetsWithRevision(&deployment, create: false)
        let active = replicaSets.old.active
        if !active.isEmpty {
            for old in active { try scale(old, to: 0, deployment) }
            return try syncRolloutStatus(&deployment, replicaSets)
        }
        if areOldPodsRunning(replicaSets) { return try syncRolloutStatus(&deployment, replicaSets) }
        if replicaSets.new == nil { replicaSets = try replicaSetsWithRevision(&deployment, create: true) }
        if let new = replicaSets.new { try scale(new, to: deployment.desiredReplicas, deployment) }
        if deployment.isComplete(deployment.status) { try cleanUp(replicaSets.old, deployment) }
        try syncRolloutStatus(&deployment, replicaSets)
    }

    /// Whether old pods are there that have not ended, being deleted or not.
    private func areOldPodsRunning(_ replicaSets: RolloutReplicaSets) -> Bool {
        if replicaSets.old.actualCount > 0 { return true }
        for old in replicaSets.old where hasPods(old, where: { !$0.isTerminal }) { return true }
        return false
    }

    /// O(1) if the first pod will do.
    func hasPods(_ replicaSet: ReplicaSet, where condition: (Pod) -> Bool = { _ in true }) -> Bool {
        var isFound = false
        context.client.forEach(.pod, index: .owner(uid: replicaSet.uid)) { object in
            if object.metadata.controllerReference?.uid == replicaSet.uid, let pod = object.as(Pod.self) {
                isFound = condition(pod)
            }
            return !isFound
        }
        return isFound
    }
}

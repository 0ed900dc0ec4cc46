import ClusterCore
import KubeAPI
import KubeClient

// Changes of size. Follows kubernetes `pkg/controller/deployment/sync.go` and `util/deployment_util.go`.

extension DeploymentController {
    /// Whether the Deployment's size is not the one for which its active ReplicaSets were last scaled.
    func isScalingEvent(_ deployment: inout Deployment) throws(StatusError) -> Bool {
        let replicaSets = try replicaSetsWithRevision(&deployment, create: false)
        for replicaSet in replicaSets.all.active {
            guard let desired = replicaSet.annotatedNumber(DeploymentAnnotations.desiredReplicas) else { continue }
            if desired != deployment.desiredReplicas { return true }
        }
        return false
    }

    /// Brings the ReplicaSets to the Deployment's size: the only active one alone, or during a rollout all of them in
    /// proportion to their sizes.
    func scale(_ deployment: Deployment, _ replicaSets: RolloutReplicaSets) throws(StatusError) {
        if let replicaSet = replicaSets.activeOrLatest {
            try scale(replicaSet, to: deployment.desiredReplicas, deployment)
        } else if let new = replicaSets.new, deployment.isSaturated(new) {
            for old in replicaSets.old.active { try scale(old, to: 0, deployment) }
        } else if deployment.isRollingUpdate {
            for (replicaSet, size) in deployment.proportionalSizes(replicaSets.all.active) {
                try write(replicaSet, size: size, deployment)
            }
        }
    }

    /// Returns the ReplicaSet as it then is; nothing happens if it has that size.
    @discardableResult
    func scale(_ replicaSet: ReplicaSet, to size: Int, _ deployment: Deployment) throws(StatusError) -> ReplicaSet {
        replicaSet.desiredReplicas == size ? replicaSet : try write(replicaSet, size: size, deployment)
    }

    /// Writes the size, if it differs, and the Deployment's size in annotations.
    @discardableResult
    private func write(_ replicaSet: ReplicaSet, size: Int, _ deployment: Deployment) throws(StatusError) -> ReplicaSet
    {
        let earlier = replicaSet.desiredReplicas
        var scaled = replicaSet
        let isAnnotated = scaled.setSizeAnnotations(of: deployment)
        guard isAnnotated || earlier != size else { return replicaSet }
        scaled.spec.replicas = size
        let updated = try context.client.update(scaled)
        if earlier != size {
            let direction = earlier < size ? "up" : "down"
            context.recorder.event(
                deployment, .normal, "ScalingReplicaSet",
                "Scaled \(direction) replica set \(replicaSet.name) from \(earlier) to \(size)")
        }
        return updated
    }
}

extension Deployment {
    /// Whether the new ReplicaSet has all of the pods, available ones.
    func isSaturated(_ new: ReplicaSet) -> Bool {
        new.desiredReplicas == desiredReplicas
            && new.annotatedNumber(DeploymentAnnotations.desiredReplicas) == desiredReplicas
            && new.status.availableReplicas ?? 0 == desiredReplicas
    }

    /// The sizes of several active ReplicaSets that share a change of the Deployment's size.
    ///
    /// For example, with ReplicaSets of 7 and 3 of 10 pods and a new size of 15, they get 7 × 1.5 = 11 (10.5 rounded)
    /// and what is left, 4. Rounding leaves some pods over or short: the first, which is the largest, takes these.
    package func proportionalSizes(_ active: [ReplicaSet]) -> [(replicaSet: ReplicaSet, size: Int)] {
        let allowed = desiredReplicas > 0 ? desiredReplicas + maxSurge : 0
        let change = allowed - active.desiredCount
        let sorted = change == 0 ? active : active.sortedBySize(newerFirst: change > 0)
        var added = 0
        var sizes = sorted.map { replicaSet in
            let share = share(of: replicaSet, change: change, added: added)
            added += share
            return (replicaSet: replicaSet, size: replicaSet.desiredReplicas + share)
        }
        if change != 0, !sizes.isEmpty { sizes[0].size = max(sizes[0].size + change - added, 0) }
        return sizes
    }

    /// A ReplicaSet's part of a change of which `added` is given out already, and not more than is left.
    private func share(of replicaSet: ReplicaSet, change: Int, added: Int) -> Int {
        if replicaSet.desiredReplicas == 0 || change == 0 || change == added { return 0 }
        let fraction = fraction(of: replicaSet)
        return change > 0 ? min(fraction, change - added) : max(fraction, change - added)
    }

    /// How much the ReplicaSet would change if it kept its part of the whole.
    private func fraction(of replicaSet: ReplicaSet) -> Int {
        let size = replicaSet.desiredReplicas
        if desiredReplicas == 0 { return -size }
        var before = replicaSet.annotatedNumber(DeploymentAnnotations.maxReplicas) ?? 0
        if before == 0 { before = status.replicas ?? 0 }
        if before == 0 { return 0 }
        let scaled = Double(size * (desiredReplicas + maxSurge)) / Double(before)
        return Int(scaled < 0 ? scaled - 0.5 : scaled + 0.5) - size
    }
}

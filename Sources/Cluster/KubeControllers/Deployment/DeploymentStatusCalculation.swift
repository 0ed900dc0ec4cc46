import ClusterCore
import KubeAPI
import KubeClient

// A Deployment's status, and what it says of the rollout's progress; nothing here acts.
// Follows kubernetes `pkg/controller/deployment/sync.go` and `progress.go`.

extension Deployment {
    /// The status that the ReplicaSets come to, with the Available condition; other conditions stay as they are.
    package func calculateStatus(_ replicaSets: RolloutReplicaSets, now: Instant) -> DeploymentStatus {
        let all = replicaSets.all
        let available = all.availableCount
        var result = DeploymentStatus()
        result.observedGeneration = metadata.generation?.unlessZero
        result.replicas = all.actualCount.unlessZero
        result.updatedReplicas = (replicaSets.new?.status.replicas ?? 0).unlessZero
        result.readyReplicas = all.readyCount.unlessZero
        result.availableReplicas = available.unlessZero
        result.unavailableReplicas = max(all.desiredCount - available, 0).unlessZero
        result.terminatingReplicas = all.terminatingCount
        result.collisionCount = status.collisionCount
        result.conditions = status.conditions
        if available >= desiredReplicas - maxUnavailable {
            result.set(
                DeploymentCondition(
                    .available, "True", DeploymentReason.minimumReplicasAvailable,
                    "Deployment has minimum availability.", now))
        } else {
            result.set(
                DeploymentCondition(
                    .available, "False", DeploymentReason.minimumReplicasUnavailable,
                    "Deployment does not have minimum availability.", now))
        }
        return result
    }

    /// The status during a rollout: with what there is to say of its progress, and of pods that can't be created.
    package func calculateRolloutStatus(_ replicaSets: RolloutReplicaSets, now: Instant) -> DeploymentStatus {
        var result = calculateStatus(replicaSets, now: now)
        if progressDeadline == nil { result.remove(.progressing) }
        let current = status.condition(.progressing)
        let hasCompleted =
            (result.replicas ?? 0) == (result.updatedReplicas ?? 0)
            && current?.reason == DeploymentReason.newReplicaSetAvailable
        if progressDeadline != nil, !hasCompleted {
            let subject =
                replicaSets.new.map { "ReplicaSet \(GoText.quoted($0.name))" } ?? "Deployment \(GoText.quoted(name))"
            if isComplete(result) {
                result.set(
                    DeploymentCondition(
                        .progressing, "True", DeploymentReason.newReplicaSetAvailable,
                        "\(subject) has successfully progressed.", now))
            } else if isProgressing(to: result) {
                var condition = DeploymentCondition(
                    .progressing, "True", DeploymentReason.replicaSetUpdated, "\(subject) is progressing.", now)
                // Every step of progress is noted, with the time of the update, though status and reason are the same.
                if current?.status == "True" { condition.lastTransitionTime = current?.lastTransitionTime }
                if current != nil { result.remove(.progressing) }
                result.set(condition)
            } else if hasTimedOut(result, now: now) {
                result.set(
                    DeploymentCondition(
                        .progressing, "False", DeploymentReason.progressDeadlineExceeded,
                        "\(subject) has timed out progressing.", now))
            }
        }
        if let failure = replicaSets.failure {
            result.set(DeploymentCondition(failure))
        } else {
            result.remove(.replicaFailure)
        }
        return result
    }

    /// Whether all desired pods are of the new template and available, and no others are left.
    package func isComplete(_ status: DeploymentStatus) -> Bool {
        status.updatedReplicas ?? 0 == desiredReplicas && status.replicas ?? 0 == desiredReplicas
            && status.availableReplicas ?? 0 == desiredReplicas
            && status.observedGeneration ?? 0 >= metadata.generation ?? 0
    }

    /// Whether the new status is nearer to completion than the Deployment's own: more new pods, fewer old ones, more
    /// ready or more available ones.
    private func isProgressing(to new: DeploymentStatus) -> Bool {
        let oldPods = (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
        let newOldPods = (new.replicas ?? 0) - (new.updatedReplicas ?? 0)
        return new.updatedReplicas ?? 0 > status.updatedReplicas ?? 0 || newOldPods < oldPods
            || new.readyReplicas ?? 0 > status.readyReplicas ?? 0
            || new.availableReplicas ?? 0 > status.availableReplicas ?? 0
    }

    /// Whether the last progress is longer ago than the deadline allows.
    private func hasTimedOut(_ status: DeploymentStatus, now: Instant) -> Bool {
        guard let progressDeadline, let condition = status.condition(.progressing) else { return false }
        if condition.reason == DeploymentReason.newReplicaSetAvailable { return false }
        if condition.reason == DeploymentReason.progressDeadlineExceeded { return true }
        guard let last = condition.lastUpdateTime else { return true }
        return last.instant + .seconds(progressDeadline) < now
    }
}

extension RolloutReplicaSets {
    /// The condition of a ReplicaSet that can't create or delete pods: the new one's, or else any.
    fileprivate var failure: ReplicaSetCondition? {
        for replicaSet in (new.map { [$0] } ?? []) + old {
            if let condition = replicaSet.status.conditions.first(where: { $0.type == "ReplicaFailure" }) {
                return condition
            }
        }
        return nil
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// The numbers that a status is made of.
package struct ReplicaCounts: Equatable, Sendable {
    package var replicas = 0
    package var fullyLabeled = 0
    package var ready = 0
    package var available = 0
    package var terminating = 0
    package init() {}

    package init(_ tally: ReplicaTally, minReadySeconds: Int, now: Instant) {
        replicas = tally.replicas
        fullyLabeled = tally.fullyLabeled
        ready = tally.ready
        available = tally.available(minReadySeconds: minReadySeconds, now: now)
        terminating = tally.terminating
    }
}

extension ReplicaOwner {
    /// The status that the counts of the owner's pods, and what went wrong with managing them, come to.
    /// Follows kubernetes `pkg/controller/replicaset/replica_set_utils.go` `calculateStatus`.
    package func calculateStatus(_ counts: ReplicaCounts, failure: StatusError?, now: Instant) -> ReplicaSetStatus {
        var status = replicaStatus
        let failureIndex = status.conditions.firstIndex { $0.type == "ReplicaFailure" }
        if let failure, failureIndex == nil {
            let difference = counts.replicas - desiredReplicas
            var condition = ReplicaSetCondition()
            condition.type = "ReplicaFailure"
            condition.status = "True"
            condition.lastTransitionTime = now.time
            condition.reason = difference < 0 ? "FailedCreate" : difference > 0 ? "FailedDelete" : nil
            condition.message = failure.message
            status.conditions.append(condition)
        } else if failure == nil, let failureIndex {
            status.conditions.remove(at: failureIndex)
        }
        status.replicas = counts.replicas
        status.fullyLabeledReplicas = counts.fullyLabeled.unlessZero
        status.readyReplicas = counts.ready.unlessZero
        status.availableReplicas = counts.available.unlessZero
        status.terminatingReplicas = Self.reportsTerminatingReplicas ? counts.terminating : nil
        status.observedGeneration = metadata.generation?.unlessZero
        return status
    }
}

extension Int {
    /// Nil for zero: counts of a status leave zeros out.
    var unlessZero: Int? { self == 0 ? nil : self }
}

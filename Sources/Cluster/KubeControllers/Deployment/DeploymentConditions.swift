import ClusterCore
import KubeAPI
import KubeClient

/// A Deployment condition's type, and the reasons that it is given for.
/// Follows kubernetes `pkg/controller/deployment/util/deployment_util.go`.
package enum DeploymentConditionType: String, Sendable {
    case progressing = "Progressing"
    case available = "Available"
    case replicaFailure = "ReplicaFailure"
}

package enum DeploymentReason {
    package static let replicaSetUpdated = "ReplicaSetUpdated"
    package static let replicaSetCreateError = "ReplicaSetCreateError"
    package static let newReplicaSetCreated = "NewReplicaSetCreated"
    package static let foundNewReplicaSet = "FoundNewReplicaSet"
    package static let newReplicaSetAvailable = "NewReplicaSetAvailable"
    package static let progressDeadlineExceeded = "ProgressDeadlineExceeded"
    package static let paused = "DeploymentPaused"
    package static let resumed = "DeploymentResumed"
    package static let minimumReplicasAvailable = "MinimumReplicasAvailable"
    package static let minimumReplicasUnavailable = "MinimumReplicasUnavailable"
    // Of events alone.
    package static let rollback = "DeploymentRollback"
    package static let rollbackRevisionNotFound = "DeploymentRollbackRevisionNotFound"
    package static let rollbackTemplateUnchanged = "DeploymentRollbackTemplateUnchanged"
}

extension DeploymentCondition {
    package init(_ type: DeploymentConditionType, _ status: String, _ reason: String, _ message: String, _ now: Instant)
    {
        self.init()
        self.type = type.rawValue
        self.status = status
        self.reason = reason
        self.message = message
        lastUpdateTime = now.time
        lastTransitionTime = now.time
    }

    /// A ReplicaSet's condition as its Deployment's.
    init(_ condition: ReplicaSetCondition) {
        self.init()
        type = condition.type
        status = condition.status
        reason = condition.reason
        message = condition.message
        lastUpdateTime = condition.lastTransitionTime
        lastTransitionTime = condition.lastTransitionTime
    }
}

extension DeploymentStatus {
    package func condition(_ type: DeploymentConditionType) -> DeploymentCondition? {
        conditions.first { $0.type == type.rawValue }
    }

    /// Takes a condition in, last; one with the same status and reason stays as it was. The time of transition changes
    /// with the status alone.
    package mutating func set(_ condition: DeploymentCondition) {
        var condition = condition
        if let current = conditions.first(where: { $0.type == condition.type }), current.status == condition.status {
            if current.reason == condition.reason { return }
            condition.lastTransitionTime = current.lastTransitionTime
        }
        conditions.removeAll { $0.type == condition.type }
        conditions.append(condition)
    }

    mutating func remove(_ type: DeploymentConditionType) { conditions.removeAll { $0.type == type.rawValue } }
}

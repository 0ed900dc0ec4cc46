import ClusterCore
import KubeAPI
import KubeClient

// What controllers ask of a pod. Follows kubernetes `pkg/api/v1/pod/util.go` and `pkg/controller/controller_utils.go`.

extension Pod {
    var readyCondition: PodCondition? {
        for condition in status.conditions where condition.type == "Ready" { return condition }
        return nil
    }

    var isReady: Bool {
        let conditions = status.conditions
        let place = conditions.indices.first { conditions[$0].type == "Ready" }
        return place.map { conditions[$0].status == "True" } ?? false
    }

    /// Whether the pod counts as a replica.
    var isActive: Bool { !isTerminal && metadata.deletionTimestamp == nil }

    /// Whether the pod is on its way out and may still be running.
    var isTerminating: Bool { !isTerminal && metadata.deletionTimestamp != nil }

    var nodeName: String { spec.nodeName ?? "" }
}

extension Pod {
    /// Notes in a condition why the pod is about to be disrupted.
    mutating func setDisruptionTarget(_ reason: String, _ message: String, _ now: Instant) {
        var condition = PodCondition()
        condition.type = "DisruptionTarget"
        condition.status = "True"
        condition.reason = reason
        condition.message = message
        condition.lastTransitionTime = now.time
        condition.observedGeneration = metadata.generation
        if let index = status.conditions.firstIndex(where: { $0.type == condition.type }) {
            if status.conditions[index].status == condition.status {
                condition.lastTransitionTime = status.conditions[index].lastTransitionTime
            }
            status.conditions[index] = condition
        } else {
            status.conditions.append(condition)
        }
    }
}

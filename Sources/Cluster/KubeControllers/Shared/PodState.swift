import ClusterCore
import KubeAPI
import KubeClient

// What controllers ask of a pod. Follows kubernetes `pkg/api/v1/pod/util.go` and `pkg/controller/controller_utils.go`.

extension Pod {
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
        condition.observedGeneration = metadata.generation
        status.setCondition(condition, now: now.time)
    }
}

import KubeAPI

// What controllers ask of a pod. Follows kubernetes `pkg/api/v1/pod/util.go` and `pkg/controller/controller_utils.go`.

extension Pod {
    var readyCondition: PodCondition? {
        for condition in status.conditions where condition.type == "Ready" { return condition }
        return nil
    }

    var isReady: Bool { readyCondition?.status == "True" }

    /// Whether the containers have ended for good.
    var isTerminal: Bool { status.phase == "Succeeded" || status.phase == "Failed" }

    /// Whether the pod counts as a replica.
    var isActive: Bool { !isTerminal && metadata.deletionTimestamp == nil }

    /// Whether the pod is on its way out and may still be running.
    var isTerminating: Bool { !isTerminal && metadata.deletionTimestamp != nil }

    var nodeName: String { spec.nodeName ?? "" }
}

import KubeAPI

/// A kind that keeps a number of equal pods: ReplicaSet, and ReplicationController as if it were an older version of
/// it. Follows kubernetes `pkg/controller/replication/conversion.go`.
package protocol ReplicaOwner: Resource {
    /// The controller's name in history and events.
    static var controllerComponent: String { get }
    /// Whether the kind's status has a place for the number of terminating pods.
    static var reportsTerminatingReplicas: Bool { get }
    var desiredReplicas: Int { get }
    var minReadySeconds: Int { get }
    var podTemplate: PodTemplateSpec { get }
    /// Fails for a selector that is malformed.
    func podSelector() throws(StatusError) -> Selector
    var replicaStatus: ReplicaSetStatus { get set }
}

extension ReplicaSet: ReplicaOwner {
    package static var controllerComponent: String { "replicaset-controller" }
    package static var reportsTerminatingReplicas: Bool { true }
    package var desiredReplicas: Int { spec.replicas ?? 1 }
    package var minReadySeconds: Int { spec.minReadySeconds ?? 0 }
    package var podTemplate: PodTemplateSpec { spec.template ?? PodTemplateSpec() }
    package func podSelector() throws(StatusError) -> Selector { try Selector(spec.selector) }
    package var replicaStatus: ReplicaSetStatus {
        get { status }
        set { status = newValue }
    }
}

extension ReplicationController: ReplicaOwner {
    package static var controllerComponent: String { "replication-controller" }
    package static var reportsTerminatingReplicas: Bool { false }
    package var desiredReplicas: Int { spec.replicas ?? 1 }
    package var minReadySeconds: Int { spec.minReadySeconds ?? 0 }
    package var podTemplate: PodTemplateSpec { spec.template ?? PodTemplateSpec() }
    package func podSelector() throws(StatusError) -> Selector { Selector(spec.selector) }

    package var replicaStatus: ReplicaSetStatus {
        get {
            var result = ReplicaSetStatus()
            result.replicas = status.replicas
            result.fullyLabeledReplicas = status.fullyLabeledReplicas
            result.readyReplicas = status.readyReplicas
            result.availableReplicas = status.availableReplicas
            result.observedGeneration = status.observedGeneration
            result.conditions = status.conditions.map { condition in
                var result = ReplicaSetCondition()
                result.type = condition.type
                result.status = condition.status
                result.lastTransitionTime = condition.lastTransitionTime
                result.reason = condition.reason
                result.message = condition.message
                return result
            }
            return result
        }
        set {
            status.replicas = newValue.replicas
            status.fullyLabeledReplicas = newValue.fullyLabeledReplicas
            status.readyReplicas = newValue.readyReplicas
            status.availableReplicas = newValue.availableReplicas
            status.observedGeneration = newValue.observedGeneration
            status.conditions = newValue.conditions.map { condition in
                var result = ReplicationControllerCondition()
                result.type = condition.type
                result.status = condition.status
                result.lastTransitionTime = condition.lastTransitionTime
                result.reason = condition.reason
                result.message = condition.message
                return result
            }
        }
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("The status of a ReplicaSet")
struct ReplicaStatusTests {
    private static let now = Instant.simulationStart

    private static func replicaSet(replicas: Int) -> ReplicaSet {
        var replicaSet = ReplicaSet(name: "web", namespace: "default")
        replicaSet.metadata.generation = 3
        replicaSet.spec.replicas = replicas
        return replicaSet
    }

    private static func counts(_ replicas: Int, ready: Int = 0, available: Int = 0, terminating: Int = 0)
        -> ReplicaCounts
    {
        var counts = ReplicaCounts()
        counts.replicas = replicas
        counts.fullyLabeled = replicas
        counts.ready = ready
        counts.available = available
        counts.terminating = terminating
        return counts
    }

    @Test func leavesZerosOutButTheNumberOfTerminatingPods() {
        let status = Self.replicaSet(replicas: 2).calculateStatus(Self.counts(0), failure: nil, now: Self.now)
        #expect(status.jsonText == #"{"replicas":0,"terminatingReplicas":0,"observedGeneration":3}"#)
    }

    @Test func aReplicationControllerTellsNoTerminatingPods() {
        var controller = ReplicationController(name: "web", namespace: "default")
        controller.spec.replicas = 2
        controller.replicaStatus = controller.calculateStatus(
            Self.counts(2, ready: 2, available: 1, terminating: 1), failure: nil, now: Self.now)
        #expect(
            controller.status.jsonText
                == #"{"replicas":2,"fullyLabeledReplicas":2,"readyReplicas":2,"availableReplicas":1}"#)
    }

    @Test(arguments: [(0, 2, "FailedCreate"), (3, 2, "FailedDelete")])
    func aFailureStaysUntilItIsOver(replicas: Int, desired: Int, reason: String) {
        var replicaSet = Self.replicaSet(replicas: desired)
        replicaSet.status = replicaSet.calculateStatus(
            Self.counts(replicas), failure: .internalError("no"), now: Self.now)
        var condition = ReplicaSetCondition()
        condition.type = "ReplicaFailure"
        condition.status = "True"
        condition.reason = reason
        condition.message = "Internal error occurred: no"
        condition.lastTransitionTime = Self.now.time
        #expect(replicaSet.status.conditions == [condition])
        let later = Self.now + .seconds(9)
        replicaSet.status = replicaSet.calculateStatus(
            Self.counts(replicas), failure: .internalError("still not"), now: later)
        #expect(replicaSet.status.conditions == [condition])
        replicaSet.status = replicaSet.calculateStatus(Self.counts(desired), failure: nil, now: later)
        #expect(replicaSet.status.conditions.isEmpty)
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("What a Deployment's status says of a rollout")
struct DeploymentProgressTests {
    private static let now = Instant.simulationStart + .minutes(20)

    private static func condition(_ type: String, _ reason: String, in status: DeploymentStatus) -> DeploymentCondition?
    {
        status.conditions.first { $0.type == type && $0.reason == reason }
    }

    private func sets(_ deployment: Deployment, _ sets: ReplicaSet...) -> RolloutReplicaSets {
        RolloutReplicaSets(deployment, sets)
    }

    @Test func countsAllAndUpdatedOnes() {
        let deployment = Rollout.deployment(10, surge: 3, unavailable: 2)
        let replicaSets = sets(
            deployment, Rollout.replicaSet("new", 5, image: "nginx:1", available: 2),
            Rollout.replicaSet("old", 8, age: 9, available: 8))
        let status = deployment.calculateStatus(replicaSets, now: Self.now)
        #expect(status.replicas == 13)
        #expect(status.updatedReplicas == 5)
        #expect(status.availableReplicas == 10)
        #expect(status.unavailableReplicas == 3)
        #expect(status.terminatingReplicas == 0)
        #expect(Self.condition("Available", "MinimumReplicasAvailable", in: status)?.status == "True")
    }

    @Test func tellsNoTerminatingPodsIfOneReplicaSetDoesNot() {
        let deployment = Rollout.deployment(3)
        var old = Rollout.replicaSet("old", 1, age: 9)
        old.status.terminatingReplicas = nil
        let replicaSets = sets(deployment, Rollout.replicaSet("new", 2, image: "nginx:1"), old)
        #expect(deployment.calculateStatus(replicaSets, now: Self.now).terminatingReplicas == nil)
    }

    @Test func completes() {
        let deployment = Rollout.deployment(3)
        let replicaSets = sets(deployment, Rollout.replicaSet("new", 3, image: "nginx:1", available: 3))
        let status = deployment.calculateRolloutStatus(replicaSets, now: Self.now)
        #expect(
            Self.condition("Progressing", "NewReplicaSetAvailable", in: status)?.message
                == #"ReplicaSet "new" has successfully progressed."#)
    }

    @Test func everyStepOfProgressRenewsTheTimeOfUpdateAlone() {
        var deployment = Rollout.deployment(3)
        deployment.status.replicas = 1
        deployment.status.updatedReplicas = 1
        deployment.status.set(
            DeploymentCondition(.progressing, "True", "ReplicaSetUpdated", "", Self.now - .minutes(9)))
        let replicaSets = sets(deployment, Rollout.replicaSet("new", 3, image: "nginx:1", available: 1))
        let status = deployment.calculateRolloutStatus(replicaSets, now: Self.now)
        let condition = Self.condition("Progressing", "ReplicaSetUpdated", in: status)
        #expect(condition?.message == #"ReplicaSet "new" is progressing."#)
        #expect(condition?.lastUpdateTime == Self.now.time)
        #expect(condition?.lastTransitionTime == (Self.now - .minutes(9)).time)
    }

    @Test(arguments: [(599, false), (600, false), (601, true)])
    func timesOutAfterTheDeadline(age: Int, isTimedOut: Bool) {
        var deployment = Rollout.deployment(3)
        deployment.status.replicas = 3
        deployment.status.updatedReplicas = 3
        deployment.status.set(
            DeploymentCondition(.progressing, "True", "ReplicaSetUpdated", "", Self.now - .seconds(age)))
        let replicaSets = sets(deployment, Rollout.replicaSet("new", 3, image: "nginx:1", available: 0))
        let status = deployment.calculateRolloutStatus(replicaSets, now: Self.now)
        let condition = Self.condition("Progressing", "ProgressDeadlineExceeded", in: status)
        #expect((condition != nil) == isTimedOut)
        if isTimedOut {
            #expect(condition?.status == "False")
            #expect(condition?.message == #"ReplicaSet "new" has timed out progressing."#)
        }
    }

    @Test func withoutADeadlineThereIsNoTalkOfProgress() {
        var deployment = Rollout.deployment(3)
        deployment.spec.progressDeadlineSeconds = Int(Int32.max)
        deployment.status.set(DeploymentCondition(.progressing, "True", "ReplicaSetUpdated", "", Self.now))
        let replicaSets = sets(deployment, Rollout.replicaSet("new", 3, image: "nginx:1"))
        #expect(
            deployment.calculateRolloutStatus(replicaSets, now: Self.now).conditions.map(\.type) == ["Available"])
    }

    @Test func aFailingReplicaSetShowsInItsDeployment() {
        let deployment = Rollout.deployment(3)
        var new = Rollout.replicaSet("new", 3, image: "nginx:1")
        var failure = ReplicaSetCondition()
        failure.type = "ReplicaFailure"
        failure.status = "True"
        failure.reason = "FailedCreate"
        failure.message = "no room"
        new.status.conditions = [failure]
        var status = deployment.calculateRolloutStatus(sets(deployment, new), now: Self.now)
        #expect(Self.condition("ReplicaFailure", "FailedCreate", in: status)?.message == "no room")
        var later = deployment
        later.status = status
        new.status.conditions = []
        status = later.calculateRolloutStatus(sets(deployment, new), now: Self.now)
        #expect(!status.conditions.contains { $0.type == "ReplicaFailure" })
    }
}

@Suite("Rolling back")
struct DeploymentRollbackTests {
    private static func history() -> [ReplicaSet] {
        (1...3).map { revision in
            var replicaSet = Rollout.replicaSet("web-\(revision)", 0, age: 100 - revision, image: "nginx:\(revision)")
            replicaSet.metadata.annotations = [
                DeploymentAnnotations.revision: "\(revision)", "note": "of \(revision)",
            ]
            replicaSet.spec.template?.metadata.labels[DeploymentAnnotations.podTemplateHashLabel] = "hash\(revision)"
            return replicaSet
        }
    }

    private static var deployment: Deployment {
        var deployment = Rollout.deployment(3)
        deployment.spec.template = Rollout.template("nginx:3")
        deployment.metadata.annotations = [
            DeploymentAnnotations.revision: "3", DeploymentAnnotations.lastApplied: "{}", "note": "of 3", "own": "x",
        ]
        return deployment
    }

    @Test(arguments: [(0, 2), (1, 1), (2, 2)])
    func takesTemplateAndAnnotations(revision: Int, expected: Int) throws {
        let outcome = Self.deployment.rollback(to: revision, Self.history())
        guard case .rolledBack(let result) = outcome else {
            Issue.record("unexpected \(outcome)")
            return
        }
        #expect(result.spec.template == Rollout.template("nginx:\(expected)"))
        #expect(
            result.metadata.annotations == [
                DeploymentAnnotations.revision: "3", DeploymentAnnotations.lastApplied: "{}", "note": "of \(expected)",
            ])
        #expect(result.spec.replicas == 3)
    }

    @Test func refusesAndSkipsInKubectlsWords() {
        var deployment = Self.deployment
        #expect(
            deployment.rollback(to: 9, Self.history()) == .refused("unable to find specified revision 9 in history"))
        #expect(
            deployment.rollback(to: 0, [Self.history()[2]])
                == .refused(#"no rollout history found for deployment "web""#))
        #expect(
            deployment.rollback(to: 3, Self.history())
                == .skipped("skipped rollback (current template already matches revision 3)"))
        deployment.spec.paused = true
        #expect(
            deployment.rollback(to: 1, Self.history())
                == .refused(
                    "cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"))
    }
}

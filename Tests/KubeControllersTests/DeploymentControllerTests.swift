import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("The Deployment controller")
struct DeploymentControllerTests {
    private let author = DeploymentController.component
    private static let key = ObjectKey(.deployment, namespace: "default", name: "web")

    private static func cluster(
        readyAfter: Interval = .seconds(2), seed: UInt64 = 1
    ) throws -> (ControllerCluster, PodRunner) {
        let cluster = try ControllerCluster(seed: seed)
        _ = cluster.start(DeploymentController.self)
        cluster.startReplicas(of: ReplicaSet.self)
        return (cluster, cluster.startPodRunner(readyAfter: readyAfter))
    }

    private static func deployment(
        _ replicas: Int, surge: IntOrString = "25%", unavailable: IntOrString = "25%",
        strategy: String = "RollingUpdate"
    ) -> Deployment {
        var deployment = Rollout.deployment(replicas, surge: surge, unavailable: unavailable, strategy: strategy)
        deployment.metadata.uid = nil
        deployment.metadata.generation = nil
        return deployment
    }

    private static func change(_ cluster: ControllerCluster, _ change: (inout Deployment) -> Void) throws {
        try cluster.user.mutate(Deployment.self, key, nil, change)
    }

    private static func setImage(_ image: String, _ cluster: ControllerCluster) throws {
        try change(cluster) { $0.spec.template.spec.containers[0].image = image }
    }

    private static func replicaSet(_ image: String, _ cluster: ControllerCluster) throws -> ReplicaSet {
        try #require(
            cluster.replicaSets().first { $0.podTemplate.spec.containers.first?.image == image })
    }

    /// Events with the names of ReplicaSets put as the images they run.
    private func events(_ cluster: ControllerCluster, after revision: Revision = 0) -> [String] {
        cluster.events(by: author, after: revision).map { line in
            var words = line.split(separator: " ").map(String.init)
            for replicaSet in cluster.replicaSets() {
                for index in words.indices where words[index] == replicaSet.name {
                    words[index] = replicaSet.podTemplate.spec.containers.first?.image ?? ""
                }
            }
            return words.joined(separator: " ")
        }
    }

    private static func reasons(_ deployment: Deployment) -> [String] {
        deployment.status.conditions.map { "\($0.type)=\($0.status) \($0.reason ?? "")" }.sorted()
    }

    @Test func createsAReplicaSetAndSeesItThrough() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(3))
        cluster.settle()
        var deployment = try cluster.get(Deployment.self, "web")
        #expect(deployment.metadata.annotations[DeploymentAnnotations.revision] == "1")
        #expect(
            Self.reasons(deployment) == [
                "Available=False MinimumReplicasUnavailable", "Progressing=True ReplicaSetUpdated",
            ])
        let replicaSet = try Self.replicaSet("nginx:1", cluster)
        let hash = deployment.spec.template.hash(collisionCount: nil)
        #expect(replicaSet.name == "web-\(hash)")
        #expect(replicaSet.metadata.labels == ["app": "web", "pod-template-hash": hash])
        #expect(replicaSet.spec.selector?.matchLabels == ["app": "web", "pod-template-hash": hash])
        #expect(replicaSet.podTemplate.metadata.labels == ["app": "web", "pod-template-hash": hash])
        #expect(
            replicaSet.metadata.annotations == [
                DeploymentAnnotations.revision: "1", DeploymentAnnotations.desiredReplicas: "3",
                DeploymentAnnotations.maxReplicas: "4",
            ])
        #expect(replicaSet.metadata.ownerReferences.map(\.uid) == [deployment.uid])
        #expect(events(cluster) == ["ScalingReplicaSet: Scaled up replica set nginx:1 from 0 to 3"])

        cluster.advance(.seconds(5))
        deployment = try cluster.get(Deployment.self, "web")
        #expect(
            Self.reasons(deployment) == [
                "Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable",
            ])
        #expect(
            deployment.status.condition(.progressing)?.message
                == #"ReplicaSet "\#(replicaSet.name)" has successfully progressed."#)
        let status = deployment.status
        #expect(status.replicas == 3 && status.updatedReplicas == 3 && status.readyReplicas == 3)
        #expect(status.availableReplicas == 3 && status.unavailableReplicas == nil && status.terminatingReplicas == 0)
        #expect(status.observedGeneration == 1)
        #expect(cluster.isQuiet(author))
    }

    @Test func rollsAnUpdateOutWithinItsBounds() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(4))
        cluster.advance(.seconds(10))
        let before = cluster.revision
        try Self.setImage("nginx:2", cluster)
        cluster.settle()
        #expect(
            events(cluster, after: before) == [
                "ScalingReplicaSet: Scaled up replica set nginx:2 from 0 to 1",
                "ScalingReplicaSet: Scaled down replica set nginx:1 from 4 to 3",
                "ScalingReplicaSet: Scaled up replica set nginx:2 from 1 to 2",
            ])
        var least = 4
        var most = 4
        for _ in 0..<100 {
            cluster.advance(.milliseconds(100))
            let pods = cluster.pods().filter { $0.metadata.deletionTimestamp == nil }
            let ready = pods.filter { $0.status.conditions.contains { $0.type == "Ready" && $0.status == "True" } }
            least = min(least, ready.count)
            most = max(most, pods.count)
        }
        #expect(least == 3 && most == 5)
        #expect(try Self.replicaSet("nginx:1", cluster).spec.replicas == 0)
        #expect(try Self.replicaSet("nginx:2", cluster).spec.replicas == 4)
        let deployment = try cluster.get(Deployment.self, "web")
        #expect(deployment.metadata.annotations[DeploymentAnnotations.revision] == "2")
        #expect(deployment.isComplete(deployment.status))
        #expect(try Self.replicaSet("nginx:2", cluster).revision == 2)
        #expect(try Self.replicaSet("nginx:1", cluster).revision == 1)
    }

    @Test func recreatesOnlyWhenNoOldPodIsLeft() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(3, strategy: "Recreate"))
        cluster.advance(.seconds(5))
        let before = cluster.revision
        try Self.setImage("nginx:2", cluster)
        cluster.advance(.milliseconds(900))
        #expect(
            events(cluster, after: before) == ["ScalingReplicaSet: Scaled down replica set nginx:1 from 3 to 0"])
        #expect(cluster.replicaSets().count == 1)
        cluster.advance(.seconds(4))
        #expect(
            events(cluster, after: before) == [
                "ScalingReplicaSet: Scaled down replica set nginx:1 from 3 to 0",
                "ScalingReplicaSet: Scaled up replica set nginx:2 from 0 to 3",
            ])
        #expect(cluster.pods().map { $0.spec.containers[0].image } == ["nginx:2", "nginx:2", "nginx:2"])
    }

    @Test func rollsBackToTheSameReplicaSetAndRemembers() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(2))
        cluster.advance(.seconds(10))
        try Self.setImage("nginx:2", cluster)
        cluster.advance(.seconds(30))
        let deployment = try cluster.get(Deployment.self, "web")
        guard case .rolledBack(let previous) = deployment.rollback(to: 0, cluster.replicaSets()) else {
            Issue.record("no rollback")
            return
        }
        try cluster.user.update(previous)
        cluster.advance(.seconds(30))
        #expect(cluster.replicaSets().count == 2)
        let replicaSet = try Self.replicaSet("nginx:1", cluster)
        #expect(replicaSet.spec.replicas == 2 && replicaSet.revision == 3)
        #expect(replicaSet.metadata.annotations[DeploymentAnnotations.revisionHistory] == "1")
        #expect(try cluster.get(Deployment.self, "web").metadata.annotations[DeploymentAnnotations.revision] == "3")
    }

    /// From upstream's `testRollbackDeployment…`: what an annotation asks for, what the controller says, and the image
    /// that then runs. One that is no number is passed over, and stays.
    @Test(arguments: [
        ("0", #"DeploymentRollback: Rolled back deployment "web" to revision 1"#, "nginx:1"),
        ("1", #"DeploymentRollback: Rolled back deployment "web" to revision 1"#, "nginx:1"),
        (
            "2",
            "DeploymentRollbackTemplateUnchanged: "
                + #"The rollback revision contains the same template as current deployment "web""#,
            "nginx:2"
        ),
        ("9", "DeploymentRollbackRevisionNotFound: Unable to find the revision to rollback to.", "nginx:2"),
        ("-1", "DeploymentRollbackRevisionNotFound: Unable to find the revision to rollback to.", "nginx:2"),
        ("last", nil, "nginx:2"),
    ])
    func rollsBackAsAnAnnotationAsks(revision: String, event: String?, image: String) throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(2))
        cluster.advance(.seconds(10))
        try Self.setImage("nginx:2", cluster)
        cluster.advance(.seconds(30))
        let before = cluster.revision
        try Self.change(cluster) { $0.metadata.annotations[DeploymentAnnotations.rollbackTo] = revision }
        cluster.advance(.seconds(30))
        #expect(events(cluster, after: before).first { $0.hasPrefix("DeploymentRollback") } == event)
        let deployment = try cluster.get(Deployment.self, "web")
        #expect(deployment.spec.template.spec.containers.map(\.image) == [image])
        #expect(deployment.metadata.annotations[DeploymentAnnotations.rollbackTo] == (event == nil ? revision : nil))
        #expect(
            deployment.metadata.annotations[DeploymentAnnotations.revision] == (image == "nginx:1" ? "3" : "2"))
        #expect(cluster.pods().map { $0.spec.containers[0].image } == [image, image])
        #expect(cluster.isQuiet(author))
    }

    /// With one revision there is none to go back to, which does not keep the Deployment from being scaled.
    @Test func hasNoRevisionToRollBackTo() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(2))
        cluster.advance(.seconds(10))
        let before = cluster.revision
        try Self.change(cluster) { deployment in
            deployment.metadata.annotations[DeploymentAnnotations.rollbackTo] = "0"
            deployment.spec.replicas = 3
        }
        cluster.advance(.seconds(10))
        #expect(
            events(cluster, after: before) == [
                "DeploymentRollbackRevisionNotFound: Unable to find last revision.",
                "ScalingReplicaSet: Scaled up replica set nginx:1 from 2 to 3",
            ])
        #expect(cluster.pods().count == 3)
    }

    /// While it waits for the end of a pause, no old revision is cleaned up, for it may be the one that is meant.
    @Test func aRollbackWaitsForTheEndOfAPause() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(2))
        cluster.advance(.seconds(10))
        try Self.setImage("nginx:2", cluster)
        cluster.advance(.seconds(30))
        try Self.change(cluster) { deployment in
            deployment.metadata.annotations[DeploymentAnnotations.rollbackTo] = "1"
            deployment.spec.paused = true
            deployment.spec.revisionHistoryLimit = 0
        }
        cluster.advance(.seconds(30))
        #expect(cluster.replicaSets().count == 2)
        #expect(cluster.pods().map { $0.spec.containers[0].image } == ["nginx:2", "nginx:2"])
        try Self.change(cluster) { $0.spec.paused = nil }
        cluster.advance(.seconds(30))
        #expect(cluster.pods().map { $0.spec.containers[0].image } == ["nginx:1", "nginx:1"])
        #expect(cluster.replicaSets().count == 1)
    }

    @Test func whilePausedItScalesAndDoesNotRollOut() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(2))
        cluster.advance(.seconds(10))
        try Self.change(cluster) { $0.spec.paused = true }
        try Self.setImage("nginx:2", cluster)
        try Self.change(cluster) { $0.spec.replicas = 3 }
        cluster.advance(.seconds(10))
        var deployment = try cluster.get(Deployment.self, "web")
        #expect(deployment.status.condition(.progressing)?.reason == "DeploymentPaused")
        #expect(deployment.status.condition(.progressing)?.message == "Deployment is paused")
        #expect(cluster.replicaSets().map(\.spec.replicas) == [3])
        try Self.change(cluster) { $0.spec.paused = nil }
        let before = cluster.revision
        cluster.settle()
        #expect(cluster.replicaSets().count == 2)
        var reasons: [String?] = []
        cluster.server.store.forEachChange(after: before) { change in
            if let new = change.new(Deployment.self) { reasons.append(new.status.condition(.progressing)?.reason) }
            return true
        }
        #expect(reasons.first == "DeploymentResumed")
        cluster.advance(.seconds(30))
        deployment = try cluster.get(Deployment.self, "web")
        #expect(deployment.status.condition(.progressing)?.reason == "NewReplicaSetAvailable")
        #expect(try Self.replicaSet("nginx:2", cluster).spec.replicas == 3)
    }

    @Test func noticesThatARolloutIsStuck() throws {
        let (cluster, runner) = try Self.cluster()
        runner.isHealthy = { $0 != "nginx:broken" }
        var spec = Self.deployment(4)
        spec.spec.progressDeadlineSeconds = 60
        try cluster.user.create(spec)
        cluster.advance(.seconds(10))
        try Self.setImage("nginx:broken", cluster)
        cluster.advance(.seconds(59))
        #expect(
            try cluster.get(Deployment.self, "web").status.condition(.progressing)?.reason == "ReplicaSetUpdated")
        cluster.advance(.seconds(5))
        let deployment = try cluster.get(Deployment.self, "web")
        let condition = try #require(deployment.status.condition(.progressing))
        let name = try Self.replicaSet("nginx:broken", cluster).name
        #expect(condition.reason == "ProgressDeadlineExceeded" && condition.status == "False")
        #expect(condition.message == #"ReplicaSet "\#(name)" has timed out progressing."#)
        #expect(deployment.status.condition(.available)?.status == "True")
        #expect(try Self.replicaSet("nginx:1", cluster).spec.replicas == 3)
        #expect(cluster.isQuiet(author))
    }

    @Test func sharesAChangeOfSizeDuringARollout() throws {
        let (cluster, runner) = try Self.cluster()
        runner.isHealthy = { $0 == "nginx:1" }
        try cluster.user.create(Self.deployment(10, surge: 3, unavailable: 2))
        cluster.advance(.seconds(10))
        try Self.setImage("nginx:2", cluster)
        cluster.advance(.seconds(10))
        #expect(try Self.replicaSet("nginx:1", cluster).spec.replicas == 8)
        #expect(try Self.replicaSet("nginx:2", cluster).spec.replicas == 5)
        let before = cluster.revision
        try Self.change(cluster) { $0.spec.replicas = 15 }
        cluster.settle()
        // 18 pods may be there, five more: 8 × 18/13 = 11.08 and 5 × 18/13 = 6.9.
        #expect(try Self.replicaSet("nginx:1", cluster).spec.replicas == 11)
        #expect(try Self.replicaSet("nginx:2", cluster).spec.replicas == 7)
        #expect(
            events(cluster, after: before) == [
                "ScalingReplicaSet: Scaled up replica set nginx:1 from 8 to 11",
                "ScalingReplicaSet: Scaled up replica set nginx:2 from 5 to 7",
            ])
    }

    @Test func deletesReplicaSetsBeyondTheHistoryLimit() throws {
        let (cluster, _) = try Self.cluster(readyAfter: .milliseconds(100))
        var spec = Self.deployment(1)
        spec.spec.revisionHistoryLimit = 2
        try cluster.user.create(spec)
        for version in 2...5 {
            cluster.advance(.seconds(20))
            try Self.setImage("nginx:\(version)", cluster)
        }
        cluster.advance(.seconds(20))
        #expect(Set(cluster.replicaSets().map(\.revision)) == [3, 4, 5])
    }

    @Test func takesAnotherNameAfterACollision() throws {
        let (cluster, _) = try Self.cluster()
        var spec = Self.deployment(1)
        spec.spec.paused = true
        let stored = try cluster.user.create(spec)
        let hash = stored.spec.template.hash(collisionCount: nil)
        var stranger = ReplicaSetControllerTests.replicaSet(0)
        stranger.metadata.name = "web-\(hash)"
        stranger.spec.selector = LabelSelector(matchLabels: ["app": "other"])
        stranger.spec.template?.metadata.labels = ["app": "other"]
        try cluster.user.create(stranger)
        try Self.change(cluster) { $0.spec.paused = nil }
        cluster.advance(.seconds(1))
        let deployment = try cluster.get(Deployment.self, "web")
        #expect(deployment.status.collisionCount == 1)
        let own = try #require(cluster.replicaSets().first { $0.metadata.ownerReferences.first?.uid == deployment.uid })
        #expect(own.name == "web-\(deployment.spec.template.hash(collisionCount: 1))")
    }

    @Test func refusesToSelectEverything() throws {
        let (cluster, _) = try Self.cluster()
        var spec = Self.deployment(1)
        spec.spec.selector = LabelSelector()
        do throws(StatusError) { try cluster.user.create(spec) } catch {
            // A server that validates selectors lets none come so far.
            return
        }
        cluster.settle()
        let text = "SelectingAll: This deployment is selecting all pods. A non-empty selector is required."
        #expect(Set(events(cluster)) == [text])
        #expect(cluster.replicaSets().isEmpty)
    }

    @Test func adoptsAReplicaSetOfItsTemplate() throws {
        let (cluster, _) = try Self.cluster()
        var orphan = Rollout.replicaSet("orphan", 2, image: "nginx:1")
        orphan.metadata.uid = nil
        orphan.metadata.labels = ["app": "web"]
        orphan.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        try cluster.user.create(orphan)
        cluster.advance(.seconds(5))
        try cluster.user.create(Self.deployment(2))
        cluster.advance(.seconds(5))
        #expect(cluster.replicaSets().map(\.name) == ["orphan"])
        let deployment = try cluster.get(Deployment.self, "web")
        #expect(try cluster.get(ReplicaSet.self, "orphan").metadata.ownerReferences.map(\.uid) == [deployment.uid])
        #expect(deployment.metadata.annotations[DeploymentAnnotations.revision] == "1")
        #expect(deployment.isComplete(deployment.status))
    }

    @Test func copiesItsAnnotationsButNotItsOwnOnes() throws {
        let (cluster, _) = try Self.cluster()
        var spec = Self.deployment(1)
        spec.metadata.annotations = ["note": "x", DeploymentAnnotations.lastApplied: "{}"]
        try cluster.user.create(spec)
        cluster.settle()
        let replicaSet = try Self.replicaSet("nginx:1", cluster)
        #expect(replicaSet.metadata.annotations["note"] == "x")
        #expect(replicaSet.metadata.annotations[DeploymentAnnotations.lastApplied] == nil)
    }

    /// A ReplicaSet's name has to hold the hash, whatever is left of the Deployment's: kubernetes issue 116447.
    @Test func aLongNameIsCut() throws {
        let (cluster, _) = try Self.cluster()
        var spec = Self.deployment(1)
        spec.metadata.name = String(repeating: "a", count: 253)
        let hash = try cluster.user.create(spec).spec.template.hash(collisionCount: nil)
        cluster.advance(.seconds(20))
        let replicaSet = try Self.replicaSet("nginx:1", cluster)
        #expect(replicaSet.name == String(repeating: "a", count: 252 - hash.utf8.count) + "-" + hash)
        #expect(replicaSet.status.readyReplicas == 1)
    }

    /// Follows `SetNewReplicaSetAnnotations` of kubernetes `pkg/controller/deployment/util/deployment_util.go`.
    @Test func aRevisionThatIsNoNumberIsLeftAlone() throws {
        let (cluster, _) = try Self.cluster()
        try cluster.user.create(Self.deployment(1))
        cluster.advance(.seconds(20))
        let key = try Self.replicaSet("nginx:1", cluster).key
        try cluster.user.mutate(ReplicaSet.self, key) {
            $0.metadata.annotations[DeploymentAnnotations.revision] = "first"
        }
        cluster.advance(.seconds(20))
        #expect(try Self.replicaSet("nginx:1", cluster).metadata.annotations[DeploymentAnnotations.revision] == "first")
        let deployment = try cluster.get(Deployment.self, "web")
        #expect(deployment.metadata.annotations[DeploymentAnnotations.revision] == "first")
    }
}

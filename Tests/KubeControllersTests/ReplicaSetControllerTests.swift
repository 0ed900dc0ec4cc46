import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("The ReplicaSet controller")
struct ReplicaSetControllerTests {
    private let author = ReplicaSetController.component

    static func replicaSet(_ replicas: Int, minReadySeconds: Int? = nil) -> ReplicaSet {
        var replicaSet = ReplicaSet(name: "web", namespace: "default")
        replicaSet.spec.replicas = replicas
        replicaSet.spec.minReadySeconds = minReadySeconds
        replicaSet.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        replicaSet.spec.template = template
        return replicaSet
    }

    static var template: PodTemplateSpec {
        var container = Container()
        container.name = "main"
        container.image = "nginx:1.29"
        var template = PodTemplateSpec()
        template.metadata.labels = ["app": "web", "tier": "front"]
        template.spec.containers = [container]
        template.spec.terminationGracePeriodSeconds = 30
        return template
    }

    private static func scale(_ cluster: ControllerCluster, to replicas: Int) throws {
        try cluster.user.mutate(ReplicaSet.self, ObjectKey(.replicaSet, namespace: "default", name: "web")) {
            $0.spec.replicas = replicas
        }
        cluster.settle()
    }

    @Test func createsWhatIsMissingAndTellsOfIt() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        let stored = try cluster.user.create(Self.replicaSet(3))
        cluster.settle()
        let created = ["create Pod web-*****", "event SuccessfulCreate: Created pod: web-*****"]
        #expect(
            cluster.actions(by: author)
                == created + created + created + ["update ReplicaSet web status", "update ReplicaSet web status"])
        for pod in cluster.pods() {
            #expect(pod.metadata.labels == ["app": "web", "tier": "front"])
            let owner = try #require(pod.metadata.ownerReferences.first)
            #expect(owner.apiVersion == "apps/v1" && owner.kind == "ReplicaSet" && owner.uid == stored.uid)
            #expect(owner.controller == true && owner.blockOwnerDeletion == true)
        }
        let specs = cluster.pods().map(\.spec)
        #expect(specs.count == 3 && specs.allSatisfy { $0.isIdentical(to: specs[0]) })
        let status = try cluster.get(ReplicaSet.self, "web").status
        #expect(status.replicas == 3 && status.fullyLabeledReplicas == 3 && status.readyReplicas == nil)
        #expect(status.observedGeneration == 1 && status.terminatingReplicas == 0)
    }

    @Test func createsNoMoreThanTheBurstAtOnce() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        try cluster.user.create(Self.replicaSet(1200))
        cluster.settle()
        var replicas: [Int] = []
        cluster.server.store.forEachChange(after: 0) { change in
            if change.author == author, let new = change.new(ReplicaSet.self) { replicas.append(new.status.replicas) }
            return true
        }
        #expect(replicas == [0, 500, 1000, 1200])
        #expect(cluster.pods().count == 1200)
    }

    @Test func deletesTheLeastWorthyFirst() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        try cluster.user.create(Self.replicaSet(5))
        cluster.settle()
        let pods = cluster.pods()
        for pod in pods { try cluster.user.bind(pod: pod.key, uid: pod.uid, to: "node-1") }
        for pod in pods.prefix(3) { PodRunner.setReady(pod.key, true, cluster.user) }
        cluster.settle()
        let before = cluster.revision
        try Self.scale(cluster, to: 3)
        #expect(
            cluster.events(by: author, after: before)
                == Array(repeating: "SuccessfulDelete: Deleted pod: web-*****", count: 2))
        let alive = cluster.pods().filter { $0.metadata.deletionTimestamp == nil }
        #expect(alive.map(\.name) == pods.prefix(3).map(\.name))
        let status = try cluster.get(ReplicaSet.self, "web").status
        #expect(status.replicas == 3 && status.readyReplicas == 3 && status.terminatingReplicas == 2)
    }

    @Test func doesNotWaitForAPodToEndBeforeItIsReplaced() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        try cluster.user.create(Self.replicaSet(1))
        cluster.settle()
        let pod = try #require(cluster.pods().first)
        try cluster.user.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        PodRunner.setReady(pod.key, true, cluster.user)
        cluster.settle()
        let before = cluster.revision
        try cluster.user.delete(pod.key)
        cluster.settle()
        #expect(cluster.writes(by: author, after: before).first == "create Pod web-*****")
        #expect(cluster.pods().count == 2)
        #expect(try cluster.get(ReplicaSet.self, "web").status.terminatingReplicas == 1)
        _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(try cluster.get(ReplicaSet.self, "web").status.terminatingReplicas == 0)
        #expect(cluster.pods().count == 1)
    }

    @Test func adoptsAndReleases() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        var orphan = Pod(name: "orphan", namespace: "default")
        orphan.metadata.labels = Self.template.metadata.labels
        orphan.spec = Self.template.spec
        try cluster.user.create(orphan)
        cluster.settle()
        let owner = try cluster.user.create(Self.replicaSet(2))
        cluster.settle()
        #expect(try cluster.get(Pod.self, "orphan").metadata.ownerReferences.map(\.uid) == [owner.uid])
        #expect(cluster.pods().count == 2)
        #expect(cluster.writes(by: author).first == "update Pod orphan")

        var before = cluster.revision
        try cluster.user.mutate(Pod.self, orphan.key) { $0.metadata.labels["app"] = "debug" }
        cluster.settle()
        #expect(try cluster.get(Pod.self, "orphan").metadata.ownerReferences == [])
        #expect(
            cluster.writes(by: author, after: before).prefix(2) == ["update Pod orphan", "create Pod web-*****"])
        #expect(cluster.pods(["app": "web"]).count == 2)

        before = cluster.revision
        try cluster.user.mutate(Pod.self, orphan.key) { $0.metadata.labels["app"] = "web" }
        cluster.settle()
        #expect(try cluster.get(ReplicaSet.self, "web").status.replicas == 2)
        #expect(cluster.writes(by: author, after: before).first == "update Pod orphan")
        #expect(cluster.pods().filter { $0.metadata.deletionTimestamp == nil }.count == 2)
    }

    @Test func leavesAPodWithAnotherControllerAlone() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        var pod = Pod(name: "taken", namespace: "default")
        pod.metadata.labels = Self.template.metadata.labels
        var other = OwnerReference()
        other.apiVersion = "batch/v1"
        other.kind = "Job"
        other.name = "job"
        other.uid = "job-uid"
        other.controller = true
        pod.metadata.ownerReferences = [other]
        pod.spec = Self.template.spec
        try cluster.user.create(pod)
        try cluster.user.create(Self.replicaSet(1))
        cluster.settle()
        #expect(try cluster.get(Pod.self, "taken").metadata.ownerReferences == [other])
        #expect(cluster.pods().count == 2)
    }

    @Test func tellsOfPodsThatCannotBeCreatedAndTriesAgain() throws {
        let cluster = try ControllerCluster(withServiceAccount: false)
        cluster.startReplicas(of: ReplicaSet.self)
        try cluster.user.create(Self.replicaSet(4))
        cluster.settle()
        let message =
            #"pods "web-" is forbidden: error looking up service account default/default: "#
            + #"serviceaccount "default" not found"#
        // The condition is a change of the ReplicaSet, and so the cause of a second try; both are one Event.
        #expect(
            cluster.events(by: author) == Array(repeating: "FailedCreate: Error creating: \(message)", count: 2))
        #expect(cluster.user.list(Event.self).filter { $0.reason == "FailedCreate" }.map(\.count) == [2])
        let failure = try #require(cluster.get(ReplicaSet.self, "web").status.conditions.first)
        #expect(failure.type == "ReplicaFailure" && failure.status == "True" && failure.reason == "FailedCreate")
        #expect(failure.message == message)
        try cluster.user.create(ServiceAccount(name: "default", namespace: "default"))
        cluster.advance(.seconds(1))
        #expect(cluster.pods().count == 4)
        #expect(try cluster.get(ReplicaSet.self, "web").status.conditions == [])
    }

    @Test func countsAPodAsAvailableOnceItWasReadyForLongEnough() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        try cluster.user.create(Self.replicaSet(2, minReadySeconds: 30))
        cluster.settle()
        let pods = cluster.pods()
        PodRunner.setReady(pods[0].key, true, cluster.user)
        cluster.advance(.seconds(10))
        PodRunner.setReady(pods[1].key, true, cluster.user)
        let available = { try cluster.get(ReplicaSet.self, "web").status.availableReplicas }
        cluster.advance(.seconds(19))
        #expect(try available() == nil)
        cluster.advance(.seconds(1))
        #expect(try available() == 1)
        cluster.advance(.milliseconds(9_999))
        #expect(try available() == 1)
        cluster.advance(.milliseconds(1))
        #expect(try available() == 2)
        #expect(cluster.isQuiet(author))
    }

    @Test func aNewTemplateCountsWhoIsFullyLabeledAfresh() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        try cluster.user.create(Self.replicaSet(2))
        cluster.settle()
        try cluster.user.mutate(ReplicaSet.self, ObjectKey(.replicaSet, namespace: "default", name: "web")) {
            $0.spec.template?.metadata.labels["tier"] = "back"
        }
        cluster.settle()
        let status = try cluster.get(ReplicaSet.self, "web").status
        #expect(status.replicas == 2 && status.fullyLabeledReplicas == nil && status.observedGeneration == 2)
    }

    @Test func doesNothingForAnOwnerThatIsBeingDeleted() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        var replicaSet = Self.replicaSet(2)
        replicaSet.metadata.finalizers = ["example.com/hold"]
        try cluster.user.create(replicaSet)
        cluster.settle()
        try cluster.user.delete(replicaSet.key)
        for pod in cluster.pods() { try cluster.user.delete(pod.key) }
        cluster.settle()
        #expect(cluster.pods().isEmpty)
        #expect(try cluster.get(ReplicaSet.self, "web").status.replicas == 0)
    }

    @Test func aReplicationControllerGoesTheSameWay() throws {
        let cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicationController.self)
        cluster.startReplicas(of: ReplicaSet.self)
        var controller = ReplicationController(name: "web", namespace: "default")
        controller.spec.replicas = 2
        controller.spec.selector = ["app": "web"]
        controller.spec.template = Self.template
        try cluster.user.create(controller)
        cluster.settle()
        let author = ReplicationControllerController.component
        #expect(author == "replication-controller")
        #expect(cluster.writes(by: author).filter { $0 == "create Pod web-*****" }.count == 2)
        #expect(cluster.pods().allSatisfy { $0.metadata.ownerReferences.first?.kind == "ReplicationController" })
        #expect(try cluster.get(ReplicationController.self, "web").status.replicas == 2)
        #expect(cluster.actions(by: ReplicaSetController.component).isEmpty)
    }

    /// Pods are deleted, ended, relabelled and made ready at random; when all is quiet, the status is what a scan of
    /// all pods says, and the number of pods is right.
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func convergesUnderRandomDisturbance(seed: UInt64) throws {
        let cluster = try ControllerCluster(seed: seed)
        cluster.startReplicas(of: ReplicaSet.self)
        try cluster.user.create(Self.replicaSet(6))
        cluster.settle()
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let pods = cluster.pods()
            if pods.isEmpty || random.below(12) == 0 {
                try cluster.user.mutate(ReplicaSet.self, ObjectKey(.replicaSet, namespace: "default", name: "web")) {
                    $0.spec.replicas = random.below(9)
                }
            } else {
                try Self.disturb(pods[random.below(pods.count)], cluster, &random)
            }
            if random.below(3) == 0 { cluster.advance(.milliseconds(random.below(2000))) }
        }
        cluster.advance(.seconds(1))
        let replicaSet = try cluster.get(ReplicaSet.self, "web")
        let owned = cluster.pods().filter { pod in
            pod.metadata.ownerReferences.contains { $0.uid == replicaSet.uid } && pod.status.phase != "Failed"
                && pod.metadata.labels["app"] == "web"
        }
        let active = owned.filter { $0.metadata.deletionTimestamp == nil }
        #expect(active.count == replicaSet.spec.replicas, "seed \(seed)")
        let status = replicaSet.status
        let ready = active.filter { $0.status.conditions.contains { $0.type == "Ready" && $0.status == "True" } }
        #expect(status.replicas == active.count, "seed \(seed)")
        #expect(status.readyReplicas ?? 0 == ready.count, "seed \(seed)")
        #expect(status.terminatingReplicas == owned.count - active.count, "seed \(seed)")
        #expect(status.fullyLabeledReplicas ?? 0 == active.count, "seed \(seed)")
        let strangers = cluster.pods().filter {
            $0.metadata.labels["app"] != "web" && $0.metadata.deletionTimestamp == nil && $0.status.phase != "Failed"
        }
        #expect(strangers.allSatisfy { $0.metadata.ownerReferences.isEmpty }, "seed \(seed)")
    }

    private static func disturb(_ pod: Pod, _ cluster: ControllerCluster, _ random: inout SeededRandom) throws {
        switch random.below(6) {
        case 0: try cluster.user.delete(pod.key)
        case 1: _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        case 2: try cluster.user.mutate(Pod.self, pod.key, .status) { $0.status.phase = "Failed" }
        case 3:
            let name = random.below(2) == 0 ? "web" : "debug"
            try cluster.user.mutate(Pod.self, pod.key) { $0.metadata.labels["app"] = name }
        case 4:
            if pod.spec.nodeName ?? "" == "" { try cluster.user.bind(pod: pod.key, uid: pod.uid, to: "node-1") }
        default: PodRunner.setReady(pod.key, random.below(3) != 0, cluster.user)
        }
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("The pod garbage collector")
struct PodGarbageCollectorTests {
    private let author = PodGarbageCollector.component

    private static func cluster(threshold: Int = 12500) throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        let collector = PodGarbageCollector(
            cluster.context(PodGarbageCollector.component), terminatedPodThreshold: threshold)
        collector.start()
        cluster.keep(collector)
        return cluster
    }

    private static func create(
        _ name: String, node: String? = nil, finalizers: [String] = [], in cluster: ControllerCluster
    ) throws -> Pod {
        var pod = Pod(name: name, namespace: "default")
        pod.metadata.finalizers = finalizers
        pod.spec = ReplicaSetControllerTests.template.spec
        let created = try cluster.user.create(pod)
        if let node { try cluster.user.bind(pod: created.key, uid: created.uid, to: node) }
        return created
    }

    private static func end(_ pod: Pod, reason: String? = nil, _ cluster: ControllerCluster) throws {
        try cluster.user.mutate(Pod.self, pod.key, .status) { pod in
            pod.status.phase = "Failed"
            pod.status.reason = reason
        }
    }

    @Test func deletesTheOldestEndedPodsAboveTheThresholdEvictedOnesFirst() throws {
        let cluster = try Self.cluster(threshold: 2)
        var pods: [Pod] = []
        for name in ["c", "b", "a", "d"] {
            pods.append(try Self.create(name, node: "node-1", in: cluster))
            cluster.advance(.seconds(1))
        }
        try cluster.user.create(Node(name: "node-1"))
        try Self.end(pods[0], cluster)
        try Self.end(pods[1], cluster)
        cluster.advance(.minutes(2))
        #expect(cluster.actions(by: author).isEmpty)
        try Self.end(pods[2], cluster)
        try Self.end(pods[3], reason: "Evicted", cluster)
        cluster.advance(.seconds(20))
        #expect(
            cluster.actions(by: author).filter { $0.hasPrefix("delete") } == ["delete Pod d", "delete Pod c"])
        #expect(cluster.pods().map(\.name) == ["a", "b"])
        cluster.advance(.minutes(1))
        #expect(cluster.loop.pendingCount == 0)
    }

    @Test func deletesPodsOfANodeThatIsGoneAfterAQuarantine() throws {
        let cluster = try Self.cluster()
        try cluster.user.create(Node(name: "node-1"))
        let pod = try Self.create("pod", node: "node-1", in: cluster)
        try cluster.user.mutate(Pod.self, pod.key, .status) { $0.status.phase = "Running" }
        cluster.advance(.seconds(50))
        #expect(cluster.loop.pendingCount == 0)
        try cluster.user.delete(ObjectKey(.node, name: "node-1"))
        // Seen at 60 s; the quarantine ends at 100 s.
        cluster.advance(.milliseconds(49_999))
        #expect(cluster.actions(by: author).isEmpty)
        let before = cluster.revision
        cluster.advance(.milliseconds(1))
        #expect(cluster.pods().isEmpty)
        var failed: Pod?
        cluster.server.store.forEachChange(after: before) { change in
            if change.author == author, let pod = change.new(Pod.self), failed == nil { failed = pod }
            return true
        }
        let status = try #require(failed?.status)
        let condition = try #require(status.conditions.first { $0.type == "DisruptionTarget" })
        #expect(status.phase == "Failed" && condition.status == "True" && condition.reason == "DeletionByPodGC")
        #expect(condition.message == "PodGC: node no longer exists")
        cluster.advance(.minutes(1))
        #expect(cluster.loop.pendingCount == 0)
    }

    @Test func aNodeThatComesBackInTimeKeepsItsPods() throws {
        let cluster = try Self.cluster()
        _ = try Self.create("pod", node: "node-1", in: cluster)
        cluster.advance(.seconds(45))
        try cluster.user.create(Node(name: "node-1"))
        cluster.advance(.minutes(3))
        #expect(cluster.pods().count == 1)
        #expect(cluster.actions(by: author).isEmpty)
        #expect(cluster.loop.pendingCount == 0)
    }

    @Test func deletesPodsThatWaitForTheirEndWithoutANode() throws {
        let cluster = try Self.cluster()
        let pod = try Self.create("pod", finalizers: ["example.com/hold"], in: cluster)
        try cluster.user.delete(pod.key)
        cluster.advance(.seconds(20))
        #expect(try cluster.get(Pod.self, "pod").status.phase == "Failed")
        try cluster.user.mutate(Pod.self, pod.key) { $0.metadata.finalizers = [] }
        cluster.advance(.seconds(40))
        #expect(cluster.pods().isEmpty)
        #expect(cluster.loop.pendingCount == 0)
    }

    @Test func deletesEndingPodsOfANodeOutOfService() throws {
        let cluster = try Self.cluster()
        try cluster.user.create(Node(name: "node-1"))
        let pod = try Self.create("pod", node: "node-1", in: cluster)
        _ = try Self.create("staying", node: "node-1", in: cluster)
        try cluster.user.mutate(Pod.self, pod.key, .status) { $0.status.phase = "Running" }
        try cluster.user.delete(pod.key)
        cluster.advance(.minutes(1))
        #expect(cluster.pods().count == 2)
        try cluster.user.mutate(Node.self, ObjectKey(.node, name: "node-1")) { node in
            var taint = Taint()
            taint.key = "node.kubernetes.io/out-of-service"
            taint.effect = "NoExecute"
            node.spec.taints.append(taint)
        }
        cluster.advance(.seconds(20))
        #expect(cluster.pods().map(\.name) == ["staying"])
    }
}

@Suite("The node IPAM controller")
struct NodeIPAMControllerTests {
    @Test func givesEachNodeARangeAndTakesItBack() throws {
        let cluster = try ControllerCluster()
        var taken = Node(name: "node-2")
        taken.spec.podCIDR = "10.244.0.0/24"
        taken.spec.podCIDRs = ["10.244.0.0/24"]
        try cluster.user.create(taken)
        let author = NodeIPAMController.component
        let pool = try #require(CIDRPool("10.244.0.0/22", partLength: 24))
        let controller = NodeIPAMController(cluster.context(author), pool: pool)
        controller.start()
        cluster.keep(controller)
        for name in ["node-1", "node-3", "node-4", "node-5"] { try cluster.user.create(Node(name: name)) }
        cluster.settle()
        #expect(
            ["node-1", "node-2", "node-3", "node-4", "node-5"].map {
                cluster.user.get(Node.self, name: $0)?.spec.podCIDR
            } == ["10.244.1.0/24", "10.244.0.0/24", "10.244.2.0/24", "10.244.3.0/24", nil])
        #expect(
            cluster.events(by: author) == ["CIDRNotAvailable: Node node-5 status is now: CIDRNotAvailable"])
        try cluster.user.delete(ObjectKey(.node, name: "node-2"))
        cluster.advance(.seconds(1))
        #expect(cluster.user.get(Node.self, name: "node-5")?.spec.podCIDRs == ["10.244.0.0/24"])
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("The garbage collector")
struct GarbageCollectorTests {
    private let author = GarbageCollector.component

    private static func reference(_ owner: some Resource, blocks: Bool? = nil) -> OwnerReference {
        let info = type(of: owner).kind.info
        var reference = OwnerReference()
        reference.apiVersion = info.apiVersion
        reference.kind = info.name
        reference.name = owner.name
        reference.uid = owner.uid
        reference.blockOwnerDeletion = blocks
        return reference
    }

    private static func configMap(
        _ name: String, owners: [OwnerReference] = [], finalizers: [String] = [], namespace: String = "default"
    ) -> ConfigMap {
        var map = ConfigMap(name: name, namespace: namespace)
        map.metadata.ownerReferences = owners
        map.metadata.finalizers = finalizers
        return map
    }

    private static func delete(_ object: some Resource, _ policy: String, _ cluster: ControllerCluster) throws {
        var options = DeleteOptions()
        options.propagationPolicy = policy
        _ = try cluster.user.delete(object.key, options)
    }

    private static func names(_ cluster: ControllerCluster, namespace: String? = "default") -> [String] {
        cluster.user.list(ConfigMap.self, namespace: namespace).map(\.name)
    }

    @Test func deletesDependentsOfWhatIsGoneAndTheirDependents() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let top = try cluster.user.create(Self.configMap("top"))
        let middle = try cluster.user.create(Self.configMap("middle", owners: [Self.reference(top)]))
        for name in ["a", "b"] {
            try cluster.user.create(Self.configMap(name, owners: [Self.reference(middle)]))
        }
        try cluster.user.create(Self.configMap("free"))
        cluster.settle()
        #expect(cluster.actions(by: author).isEmpty)
        try Self.delete(top, "Background", cluster)
        cluster.settle()
        #expect(
            cluster.actions(by: author) == [
                "delete ConfigMap middle", "delete ConfigMap a", "delete ConfigMap b",
            ])
        #expect(Self.names(cluster) == ["free"])
    }

    @Test func keepsWhatHasAnotherOwnerAndDropsTheReference() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let first = try cluster.user.create(Self.configMap("first"))
        let second = try cluster.user.create(Self.configMap("second"))
        try cluster.user.create(Self.configMap("both", owners: [Self.reference(first), Self.reference(second)]))
        cluster.settle()
        try Self.delete(first, "Background", cluster)
        cluster.settle()
        #expect(cluster.actions(by: author) == ["update ConfigMap both"])
        #expect(try cluster.get(ConfigMap.self, "both").metadata.ownerReferences.map(\.uid) == [second.uid])
    }

    @Test func inTheForegroundTheOwnerGoesLast() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let owner = try cluster.user.create(Self.configMap("owner"))
        try cluster.user.create(Self.configMap("blocking", owners: [Self.reference(owner, blocks: true)]))
        try cluster.user.create(
            Self.configMap("held", owners: [Self.reference(owner, blocks: true)], finalizers: ["example.com/hold"]))
        try cluster.user.create(
            Self.configMap("loose", owners: [Self.reference(owner)], finalizers: ["example.com/hold"]))
        cluster.settle()
        try Self.delete(owner, "Foreground", cluster)
        cluster.settle()
        #expect(Self.names(cluster) == ["held", "loose", "owner"])
        #expect(try cluster.get(ConfigMap.self, "owner").metadata.finalizers == ["foregroundDeletion"])
        #expect(try cluster.get(ConfigMap.self, "loose").metadata.deletionTimestamp != nil)
        try cluster.user.mutate(ConfigMap.self, ObjectKey(.configMap, namespace: "default", name: "held")) {
            $0.metadata.finalizers = []
        }
        cluster.settle()
        #expect(Self.names(cluster) == ["loose"])
    }

    @Test func inTheForegroundWholeTreesGoFromTheirLeaves() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let top = try cluster.user.create(Self.configMap("top"))
        let middle = try cluster.user.create(Self.configMap("middle", owners: [Self.reference(top, blocks: true)]))
        try cluster.user.create(Self.configMap("leaf", owners: [Self.reference(middle, blocks: true)]))
        cluster.settle()
        try Self.delete(top, "Foreground", cluster)
        cluster.settle()
        #expect(Self.names(cluster) == [])
        let deleted = cluster.actions(by: author).filter { $0.hasPrefix("delete") }
        #expect(deleted == ["delete ConfigMap leaf", "delete ConfigMap middle", "delete ConfigMap top"])
    }

    @Test func aReferenceThatStopsBlockingLetsTheOwnerGo() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let owner = try cluster.user.create(Self.configMap("owner"))
        let held = try cluster.user.create(
            Self.configMap("held", owners: [Self.reference(owner, blocks: true)], finalizers: ["example.com/hold"]))
        cluster.settle()
        try Self.delete(owner, "Foreground", cluster)
        cluster.settle()
        #expect(Self.names(cluster) == ["held", "owner"])
        try cluster.user.mutate(ConfigMap.self, held.key) {
            $0.metadata.ownerReferences[0].blockOwnerDeletion = false
        }
        cluster.settle()
        #expect(Self.names(cluster) == ["held"])
    }

    @Test func orphansDependentsBeforeTheOwnerGoes() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let owner = try cluster.user.create(Self.configMap("owner"))
        try cluster.user.create(Self.configMap("a", owners: [Self.reference(owner)]))
        try cluster.user.create(Self.configMap("b", owners: [Self.reference(owner)]))
        cluster.settle()
        try Self.delete(owner, "Orphan", cluster)
        cluster.settle()
        #expect(
            cluster.actions(by: author) == [
                "update ConfigMap a", "update ConfigMap b", "delete ConfigMap owner",
            ])
        #expect(Self.names(cluster) == ["a", "b"])
        #expect(try cluster.get(ConfigMap.self, "a").metadata.ownerReferences == [])
    }

    @Test func anOwnerThatNeverWasCountsAsGone() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        var missing = ConfigMap(name: "missing", namespace: "default")
        missing.metadata.uid = "no-such-uid"
        try cluster.user.create(Self.configMap("dangling", owners: [Self.reference(missing)]))
        let real = try cluster.user.create(Self.configMap("real"))
        var wrong = Self.reference(real)
        wrong.uid = "another-uid"
        try cluster.user.create(Self.configMap("mistaken", owners: [wrong]))
        cluster.settle()
        #expect(Self.names(cluster) == ["real"])
    }

    @Test func anOwnerInAnotherNamespaceIsReportedAndCountsAsGone() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        try cluster.createNamespace("other")
        let owner = try cluster.user.create(Self.configMap("owner", namespace: "other"))
        try cluster.user.create(Self.configMap("stray", owners: [Self.reference(owner)]))
        cluster.settle()
        #expect(
            cluster.events(by: author) == [
                "OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: \(owner.uid)] "
                    + #"does not exist in namespace "default""#
            ])
        #expect(Self.names(cluster) == [])
        #expect(Self.names(cluster, namespace: "other") == ["owner"])
    }

    @Test func anOwnerOfTheWholeClusterOwnsInEveryNamespace() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let role = try cluster.user.create(ClusterRole(name: "role"))
        try cluster.user.create(Self.configMap("owned", owners: [Self.reference(role)]))
        cluster.settle()
        #expect(Self.names(cluster) == ["owned"])
        try cluster.user.delete(role.key)
        cluster.settle()
        #expect(Self.names(cluster) == [])
    }

    @Test func anOwnerInANamespaceCannotOwnWhatIsInNone() throws {
        let cluster = try ControllerCluster()
        cluster.startGarbageCollector()
        let owner = try cluster.user.create(Self.configMap("owner"))
        var role = ClusterRole(name: "role")
        role.metadata.ownerReferences = [Self.reference(owner)]
        try cluster.user.create(role)
        cluster.settle()
        #expect(
            cluster.events(by: author) == [
                "OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: , name: owner, uid: \(owner.uid)] "
                    + "does not exist in namespace \"\""
            ])
        try cluster.user.delete(owner.key)
        cluster.settle()
        #expect(cluster.user.get(ClusterRole.self, name: "role") != nil)
    }

    @Test func startsWithWhatIsThereAlready() throws {
        let cluster = try ControllerCluster()
        let owner = try cluster.user.create(Self.configMap("owner"))
        try cluster.user.create(Self.configMap("a", owners: [Self.reference(owner)]))
        try cluster.user.delete(owner.key)
        cluster.settle()
        cluster.startGarbageCollector()
        cluster.settle()
        #expect(Self.names(cluster) == [])
    }

    @Test func aDeploymentGoesWithItsReplicaSetsAndPods() throws {
        let cluster = try ControllerCluster()
        let deployments = cluster.start(DeploymentController.self)
        cluster.startReplicas(of: ReplicaSet.self)
        cluster.startGarbageCollector()
        _ = cluster.startPodRunner()
        var deployment = Rollout.deployment(20, surge: 5)
        deployment.metadata.uid = nil
        deployment.metadata.generation = nil
        try cluster.user.create(deployment)
        cluster.advance(.seconds(10))
        #expect(cluster.pods().count == 20)
        try Self.delete(deployment, "Foreground", cluster)
        cluster.settle()
        #expect(cluster.pods().count == 20)
        #expect(cluster.user.get(Deployment.self, deployment.key) != nil)
        cluster.advance(.seconds(2))
        #expect(cluster.pods().isEmpty && cluster.replicaSets().isEmpty)
        #expect(cluster.user.get(Deployment.self, deployment.key) == nil)
        withExtendedLifetime(deployments) {}
    }

    /// A random forest, deleted at random: when all is quiet, whatever has owners has one that is there.
    @Test(arguments: 1...15 as ClosedRange<UInt64>)
    func leavesNoOrphanBehind(seed: UInt64) throws {
        let cluster = try ControllerCluster(seed: seed)
        cluster.startGarbageCollector()
        var random = SeededRandom(seed: seed)
        for step in 0..<120 {
            let all = cluster.user.list(ConfigMap.self, namespace: "default").filter {
                $0.metadata.deletionTimestamp == nil
            }
            if all.isEmpty || random.below(3) != 0 {
                var owners: [OwnerReference] = []
                for _ in 0..<random.below(3) where !all.isEmpty {
                    let owner = all[random.below(all.count)]
                    if owners.contains(where: { $0.uid == owner.uid }) { continue }
                    owners.append(Self.reference(owner, blocks: random.below(2) == 0))
                }
                try cluster.user.create(Self.configMap("map-\(step)", owners: owners))
            } else {
                let policy = ["Background", "Foreground", "Orphan"][random.below(3)]
                try Self.delete(all[random.below(all.count)], policy, cluster)
            }
            if random.below(4) == 0 { cluster.settle() }
        }
        cluster.advance(.seconds(1))
        let all = cluster.user.list(ConfigMap.self, namespace: "default")
        let uids = Set(all.map(\.uid))
        for map in all {
            let owners = map.metadata.ownerReferences
            #expect(map.metadata.deletionTimestamp == nil, "seed \(seed), \(map.name)")
            #expect(owners.isEmpty || owners.contains { uids.contains($0.uid) }, "seed \(seed), \(map.name)")
            #expect(owners.allSatisfy { uids.contains($0.uid) }, "seed \(seed), \(map.name)")
        }
    }
}

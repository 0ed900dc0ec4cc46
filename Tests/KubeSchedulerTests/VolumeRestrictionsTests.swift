import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

/// Claims that only one pod may use at a time, by the cases of upstream's
/// `volumerestrictions/volume_restrictions_test.go`.
@Suite struct VolumeRestrictionsTests {
    private func cluster(accessMode: String = "ReadWriteOncePod") throws -> TestCluster {
        let cluster = try TestCluster()
        var high = PriorityClass(name: "high")
        high.value = 1000
        try cluster.client.create(high)
        for number in 1...2 { try cluster.add(Node.make("node-\(number)")) }
        for name in ["data", "logs"] {
            var claim = PersistentVolumeClaim(name: name, namespace: "default")
            claim.spec.accessModes = [accessMode]
            var resources = VolumeResourceRequirements()
            resources.requests = ["storage": "1Gi"]
            claim.spec.resources = resources
            try cluster.client.create(claim)
        }
        cluster.settle()
        return cluster
    }

    private func submit(_ cluster: TestCluster, _ name: String, claim: String, priority: String? = nil) throws {
        try cluster.add(
            Pod.make(name).with { pod in
                pod.spec.priorityClassName = priority
                var source = PersistentVolumeClaimVolumeSource()
                source.claimName = claim
                var volume = Volume()
                volume.name = "data"
                volume.persistentVolumeClaim = source
                pod.spec.volumes = [volume]
            })
        cluster.settle()
    }

    @Test func theSecondPodWaitsForTheFirstToLeave() throws {
        let cluster = try cluster()
        try submit(cluster, "first", claim: "data")
        try submit(cluster, "other", claim: "logs")
        #expect(!cluster.node(of: "first").isEmpty && !cluster.node(of: "other").isEmpty)
        try submit(cluster, "second", claim: "data")
        #expect(
            cluster.messages("FailedScheduling", about: "second") == [
                "0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same name and "
                    + "ReadWriteOncePod access mode. no new claims to deallocate, preemption: 0/2 nodes are available: "
                    + "2 No preemption victims found for incoming pod."
            ])
        // Whoever uses another claim may leave without a word.
        let now = DeleteOptions(gracePeriodSeconds: 0)
        _ = try cluster.client.delete(ObjectKey(.pod, namespace: "default", name: "other"), now)
        cluster.settle()
        #expect(cluster.decision("second")?.attempt == 1)
        _ = try cluster.client.delete(ObjectKey(.pod, namespace: "default", name: "first"), now)
        cluster.settle()
        #expect(!cluster.node(of: "second").isEmpty)
    }

    @Test func claimsThatManyMayUseAreShared() throws {
        let cluster = try cluster(accessMode: "ReadWriteOnce")
        for name in ["first", "second"] { try submit(cluster, name, claim: "data") }
        #expect(!cluster.node(of: "first").isEmpty && !cluster.node(of: "second").isEmpty)
    }

    @Test func aPodOfHigherPriorityTakesTheClaim() throws {
        let cluster = try cluster()
        try submit(cluster, "first", claim: "data")
        try submit(cluster, "urgent", claim: "data", priority: "high")
        #expect(cluster.pod("first")?.metadata.deletionTimestamp != nil)
        #expect(cluster.pod("urgent")?.status.nominatedNodeName == cluster.node(of: "first"))
        let first = ObjectKey(.pod, namespace: "default", name: "first")
        _ = try cluster.client.delete(first, DeleteOptions(gracePeriodSeconds: 0))
        cluster.advance(.seconds(2))
        #expect(!cluster.node(of: "urgent").isEmpty)
    }

    /// A new node is tried, though it does not help.
    @Test func aNewNodeIsTried() throws {
        let cluster = try cluster()
        try submit(cluster, "first", claim: "data")
        try submit(cluster, "second", claim: "data")
        let key = ObjectKey(.pod, namespace: "default", name: "second")
        #expect(cluster.scheduler.waiting(key)?.rejectors.plugins == [.volumeRestrictions])
        try cluster.client.create(Node(name: "node-3"))
        cluster.settle()
        #expect(cluster.decision("second")?.attempt == 2)
        let assessment = try #require(cluster.scheduler.assessment(of: key))
        #expect(assessment.prefix(2).map { $0.rejection?.plugin } == [.volumeRestrictions, .volumeRestrictions])
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("The node lifecycle controller")
struct NodeLifecycleControllerTests {
    private let author = NodeLifecycleController.component
    private let noSchedule = "node.kubernetes.io/unreachable:NoSchedule"
    private let noExecute = "node.kubernetes.io/unreachable:NoExecute"

    private static func names(_ numbers: ClosedRange<Int>, _ prefix: String = "node") -> [String] {
        numbers.map { "\(prefix)-\($0 < 10 ? "0" : "")\($0)" }
    }

    // MARK: One node

    /// The last lease is renewed at 30 s; 50 s later is not yet too long, so that the look at 85 s finds the silence,
    /// and the one at 90 s queues the taint that evicts.
    @Test func aNodeThatFallsSilentIsUnknownAndTainted() throws {
        let fleet = try NodeFleet()
        try fleet.add(["node-1", "node-2", "node-3"])
        _ = try fleet.pod("ready", on: "node-1")
        _ = try fleet.pod("unready", on: "node-1", isReady: false)
        fleet.run(to: 31)
        fleet.silence(["node-1"])
        let before = fleet.cluster.revision
        fleet.run(to: 84.9)
        #expect(fleet.cluster.actions(by: author, after: before).isEmpty)
        fleet.run(to: 85)
        #expect(
            fleet.cluster.actions(by: author, after: before) == [
                "update Node node-1 status", "event NodeNotReady: Node node-1 status is now: NodeNotReady",
                "update Pod ready status", "event NodeNotReady: Node is not ready", "update Node node-1",
            ])
        let node = try fleet.node("node-1")
        #expect(
            node.status.conditions.map { "\($0.type) \($0.status) \($0.reason ?? ""): \($0.message ?? "")" }
                == ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"].map {
                    "\($0) Unknown NodeStatusUnknown: Kubelet stopped posting node status."
                })
        #expect(node.status.conditions.allSatisfy { $0.lastTransitionTime == fleet.cluster.loop.now.time })
        #expect(node.status.conditions.allSatisfy { $0.lastHeartbeatTime == Instant.simulationStart.time })
        #expect(try fleet.taints("node-1") == [noSchedule])
        #expect(node.spec.taints.first?.timeAdded == fleet.cluster.loop.now.time)
        let pod = try fleet.cluster.get(Pod.self, "ready")
        let ready = try #require(pod.status.conditions.first { $0.type == "Ready" })
        let generation = try #require(pod.metadata.generation)
        #expect(ready.status == "False" && ready.observedGeneration == generation)
        fleet.run(to: 91)
        #expect(fleet.taintings() == ["node-1 unreachable 90.1"])
        #expect(try fleet.taints("node-1") == [noSchedule, noExecute])
        fleet.run(to: 600)
        #expect(fleet.taintings().count == 1)
    }

    @Test func aNodeThatIsHeardAgainLosesItsTaints() throws {
        let fleet = try NodeFleet()
        try fleet.add(["node-1", "node-2", "node-3"])
        fleet.run(to: 31)
        fleet.silence(["node-1"])
        fleet.run(to: 102)
        #expect(try fleet.taints("node-1").count == 2)
        let before = fleet.cluster.revision
        try fleet.revive("node-1")
        fleet.cluster.settle()
        #expect(try fleet.taints("node-1") == [noExecute], "the other goes with the next look")
        fleet.run(to: 105)
        #expect(try fleet.taints("node-1") == [])
        #expect(fleet.cluster.actions(by: author, after: before) == ["update Node node-1", "update Node node-1"])
    }

    /// Sixty seconds from its creation; then it counts as unreachable at once.
    @Test func aNodeThatNeverReportsIsGivenAMinute() throws {
        let fleet = try NodeFleet()
        try fleet.add(["node-2", "node-3"])
        try fleet.cluster.user.create(Node(name: "node-1"))
        fleet.run(to: 64)
        #expect(try fleet.node("node-1").status.conditions.isEmpty)
        fleet.run(to: 66)
        let node = try fleet.node("node-1")
        #expect(
            node.status.conditions.map { "\($0.type) \($0.status) \($0.reason ?? ""): \($0.message ?? "")" }
                == ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"].map {
                    "\($0) Unknown NodeStatusNeverUpdated: Kubelet never posted node status."
                })
        #expect(node.status.conditions.allSatisfy { $0.lastHeartbeatTime == node.metadata.creationTimestamp })
        #expect(fleet.taintings() == ["node-1 unreachable 65.1"])
        #expect(!fleet.cluster.events(by: author).contains { $0.hasPrefix("NodeNotReady") })
    }

    /// A kubelet that renews its lease is alive, though it has never said how its node is.
    @Test func aLeaseAloneKeepsANode() throws {
        let fleet = try NodeFleet()
        try fleet.add(["node-1"])
        try fleet.cluster.user.mutate(Node.self, ObjectKey(.node, name: "node-1"), .status) {
            $0.status.conditions = []
        }
        fleet.run(to: 300)
        #expect(try fleet.node("node-1").status.conditions.isEmpty)
        #expect(fleet.taintings().isEmpty)
    }

    @Test func aNodeThatSaysItIsNotReadyIsTaintedForThat() throws {
        let fleet = try NodeFleet()
        try fleet.add(["node-1", "node-2", "node-3"])
        fleet.run(to: 31)
        try fleet.report("node-1", ready: "False")
        fleet.cluster.settle()
        #expect(try fleet.taints("node-1") == ["node.kubernetes.io/not-ready:NoSchedule"])
        fleet.run(to: 36)
        #expect(fleet.taintings() == ["node-1 not-ready 35.1"])
        // The other taint takes its place at once, without the queue. With the heartbeat, which the look at 35 s found,
        // the lease was forgotten, and counted once more at 40 s: the silence is found 50 s after that, at 95 s.
        fleet.silence(["node-1"])
        fleet.run(to: 101)
        #expect(fleet.taintings() == ["node-1 not-ready 35.1", "node-1 unreachable 100.0"])
        #expect(try fleet.taints("node-1") == [noSchedule, noExecute])
    }

    @Test func nodesAreGreetedAndMissed() throws {
        let fleet = try NodeFleet()
        var node = Node(name: "node-1")
        node.metadata.labels = [
            "kubernetes.io/os": "linux", "kubernetes.io/arch": "arm64", "beta.kubernetes.io/os": "x",
        ]
        try fleet.cluster.user.create(node)
        try fleet.add(["node-2"])
        fleet.run(to: 5)
        #expect(
            fleet.cluster.events(by: author) == [
                "RegisteredNode: Node node-1 event: Registered Node node-1 in Controller",
                "RegisteredNode: Node node-2 event: Registered Node node-2 in Controller",
            ])
        let labels = try fleet.node("node-1").labels
        #expect(labels["beta.kubernetes.io/os"] == "linux" && labels["beta.kubernetes.io/arch"] == "arm64")
        let before = fleet.cluster.revision
        try fleet.cluster.user.delete(ObjectKey(.node, name: "node-1"))
        fleet.run(to: 9.9)
        #expect(fleet.cluster.actions(by: author, after: before).isEmpty)
        fleet.run(to: 10)
        #expect(
            fleet.cluster.actions(by: author, after: before) == [
                "event RemovingNode: Node node-1 event: Removing Node node-1 from Controller"
            ])
    }

    @Test func taintsFollowConditionsAndCordons() throws {
        let fleet = try NodeFleet()
        try fleet.add(["node-1"])
        fleet.run(to: 6)
        let key = ObjectKey(.node, name: "node-1")
        try fleet.cluster.user.mutate(Node.self, key, .status) { node in
            for index in node.status.conditions.indices where node.status.conditions[index].type != "Ready" {
                node.status.conditions[index].status = "True"
            }
        }
        try fleet.cluster.user.mutate(Node.self, key) { node in
            node.spec.unschedulable = true
            var own = Taint()
            own.key = "example.com/own"
            own.effect = "NoSchedule"
            node.spec.taints.append(own)
        }
        fleet.cluster.settle()
        #expect(
            try fleet.taints("node-1") == [
                "example.com/own:NoSchedule", "node.kubernetes.io/memory-pressure:NoSchedule",
                "node.kubernetes.io/disk-pressure:NoSchedule", "node.kubernetes.io/pid-pressure:NoSchedule",
                "node.kubernetes.io/unschedulable:NoSchedule",
            ])
        try fleet.report("node-1", ready: "True")
        try fleet.cluster.user.mutate(Node.self, key) { $0.spec.unschedulable = nil }
        fleet.cluster.settle()
        #expect(try fleet.taints("node-1") == ["example.com/own:NoSchedule"])
    }

    // MARK: Zones

    /// Of ten nodes five are half: the zone is as usual, and they are tainted one every ten seconds.
    @Test func nodesAreTaintedOneInTenSeconds() throws {
        let fleet = try NodeFleet()
        try fleet.add(Self.names(1...10))
        fleet.run(to: 31)
        fleet.silence(Self.names(1...5))
        fleet.run(to: 200)
        #expect(
            fleet.taintings() == [
                "node-01 unreachable 90.1", "node-02 unreachable 100.1", "node-03 unreachable 110.1",
                "node-04 unreachable 120.1", "node-05 unreachable 130.1",
            ])
    }

    /// Of ten nodes six are more than 55 %: a small zone stops, and goes on, with an empty limiter, once it is better.
    @Test func aSmallZoneInDisruptionStops() throws {
        let fleet = try NodeFleet()
        try fleet.add(Self.names(1...10))
        try fleet.add(["other"], zone: "b")
        fleet.run(to: 31)
        fleet.silence(Self.names(1...6))
        fleet.run(to: 602)
        #expect(fleet.taintings().isEmpty)
        try fleet.revive("node-06")
        fleet.run(to: 640)
        // The look at 605 s finds the zone as usual.
        #expect(
            fleet.taintings() == [
                "node-01 unreachable 615.0", "node-02 unreachable 625.0", "node-03 unreachable 635.0",
            ])
    }

    /// Fewer than three nodes make no disruption, whatever part of the zone they are.
    @Test func twoNodesOfThreeAreNoDisruption() throws {
        let fleet = try NodeFleet()
        try fleet.add(Self.names(1...3))
        try fleet.add(["other"], zone: "b")
        fleet.run(to: 31)
        fleet.silence(Self.names(1...2))
        fleet.run(to: 120)
        #expect(fleet.taintings() == ["node-01 unreachable 90.1", "node-02 unreachable 100.1"])
    }

    /// A zone of more than fifty nodes slows down to one in a hundred seconds.
    @Test func aLargeZoneInDisruptionSlowsDown() throws {
        let fleet = try NodeFleet()
        try fleet.add(Self.names(1...51))
        fleet.run(to: 31)
        fleet.silence(Self.names(1...30))
        fleet.run(to: 300)
        #expect(
            fleet.taintings() == [
                "node-01 unreachable 90.1", "node-02 unreachable 190.1", "node-03 unreachable 290.1",
            ])
    }

    /// A zone that is lost as a whole keeps the usual rate: it is the zone that has gone, not the control plane.
    @Test func aLostZoneKeepsItsRate() throws {
        let fleet = try NodeFleet()
        try fleet.add(Self.names(1...4), zone: "a")
        try fleet.add(["other"], zone: "b")
        fleet.run(to: 31)
        fleet.silence(Self.names(1...4))
        fleet.run(to: 130)
        #expect(
            fleet.taintings() == [
                "node-01 unreachable 90.1", "node-02 unreachable 100.1", "node-03 unreachable 110.1",
                "node-04 unreachable 120.1",
            ])
    }

    /// With all zones lost nothing is tainted any more, and what was is taken back. Once one node is heard again the
    /// others are tainted at the usual rate, beginning with an empty limiter.
    @Test func withoutAnyZoneNothingIsTainted() throws {
        let fleet = try NodeFleet()
        try fleet.add(["a-1", "a-2"], zone: "a")
        try fleet.add(["b-1", "b-2"], zone: "b")
        fleet.run(to: 31)
        fleet.silence(["a-1"])
        fleet.run(to: 96)
        #expect(fleet.taintings() == ["a-1 unreachable 90.1"])
        fleet.silence(["a-2", "b-1", "b-2"])
        fleet.run(to: 900)
        #expect(fleet.taintings() == ["a-1 unreachable 90.1"])
        for name in ["a-1", "a-2", "b-1", "b-2"] { #expect(try fleet.taints(name) == [noSchedule]) }
        fleet.run(to: 901)
        try fleet.revive("b-1")
        fleet.run(to: 940)
        #expect(
            fleet.taintings().dropFirst() == [
                "a-1 unreachable 915.0", "b-2 unreachable 915.0", "a-2 unreachable 925.0",
            ])
        #expect(try fleet.taints("b-1") == [])
    }

    /// A node that comes up in a zone of its own while all zones are lost, and is not heard of either, changes nothing.
    @Test func aLostZoneThatJoinsLostOnesIsNotTainted() throws {
        let fleet = try NodeFleet()
        try fleet.add(["a-1"], zone: "a")
        try fleet.add(["b-1"], zone: "b")
        fleet.run(to: 31)
        fleet.silence(["a-1", "b-1"])
        fleet.run(to: 101)
        var node = Node(name: "c-1")
        node.metadata.labels["topology.kubernetes.io/zone"] = "c"
        try fleet.cluster.user.create(node)
        fleet.run(to: 400)
        #expect(try fleet.node("c-1").status.conditions.map(\.status) == Array(repeating: "Unknown", count: 4))
        #expect(fleet.taintings().isEmpty)
    }

    /// Nodes that are set aside don't count for how much of a zone is lost.
    @Test func nodesCanBeExcludedFromDisruption() throws {
        let fleet = try NodeFleet()
        try fleet.add(Self.names(1...4))
        try fleet.add(Self.names(5...10), labels: ["node.kubernetes.io/exclude-disruption": ""])
        fleet.run(to: 31)
        fleet.silence(Self.names(5...10))
        fleet.run(to: 95)
        #expect(fleet.taintings() == ["node-05 unreachable 90.1"])
    }
}

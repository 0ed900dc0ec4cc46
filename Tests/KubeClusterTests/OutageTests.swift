import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

@Suite struct OutageTests {
    /// A node falls silent at 60 s: noticed after the grace period of 50 s, its pods evicted 300 s after their taint,
    /// its workload whole again soon after.
    @Test func aNodeOutageIsNoticedEvictedAndRepaired() throws {
        let cluster = Fixtures.cluster()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 10))]))
        let simulation = Simulation(cluster, actions: [(after: .seconds(60), action: .poweroff, node: "node-3")])
        simulation.run(for: .minutes(10))
        let report = simulation.report()
        let fault = try #require(report.faults.first)
        #expect(fault.workloads.contains("deployment/default/web"))
        #expect(fault.pods > 0)
        let detected = try #require(fault.detectedAfter)
        // The last lease may be 10 s old, and nodes are looked at every 5 s.
        #expect(detected > .seconds(40) && detected <= .seconds(56))
        let evicted = try #require(fault.evictedAfter)
        #expect(evicted >= detected + .seconds(300) && evicted < detected + .seconds(311))
        let recovered = try #require(fault.recoveredAfter)
        #expect(recovered >= evicted && recovered < evicted + .seconds(30))
        #expect(report.nodes == ["Ready": 4, "NotReady": 1])
    }

    /// A node that comes back before its pods are evicted runs them again: its outage is over then, and has nothing to
    /// do with the next one.
    @Test func anOutageEndsWhenTheNodeComesBackFirst() throws {
        let cluster = Fixtures.cluster()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 10))]))
        let simulation = Simulation(
            cluster,
            actions: [
                (.minutes(1), .poweroff, "node-3"), (.minutes(2), .poweroff, "node-3"),
                (.minutes(3), .poweron, "node-3"),
                (.minutes(4), .poweron, "node-3"), (.minutes(10), .poweroff, "node-3"),
            ])
        simulation.run(for: .minutes(30))
        let report = simulation.report()
        #expect(report.faults.map(\.action) == ["poweroff", "poweron", "poweroff"])
        let first = report.faults[0]
        let detected = try #require(first.detectedAfter)
        #expect(detected < .minutes(1) && first.evictedAfter == nil && first.keptPods)
        let recovered = try #require(first.recoveredAfter)
        #expect(recovered > .minutes(2) && recovered < .minutes(3))
        #expect(report.text(wallSeconds: 1).contains("back before all were evicted"))
        let second = report.faults[2]
        let evicted = try #require(second.evictedAfter)
        #expect(evicted > .minutes(5) && evicted < .minutes(7) && !second.keptPods)
        #expect(try #require(second.recoveredAfter) >= evicted)
    }

    /// An outage that nobody noticed hit the pods all the same.
    @Test func anOutageThatNobodyNoticedEndsWhenThePodsRunAgain() throws {
        let cluster = Fixtures.cluster()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 10))]))
        let simulation = Simulation(
            cluster, actions: [(.minutes(1), .poweroff, "node-3"), (.seconds(70), .poweron, "node-3")])
        simulation.run(for: .minutes(20))
        let fault = simulation.report().faults[0]
        #expect(fault.detectedAfter == nil && fault.evictedAfter == nil)
        #expect(try #require(fault.recoveredAfter) < .minutes(2))
    }

    /// A pod that is taken away by force ends in its own time, and its room is given away at once: by the scheduler and
    /// by the kubelet alike, or the newcomer would be turned away.
    @Test func roomThatIsFreedByForceCanBeUsedAtOnce() throws {
        let cluster = Fixtures.cluster(nodes: 1, zones: 1)
        var deployment = Fixtures.deployment("web", replicas: 3)
        deployment.spec.template.metadata.annotations["drydock.dev/stop-after"] = "20s"
        deployment.spec.template.spec.containers[0].resources?.requests["cpu"] = "900m"
        _ = cluster.perform(.create([Boxed(deployment)]))
        cluster.run(for: .minutes(1))
        func pods() -> [Pod] { cluster.server.snapshot().list(Pod.self, namespace: "default") }
        #expect(pods().map(\.status.phase) == ["Running", "Running", "Running"])
        let victims = pods().prefix(2).map(\.key)
        _ = cluster.perform(.delete(Array(victims), options: DeleteOptions(gracePeriodSeconds: 0)))
        cluster.run(for: .seconds(10))
        #expect(pods().map(\.status.phase) == ["Running", "Running", "Running"])
        #expect(Set(pods().map(\.key)).isDisjoint(with: victims))
    }

    /// A node that cannot reach the API server is unreachable as one without power is; what runs on it runs on, and its
    /// kubelet says so as soon as it can.
    @Test func aNodeThatIsCutOffComesBackWithItsPods() throws {
        let cluster = Fixtures.cluster()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 10))]))
        cluster.run(for: .minutes(1))
        func state() -> String? {
            let node = cluster.server.snapshot().get(Node.self, name: "node-3")
            return node?.status.conditions.first { $0.type == "Ready" }?.status
        }
        func pods() -> [Pod] {
            cluster.server.snapshot().list(Pod.self, namespace: "default").filter { $0.spec.nodeName == "node-3" }
        }
        let before = pods()
        cluster.partition("node-3")
        cluster.run(for: .minutes(2))
        #expect(state() == "Unknown" && cluster.isPartitioned("node-3"))
        cluster.reconnect("node-3")
        cluster.run(for: .seconds(30))
        #expect(state() == "True")
        #expect(!before.isEmpty && pods().map(\.uid) == before.map(\.uid))
        #expect(pods().allSatisfy { $0.status.containerStatuses.allSatisfy { $0.restartCount == 0 && $0.ready } })
        #expect(pods().allSatisfy { $0.status.conditions.contains { $0.type == "Ready" && $0.status == "True" } })
    }

    /// The pods of a node without power cannot be removed: they read Terminating until it comes back.
    @Test func podsOfASilentNodeReadTerminating() {
        let cluster = Fixtures.cluster()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 10))]))
        cluster.run(for: .minutes(1))
        let before = cluster.server.snapshot().list(Pod.self, namespace: "default").filter {
            $0.spec.nodeName == "node-3"
        }
        #expect(!before.isEmpty)
        _ = cluster.perform(.powerOff("node-3"))
        cluster.run(for: .minutes(10))
        let stuck = cluster.server.snapshot().list(Pod.self, namespace: "default").filter {
            $0.spec.nodeName == "node-3"
        }
        #expect(stuck.map(\.name) == before.map(\.name))
        #expect(stuck.allSatisfy { $0.metadata.deletionTimestamp != nil })
        _ = cluster.perform(.powerOn("node-3"))
        cluster.run(for: .minutes(2))
        let names = Set(cluster.server.snapshot().list(Pod.self, namespace: "default").map(\.name))
        #expect(names.isDisjoint(with: stuck.map(\.name)))
        #expect(names.count == 10)
    }

    /// When every zone is lost it is the control plane that is cut off: nothing is evicted.
    @Test func losingAllNodesEvictsNothing() {
        let cluster = Fixtures.cluster()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 10))]))
        cluster.run(for: .minutes(1))
        for node in cluster.nodeNames { _ = cluster.perform(.powerOff(node)) }
        cluster.run(for: .minutes(20))
        let pods = cluster.server.snapshot().list(Pod.self, namespace: "default")
        #expect(pods.count == 10)
        #expect(pods.allSatisfy { $0.metadata.deletionTimestamp == nil })
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

@Suite struct SchedulingTests {
    @Test func aPodIsBoundAndTheEventSaysWhere() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        try cluster.add(Pod.make("web", cpu: "1"))
        cluster.settle()
        #expect(cluster.node(of: "web") == "node-1")
        #expect(cluster.messages("Scheduled", about: "web") == ["Successfully assigned default/web to node-1"])
        let events = cluster.client.list(Event.self, namespace: "default")
        let event = try #require(events.first { $0.reason == "Scheduled" })
        #expect(event.type == "Normal" && event.action == "Binding")
        #expect(event.reportingComponent == "default-scheduler")
        #expect(event.reportingInstance == "default-scheduler-drydock")
        #expect(event.eventTime == cluster.loop.now.microTime)
        // Left to events of the core group.
        #expect(event.count == nil && event.firstTimestamp == nil && event.lastTimestamp == nil)
        #expect(event.source == nil || event.source == EventSource())
        #expect(cluster.pod("web")?.status.conditions.first { $0.type == "PodScheduled" }?.status == "True")
        #expect(cluster.decision("web")?.outcome == .bound(node: "node-1"))
    }

    @Test func withoutNodesThePodWaits() throws {
        let cluster = try TestCluster()
        try cluster.add(Pod.make("web"))
        cluster.settle()
        #expect(cluster.messages("FailedScheduling", about: "web") == ["no nodes available to schedule pods"])
        let condition = try #require(cluster.pod("web")?.status.conditions.first { $0.type == "PodScheduled" })
        #expect(condition.status == "False")
        #expect(condition.reason == "Unschedulable")
        #expect(condition.message == "no nodes available to schedule pods")
        try cluster.add(Node.make("node-1"))
        cluster.advance(.seconds(3))
        #expect(cluster.node(of: "web") == "node-1")
    }

    @Test func theMessageCountsEachReason() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1", cpu: "1"))
        try cluster.add(Node.make("node-2", cpu: "1"))
        try cluster.add(Pod.make("filler-1", cpu: "1"))
        try cluster.add(Pod.make("filler-2", cpu: "1"))
        cluster.settle()
        try cluster.add(Node.make("node-3", taints: [Taint.make("key", "value")]))
        try cluster.add(Node.make("node-4").with { $0.spec.unschedulable = true })
        try cluster.add(Node.make("node-5", cpu: "8", memory: "1Gi"))
        try cluster.add(Pod.make("web", cpu: "1", memory: "2Gi"))
        cluster.settle()
        #expect(cluster.node(of: "web").isEmpty)
        let message = try #require(cluster.messages("FailedScheduling", about: "web").first)
        #expect(
            message
                == "0/5 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint(s), 1 node(s) were "
                + "unschedulable, 2 Insufficient cpu. no new claims to deallocate, preemption: 0/5 nodes are available: "
                + "2 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.")
    }
}

extension Node {
    func with(_ change: (inout Node) -> Void) -> Node {
        var copy = self
        change(&copy)
        return copy
    }
}

@Suite struct DisturbedSchedulingTests {
    @Test func aBindingThatFailsIsTriedAgain() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1", cpu: "1"))
        let pod = try cluster.add(Pod.make("web", cpu: "1"))
        // The scheduler has the news, and loses the API server before it can bind.
        cluster.server.pump()
        cluster.schedulerClient.partition()
        cluster.settle()
        #expect(cluster.node(of: "web").isEmpty)
        #expect(cluster.decision("web")?.outcome == .failed)
        #expect(cluster.decision("web")?.message.hasPrefix("running Bind plugin \"DefaultBinder\": ") == true)
        #expect(cluster.scheduler.waiting(pod.key)?.place == .errorBackoff)
        cluster.schedulerClient.reconnect()
        cluster.advance(.seconds(2))
        #expect(cluster.node(of: "web") == "node-1")
        #expect(cluster.decision("web")?.attempt == 2)
    }

    @Test func aPodOfAnotherSchedulerIsLeftAlone() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1"))
        try cluster.add(Pod.make("web").with { $0.spec.schedulerName = "another" })
        cluster.settle()
        #expect(cluster.node(of: "web").isEmpty)
        #expect(cluster.decision("web") == nil)
    }

    @Test func aPodThatIsDeletedWhileItWaitsIsForgotten() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1", cpu: "1"))
        let pod = try cluster.add(Pod.make("web", cpu: "2"))
        cluster.settle()
        #expect(cluster.scheduler.waiting(pod.key) != nil)
        _ = try cluster.client.delete(pod.key)
        cluster.settle()
        #expect(cluster.scheduler.waiting(pod.key) == nil)
        try cluster.add(Node.make("node-2", cpu: "4"))
        cluster.settle()
        let metrics = cluster.scheduler.metrics
        #expect(metrics.count(of: .unschedulable) == 1)
        #expect(metrics.count(of: .scheduled) == 0 && metrics.count(of: .error) == 0)
    }

    @Test func aSkewThatIsTooLargeIsNamed() throws {
        let cluster = try TestCluster()
        try cluster.add(Node.make("node-1", zone: "a"))
        try cluster.add(Node.make("node-2", cpu: "1", zone: "b"))
        try cluster.add(Node.make("node-3"))
        var constraint = TopologySpreadConstraint()
        constraint.topologyKey = "topology.kubernetes.io/zone"
        constraint.maxSkew = 1
        constraint.whenUnsatisfiable = "DoNotSchedule"
        constraint.labelSelector = .labels(["app": "web"])
        let template = Pod.make("web", cpu: "800m", labels: ["app": "web"]).with {
            $0.spec.topologySpreadConstraints = [constraint]
        }
        for number in 1...4 {
            try cluster.add(template.with { $0.metadata.name = "web-\(number)" })
            cluster.settle()
        }
        // Two in zone a and one in zone b: node-2 is full, and node-1 would be two ahead.
        #expect(
            cluster.messages("FailedScheduling", about: "web-4") == [
                "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints, "
                    + "1 node(s) didn't match pod topology spread constraints (missing required label). no new claims to "
                    + "deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, "
                    + "2 No preemption victims found for incoming pod."
            ])
        let verdicts = try #require(
            cluster.scheduler.assessment(of: ObjectKey(.pod, namespace: "default", name: "web-4")))
        #expect(verdicts.map { $0.rejection?.plugin } == [.podTopologySpread, .nodeResourcesFit, .podTopologySpread])
    }
}

/// What holds for many pods together.
@Suite struct ManyPodsTests {
    private func replicas(_ count: Int, cpu: Quantity = "100m") -> [Pod] {
        let template = Pod.make("web", cpu: cpu, memory: "100Mi", labels: ["app": "web"])
        return (1...count).map { number in template.with { $0.metadata.name = "web-\(number)" } }
    }

    private func placement(seed: UInt64) throws -> [String] {
        let cluster = try TestCluster(seed: seed)
        for number in 1...12 { try cluster.add(Node.make("node-\(number)", zone: ["a", "b", "c"][number % 3])) }
        for pod in replicas(30) { try cluster.add(pod) }
        cluster.settle()
        return (1...30).map { cluster.node(of: "web-\($0)") }
    }

    @Test func aSeedGivesOnePlacement() throws {
        #expect(try placement(seed: 5) == placement(seed: 5))
        #expect(try placement(seed: 5) != placement(seed: 6))
    }

    @Test func theWorkFollowsThePodsAndNotTheNodes() throws {
        let cluster = try TestCluster()
        for number in 1...200 { try cluster.add(Node.make("node-\(number)", zone: ["a", "b", "c"][number % 3])) }
        cluster.settle()
        for pod in replicas(400) { try cluster.add(pod) }
        cluster.settle()
        #expect(cluster.scheduler.metrics.count(of: .scheduled) == 400)
        // Each node once, and after each pod the node that it went to.
        #expect(cluster.scheduler.inspectionCount <= 200 + 400)
        let loads = (1...200).map { number in
            cluster.client.list(Pod.self, index: .node("node-\(number)")).count
        }
        #expect(loads.allSatisfy { $0 == 2 })
    }

    @Test func servicesSpreadTheirPodsOverZones() throws {
        let cluster = try TestCluster()
        for number in 1...9 { try cluster.add(Node.make("node-\(number)", zone: ["a", "b", "c"][number % 3])) }
        var service = Service(name: "web", namespace: "default")
        service.spec.selector = ["app": "web"]
        var port = ServicePort()
        port.port = 80
        service.spec.ports = [port]
        try cluster.client.create(service)
        for pod in replicas(6) { try cluster.add(pod) }
        cluster.settle()
        var zones: [String: Int] = [:]
        for number in 1...6 {
            let node = cluster.client.get(Node.self, name: cluster.node(of: "web-\(number)"))
            zones[node?.labels["topology.kubernetes.io/zone"] ?? "", default: 0] += 1
        }
        #expect(zones == ["a": 2, "b": 2, "c": 2])
    }

    /// As daemon sets do: the affinity names the node.
    @Test func aPodThatNamesItsNodeGoesThere() throws {
        let cluster = try TestCluster()
        for number in 1...3 { try cluster.add(Node.make("node-\(number)", cpu: "1")) }
        func daemon(_ name: String, _ node: String) -> Pod {
            var requirement = NodeSelectorRequirement()
            requirement.key = "metadata.name"
            requirement.operator = "In"
            requirement.values = [node]
            var term = NodeSelectorTerm()
            term.matchFields = [requirement]
            return Pod.make(name, cpu: "600m").with { $0.spec.affinity = .nodes([term]) }
        }
        for number in 1...3 { try cluster.add(daemon("agent-\(number)", "node-\(number)")) }
        cluster.settle()
        #expect((1...3).map { cluster.node(of: "agent-\($0)") } == ["node-1", "node-2", "node-3"])
        try cluster.add(daemon("more", "node-2"))
        try cluster.add(daemon("lost", "node-9"))
        cluster.settle()
        #expect(
            cluster.messages("FailedScheduling", about: "more") == [
                "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. "
                    + "no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found "
                    + "for incoming pod, 2 Preemption is not helpful for scheduling."
            ])
        #expect(
            cluster.messages("FailedScheduling", about: "lost") == [
                "0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to "
                    + "deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
            ])
        try cluster.add(Node.make("node-9"))
        cluster.settle()
        #expect(cluster.node(of: "lost") == "node-9")
    }
}

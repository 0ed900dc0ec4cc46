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
        let event = cluster.client.list(Event.self, namespace: "default").first { $0.reason == "Scheduled" }
        #expect(event?.source?.component == "default-scheduler")
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
            message == "0/5 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint(s), 1 node(s) were "
                + "unschedulable, 2 Insufficient cpu. no new claims to deallocate, preemption: 0/5 nodes are available: 2 "
                + "No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.")
    }
}

extension Node {
    func with(_ change: (inout Node) -> Void) -> Node {
        var copy = self
        change(&copy)
        return copy
    }
}

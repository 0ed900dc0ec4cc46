import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

@Suite struct PreemptionTests {
    private func cluster(nodes: Int = 1) throws -> TestCluster {
        let cluster = try TestCluster()
        for (name, value) in [("low", 10), ("middle", 100), ("high", 1000)] {
            var priorityClass = PriorityClass(name: name)
            priorityClass.value = value
            try cluster.client.create(priorityClass)
        }
        for number in 1...nodes { try cluster.add(Node.make("node-\(number)", cpu: "2")) }
        cluster.settle()
        return cluster
    }

    private func pod(_ name: String, _ priority: String?, cpu: Quantity, labels: StringMap<String> = [:]) -> Pod {
        Pod.make(name, cpu: cpu, labels: labels).with { $0.spec.priorityClassName = priority }
    }

    @Test func aLesserPodMakesRoom() throws {
        let cluster = try cluster()
        try cluster.add(pod("lesser", "low", cpu: "2"))
        cluster.settle()
        let urgent = try cluster.add(pod("urgent", "high", cpu: "2"))
        cluster.settle()
        let victim = try #require(cluster.pod("lesser"))
        #expect(victim.metadata.deletionTimestamp != nil)
        let condition = try #require(victim.status.conditions.first { $0.type == "DisruptionTarget" })
        #expect(condition.status == "True")
        #expect(condition.reason == "PreemptionByScheduler")
        #expect(condition.message == "default-scheduler: preempting to accommodate a higher priority pod")
        #expect(cluster.messages("Preempted", about: "lesser") == ["Preempted by pod \(urgent.uid) on node node-1"])
        let event = try #require(
            cluster.client.list(Event.self, namespace: "default").first { $0.reason == "Preempted" })
        #expect(event.action == "Preempting" && event.related?.kind == "Pod" && event.related?.name == "urgent")
        #expect(cluster.pod("urgent")?.status.nominatedNodeName == "node-1")
        #expect(
            cluster.messages("FailedScheduling", about: "urgent") == ["0/1 nodes are available: 1 Insufficient cpu."])
        #expect(cluster.decision("urgent")?.outcome == .nominated(node: "node-1"))
        _ = try cluster.client.delete(victim.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.advance(.seconds(2))
        #expect(cluster.node(of: "urgent") == "node-1")
    }

    @Test func theRoomIsNotTakenByLesserPods() throws {
        let cluster = try cluster()
        try cluster.add(pod("lesser", "low", cpu: "2"))
        cluster.settle()
        try cluster.add(pod("urgent", "high", cpu: "2"))
        cluster.settle()
        let victim = try #require(cluster.pod("lesser"))
        // Both the urgent pod and this one want the room that is about to be free.
        try cluster.add(pod("thief", "middle", cpu: "1"))
        _ = try cluster.client.delete(victim.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.advance(.seconds(2))
        #expect(cluster.node(of: "urgent") == "node-1")
        #expect(cluster.node(of: "thief").isEmpty)
    }

    @Test func theFewestAndLeastImportantGo() throws {
        let cluster = try cluster(nodes: 2)
        // Each node is full; on the one the victim would be of higher priority.
        try cluster.add(pod("a", "middle", cpu: "2"))
        cluster.settle()
        try cluster.add(pod("b", "low", cpu: "1"))
        try cluster.add(pod("c", "low", cpu: "1"))
        cluster.settle()
        let lowNode = cluster.node(of: "b")
        #expect(cluster.node(of: "c") == lowNode)
        try cluster.add(pod("urgent", "high", cpu: "1"))
        cluster.settle()
        #expect(cluster.pod("urgent")?.status.nominatedNodeName == lowNode)
        #expect(cluster.pod("a")?.metadata.deletionTimestamp == nil)
        let gone = ["b", "c"].filter { cluster.pod($0)?.metadata.deletionTimestamp != nil }
        #expect(gone.count == 1)
    }

    @Test func disruptionBudgetsAreRespectedWherePossible() throws {
        let cluster = try cluster(nodes: 2)
        try cluster.add(pod("guarded", "low", cpu: "2", labels: ["app": "guarded"]))
        try cluster.add(pod("free", "low", cpu: "2", labels: ["app": "free"]))
        var budget = PodDisruptionBudget(name: "guard", namespace: "default")
        budget.spec.selector = .labels(["app": "guarded"])
        budget.spec.minAvailable = .int(1)
        try cluster.client.create(budget)
        cluster.settle()
        try cluster.add(pod("urgent", "high", cpu: "2"))
        cluster.settle()
        #expect(cluster.pod("guarded")?.metadata.deletionTimestamp == nil)
        #expect(cluster.pod("free")?.metadata.deletionTimestamp != nil)
    }

    @Test func equalsAreNotPreempted() throws {
        let cluster = try cluster()
        try cluster.add(pod("first", "low", cpu: "2"))
        cluster.settle()
        try cluster.add(pod("second", "low", cpu: "2"))
        cluster.settle()
        #expect(
            cluster.messages("FailedScheduling", about: "second") == [
                "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are "
                    + "available: 1 No preemption victims found for incoming pod."
            ])
    }

    @Test func aPodLargerThanTheNodeIsBeyondHelp() throws {
        let cluster = try cluster()
        try cluster.add(pod("lesser", "low", cpu: "1"))
        cluster.settle()
        try cluster.add(pod("huge", "high", cpu: "3"))
        cluster.settle()
        #expect(
            cluster.messages("FailedScheduling", about: "huge") == [
                "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are "
                    + "available: 1 Preemption is not helpful for scheduling."
            ])
        #expect(cluster.pod("lesser")?.metadata.deletionTimestamp == nil)
    }

    @Test func aPodMayForgoPreemption() throws {
        let cluster = try cluster()
        var patient = PriorityClass(name: "patient")
        patient.value = 2000
        patient.preemptionPolicy = "Never"
        try cluster.client.create(patient)
        try cluster.add(pod("lesser", "low", cpu: "2"))
        cluster.settle()
        try cluster.add(pod("waiting", "patient", cpu: "2"))
        cluster.settle()
        #expect(
            cluster.messages("FailedScheduling", about: "waiting") == [
                "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible "
                    + "due to preemptionPolicy=Never."
            ])
    }

    @Test func whileVictimsLeaveNoMoreAreChosen() throws {
        let cluster = try cluster()
        try cluster.add(pod("lesser", "low", cpu: "1"))
        try cluster.add(pod("other", "low", cpu: "1"))
        cluster.settle()
        try cluster.add(pod("urgent", "high", cpu: "1"))
        cluster.settle()
        // A change that makes the pod be tried again while its victim still terminates.
        try cluster.client.mutate(Node.self, ObjectKey(.node, name: "node-1"), .status) {
            $0.status.allocatable["memory"] = "32Gi"
            $0.status.allocatable["pods"] = "120"
        }
        cluster.advance(.seconds(3))
        #expect(cluster.decision("urgent")?.attempt == 2)
        #expect(
            cluster.messages("FailedScheduling", about: "urgent").last
                == "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible "
                + "due to a terminating pod on the nominated node.")
        #expect(["lesser", "other"].filter { cluster.pod($0)?.metadata.deletionTimestamp != nil }.count == 1)
    }
}

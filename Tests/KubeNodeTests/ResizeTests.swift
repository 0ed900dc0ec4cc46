import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeNode
import Testing

/// Pods that get more, or less, while they run.
@Suite struct ResizeTests {
    private static func pod(
        _ name: String = "web", cpu: Quantity = "1", policy: String = "NotRequired"
    ) -> Pod {
        makePod(name) { pod in
            var resources = ResourceRequirements()
            resources.requests = ["cpu": cpu, "memory": "64Mi"]
            pod.spec.containers[0].resources = resources
            var resize = ContainerResizePolicy()
            resize.resourceName = "cpu"
            resize.restartPolicy = policy
            pod.spec.containers[0].resizePolicy = [resize]
        }
    }

    private static func resize(_ fleet: TestFleet, _ name: String = "web", to cpu: Quantity) throws {
        var pod = try #require(fleet.pod(name))
        pod.spec.containers[0].resources?.requests["cpu"] = cpu
        try fleet.client.update(pod, .resize)
    }

    /// What the status says: given, in place, and the conditions of a resize.
    private static func state(_ fleet: TestFleet, _ name: String = "web") -> String {
        let status = fleet.pod(name)?.status
        let container = status?.containerStatuses.first
        let conditions = (status?.conditions ?? []).filter { $0.type.hasPrefix("PodResize") }
        let texts = conditions.map { "\($0.type) \($0.reason ?? "-"): \($0.message ?? "-")" }
        let given = container?.allocatedResources["cpu"]?.text ?? "-"
        let actual = container?.resources?.requests["cpu"]?.text ?? "-"
        return (["given \(given), has \(actual)"] + texts).joined(separator: "; ")
    }

    private static func fleet() throws -> TestFleet {
        try TestFleet(nodes: 1) { configuration in
            configuration.images = ["nginx:1.27"]
            configuration.cpu = "4"
        }
    }

    @Test func aResizeIsCarriedOut() throws {
        let fleet = try Self.fleet()
        try fleet.place(Self.pod(), on: 0)
        fleet.run(.seconds(5))
        #expect(Self.state(fleet) == "given 1, has 1")
        try Self.resize(fleet, to: "2")
        fleet.run(.milliseconds(50))
        #expect(Self.state(fleet) == "given 2, has 1; PodResizeInProgress -: -")
        fleet.run(.seconds(2))
        #expect(Self.state(fleet) == "given 2, has 2")
        #expect(fleet.pod("web")?.status.containerStatuses.first?.restartCount == 0)
        #expect(fleet.kubelets[0].requests.milliCPU == 2000)
    }

    /// What a pod asks for as a whole is told of the pod, and changed in place as well.
    /// `Test_generateAPIPodStatus` of kubernetes `pkg/kubelet/kubelet_pods_test.go`.
    @Test func aPodIsResizedAsAWhole() throws {
        let fleet = try Self.fleet()
        var asked = makePod()
        asked.spec.resources = ResourceRequirements()
        asked.spec.resources?.requests = ["cpu": "1", "memory": "64Mi"]
        try fleet.place(asked, on: 0)
        func status() -> String {
            let status = fleet.pod("web")?.status
            let progress = status?.conditions.contains { $0.type == "PodResizeInProgress" } == true
            let given = status?.allocatedResources["cpu"]?.text ?? "-"
            let actual = status?.resources?.requests["cpu"]?.text ?? "-"
            return "given \(given), has \(actual)" + (progress ? ", going on" : "")
        }
        fleet.run(.milliseconds(50))
        #expect(fleet.pod("web")?.status.phase == "Pending" && status() == "given 1, has 1")
        fleet.run(.seconds(5))
        #expect(fleet.pod("web")?.status.resources?.requests == ["cpu": "1", "memory": "64Mi"])
        var pod = try #require(fleet.pod("web"))
        pod.spec.resources?.requests["cpu"] = "2"
        try fleet.client.update(pod, .resize)
        fleet.run(.milliseconds(50))
        #expect(status() == "given 2, has 1, going on")
        fleet.run(.seconds(2))
        #expect(status() == "given 2, has 2")
        #expect(fleet.kubelets[0].requests.milliCPU == 2000)
        #expect(fleet.pod("web")?.status.containerStatuses.first?.restartCount == 0)
        try fleet.place(Self.pod("other"), on: 0)
        fleet.run(.seconds(5))
        #expect(fleet.pod("other")?.status.resources == nil, "it asks for nothing as a whole")
    }

    @Test func aContainerThatHasToRestartDoes() throws {
        let fleet = try Self.fleet()
        try fleet.place(Self.pod(policy: "RestartContainer"), on: 0)
        fleet.run(.seconds(5))
        try Self.resize(fleet, to: "2")
        fleet.run(.seconds(10))
        #expect(Self.state(fleet) == "given 2, has 2")
        #expect(fleet.pod("web")?.status.containerStatuses.first?.restartCount == 1)
    }

    @Test func whatTheNodeDoesNotHaveIsRefusedOrPutOff() throws {
        let fleet = try Self.fleet()
        try fleet.place(Self.pod(), on: 0)
        try fleet.place(Self.pod("other", cpu: "2"), on: 0)
        fleet.run(.seconds(5))
        try Self.resize(fleet, to: "9")
        fleet.run(.seconds(2))
        let capacity = fleet.kubelets[0].configuration.allocatable["cpu"]?.milliValue ?? 0
        #expect(
            Self.state(fleet) == "given 1, has 1; PodResizePending Infeasible: Node didn't have enough capacity: cpu, "
                + "requested: 9000, capacity: \(capacity)")
        try Self.resize(fleet, to: "3")
        fleet.run(.seconds(2))
        #expect(
            Self.state(fleet) == "given 1, has 1; PodResizePending Deferred: Node didn't have enough resource: cpu, "
                + "requested: 3000, used: 2000, capacity: \(capacity)")
        // The other pod goes, and there is room.
        try fleet.client.delete(Pod.self, namespace: "default", name: "other", DeleteOptions(gracePeriodSeconds: 1))
        fleet.run(.seconds(5))
        #expect(Self.state(fleet) == "given 3, has 3")
        #expect(fleet.kubelets[0].requests.milliCPU == 3000)
    }

    /// Events of resizes, in the order in which they were first told.
    private static func events(_ fleet: TestFleet, _ name: String = "web") -> [String] {
        let events = fleet.client.list(Event.self, namespace: "default")
            .filter { $0.involvedObject.name == name && $0.reason?.hasPrefix("Resize") == true }
            .sorted { Int($0.metadata.resourceVersion ?? "") ?? 0 < Int($1.metadata.resourceVersion ?? "") ?? 0 }
        return events.map { "\($0.type ?? "") \($0.reason ?? ""): \($0.message ?? "")" }
    }

    private static func summary(cpu: String, generation: Int, error: String? = nil) -> String {
        let requests = #"{"requests":{"cpu":"\#(cpu)","memory":"64Mi"}}"#
        let tail = error.map { #","error":"\#($0)""# } ?? ""
        return #"{"containers":[{"name":"app","resources":\#(requests)}],"generation":\#(generation)\#(tail)}"#
    }

    /// The texts are those of `TestPodResizeStartedMsg` and its kin in kubernetes `pkg/kubelet/events/resize_test.go`.
    @Test func eventsTellWhatBecomesOfAResize() throws {
        let fleet = try Self.fleet()
        try fleet.place(Self.pod(), on: 0)
        try fleet.place(Self.pod("other", cpu: "2"), on: 0)
        fleet.run(.seconds(5))
        let first = try #require(fleet.pod("web")?.metadata.generation)
        try Self.resize(fleet, to: "9")
        fleet.run(.seconds(2))
        try Self.resize(fleet, to: "3")
        fleet.run(.seconds(2))
        try fleet.client.delete(Pod.self, namespace: "default", name: "other", DeleteOptions(gracePeriodSeconds: 1))
        fleet.run(.seconds(5))
        let capacity = "Node didn't have enough capacity: cpu, requested: 9000, capacity: 4000"
        let resource = "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000"
        let infeasible = Self.summary(cpu: "9", generation: first + 1, error: capacity)
        let deferred = Self.summary(cpu: "3", generation: first + 2, error: resource)
        let given = Self.summary(cpu: "3", generation: first + 2)
        #expect(
            Self.events(fleet) == [
                "Warning ResizeInfeasible: Pod resize Infeasible: \(infeasible)",
                "Warning ResizeDeferred: Pod resize Deferred: \(deferred)",
                "Normal ResizeStarted: Pod resize started: \(given)",
                "Normal ResizeCompleted: Pod resize completed: \(given)",
            ])
    }

    @Test func whatWasGivenIsFinishedWhileMoreIsRefused() throws {
        let fleet = try Self.fleet()
        try fleet.place(Self.pod(), on: 0)
        fleet.run(.seconds(5))
        try Self.resize(fleet, to: "2")
        fleet.run(.milliseconds(50))
        try Self.resize(fleet, to: "9")
        fleet.run(.milliseconds(20))
        let refusal =
            "PodResizePending Infeasible: Node didn't have enough capacity: cpu, requested: 9000, capacity: 4000"
        #expect(Self.state(fleet) == "given 2, has 1; \(refusal); PodResizeInProgress -: -")
        fleet.run(.seconds(2))
        #expect(Self.state(fleet) == "given 2, has 2; \(refusal)")
        #expect(fleet.kubelets[0].requests.milliCPU == 2000)
        // To ask for what was given takes the request back, and calls for nothing.
        try Self.resize(fleet, to: "2")
        fleet.run(.milliseconds(50))
        #expect(Self.state(fleet) == "given 2, has 2")
        #expect(Self.events(fleet).filter { $0.contains("ResizeStarted") }.count == 1)
    }

    /// Pods that wait are served by rank, and as soon as another has less: the order of `TestSortPendingResizes` of
    /// kubernetes `pkg/kubelet/allocation/allocation_manager_test.go`.
    @Test func theMostImportantOfThoseThatWaitIsServedFirst() throws {
        let fleet = try Self.fleet()
        try fleet.place(Self.pod("large", cpu: "2"), on: 0)
        for (name, priority) in [("early", 0), ("late", 0), ("urgent", 1000)] {
            var pod = Self.pod(name, cpu: "500m")
            if priority > 0 {
                var priorityClass = PriorityClass(name: "important")
                priorityClass.value = priority
                try fleet.client.create(priorityClass)
                pod.spec.priorityClassName = "important"
            }
            try fleet.place(pod, on: 0)
        }
        fleet.run(.seconds(10))
        for name in ["early", "late", "urgent"] {
            try Self.resize(fleet, name, to: "1500m")
            fleet.run(.seconds(2))
        }
        func given() -> [String] {
            ["large", "early", "late", "urgent"].map { name in
                fleet.pod(name)?.status.containerStatuses.first?.allocatedResources["cpu"]?.text ?? "-"
            }
        }
        #expect(given() == ["2", "500m", "500m", "500m"])
        try Self.resize(fleet, "large", to: "1500m")
        fleet.run(.seconds(2))
        #expect(given() == ["1500m", "500m", "500m", "1500m"])
        try Self.resize(fleet, "large", to: "500m")
        fleet.run(.seconds(2))
        #expect(given() == ["500m", "1500m", "500m", "1500m"])
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeNode
import Testing

/// Pods that name what is to run them.
@Suite struct RuntimeClassTests {
    private static func fleet(handler: String) throws -> TestFleet {
        let fleet = try TestFleet(nodes: 1) { $0.images = ["nginx:1.27"] }
        var runtimeClass = RuntimeClass(name: "special")
        runtimeClass.handler = handler
        try fleet.client.create(runtimeClass)
        var pod = makePod()
        pod.spec.runtimeClassName = "special"
        try fleet.place(pod, on: 0)
        return fleet
    }

    private static func failures(_ fleet: TestFleet) -> [Event] {
        fleet.client.list(Event.self, namespace: "default").filter { $0.reason == "FailedCreatePodSandBox" }
    }

    @Test func aHandlerThatTheNodeNamesRunsThePod() throws {
        let fleet = try Self.fleet(handler: "runc")
        fleet.run(.seconds(5))
        let node = fleet.client.get(Node.self, name: "node-1")
        #expect(node?.status.runtimeHandlers.map { $0.name ?? "" } == ["", "runc"])
        #expect(fleet.pod("web")?.status.phase == "Running")
        #expect(Self.failures(fleet).isEmpty)
    }

    @Test func anotherMakesNoSandbox() throws {
        let fleet = try Self.fleet(handler: "gvisor")
        fleet.run(.seconds(5))
        let status = fleet.pod("web")?.status
        #expect(status?.phase == "Pending" && status?.podIP == nil)
        #expect(status?.containerStatuses.first?.state?.waiting?.reason == "ContainerCreating")
        let event = try #require(Self.failures(fleet).first)
        let words = (event.message ?? "").split(separator: "\"", omittingEmptySubsequences: false)
        try #require(words.count == 5)
        let failure = "rpc error: code = Unknown desc = unable to get OCI runtime for sandbox "
        #expect(words[0] == "Failed to create pod sandbox: " + failure)
        #expect(words[1].count == 64, "a sandbox has an ID, even one that does not come to be")
        #expect(words[2...].joined(separator: "\"") == ": no runtime for \"gvisor\" is configured")
        #expect(event.type == "Warning")
        fleet.run(.seconds(60))
        #expect(5...7 ~= Self.failures(fleet).count, "it is tried again every 10 to 15 s")
        #expect(fleet.kubelets[0].addressCount == 0)
    }

    @Test func aClassThatIsGoneIsNotFound() throws {
        let fleet = try Self.fleet(handler: "runc")
        try fleet.client.delete(RuntimeClass.self, name: "special")
        fleet.run(.seconds(5))
        #expect(
            Self.failures(fleet).first?.message
                == "Failed to create pod sandbox: runtimeclass.node.k8s.io \"special\" not found")
    }
}

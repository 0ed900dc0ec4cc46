import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// A manifest may ask for as much as a number can say, and more together than it can.
@Suite("Huge amounts")
struct HugeAmountTests {
    private static func pod(_ name: String, _ amount: Quantity, containers: Int) -> Pod {
        var pod = Pod(name: name, namespace: "default")
        pod.spec.containers = (0..<containers).map { number in
            var container = Container()
            container.name = "c\(number)"
            container.image = "nginx:1.29"
            var resources = ResourceRequirements()
            for name in ["cpu", "memory", "ephemeral-storage"] { resources.requests[name] = amount }
            resources.limits = resources.requests
            container.resources = resources
            return container
        }
        return pod
    }

    @Test(arguments: ["9223372036854775807", "8Ei", "1e30", "4Ei"])
    func podsThatNoNodeHoldsArePending(amount: Quantity) throws {
        let cluster = Fixtures.cluster(nodes: 2)
        let pod = Self.pod("huge", amount, containers: 3)
        #expect(cluster.perform(.apply([pod.boxed])).errors.isEmpty)
        cluster.run(for: .minutes(1))
        let found = try #require(cluster.server.snapshot().get(Pod.self, namespace: "default", name: "huge"))
        #expect(found.status.phase == "Pending")
        #expect(found.status.conditions.contains { $0.reason == "Unschedulable" })
    }

    /// The scheduler is passed by, and the kubelet refuses them.
    @Test func podsThatAreBoundAllTheSameFail() throws {
        let cluster = Fixtures.cluster(nodes: 2)
        for number in 0..<4 {
            // The last has more of them than a number holds the sum of.
            var pod = Self.pod("huge-\(number)", "9223372036854775807", containers: number == 3 ? 1100 : 3)
            pod.spec.nodeName = "node-2"
            #expect(cluster.perform(.apply([pod.boxed])).errors.isEmpty)
        }
        cluster.run(for: .minutes(1))
        for pod in cluster.server.snapshot().list(Pod.self, namespace: "default") {
            #expect(pod.status.phase == "Failed" && pod.status.reason?.hasPrefix("OutOf") == true)
        }
        // And the node takes what fits.
        var small = Self.pod("small", "1", containers: 1)
        small.spec.nodeName = "node-2"
        #expect(cluster.perform(.apply([small.boxed])).errors.isEmpty)
        cluster.run(for: .minutes(1))
        let found = try #require(cluster.server.snapshot().get(Pod.self, namespace: "default", name: "small"))
        #expect(found.status.phase == "Running")
    }
}

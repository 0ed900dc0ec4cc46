import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("Pods to delete are ranked as ActivePodsWithRanks ranks them")
struct PodDeletionRankingTests {
    private static let now = Instant.simulationStart + .hours(1)

    private static func pod(
        _ name: String, node: String = "node-1", phase: String = "Running", readyFor: Int? = 600, cost: String? = nil,
        restarts: Int = 0, sidecarRestarts: Int = 0, age: Int = 1200
    ) -> Pod {
        var pod = Pod(name: name, namespace: "default")
        pod.metadata.uid = name
        pod.metadata.creationTimestamp = (now - .seconds(age)).time
        if let cost { pod.metadata.annotations[PodDeletionRank.deletionCostAnnotation] = cost }
        if !node.isEmpty { pod.spec.nodeName = node }
        pod.status.phase = phase
        if let readyFor {
            var ready = PodCondition()
            ready.type = "Ready"
            ready.status = "True"
            ready.lastTransitionTime = (now - .seconds(readyFor)).time
            pod.status.conditions = [ready]
        }
        var status = ContainerStatus()
        status.name = "main"
        status.restartCount = restarts
        pod.status.containerStatuses = [status]
        var sidecar = Container()
        sidecar.name = "proxy"
        sidecar.restartPolicy = "Always"
        pod.spec.initContainers = [sidecar]
        status.name = "proxy"
        status.restartCount = sidecarRestarts
        pod.status.initContainerStatuses = [status]
        return pod
    }

    /// From the first to go to the last, each better than the one before for one reason.
    @Test func everyReasonInItsTurn() {
        let ordered = [
            Self.pod("unassigned", node: "", phase: "Pending", readyFor: nil),
            Self.pod("pending", phase: "Pending", readyFor: nil),
            Self.pod("unknown", phase: "Unknown", readyFor: nil),
            Self.pod("not-ready", readyFor: nil),
            Self.pod("cheap", cost: "-5"),
            Self.pod("crowded", node: "node-2"),
            Self.pod("just-ready", readyFor: 2),
            Self.pod("restarted", restarts: 3),
            Self.pod("sidecar-restarted", sidecarRestarts: 1),
            Self.pod("young", age: 700),
            Self.pod("old", age: 3000),
            Self.pod("dear", cost: "10"),
        ]
        var random = SeededRandom(seed: 3)
        for _ in 0..<50 {
            var shuffled = ordered
            random.shuffle(&shuffled)
            for count in [1, 5, 8, 11] {
                let doomed = podsToDelete(
                    shuffled, count: count, podsOnNode: ["node-1": 1, "node-2": 4], now: Self.now)
                #expect(doomed.map(\.name) == ordered.prefix(count).map(\.name))
            }
        }
    }

    @Test func agesOfOneMagnitudeAreEqualAndTheUIDDecides() {
        // 600 s and 1000 s lie between 2^39 and 2^40 ns; 1200 s lies above.
        let pods = [Self.pod("b", readyFor: 1000), Self.pod("c", readyFor: 600), Self.pod("a", readyFor: 1200)]
        #expect(podsToDelete(pods, count: 2, podsOnNode: [:], now: Self.now).map(\.name) == ["b", "c"])
    }

    @Test func allGoInTheirOwnOrder() {
        let pods = [Self.pod("b"), Self.pod("a", node: "")]
        #expect(podsToDelete(pods, count: 2, podsOnNode: [:], now: Self.now).map(\.name) == ["b", "a"])
    }

    @Test(arguments: [
        ("10", 10), ("-10", -10), ("0", 0), ("2147483647", 2_147_483_647), ("2147483648", 0), ("+10", 0), ("010", 0),
        ("", 0), ("ten", 0), ("1.5", 0),
    ])
    func deletionCosts(text: String, cost: Int) {
        #expect(PodDeletionRank.deletionCost([PodDeletionRank.deletionCostAnnotation: text]) == cost)
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// Nodes that are emptied as far as disruption budgets allow, and then further.
@Suite struct DrainTests {
    private static func cluster(_ minimum: IntOrString) -> Cluster {
        let cluster = Fixtures.cluster(nodes: 2)
        // Everything on one node, so that draining it hurts.
        _ = cluster.perform(.setCordoned("node-1", true))
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 4))]))
        cluster.run(for: .minutes(1))
        _ = cluster.perform(.setCordoned("node-1", false))
        var budget = PodDisruptionBudget(name: "web", namespace: "default")
        budget.spec.minAvailable = minimum
        var selector = LabelSelector()
        selector.matchLabels = ["app": "web"]
        budget.spec.selector = selector
        _ = cluster.perform(.create([Boxed(budget)]))
        cluster.run(for: .seconds(5))
        return cluster
    }

    private static func pods(_ cluster: Cluster, on node: String) -> Int {
        cluster.client("kubectl").list(Pod.self, index: .node(node)).filter { $0.labels["app"] == "web" }.count
    }

    private static func progress(_ cluster: Cluster) -> DrainProgress? {
        cluster.snapshot().drains.first { $0.node == "node-2" }
    }

    @Test func aDrainWaitsForItsBudget() {
        let cluster = Self.cluster(3)
        #expect(Self.pods(cluster, on: "node-2") == 4)
        let outcome = cluster.perform(.drain("node-2"))
        #expect(outcome.errors.isEmpty)
        #expect(outcome.messages.filter { $0.hasPrefix("evicting pod default/web-") }.count == 4)
        #expect(!outcome.messages.contains("node/node-2 drained"))
        let refused = outcome.warnings.filter {
            $0.contains("(will retry after 5s): Cannot evict pod as it would violate")
        }
        #expect(refused.count == 3)
        // Never fewer than three are ready while the node empties.
        var fewest = 4
        for _ in 0..<120 {
            cluster.run(for: .seconds(1))
            fewest = min(
                fewest,
                cluster.server.snapshot().get(Deployment.self, namespace: "default", name: "web")?.status
                    .readyReplicas ?? 0)
        }
        #expect(fewest == 3)
        let progress = Self.progress(cluster)
        #expect(progress?.phase == .drained && progress?.evicted == progress?.total && progress?.held == [])
        #expect(Self.pods(cluster, on: "node-2") == 0 && Self.pods(cluster, on: "node-1") == 4)
    }

    @Test func uncordoningEndsADrain() {
        let cluster = Self.cluster(4)
        _ = cluster.perform(.drain("node-2"))
        cluster.run(for: .minutes(1))
        #expect(Self.pods(cluster, on: "node-2") == 4)
        _ = cluster.perform(.setCordoned("node-2", false))
        #expect(Self.progress(cluster)?.phase == .stopped)
        _ = cluster.perform(
            .delete(
                [ObjectKey(.podDisruptionBudget, namespace: "default", name: "web")],
                options: DeleteOptions()))
        cluster.run(for: .minutes(1))
        #expect(Self.pods(cluster, on: "node-2") == 4)
    }

    @Test func aDrainTellsWhatLeavesAndWhatIsHeldBack() throws {
        let cluster = Self.cluster(3)
        let start = cluster.loop.now
        _ = cluster.perform(.drain("node-2"))
        let first = try #require(Self.progress(cluster))
        #expect(first.phase == .running && first.started == start && first.total >= 4)
        // All but the three that the budget protects are on their way, and none is gone at once.
        #expect(first.evicted == 0 && first.leaving == first.total - 3 && first.held.count == 3)
        #expect(first.retry == start + .seconds(5))
        #expect(
            first.held.allSatisfy {
                $0.reason.hasPrefix("The disruption budget web needs 3 healthy pods and has ")
            })
        var last = first
        for _ in 0..<120 where last.isRunning {
            cluster.run(for: .seconds(1))
            let next = try #require(Self.progress(cluster))
            #expect(next.evicted >= last.evicted)
            #expect(next.total == first.total)
            if next.isRunning { #expect(next.evicted + next.leaving + next.held.count == next.total) }
            last = next
        }
        #expect(last.phase == .drained && last.evicted == first.total && last.retry == nil)
        #expect(Self.pods(cluster, on: "node-2") == 0)
    }

    @Test func aNodeWithNothingToEvictIsDrainedAtOnce() {
        let cluster = Fixtures.cluster(nodes: 1)
        _ = cluster.perform(.drain("node-1"))
        cluster.run(for: .minutes(2))
        let outcome = cluster.perform(.drain("node-1"))
        #expect(outcome.messages == ["node/node-1 cordoned", "node/node-1 drained"])
        #expect(cluster.snapshot().drains.map(\.phase) == [.drained])
    }

    @Test func aStoppedDrainLeavesTheNodeCordoned() {
        let cluster = Self.cluster(4)
        _ = cluster.perform(.drain("node-2"))
        #expect(Self.progress(cluster)?.isRunning == true)
        _ = cluster.perform(.stopDrain("node-2"))
        #expect(Self.progress(cluster)?.phase == .stopped)
        _ = cluster.perform(
            .delete(
                [ObjectKey(.podDisruptionBudget, namespace: "default", name: "web")], options: DeleteOptions()))
        cluster.run(for: .minutes(1))
        #expect(Self.pods(cluster, on: "node-2") == 4)
        #expect(cluster.server.snapshot().get(Node.self, name: "node-2")?.spec.unschedulable == true)
    }
}

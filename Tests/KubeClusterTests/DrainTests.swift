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

    @Test func aDrainWaitsForItsBudget() {
        let cluster = Self.cluster(3)
        #expect(Self.pods(cluster, on: "node-2") == 4)
        let outcome = cluster.perform(.drain("node-2"))
        #expect(outcome.errors.isEmpty)
        #expect(outcome.messages.filter { $0.hasSuffix(" evicted") && $0.hasPrefix("pod/web") }.count == 1)
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
        #expect(Self.pods(cluster, on: "node-2") == 0 && Self.pods(cluster, on: "node-1") == 4)
    }

    @Test func uncordoningEndsADrain() {
        let cluster = Self.cluster(4)
        _ = cluster.perform(.drain("node-2"))
        cluster.run(for: .minutes(1))
        #expect(Self.pods(cluster, on: "node-2") == 4)
        _ = cluster.perform(.setCordoned("node-2", false))
        _ = cluster.perform(
            .delete(
                [ObjectKey(.podDisruptionBudget, namespace: "default", name: "web")],
                options: DeleteOptions()))
        cluster.run(for: .minutes(1))
        #expect(Self.pods(cluster, on: "node-2") == 4)
    }
}

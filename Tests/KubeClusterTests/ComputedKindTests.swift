import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster
import Testing

/// Kinds that are read through the API and not stored: usage, and the components' health.
@Suite struct ComputedKindTests {
    @Test func usageIsReadThroughTheAPI() throws {
        let cluster = Fixtures.cluster(nodes: 3)
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 6))]))
        cluster.run(for: .minutes(3))
        let client = cluster.client("kubectl")
        let nodes = try cluster.server.list(.nodeMetrics, ListOptions())
        #expect(nodes.items.map(\.name) == ["node-1", "node-2", "node-3"])
        var options = ListOptions(namespace: "default")
        options.labels = Selector(["app": "web"])
        let pods = try cluster.server.list(.podMetrics, options)
        #expect(pods.items.count == 6)
        for item in pods.items {
            let metrics = try #require(item.as(PodMetrics.self))
            #expect(metrics.containers.map(\.name) == ["web"])
            #expect(metrics.containers[0].usage["cpu"]?.milliValue ?? 0 > 0)
            #expect(client.get(PodMetrics.self, namespace: "default", name: metrics.name) == metrics)
            #expect(metrics.labels["app"] == "web")
        }
        // A node uses more than its pods together do.
        let onNode = client.list(Pod.self, index: .node("node-2"))
        let used = onNode.compactMap { client.get(PodMetrics.self, namespace: $0.namespace, name: $0.name) }
            .flatMap(\.containers).reduce(0) { $0 + ($1.usage["memory"]?.value ?? 0) }
        let node = try #require(client.get(NodeMetrics.self, name: "node-2"))
        #expect(node.usage["memory"]?.value ?? 0 > used && used > 0)
        #expect(client.count(.nodeMetrics, namespace: nil) == 3)
    }

    @Test func aNodeThatDoesNotAnswerHasNoMetrics() throws {
        let cluster = Fixtures.cluster(nodes: 3)
        _ = cluster.perform(.powerOff("node-2"))
        cluster.run(for: .seconds(30))
        #expect(try cluster.server.list(.nodeMetrics, ListOptions()).items.map(\.name) == ["node-1", "node-3"])
        #expect(
            refusal(cluster, ObjectKey(.nodeMetrics, name: "node-2"))
                == "404: nodemetrics.metrics.k8s.io \"node-2\" not found")
    }

    private func refusal(_ cluster: Cluster, _ key: ObjectKey) -> String? {
        do throws(StatusError) {
            _ = try cluster.server.get(key)
            return nil
        } catch {
            return "\(error.code): \(error.message)"
        }
    }

    /// What does not exist is not found itself; what exists and was not measured has no metrics.
    @Test func whatIsNotThereIsNamedAsUpstreamNamesIt() throws {
        let cluster = Fixtures.cluster(nodes: 1)
        var pod = Pod(name: "waiting", namespace: "default")
        var container = Container()
        container.name = "main"
        container.image = "nginx:1.29"
        pod.spec.containers = [container]
        pod.spec.nodeSelector = ["nowhere": "yes"]
        _ = try cluster.client("kubectl").create(pod)
        for (key, text) in [
            (ObjectKey(.nodeMetrics, name: "nope"), "404: node \"nope\" not found"),
            (ObjectKey(.podMetrics, namespace: "default", name: "nope"), "404: pods \"nope\" not found"),
            (
                ObjectKey(.podMetrics, namespace: "default", name: "waiting"),
                "404: podmetrics.metrics.k8s.io \"default/waiting\" not found"
            ),
            (ObjectKey(.componentStatus, name: "nope"), "404: componentstatuses \"nope\" not found"),
        ] {
            #expect(refusal(cluster, key) == text)
        }
    }

    @Test func nobodyWritesThem() {
        let cluster = Fixtures.cluster(nodes: 1)
        do throws(StatusError) {
            try cluster.client("kubectl").create(NodeMetrics(name: "node-1"))
            Issue.record("created metrics")
        } catch {
            #expect(error.code == 405)
        }
    }

    @Test func theComponentsAreHealthy() throws {
        let cluster = Fixtures.cluster(nodes: 1)
        let statuses = try cluster.server.list(.componentStatus, ListOptions()).items
        #expect(statuses.map(\.name) == ["controller-manager", "etcd-0", "scheduler"])
        #expect(statuses.allSatisfy { $0.as(ComponentStatus.self)?.conditions.first?.status == "True" })
    }
}

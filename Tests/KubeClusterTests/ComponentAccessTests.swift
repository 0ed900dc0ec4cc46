import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// Every component of the cluster gets by with the rights that its upstream identity has.
@Suite struct ComponentAccessTests {
    @Test func noComponentIsRefusedAnything() throws {
        var configuration = Cluster.Configuration()
        configuration.nodes = 6
        configuration.authorizesComponents = true
        let cluster = Cluster(configuration)
        cluster.boot()
        #expect(cluster.server.componentDenials == [])
        let system = cluster.client("kubectl").list(Pod.self, namespace: "kube-system").map(\.name)
        #expect(system.contains("etcd-node-1") && system.filter { $0.hasPrefix("kube-proxy-") }.count == 6)
        let user = cluster.client("kubectl")
        try user.create(Fixtures.deployment("web", replicas: 8))
        try user.create(Fixtures.service("web"))
        var quota = ResourceQuota(name: "quota", namespace: "default")
        quota.spec.hard = ["pods": "40"]
        try user.create(quota)
        try user.create(Namespace(name: "passing"))
        var map = ConfigMap(name: "map", namespace: "passing")
        map.data["a"] = "b"
        cluster.run(for: .minutes(1))
        try user.create(map)
        try user.mutate(Deployment.self, ObjectKey(.deployment, namespace: "default", name: "web")) {
            $0.spec.template.spec.containers[0].image = "nginx:1.30"
        }
        cluster.run(for: .minutes(2))
        try user.delete(ObjectKey(.namespace, name: "passing"))
        _ = cluster.perform(.powerOff("node-3"))
        cluster.run(for: .minutes(8))
        _ = cluster.perform(.powerOn("node-3"))
        cluster.run(for: .minutes(3))
        try user.delete(ObjectKey(.deployment, namespace: "default", name: "web"))
        cluster.run(for: .minutes(2))
        #expect(cluster.server.componentDenials == [])
        #expect(user.object(ObjectKey(.namespace, name: "passing")) == nil)
        #expect(user.list(Node.self).count == 6)
        #expect(user.get(Node.self, name: "node-1")?.labels["node-role.kubernetes.io/control-plane"] == "")
        #expect(
            user.list(Node.self).allSatisfy { node in
                node.status.conditions.contains { $0.type == "Ready" && $0.status == "True" }
            })
    }
}

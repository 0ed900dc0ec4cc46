import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct BootstrapTests {
    private func cluster() -> (loop: EventLoop, server: APIServer, client: LocalClient) {
        let loop = EventLoop(start: .simulationStart)
        let server = APIServer(loop: loop)
        BootstrapObjects.install(on: server, nodes: ["node-1", "node-2"], certificateAuthority: "CA")
        return (loop, server, LocalClient(server, component: "tester"))
    }

    @Test func aNewClusterIsNotEmpty() throws {
        let (_, _, client) = cluster()
        #expect(
            client.list(Namespace.self).map(\.name) == ["default", "kube-node-lease", "kube-public", "kube-system"])
        let service = try #require(client.get(Service.self, namespace: "default", name: "kubernetes"))
        #expect(service.spec.clusterIP == "10.96.0.1")
        #expect(service.spec.ipFamilies == ["IPv4"])
        #expect(service.spec.ipFamilyPolicy == "SingleStack")
        #expect(client.get(Service.self, namespace: "kube-system", name: "kube-dns")?.spec.clusterIP == "10.96.0.10")
        #expect(client.list(IPAddress.self).map(\.name) == ["10.96.0.1", "10.96.0.10"])
        #expect(client.list(PriorityClass.self).map(\.value) == [2_000_000_000, 2_000_001_000])
        #expect(client.list(FlowSchema.self).count == 13)
        #expect(client.list(PriorityLevelConfiguration.self).count == 8)
        #expect(client.get(ServiceCIDR.self, name: "kubernetes")?.status.conditions.map(\.type) == ["Ready"])
        #expect(client.get(Deployment.self, namespace: "kube-system", name: "coredns")?.spec.replicas == 2)
        // Nothing of it is a surprise to the one who made it.
        #expect(client.list(Event.self).isEmpty)
    }

    @Test func nodesGetTheirSystemPodsAsTheyAppear() throws {
        let (loop, server, client) = cluster()
        server.pump()
        try client.create(Node(name: "node-1"))
        try client.create(Node(name: "node-2"))
        server.pump()
        let names = client.list(Pod.self, namespace: "kube-system").map(\.name)
        #expect(
            names.filter { !$0.hasPrefix("kube-proxy-") } == [
                "etcd-node-1", "kube-apiserver-node-1", "kube-controller-manager-node-1", "kube-scheduler-node-1",
            ])
        #expect(names.filter { $0.hasPrefix("kube-proxy-") }.count == 2)
        let etcd = try #require(client.get(Pod.self, namespace: "kube-system", name: "etcd-node-1"))
        #expect(etcd.spec.nodeName == "node-1")
        #expect(etcd.spec.priority == 2_000_001_000)
        #expect(etcd.metadata.ownerReferences.map(\.uid) == [client.get(Node.self, name: "node-1")?.uid])
        #expect(client.get(Node.self, name: "node-2")?.spec.taints.map(\.key) == ["node.kubernetes.io/not-ready"])
        loop.run(until: loop.now + .seconds(10))
        let lease = try #require(client.get(Lease.self, namespace: "kube-system", name: "kube-scheduler"))
        #expect(lease.spec.renewTime == loop.now.microTime)
    }
}

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
        let services = client.list(APIService.self)
        #expect(services.contains { $0.name == "v1." } && services.contains { $0.name == "v2.autoscaling" })
        #expect(!services.contains { $0.name.hasSuffix(".apiregistration.k8s.io") })
        #expect(services.allSatisfy { $0.status.conditions.map(\.reason) == ["Local"] })
        #expect(services.allSatisfy { $0.labels["kube-aggregator.kubernetes.io/automanaged"] == "onstart" })
        let apps = try #require(client.get(APIService.self, name: "v1.apps"))
        #expect(apps.spec.groupPriorityMinimum == 17800 && apps.spec.versionPriority == 15)
        // Nothing of it is a surprise to the one who made it.
        #expect(client.list(Event.self).isEmpty)
    }

    @Test func nodesGetTheirSystemPodsAsTheyAppear() throws {
        let (loop, server, client) = cluster()
        server.pump()
        for name in ["node-1", "node-2"] { try client.create(KubeProxyKeeperTests.node(name)) }
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

    @Test func systemPriorityClassesStay() throws {
        let (_, _, client) = cluster()
        for name in ["system-cluster-critical", "system-node-critical"] {
            let failure = TestServer.failure { () throws(StatusError) in
                try client.delete(PriorityClass.self, name: name)
            }
            #expect(
                failure?.message
                    == "priorityclasses.scheduling.k8s.io \"\(name)\" is forbidden: this is a system priority class "
                    + "and cannot be deleted")
            #expect(failure?.code == 403)
        }
        try client.create(PriorityClass(name: "mine"))
        try client.delete(PriorityClass.self, name: "mine")
        #expect(client.list(PriorityClass.self).count == 2)
    }

    /// Discovery and what is registered go by one order.
    @Test func registeredGroupsStandInDiscoverysOrder() {
        let (_, _, client) = cluster()
        let priorities = Dictionary(
            client.list(APIService.self).map { ($0.spec.group ?? "", $0.spec.groupPriorityMinimum) },
            uniquingKeysWith: { first, _ in first })
        let order = Catalogue.groups.compactMap { priorities[$0.name] }
        #expect(order.count == Catalogue.groups.count - 1)
        #expect(order == order.sorted(by: >))
    }
}

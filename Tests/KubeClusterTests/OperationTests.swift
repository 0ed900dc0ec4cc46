import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

@Suite struct OperationTests {
    @Test func commandsSayWhatKubectlSays() {
        let cluster = Fixtures.cluster()
        let web = ObjectKey(.deployment, namespace: "default", name: "web")
        #expect(
            cluster.perform(.apply([Boxed(Fixtures.deployment("web"))])).messages == ["deployment.apps/web created"])
        cluster.run(for: .seconds(30))
        #expect(
            cluster.perform(.apply([Boxed(Fixtures.deployment("web"))])).messages == ["deployment.apps/web unchanged"])
        #expect(
            cluster.perform(.apply([Boxed(Fixtures.deployment("web", image: "nginx:1.30"))])).messages
                == ["deployment.apps/web configured"])
        cluster.run(for: .minutes(1))
        #expect(cluster.perform(.scale(web, replicas: 5)).messages == ["deployment.apps/web scaled"])
        #expect(cluster.perform(.rollBack(web, toRevision: nil)).messages == ["deployment.apps/web rolled back"])
        cluster.run(for: .minutes(1))
        let deployment = cluster.server.snapshot().get(Deployment.self, namespace: "default", name: "web")
        #expect(deployment?.spec.template.spec.containers.first?.image == "nginx:1.29")
        #expect(deployment?.status.readyReplicas == 5)
        #expect(
            cluster.perform(.delete([web], options: DeleteOptions())).messages == ["deployment.apps/web deleted"])
        cluster.run(for: .minutes(2))
        #expect(cluster.server.snapshot().count(.pod, namespace: "default") == 0)
    }

    /// One bad object among good ones leaves nothing behind.
    @Test func aBadBatchIsNotHalfApplied() {
        let cluster = Fixtures.cluster()
        var bad = Fixtures.deployment("bad")
        bad.spec.template.spec.containers = []
        let revision = cluster.server.store.revision
        let outcome = cluster.perform(.apply([Boxed(Fixtures.deployment("good")), Boxed(bad)]))
        #expect(outcome.errors.first?.isInvalid == true)
        #expect(
            outcome.errors.first?.message
                == "Deployment.apps \"bad\" is invalid: spec.template.spec.containers: Required value")
        #expect(cluster.server.store.revision == revision)
    }

    @Test func drainingMovesPodsAndSparesStaticOnes() {
        let cluster = Fixtures.cluster()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment("web", replicas: 10))]))
        cluster.run(for: .minutes(1))
        _ = cluster.perform(.drain("node-1"))
        cluster.run(for: .minutes(2))
        let left = cluster.server.snapshot().list(Pod.self).filter { $0.spec.nodeName == "node-1" }
        #expect(!left.isEmpty)
        #expect(left.allSatisfy { $0.namespace == "kube-system" })
        let web = cluster.server.snapshot().get(Deployment.self, namespace: "default", name: "web")
        #expect(web?.status.readyReplicas == 10)
        #expect(cluster.server.snapshot().get(Node.self, name: "node-1")?.spec.unschedulable == true)
    }

    @Test func aNewClusterHoldsWhatKubeadmLeaves() {
        let cluster = Fixtures.cluster()
        cluster.run(for: .minutes(1))
        let snapshot = cluster.server.snapshot()
        #expect(
            snapshot.list(Namespace.self).map(\.name) == ["default", "kube-node-lease", "kube-public", "kube-system"])
        #expect(snapshot.get(Service.self, namespace: "default", name: "kubernetes")?.spec.clusterIP == "10.96.0.1")
        #expect(snapshot.get(ServiceCIDR.self, name: "kubernetes")?.spec.cidrs == ["10.96.0.0/12"])
        #expect(
            snapshot.list(PriorityClass.self).map(\.name) == ["system-cluster-critical", "system-node-critical"])
        for namespace in snapshot.list(Namespace.self) {
            #expect(snapshot.get(ConfigMap.self, namespace: namespace.name, name: "kube-root-ca.crt") != nil)
            #expect(snapshot.get(ServiceAccount.self, namespace: namespace.name, name: "default") != nil)
        }
        let pods = snapshot.list(Pod.self, namespace: "kube-system")
        for name in ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] {
            #expect(pods.contains { $0.name == "\(name)-node-1" && $0.status.phase == "Running" })
        }
        #expect(pods.count { $0.name.hasPrefix("kube-proxy-") && $0.status.phase == "Running" } == 5)
        #expect(pods.count { $0.name.hasPrefix("coredns-") && $0.status.phase == "Running" } == 2)
    }
}

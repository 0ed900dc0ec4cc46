import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// Manifests that need each other, applied at once.
@Suite struct ApplicationTests {
    private static func cluster() -> Cluster {
        var configuration = Cluster.Configuration()
        configuration.nodes = 2
        configuration.start = .simulationStart
        let cluster = Cluster(configuration)
        cluster.boot()
        return cluster
    }

    private static func pod(_ name: String, in namespace: String, _ change: (inout Pod) -> Void = { _ in })
        -> KubeObject
    {
        var pod = Pod(name: name, namespace: namespace)
        var container = Container()
        container.name = "nginx"
        container.image = "nginx:1.29"
        pod.spec.containers = [container]
        change(&pod)
        return pod.boxed
    }

    private static func phase(_ cluster: Cluster, _ namespace: String, _ name: String) -> String? {
        let object = cluster.server.snapshot().object(ObjectKey(.pod, namespace: namespace, name: name))
        return object?.as(Pod.self)?.status.phase
    }

    @Test func aPodWaitsForTheServiceAccountOfItsNewNamespace() throws {
        let cluster = Self.cluster()
        let before = cluster.loop.now
        // The namespace comes after what is in it, as files of a folder may.
        let keys = try cluster.applyAll([Self.pod("web", in: "shop"), Namespace(name: "shop").boxed])
        #expect(keys == [ObjectKey(.pod, namespace: "shop", name: "web"), ObjectKey(.namespace, name: "shop")])
        #expect(cluster.loop.now - before < .seconds(1), "that takes a moment, not a minute")
        cluster.run(for: .minutes(1))
        #expect(Self.phase(cluster, "shop", "web") == "Running")
    }

    /// As with `kubectl apply`, what a manifest does not say stays as it is, required or not; null takes away.
    @Test func ofWhatExistsOnlyWhatIsWrittenIsChanged() throws {
        let cluster = Self.cluster()
        let written: [JSONValue] = [
            [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": "coredns", "namespace": "kube-system"], "spec": ["replicas": 3],
            ],
            [
                "apiVersion": "v1", "kind": "Node",
                "metadata": ["name": "node-2", "labels": ["disk": "ssd", "kubernetes.io/os": nil]],
                "spec": ["unschedulable": true],
            ],
        ]
        let objects = try written.map { try decodeObject(Array($0.jsonText.utf8), defaultKind: nil).object }
        try cluster.applyAll(objects, written: written)
        let snapshot = cluster.server.snapshot()
        let dns = try #require(snapshot.get(Deployment.self, namespace: "kube-system", name: "coredns"))
        #expect(dns.spec.replicas == 3 && dns.spec.template.spec.containers.map(\.name) == ["coredns"])
        let node = try #require(snapshot.get(Node.self, name: "node-2"))
        #expect(node.spec.unschedulable == true && node.spec.podCIDR != nil)
        #expect(node.labels["disk"] == "ssd" && node.labels["kubernetes.io/os"] == nil)
        #expect(node.labels["kubernetes.io/hostname"] == "node-2")
        let again = cluster.perform(.apply(objects, written: written))
        #expect(again.messages == ["deployment.apps/coredns unchanged", "node/node-2 unchanged"])
    }

    @Test func aCommandWaitsToo() {
        let cluster = Self.cluster()
        let outcome = cluster.perform(.create([Namespace(name: "shop").boxed, Self.pod("web", in: "shop")]))
        #expect(outcome.errors.isEmpty && outcome.messages == ["namespace/shop created", "pod/web created"])
    }

    @Test func whatAPodIsAdmittedWithComesFirst() throws {
        let cluster = Self.cluster()
        var priority = PriorityClass(name: "urgent")
        priority.value = 1000
        let pod = Self.pod("web", in: "default") {
            $0.spec.serviceAccountName = "robot"
            $0.spec.priorityClassName = "urgent"
        }
        try cluster.applyAll([pod, ServiceAccount(name: "robot", namespace: "default").boxed, priority.boxed])
        cluster.run(for: .minutes(1))
        #expect(Self.phase(cluster, "default", "web") == "Running")
        let object = cluster.server.snapshot().object(ObjectKey(.pod, namespace: "default", name: "web"))
        #expect(object?.as(Pod.self)?.spec.priority == 1000)
    }

    @Test func nothingIsWrittenWhenOneIsRefused() throws {
        let cluster = Self.cluster()
        let revision = cluster.server.snapshot().revision
        var bad = Deployment(name: "web", namespace: "shop")
        bad.spec.replicas = -1
        let objects = [Namespace(name: "shop").boxed, Self.pod("web", in: "shop"), bad.boxed]
        do throws(Cluster.Refusal) {
            try cluster.applyAll(objects)
            Issue.record("a Deployment of -1 replicas is applied")
        } catch {
            #expect(error.index == 2)
            #expect(error.error.message.contains("spec.replicas: Invalid value: -1"))
        }
        #expect(cluster.server.snapshot().revision == revision)
        let outcome = cluster.perform(.apply(objects))
        #expect(outcome.errors.count == 1 && outcome.messages.isEmpty)
        #expect(cluster.server.snapshot().revision == revision)
    }

    @Test func aServiceAccountThatNobodyMakesIsAnErrorAtOnce() {
        let cluster = Self.cluster()
        let before = (cluster.loop.now, cluster.server.snapshot().revision)
        let pod = Self.pod("web", in: "default") { $0.spec.serviceAccountName = "nobody" }
        let outcome = cluster.perform(.apply([Namespace(name: "shop").boxed, pod]))
        #expect(outcome.errors.first?.message.contains(#"serviceaccount "nobody" not found"#) == true)
        #expect((cluster.loop.now, cluster.server.snapshot().revision) == before)
    }

    @Test func aNameThatIsTakenInDefaultIsFreeInANewNamespace() throws {
        let cluster = Self.cluster()
        try cluster.applyAll([Self.pod("web", in: "default")])
        try cluster.applyAll([Namespace(name: "shop").boxed, Self.pod("web", in: "shop")])
        cluster.run(for: .minutes(1))
        #expect(Self.phase(cluster, "shop", "web") == "Running" && Self.phase(cluster, "default", "web") == "Running")
    }
}

/// Faults that hit nothing, or what belongs to nobody.
@Suite struct FaultReportTests {
    private static func report(_ objects: [KubeObject], nodes: Int = 3, off node: String = "node-2") throws
        -> SimulationReport
    {
        var configuration = Cluster.Configuration()
        configuration.nodes = nodes
        configuration.start = .simulationStart
        let cluster = Cluster(configuration)
        cluster.boot()
        try cluster.applyAll(objects)
        let simulation = Simulation(cluster, actions: [(.minutes(2), .poweroff, node)])
        simulation.run(for: .minutes(12))
        return simulation.report()
    }

    /// The first of the three nodes whose outage does what is asked for.
    private static func report(
        _ objects: (String) -> [KubeObject] = { _ in [] }, where isWanted: (FaultRecord) -> Bool
    ) throws -> SimulationReport {
        for number in 1...3 {
            let report = try Self.report(objects("node-\(number)"), off: "node-\(number)")
            if report.faults.first.map(isWanted) == true { return report }
        }
        throw NoSuchNode()
    }

    private struct NoSuchNode: Error {}

    private static func pod(on node: String) -> KubeObject {
        var pod = Pod(name: "alone", namespace: "default")
        var container = Container()
        container.name = "nginx"
        container.image = "nginx:1.29"
        pod.spec.containers = [container]
        pod.spec.nodeSelector["kubernetes.io/hostname"] = node
        return pod.boxed
    }

    @Test func aNodeWithNothingToEvict() throws {
        // CoreDNS' two pods are elsewhere.
        let report = try Self.report(where: { $0.pods == 0 })
        let fault = report.faults[0]
        #expect(fault.detectedAfter != nil && fault.evictedAfter == nil && fault.recoveredAfter == nil)
        let text = report.text(wallSeconds: 1)
        #expect(text.contains("was powered off with 0 pods of 0 workloads:"))
        #expect(text.contains(", nothing to evict, no workload to recover\n"))
        let json = report.json(wallSeconds: 1).jsonText
        #expect(json.contains(#""evictedAfter":null"#) && json.contains(#""recoveredAfter":null"#))
    }

    @Test func aPodWithoutAWorkloadIsEvictedAndNothingRecovers() throws {
        let report = try Self.report({ [Self.pod(on: $0)] }, where: { $0.pods == 1 })
        let fault = report.faults[0]
        #expect(fault.workloads.isEmpty && fault.recoveredAfter == nil)
        let evicted = try #require(fault.evictedAfter)
        #expect(evicted > .seconds(340) && evicted < .seconds(420))
    }

    @Test func timesAreRoundedToMilliseconds() throws {
        let text = try Self.report(where: { $0.pods > 0 }).text(wallSeconds: 1)
        let line = try #require(text.split(separator: "\n").first { $0.contains("detected after") })
        for word in line.split(whereSeparator: { $0 == " " || $0 == "," }) where word.contains(".") {
            let digits = word.split(separator: ".")[1].prefix { $0.isNumber }
            #expect(digits.count <= 3, "\(line)")
        }
        #expect(line.contains("recovered after 5m") || line.contains("recovered after 6m"))
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeStore
import Testing

@Suite struct KubeProxyKeeperTests {
    private let test = InstalledServer(nodes: ["node-1", "node-2"])

    static func node(_ name: String, os: String = "linux") -> Node {
        var node = Node(name: name)
        node.metadata.labels = ["kubernetes.io/os": os]
        return node
    }

    private func pods() -> [Pod] {
        test.client.list(Pod.self, namespace: "kube-system").filter { $0.name.hasPrefix("kube-proxy-") }
    }

    private func daemonSet() throws -> DaemonSet {
        try #require(test.client.get(DaemonSet.self, namespace: "kube-system", name: "kube-proxy"))
    }

    /// After a second, in which everything settles.
    private func status() throws -> DaemonSetStatus {
        test.advance(.seconds(1))
        return try daemonSet().status
    }

    private func setPhase(_ phase: String, of pod: Pod) throws {
        try test.client.mutate(Pod.self, pod.key, .status) { $0.status.phase = phase }
    }

    private func makeReady(_ pod: Pod) throws {
        var ready = PodCondition()
        ready.type = "Ready"
        ready.status = "True"
        try test.client.mutate(Pod.self, pod.key, .status) { $0.status.conditions = [ready] }
    }

    private func remove(_ pod: Pod) throws {
        _ = try test.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
    }

    @Test func theDaemonSetCountsItsPods() throws {
        for name in ["node-1", "node-2"] { try test.client.create(Self.node(name)) }
        var now = try status()
        #expect(now.desiredNumberScheduled == 2 && now.currentNumberScheduled == 2 && now.numberReady == 0)
        #expect(now.updatedNumberScheduled == 2 && now.numberUnavailable == 2 && now.observedGeneration == 1)

        // A pod that is ready counts, and one that is deleted is made again.
        let first = pods()
        for pod in first { try makeReady(pod) }
        now = try status()
        #expect(now.numberReady == 2 && now.numberAvailable == 2 && now.numberUnavailable == nil)
        try remove(first[0])
        now = try status()
        #expect(now.currentNumberScheduled == 2 && now.numberReady == 1)

        // A node that goes counts no more, whatever becomes of its pod.
        try test.client.delete(ObjectKey(.node, name: "node-2"))
        now = try status()
        #expect(now.desiredNumberScheduled == 1 && now.currentNumberScheduled == 1 && now.numberMisscheduled == 0)
    }

    @Test func aNewNodesPodIsMadeAtOnceAndOnlyOnce() throws {
        try test.client.create(Self.node("node-1"))
        test.server.pump()
        #expect(pods().map(\.spec.nodeName) == ["node-1"])
        test.advance(.seconds(1))
        #expect(pods().count == 1)
        // A node of another system gets none, until its label says otherwise.
        try test.client.create(Self.node("node-2", os: "windows"))
        #expect(try status().desiredNumberScheduled == 1)
        #expect(pods().count == 1)
        try test.client.mutate(Node.self, ObjectKey(.node, name: "node-2")) {
            $0.metadata.labels["kubernetes.io/os"] = "linux"
        }
        #expect(try status().currentNumberScheduled == 2)
        // And the other way: a pod that is out of place goes.
        try test.client.mutate(Node.self, ObjectKey(.node, name: "node-2")) {
            $0.metadata.labels["kubernetes.io/os"] = "windows"
        }
        test.advance(.seconds(1))
        for pod in pods() where pod.spec.nodeName == "node-2" {
            #expect(pod.metadata.deletionTimestamp != nil)
            try remove(pod)
        }
        let now = try status()
        #expect(now.desiredNumberScheduled == 1 && now.currentNumberScheduled == 1 && now.numberMisscheduled == 0)
        #expect(pods().map(\.spec.nodeName) == ["node-1"])
    }

    @Test func missingPodsAreMadeInTheOrderOfTheirNodes() throws {
        let names = ["node-3", "node-1", "node-4", "node-2"]
        for name in names { try test.client.create(Self.node(name)) }
        test.advance(.seconds(1))
        for pod in pods() { try remove(pod) }
        test.advance(.seconds(1))
        let made = pods().map { (Int($0.metadata.resourceVersion ?? "") ?? 0, $0.spec.nodeName) }
        let nodes = made.sorted { $0.0 < $1.0 }.map(\.1)
        #expect(nodes == ["node-1", "node-2", "node-3", "node-4"])
    }

    @Test func aFailedPodIsReplacedWithABackOff() throws {
        try test.client.create(Self.node("node-1"))
        test.advance(.seconds(1))
        let first = try #require(pods().first)
        try setPhase("Failed", of: first)
        test.advance(.milliseconds(500))
        let second = try #require(pods().first)
        #expect(pods().count == 1 && second.name != first.name && second.status.phase == "Pending")
        let event = try #require(test.client.list(Event.self).first { $0.reason == "FailedDaemonPod" })
        #expect(event.type == "Warning" && event.involvedObject.name == "kube-proxy")
        #expect(
            event.message
                == "Found failed daemon pod kube-system/\(first.name) on node node-1, will try to kill it")

        // Within the second after the first deletion the next failure waits, and counts as a pod that is there.
        try setPhase("Failed", of: second)
        test.advance(.milliseconds(500))
        #expect(pods().map(\.name) == [second.name])
        #expect(try daemonSet().status.currentNumberScheduled == 1)
        test.advance(.seconds(1))
        let third = try #require(pods().first)
        #expect(pods().count == 1 && third.name != second.name)

        // The next waits for two seconds from then on.
        try setPhase("Failed", of: third)
        test.advance(.seconds(1))
        #expect(pods().map(\.name) == [third.name])
        test.advance(.seconds(2))
        #expect(pods().count == 1 && pods().first?.name != third.name)

        // Another node has a back-off of its own.
        try test.client.create(Self.node("node-2"))
        test.advance(.seconds(1))
        let other = try #require(pods().first { $0.spec.nodeName == "node-2" })
        try setPhase("Failed", of: other)
        test.advance(.milliseconds(500))
        #expect(!pods().contains { $0.name == other.name } && pods().count == 2)
    }

    @Test func anEndedPodIsReplacedAtOnce() throws {
        try test.client.create(Self.node("node-1"))
        test.advance(.seconds(1))
        for _ in 1...3 {
            let pod = try #require(pods().first)
            try setPhase("Succeeded", of: pod)
            test.advance(.milliseconds(300))
            #expect(pods().count == 1 && pods().first?.name != pod.name)
        }
        #expect(test.client.list(Event.self).contains { $0.type == "Normal" && $0.reason == "SucceededDaemonPod" })
    }

    /// What concerns no count writes no status.
    @Test func otherChangesCostNoWrite() throws {
        for name in ["node-1", "node-2"] { try test.client.create(Self.node(name)) }
        test.advance(.seconds(1))
        let version = try daemonSet().metadata.resourceVersion
        try test.client.mutate(Pod.self, pods()[0].key, .status) { $0.status.message = "hello" }
        try test.client.mutate(Node.self, ObjectKey(.node, name: "node-1")) { $0.metadata.labels["colour"] = "red" }
        test.advance(.seconds(1))
        #expect(try daemonSet().metadata.resourceVersion == version)
    }

    /// Another template counts all anew, and what ran under the old one is no longer up to date.
    @Test func anotherTemplateIsCountedAnew() throws {
        for name in ["node-1", "node-2"] { try test.client.create(Self.node(name)) }
        #expect(try status().updatedNumberScheduled == 2)
        try test.client.mutate(DaemonSet.self, daemonSet().key) {
            $0.spec.template.spec.nodeSelector["pool"] = "a"
        }
        try test.client.mutate(Node.self, ObjectKey(.node, name: "node-1")) { $0.metadata.labels["pool"] = "a" }
        let now = try status()
        #expect(now.desiredNumberScheduled == 1 && now.currentNumberScheduled == 1 && now.observedGeneration == 2)
        #expect(now.updatedNumberScheduled == nil && now.numberMisscheduled == 1)
    }

    /// The nodes of a restored cluster have their pods already, though the informers tell of all as of something new.
    @Test func aRestoredClusterKeepsItsPods() throws {
        for name in ["node-1", "node-2"] { try test.client.create(Self.node(name)) }
        test.advance(.seconds(1))
        var contents = JournalContents(base: 0)
        test.server.store.forEachChange(after: 0) { change in
            contents.changes.append(change)
            return true
        }
        #expect(contents.revision == test.server.store.revision)

        let later = EventLoop(start: test.loop.now)
        let restored = APIServer(loop: later)
        restored.restore(contents)
        BootstrapObjects.install(on: restored, nodes: ["node-1", "node-2"], certificateAuthority: "CA")
        restored.pump()
        later.run(until: later.now + .seconds(1))
        let kept = LocalClient(restored, component: "tester").list(Pod.self, namespace: "kube-system")
        #expect(kept.map(\.name).filter { $0.hasPrefix("kube-proxy-") } == pods().map(\.name))
    }

    /// Of two pods on a node the older one stays.
    @Test func aPodTooManyGoes() throws {
        try test.client.create(Self.node("node-1"))
        test.advance(.seconds(5))
        let first = try #require(pods().first)
        var second = Pod(name: "kube-proxy-0", namespace: "kube-system")
        second.metadata.labels = first.labels
        second.metadata.ownerReferences = first.metadata.ownerReferences
        second.spec = first.spec
        try test.client.create(second)
        #expect(try status().currentNumberScheduled == 1)
        for pod in pods() { #expect((pod.metadata.deletionTimestamp != nil) == (pod.name != first.name)) }
        #expect(pods().count == 2)
    }
}

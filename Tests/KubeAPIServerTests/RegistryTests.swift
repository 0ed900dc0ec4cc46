import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct RegistryTests {
    @Test func aNewPodHasAllThatTheSystemSets() throws {
        let test = try TestServer()
        let pod = try test.client.create(TestServer.pod("web"))
        #expect(pod.metadata.resourceVersion == "5")
        #expect(pod.uid.count == 36)
        #expect(pod.metadata.creationTimestamp == Instant.simulationStart.time)
        #expect(pod.metadata.generation == 1)
        #expect(pod.spec.serviceAccountName == "default")
        #expect(pod.spec.priority == 0)
        #expect(pod.spec.preemptionPolicy == "PreemptLowerPriority")
        #expect(pod.spec.tolerations.map(\.tolerationSeconds) == [300, 300])
        #expect(pod.spec.volumes.count == 1)
        #expect(pod.spec.volumes[0].name.hasPrefix("kube-api-access-"))
        #expect(pod.spec.containers[0].volumeMounts[0].mountPath == "/var/run/secrets/kubernetes.io/serviceaccount")
        #expect(test.client.get(Pod.self, namespace: "default", name: "web") == pod)
    }

    @Test func anUpdateWithAnOldVersionIsAConflict() throws {
        let test = try TestServer()
        var first = try test.client.create(TestServer.pod("web"))
        var second = first
        first.metadata.labels["a"] = "1"
        first = try test.client.update(first)
        second.metadata.labels["b"] = "2"
        let error = TestServer.failure { () throws(StatusError) in try test.client.update(second) }
        #expect(
            error?.message == "Operation cannot be fulfilled on pods \"web\": the object has been modified; "
                + "please apply your changes to the latest version and try again")
        #expect(error?.code == 409)
        second.metadata.resourceVersion = nil
        #expect(try test.client.update(second).labels == ["b": "2"])
    }

    @Test func anUpdateThatChangesNothingWritesNothing() throws {
        let test = try TestServer()
        let pod = try test.client.create(TestServer.pod("web"))
        let revision = test.client.revision
        #expect(try test.client.update(pod) == pod)
        #expect(try test.client.mutate(Pod.self, pod.key) { _ in } == nil)
        #expect(test.client.revision == revision)
    }

    @Test func bindingSetsTheNodeOnce() throws {
        let test = try TestServer()
        let pod = try test.client.create(TestServer.pod("web"))
        try test.client.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        let bound = try #require(test.client.get(Pod.self, pod.key))
        #expect(bound.spec.nodeName == "node-1")
        #expect(bound.status.conditions.map { $0.type + $0.status } == ["PodScheduledTrue"])
        #expect(test.client.list(Pod.self, index: .node("node-1")).map(\.name) == ["web"])
        #expect(test.client.list(Pod.self, index: .node("")).isEmpty)
        let again = TestServer.failure { () throws(StatusError) in
            try test.client.bind(pod: pod.key, uid: pod.uid, to: "node-2")
        }
        #expect(
            again?.message
                == "Operation cannot be fulfilled on pods/binding \"web\": pod web is already assigned to node \"node-1\""
        )
    }

    @Test func aBindingNamesANode() throws {
        let test = try TestServer()
        let pod = try test.client.create(TestServer.pod("web"))
        var binding = Binding(name: "web", namespace: "default")
        binding.target.kind = "Rack"
        let request = Request(Requester(author: "tester", user: Requester.user(of: "tester")))
        let error = TestServer.failure { () throws(StatusError) in try test.server.bind(binding, request) }
        #expect(error?.code == 422)
        #expect(
            error?.message
                == "Binding \"web\" is invalid: [target.kind: Unsupported value: \"Rack\": supported values: \"Node\", "
                + "\"<empty>\", target.name: Required value]")
        #expect(test.client.get(Pod.self, pod.key)?.spec.nodeName == nil)
    }

    @Test func informersAreToldInOrder() throws {
        let test = try TestServer()
        try test.client.create(TestServer.pod("a"))
        let all = RecordingHandler()
        let node = RecordingHandler()
        test.client.watch(Pod.self, .all, all)
        test.client.watch(Pod.self, .node("node-1"), node)
        test.pump()
        #expect(all.lines == ["create default/a"])
        let pod = try #require(test.client.get(Pod.self, namespace: "default", name: "a"))
        try test.client.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        try test.client.delete(Pod.self, namespace: "default", name: "a", DeleteOptions(gracePeriodSeconds: 0))
        #expect(all.lines.count == 1)
        test.loop.step()
        #expect(all.lines == ["create default/a", "update default/a", "update default/a", "delete default/a"])
        #expect(node.lines == ["create default/a", "update default/a", "delete default/a"])
        #expect(node.changes[0].old == nil)
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct PartitionTests {
    @Test func aClientThatIsCutOffSeesThePastAndWritesNothing() throws {
        let test = try TestServer()
        let cut = LocalClient(test.server, component: "kubelet")
        let handler = RecordingHandler()
        cut.watch(Pod.self, .node("node-1"), handler)
        let pod = try test.client.create(TestServer.pod("a"))
        try test.client.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        test.pump()
        cut.partition()
        let revision = cut.revision
        _ = try test.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        let other = try test.client.create(TestServer.pod("b"))
        try test.client.bind(pod: other.key, uid: other.uid, to: "node-1")
        test.pump()
        #expect(cut.revision == revision)
        #expect(handler.lines == ["create default/a"])
        #expect(cut.get(Pod.self, pod.key) != nil && cut.get(Pod.self, other.key) == nil)
        #expect(cut.list(Pod.self, index: .node("node-1")).map(\.name) == ["a"])
        #expect(cut.list(Pod.self, namespace: "default").count == 1 && cut.count(.pod, namespace: nil) == 1)
        let error = TestServer.failure { () throws(StatusError) in try cut.create(TestServer.pod("c")) }
        #expect(error?.code == 0)
        cut.reconnect()
        test.pump()
        #expect(handler.lines == ["create default/a", "update default/a", "delete default/a", "create default/b"])
        #expect(cut.list(Pod.self, index: .node("node-1")).map(\.name) == ["b"])
        try cut.create(TestServer.pod("c"))
        #expect(test.server.store.history[test.server.store.revision].author == "kubelet")
    }

    @Test func eventsGoAfterAnHourOrWhenThereAreTooMany() throws {
        var options = APIServer.Options()
        options.eventLimit = 100
        let test = try TestServer(options: options)
        let recorder = EventRecorder(client: test.client, loop: test.loop, component: "tester")
        for number in 0..<300 {
            let map = ConfigMap(name: "map-\(number)", namespace: "default")
            recorder.event(map, .normal, "Counted", "number \(number)")
        }
        let left = test.client.list(Event.self, namespace: "default")
        #expect(left.count >= 100 && left.count < 164)
        #expect(left.contains { $0.message == "number 299" } && !left.contains { $0.message == "number 0" })
        test.loop.run(until: test.loop.now + .minutes(59))
        #expect(test.client.count(.event, namespace: nil) == left.count)
        test.loop.run(until: test.loop.now + .minutes(2))
        #expect(test.client.count(.event, namespace: nil) == 0)
    }
}

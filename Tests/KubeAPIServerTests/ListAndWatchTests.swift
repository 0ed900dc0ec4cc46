import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct ListAndWatchTests {
    private func map(_ name: String, _ labels: StringMap<String> = [:]) -> ConfigMap {
        var map = ConfigMap(name: name, namespace: "default")
        map.metadata.labels = labels
        return map
    }

    @Test func pagesAreOfOneRevision() throws {
        let test = try TestServer()
        for number in 0..<7 { try test.client.create(map("map-\(number)")) }
        let revision = test.client.revision
        var options = ListOptions(namespace: "default")
        options.limit = 3
        let first = try test.server.list(.configMap, options)
        #expect(first.items.map(\.name) == ["map-0", "map-1", "map-2"])
        #expect(first.remaining == 4)
        // Between the pages the world goes on.
        try test.client.delete(ConfigMap.self, namespace: "default", name: "map-4")
        try test.client.create(map("map-25"))
        options.continuation = first.continuation
        let second = try test.server.list(.configMap, options)
        #expect(second.items.map(\.name) == ["map-3", "map-4", "map-5"])
        #expect(second.revision == revision && second.remaining == 1)
        options.continuation = second.continuation
        let third = try test.server.list(.configMap, options)
        #expect(third.items.map(\.name) == ["map-6"])
        #expect(third.continuation == nil && third.remaining == nil)
        test.server.store.compact(through: test.client.revision)
        options.continuation = first.continuation
        let error = TestServer.failure { () throws(StatusError) in _ = try test.server.list(.configMap, options) }
        #expect(error?.code == 410 && error?.reason == .expired)
    }

    @Test func aPageThatIsExactlyFullIsTheLast() throws {
        let test = try TestServer()
        for number in 0..<3 { try test.client.create(map("map-\(number)")) }
        var options = ListOptions()
        options.limit = 3
        #expect(try test.server.list(.configMap, options).continuation == nil)
    }

    @Test func selectorsChoose() throws {
        let test = try TestServer()
        try test.client.create(map("a", ["tier": "front"]))
        try test.client.create(map("b", ["tier": "back"]))
        var options = ListOptions(namespace: "default")
        options.labels = try Selector(parsing: "tier!=front")
        #expect(try test.server.list(.configMap, options).items.map(\.name) == ["b"])
        options = ListOptions()
        options.fields = try FieldSelector(parsing: "metadata.name=a", kind: .configMap)
        #expect(try test.server.list(.configMap, options).items.map(\.name) == ["a"])
    }

    @Test func listsOfOldRevisionsShowThePast() throws {
        let test = try TestServer()
        try test.client.create(map("a"))
        let then = test.client.revision
        try test.client.create(map("b"))
        var options = ListOptions()
        options.resourceVersion = "\(then)"
        options.resourceVersionMatch = "Exact"
        let old = try test.server.list(.configMap, options)
        #expect(old.items.map(\.name) == ["a"] && old.revision == then)
        options.resourceVersion = "1000"
        let error = TestServer.failure { () throws(StatusError) in _ = try test.server.list(.configMap, options) }
        #expect(error?.code == 504)
        #expect(error?.message == "Timeout: Too large resource version: 1000, current: \(then + 1)")
    }

    @Test func aWatchTellsWhatComesToMatchAndWhatCeasesTo() throws {
        let test = try TestServer()
        try test.client.create(map("a", ["tier": "front"]))
        var list = ListOptions(namespace: "default")
        list.labels = Selector(["tier": "front"])
        let watch = RecordedWatch(test.server, .configMap, list)
        test.pump()
        #expect(watch.take().map { $0.kind.rawValue + " " + $0.object.name } == ["ADDED a"])
        let b = try test.client.create(map("b", ["tier": "back"])).key
        try test.client.mutate(ConfigMap.self, b) { $0.metadata.labels["tier"] = "front" }
        try test.client.mutate(ConfigMap.self, b) { $0.data["x"] = "y" }
        try test.client.mutate(ConfigMap.self, b) { $0.metadata.labels["tier"] = "back" }
        let end = test.client.revision
        try test.client.delete(ObjectKey(.configMap, namespace: "default", name: "a"))
        test.pump()
        let events = watch.take()
        #expect(
            events.map { $0.kind.rawValue + " " + $0.object.name } == [
                "ADDED b", "MODIFIED b", "DELETED b", "DELETED a",
            ])
        #expect(events[2].object.metadata.resourceVersion == "\(end)")
        #expect(events[2].object.metadata.labels["tier"] == "front")
        #expect(events[3].object.metadata.resourceVersion == "\(end + 1)")
    }

    @Test func aPodOnANodeIsFoundByField() throws {
        let test = try TestServer()
        var list = ListOptions()
        list.fields = try FieldSelector(parsing: "spec.nodeName=node-1", kind: .pod)
        let watch = RecordedWatch(test.server, .pod, list)
        let pod = try test.client.create(TestServer.pod("web"))
        try test.client.bind(pod: pod.key, uid: pod.uid, to: "node-1")
        test.pump()
        #expect(watch.take().map(\.kind) == [.added])
    }
}

/// Where lists go on, byte by byte.
@Suite struct ContinueTokenTests {
    private static func pages(_ test: TestServer, namespace: String?) throws -> [String] {
        var options = ListOptions(namespace: namespace)
        options.limit = 1
        var texts: [String] = []
        repeat {
            let page = try test.server.list(.configMap, options)
            options.continuation = page.continuation
            if let token = page.continuation {
                var padded = String(token.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
                while padded.utf8.count % 4 != 0 { padded += "=" }
                texts.append(String(decoding: Base64Data(base64: padded)?.bytes ?? [], as: UTF8.self))
            }
        } while options.continuation != nil && texts.count < 10
        return texts
    }

    @Test func tokensReadAsUpstreams() throws {
        let test = try TestServer()
        for name in ["a", "b"] { try test.client.create(ConfigMap(name: name, namespace: "default")) }
        try test.client.create(ConfigMap(name: "c", namespace: "kube-system"))
        let revision = test.client.revision
        #expect(
            try Self.pages(test, namespace: nil) == [
                #"{"v":"meta.k8s.io/v1","rv":\#(revision),"start":"default/a\u0000"}"#,
                #"{"v":"meta.k8s.io/v1","rv":\#(revision),"start":"default/b\u0000"}"#,
            ])
        #expect(
            try Self.pages(test, namespace: "default") == [
                #"{"v":"meta.k8s.io/v1","rv":\#(revision),"start":"a\u0000"}"#
            ])
    }

    @Test(arguments: [
        ("!", "illegal base64 data at input byte 0"), ("e30", "server does not recognize this encoded version "),
        // {"v":"meta.k8s.io/v1"}
        ("eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ", "incorrect encoded start resourceVersion (version meta.k8s.io/v1)"),
        // {"v":"meta.k8s.io/v1","rv":1}
        ("eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MX0", "encoded start key empty (version meta.k8s.io/v1)"),
        // {"v":"meta.k8s.io/v1","rv":1,"start":"../a"}
        ("eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi9hIn0", "../a"),
    ])
    func tokensThatAreNone(_ row: (text: String, detail: String)) throws {
        let test = try TestServer()
        var options = ListOptions(namespace: "default")
        options.continuation = row.text
        let error = TestServer.failure { () throws(StatusError) in _ = try test.server.list(.configMap, options) }
        #expect(error?.code == 400)
        #expect(error?.message == "invalid continue token: continue key is not valid: \(row.detail)")
    }

    @Test func anExpiredTokenBringsOneThatGoesOnFromNow() throws {
        let test = try TestServer()
        for name in ["a", "b", "d"] { try test.client.create(ConfigMap(name: name, namespace: "default")) }
        var options = ListOptions(namespace: "default")
        options.limit = 2
        options.continuation = try test.server.list(.configMap, options).continuation
        try test.client.create(ConfigMap(name: "c", namespace: "default"))
        test.server.store.compact(through: test.client.revision)
        let error = TestServer.failure { () throws(StatusError) in _ = try test.server.list(.configMap, options) }
        #expect(error?.reason == .expired)
        let token = try #require(error?.status.metadata.continue)
        options.continuation = token
        #expect(try test.server.list(.configMap, options).items.map(\.name) == ["c", "d"])
        // A token of what is still to come is none of the past.
        let unborn = Array(#"{"v":"meta.k8s.io/v1","rv":99999,"start":"b\u0000"}"#.utf8)
        options.continuation = Base64Data(unborn).base64.filter { $0 != "=" }
        let future = TestServer.failure { () throws(StatusError) in _ = try test.server.list(.configMap, options) }
        #expect(future?.message == "Timeout: Too large resource version: 99999, current: \(test.client.revision)")
        options.continuation = token
        options.resourceVersion = "5"
        let both = TestServer.failure { () throws(StatusError) in _ = try test.server.list(.configMap, options) }
        #expect(both?.message == "specifying resource version is not allowed when using continue")
    }

    @Test func aVersionThatIsNoNumber() throws {
        let test = try TestServer()
        var options = ListOptions()
        options.resourceVersion = "new"
        let error = TestServer.failure { () throws(StatusError) in _ = try test.server.list(.configMap, options) }
        #expect(
            error?.message == "invalid resource version: resourceVersion: Invalid value: \"new\": strconv.ParseUint: "
                + "parsing \"new\": invalid syntax")
    }
}

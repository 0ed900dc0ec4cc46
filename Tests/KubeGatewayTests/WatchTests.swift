import KubeAPI
import KubeGateway
import Testing

@Suite("Watches over HTTPS")
struct WatchTests {
    private let gateway = TestGateway.shared
    private let json = [("Content-Type", "application/json")]
    private let collection = "/api/v1/namespaces/default/configmaps"

    private func revision() throws -> String {
        try gateway.request("GET", collection).json["metadata"]?["resourceVersion"]?.stringValue ?? ""
    }

    private func label(_ name: String, _ value: String) throws {
        _ = try gateway.request(
            "PATCH", "\(collection)/\(name)", headers: [("Content-Type", "application/merge-patch+json")],
            body: "{\"metadata\":{\"labels\":{\"watch\":\"\(value)\"}}}")
    }

    @Test func fromARevision() throws {
        let start = try revision()
        try gateway.createConfigMap("watch-a")
        let watch = try TestWatch(
            gateway, "\(collection)?watch=1&resourceVersion=\(start)&fieldSelector=metadata.name%3Dwatch-a")
        #expect(watch.head.status == 200)
        #expect(watch.head.header("Content-Type") == "application/json")
        #expect(watch.head.header("Transfer-Encoding") == "chunked")
        #expect(try watch.nextSummary() == "ADDED watch-a")
        try label("watch-a", "x")
        let modified = try watch.next()
        #expect(modified?["type"] == "MODIFIED")
        #expect(modified?["object"]?["kind"] == "ConfigMap")
        _ = try gateway.request("DELETE", "\(collection)/watch-a")
        let deleted = try watch.next()
        #expect(deleted?["type"] == "DELETED")
        // The object as it last was, with the revision of its end.
        #expect(deleted?["object"]?["metadata"]?["labels"] == ["watch": "x"])
        #expect(
            deleted?["object"]?["metadata"]?["resourceVersion"] != modified?["object"]?["metadata"]?["resourceVersion"])
    }

    @Test func fromARevisionThatIsForgotten() throws {
        let gateway = try TestGateway()
        defer { gateway.stop() }
        gateway.driver.perform { cluster in
            cluster.server.store.compact(through: 20)
            return nil
        }
        let watch = try TestWatch(gateway, "/api/v1/nodes?watch=1&resourceVersion=5")
        let event = try watch.next()
        #expect(event?["type"] == "ERROR")
        #expect(event?["object"]?["code"] == 410)
        #expect(event?["object"]?["reason"] == "Expired")
        #expect(event?["object"]?["message"] == "too old resource version: 5 (20)")
        #expect(try watch.next() == nil)
    }

    @Test func selectorsAddAndDelete() throws {
        try gateway.createConfigMap("watch-b")
        let watch = try TestWatch(
            gateway, "\(collection)?watch=1&resourceVersion=\(try revision())&labelSelector=watch%3Db")
        try label("watch-b", "b")
        #expect(try watch.nextSummary() == "ADDED watch-b")
        try label("watch-b", "c")
        #expect(try watch.nextSummary() == "DELETED watch-b")
        _ = try gateway.request("DELETE", "\(collection)/watch-b")
    }

    @Test func initialEvents() throws {
        let watch = try TestWatch(
            gateway,
            "/api/v1/nodes?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")
        #expect(try watch.nextSummary() == "ADDED node-1")
        #expect(try watch.nextSummary() == "ADDED node-2")
        let bookmark = try watch.next()
        #expect(bookmark?["type"] == "BOOKMARK")
        #expect(bookmark?["object"]?["kind"] == "Node")
        #expect(bookmark?["object"]?["metadata"]?["annotations"] == ["k8s.io/initial-events-end": "true"])
    }

    @Test func fromTheBeginningOfTime() throws {
        for path in ["/api/v1/nodes?watch=true", "/api/v1/nodes?watch=true&resourceVersion=0", "/api/v1/watch/nodes"] {
            let watch = try TestWatch(gateway, path)
            #expect(try watch.nextSummary() == "ADDED node-1", "\(path)")
        }
        let one = try TestWatch(gateway, "/api/v1/watch/nodes/node-2")
        #expect(try one.nextSummary() == "ADDED node-2")
    }

    @Test func asTables() throws {
        let watch = try TestWatch(
            gateway, "/api/v1/nodes?watch=1", headers: [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")])
        let first = try watch.next()
        #expect(first?["object"]?["kind"] == "Table")
        #expect(first?["object"]?["columnDefinitions"]?.arrayValue?.isEmpty == false)
        let second = try watch.next()
        #expect(second?["object"]?["columnDefinitions"]?.arrayValue?.isEmpty == true)
        #expect(second?["object"]?["rows"]?.arrayValue?.first?["cells"]?.arrayValue?.first == "node-2")
    }

    private static let table = [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")]

    private func columns(_ event: JSONValue?) -> Int {
        event?["object"]?["columnDefinitions"]?.arrayValue?.count ?? 0
    }

    /// Wherever the first event comes from, it alone has the columns.
    @Test func columnsComeOnce() throws {
        let start = try revision()
        let path = "\(collection)?watch=1&fieldSelector=metadata.name%3Dwatch-columns&resourceVersion="
        let early = try TestWatch(gateway, path + start, headers: Self.table)
        try gateway.createConfigMap("watch-columns")
        #expect(columns(try early.next()) == 3)
        // From the objects that there are, and from what has happened since.
        let fromObjects = try TestWatch(gateway, path + "0", headers: Self.table)
        #expect(columns(try fromObjects.next()) == 3)
        let fromHistory = try TestWatch(gateway, path + start, headers: Self.table)
        #expect(columns(try fromHistory.next()) == 3)
        try label("watch-columns", "x")
        for watch in [early, fromObjects, fromHistory] {
            let event = try watch.next()
            #expect(event?["type"] == "MODIFIED")
            #expect(columns(event) == 0)
        }
        _ = try gateway.request("DELETE", "\(collection)/watch-columns")
    }

    private static let streamed =
        "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"

    /// The end of the list is told in a row, whatever rows carry.
    @Test(arguments: ["", "&includeObject=None", "&includeObject=Object"])
    func streamedListsAsTables(included: String) throws {
        let watch = try TestWatch(gateway, "/api/v1/nodes" + Self.streamed + included, headers: Self.table)
        let first = try watch.next()
        #expect(first?["type"] == "ADDED" && columns(first) > 0)
        #expect(columns(try watch.next()) == 0)
        let end = try watch.next()
        #expect(end?["type"] == "BOOKMARK" && columns(end) == 0)
        let row = end?["object"]?["rows"]?.arrayValue?.first
        #expect(row?["object"]?["metadata"]?["annotations"] == ["k8s.io/initial-events-end": "true"])
    }

    @Test func anEmptyStreamedListHasTheColumnsInItsBookmark() throws {
        let path = collection + Self.streamed + "&fieldSelector=metadata.name%3Dwatch-nothing"
        let watch = try TestWatch(gateway, path, headers: Self.table)
        let end = try watch.next()
        #expect(end?["type"] == "BOOKMARK" && columns(end) == 3)
        try gateway.createConfigMap("watch-nothing")
        let added = try watch.next()
        #expect(added?["type"] == "ADDED" && columns(added) == 0)
        _ = try gateway.request("DELETE", "\(collection)/watch-nothing")
    }

    /// A table is made of a bookmark as of anything: a row of an object of nothing but its revision.
    @Test func bookmarksAsTables() throws {
        let gateway = try TestGateway(nodes: 1) { $0.watchSecond = .milliseconds(1) }
        defer { gateway.stop() }
        let start = try gateway.request("GET", collection).json["metadata"]?["resourceVersion"]?.stringValue ?? ""
        let watch = try TestWatch(
            gateway,
            "\(collection)?watch=1&resourceVersion=\(start)&fieldSelector=metadata.name%3Dnone&timeoutSeconds=3"
                + "&allowWatchBookmarks=true", headers: Self.table)
        let bookmark = try watch.next()
        #expect(bookmark?["type"] == "BOOKMARK")
        #expect(columns(bookmark) == 3)
        let version = try #require(bookmark?["object"]?["metadata"]?["resourceVersion"]?.stringValue)
        #expect(bookmark?["object"]?["rows"]?.arrayValue?.count == 1)
        let row = bookmark?["object"]?["rows"]?.arrayValue?.first
        #expect(row?["cells"] == ["", 0, "<unknown>"])
        #expect(row?["object"]?["kind"] == "PartialObjectMetadata")
        #expect(row?["object"]?["metadata"]?["resourceVersion"]?.stringValue == version)
        #expect(try watch.nextSummary() == "END")
    }

    /// The next watch can begin where this one ends.
    @Test func aWatchIsToldHowFarItIsBeforeItEnds() throws {
        let gateway = try TestGateway(nodes: 1) { $0.watchSecond = .milliseconds(1) }
        defer { gateway.stop() }
        let start = try gateway.request("GET", collection).json["metadata"]?["resourceVersion"]?.stringValue ?? ""
        try gateway.createConfigMap("watch-elsewhere")
        func watch(seconds: Int, bookmarks: Bool) throws -> TestWatch {
            try TestWatch(
                gateway,
                "\(collection)?watch=1&resourceVersion=\(start)&fieldSelector=metadata.name%3Dnone"
                    + "&timeoutSeconds=\(seconds)&allowWatchBookmarks=\(bookmarks)")
        }
        let told = try watch(seconds: 3, bookmarks: true)
        let bookmark = try told.next()
        #expect(bookmark?["type"] == "BOOKMARK")
        #expect(bookmark?["object"]?["kind"] == "ConfigMap")
        let version = bookmark?["object"]?["metadata"]?["resourceVersion"]?.stringValue ?? ""
        #expect(Int(version) ?? 0 > Int(start) ?? .max)
        #expect(try told.nextSummary() == "END")
        // Who does not want to know is not told, nor whose time is too short.
        #expect(try watch(seconds: 3, bookmarks: false).nextSummary() == "END")
        #expect(try watch(seconds: 2, bookmarks: true).nextSummary() == "END")
    }

    @Test func tooOld() throws {
        let server = try TestGateway(nodes: 1) { $0.port = 0 }
        defer { server.stop() }
        server.driver.perform { cluster in
            cluster.server.store.compact(through: cluster.server.store.revision)
            return nil
        }
        let watch = try TestWatch(server, "/api/v1/pods?watch=1&resourceVersion=1")
        #expect(watch.head.status == 200)
        let event = try watch.next()
        #expect(event?["type"] == "ERROR")
        #expect(event?["object"]?["code"]?.intValue == 410)
        #expect(event?["object"]?["reason"] == "Expired")
        #expect(try watch.nextSummary() == "END")
    }

    @Test func everyChangeOnce() throws {
        let start = try revision()
        let watch = try TestWatch(
            gateway, "\(collection)?watch=1&resourceVersion=\(start)&labelSelector=watch")
        var expected: [String] = []
        for number in 0..<40 {
            let name = "watch-many-\(number)"
            try gateway.createConfigMap(name)
            try label(name, "many")
            expected.append("ADDED \(name)")
        }
        let late = try TestWatch(
            gateway, "\(collection)?watch=1&resourceVersion=\(start)&labelSelector=watch%3Dmany")
        for summary in expected { #expect(try late.nextSummary() == summary) }
        var seen: [String] = []
        while seen.count < expected.count {
            let summary = try watch.nextSummary()
            if summary.contains("watch-many") { seen.append(summary) }
        }
        #expect(seen == expected)
        _ = try gateway.request("DELETE", "\(collection)?labelSelector=watch%3Dmany")
    }

    @Test func shutdownEndsWatches() throws {
        let server = try TestGateway(nodes: 1)
        let watch = try TestWatch(server, "/api/v1/nodes?watch=1")
        #expect(try watch.nextSummary() == "ADDED node-1")
        server.stop()
        // Whatever had been on its way comes first, then the proper end of the answer.
        var summary = try watch.nextSummary()
        while summary != "END" { summary = try watch.nextSummary() }
    }
}

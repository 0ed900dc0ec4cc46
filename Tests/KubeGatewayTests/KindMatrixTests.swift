import KubeAPI
import Testing

/// Every kind with every verb: what is served answers as it should, what is not says so.
@Suite("All kinds and verbs over HTTPS")
struct KindMatrixTests {
    private static let kinds = Catalogue.kinds

    private func collection(_ info: KindInfo) -> String {
        let root = info.group.isEmpty ? "/api/\(info.version)" : "/apis/\(info.group)/\(info.version)"
        return root + (info.isNamespaced ? "/namespaces/default/" : "/") + info.plural
    }

    @Test(arguments: kinds.map(\.kind))
    func reads(kind: ResourceKind) throws {
        let info = kind.info
        let connection = try TestGateway.shared.connect()
        defer { connection.close() }
        let path = collection(info)
        let list = try connection.request("GET", path)
        if info.supports(verb: "list") {
            #expect(list.status == 200, "\(list.text)")
            #expect(try list.json["kind"]?.stringValue == info.name + "List")
            #expect(try list.json["apiVersion"]?.stringValue == info.apiVersion)
            let accept = [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")]
            let table = try connection.request("GET", path, headers: accept)
            #expect(try table.json["kind"] == "Table")
        } else {
            #expect(list.status == 405, "\(list.text)")
        }
        let absent = try connection.request("GET", path + "/absent")
        if info.supports(verb: "get") {
            #expect(absent.status == 404)
            #expect(try absent.json["reason"] == "NotFound")
            // What is computed is named as its own server names it.
            if info.group != "metrics.k8s.io", kind != .componentStatus {
                let resource = kind.stored.info.groupResource
                #expect(try absent.json["message"]?.stringValue == "\(resource) \"absent\" not found")
            }
        } else {
            #expect(absent.status == KindMatrixTests.refusal(info), "\(absent.text)")
        }
        let yaml = try connection.request("GET", path, headers: [("Accept", "application/yaml")])
        #expect(yaml.status == list.status)
    }

    /// What a verb on an object is answered that the kind does not have: the path itself is none if it has no such
    /// verb.
    private static func refusal(_ info: KindInfo) -> Int {
        ["get", "update", "patch", "delete"].contains(where: info.supports(verb:)) ? 405 : 404
    }

    @Test(arguments: kinds.map(\.kind))
    func writes(kind: ResourceKind) throws {
        let info = kind.info
        let connection = try TestGateway.shared.connect()
        defer { connection.close() }
        let path = collection(info)
        let json = [("Content-Type", "application/json")]
        let create = try connection.request("POST", path + "?dryRun=All", headers: json, body: "{}")
        #expect(create.status < 500 && (create.status != 404 || kind == .binding), "\(create.status) \(create.text)")
        if !info.supports(verb: "create") { #expect(create.status == 405) }
        let update = try connection.request(
            "PUT", path + "/absent?dryRun=All", headers: json, body: "{\"metadata\":{\"name\":\"absent\"}}")
        #expect(update.status < 500, "\(update.text)")
        let refusal = KindMatrixTests.refusal(info)
        if !info.supports(verb: "update") { #expect(update.status == refusal) }
        let patch = try connection.request(
            "PATCH", path + "/absent?dryRun=All", headers: [("Content-Type", "application/merge-patch+json")],
            body: "{}")
        #expect(patch.status == (info.supports(verb: "patch") ? 404 : refusal), "\(patch.text)")
        let delete = try connection.request("DELETE", path + "/absent?dryRun=All")
        #expect(delete.status == (info.supports(verb: "delete") ? 404 : refusal), "\(delete.text)")
        let all = try connection.request("DELETE", path + "?dryRun=All")
        #expect(all.status == (info.supports(verb: "deletecollection") ? 200 : 405), "\(all.text)")
    }

    @Test(arguments: kinds.map(\.kind).filter { $0.info.supports(verb: "watch") })
    func watches(kind: ResourceKind) throws {
        let watch = try TestWatch(
            TestGateway.shared, collection(kind.info) + "?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone")
        #expect(watch.head.status == 200)
        #expect(try watch.nextSummary() == "END")
    }
}

import KubeAPI
import Testing

@Suite("Protobuf over HTTPS")
struct ProtobufTests {
    private let gateway = TestGateway.shared
    private static let type = ProtobufCoding.mediaType
    private let accept = [("Accept", ProtobufCoding.mediaType + ",application/json")]

    @Test func readsAreTheSameObject() throws {
        let response = try gateway.request("GET", "/api/v1/nodes/node-1", headers: accept)
        #expect(response.header("Content-Type") == ProtobufCoding.mediaType)
        let decoded = try ProtobufCoding.decode(response.body, defaultKind: nil)
        #expect(decoded.kind == .node)
        #expect(decoded.name == "node-1")
        #expect(decoded.as(Node.self)?.status.nodeInfo?.kubeletVersion.isEmpty == false)
    }

    @Test func listsAndFailures() throws {
        let list = try ProtobufCoding.open(try gateway.request("GET", "/api/v1/nodes", headers: accept).body)
        #expect(list.kind == "NodeList")
        #expect(list.apiVersion == "v1")
        let nodes = try NodeList.decode(protobuf: list.raw)
        #expect(nodes.items.map(\.name) == ["node-1", "node-2"])
        let absent = try gateway.request("GET", "/api/v1/nodes/none", headers: accept)
        #expect(absent.status == 404)
        let status = try ProtobufCoding.decode(absent.body, as: Status.self)
        #expect(status.message == "nodes \"none\" not found")
    }

    @Test func definitionsOfResources() throws {
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        let text = #"""
            {"metadata":{"name":"bows.protobuf.example.com"},"spec":{"group":"protobuf.example.com",
            "scope":"Namespaced","names":{"plural":"bows","singular":"bow","kind":"Bow","listKind":"BowList"},
            "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
            "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
            "additionalProperties":{"type":"array","items":{"type":"string","enum":["a","b"],"default":"a"}}}}}}}]}}
            """#
        let sent = try ObjectDecoding.decode(Array(text.utf8), as: .customResourceDefinition).object
        let only = [("Accept", ProtobufCoding.mediaType), ("Content-Type", ProtobufCoding.mediaType)]
        let body = ProtobufCoding.encode(sent)
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.sendRequest("POST", path, headers: only + [("Content-Length", String(body.count))])
        connection.send(body)
        let created = try connection.response()
        #expect(created.status == 201)
        #expect(created.header("Content-Type") == ProtobufCoding.mediaType)
        let decoded = try ProtobufCoding.decode(created.body, defaultKind: nil)
        let definition = try #require(decoded.as(CustomResourceDefinition.self))
        #expect(definition.spec.versions == sent.as(CustomResourceDefinition.self)?.spec.versions)
        let one = path + "/bows.protobuf.example.com"
        let read = try gateway.request("GET", one)
        #expect(try read.json["spec"]?["versions"] == sent.jsonValue["spec"]?["versions"])
        let list = try ProtobufCoding.open(try gateway.request("GET", path, headers: only).body)
        #expect(list.kind == "CustomResourceDefinitionList")
        _ = try gateway.request("DELETE", one)
    }

    @Test func broken() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: [("Content-Type", ProtobufCoding.mediaType)],
            body: "k8s")
        #expect(response.status == 400)
        #expect(try response.json["kind"] == "Status")
    }
}

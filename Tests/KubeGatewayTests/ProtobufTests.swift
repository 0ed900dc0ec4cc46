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

    @Test func whatHasNoProtobufIsJSON() throws {
        let response = try gateway.request(
            "GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", headers: accept)
        #expect(response.header("Content-Type") == "application/json")
        let only = try gateway.request(
            "GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            headers: [("Accept", ProtobufCoding.mediaType)])
        #expect(only.status == 406)
    }

    @Test func broken() throws {
        let response = try gateway.request(
            "POST", "/api/v1/namespaces/default/configmaps", headers: [("Content-Type", ProtobufCoding.mediaType)],
            body: "k8s")
        #expect(response.status == 400)
        #expect(try response.json["kind"] == "Status")
    }
}

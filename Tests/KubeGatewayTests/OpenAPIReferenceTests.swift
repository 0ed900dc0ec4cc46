import KubeAPI
import TestSupport
import Testing

/// The document of OpenAPI v2 beside the one that Kubernetes 1.36 publishes.
@Suite(
    "OpenAPI beside upstream's", .enabled(if: Reference.folder != nil, Comment(rawValue: Reference.absence)))
struct OpenAPIReferenceTests {
    private static let methods: Set<String> = ["get", "put", "post", "delete", "options", "head", "patch"]

    /// What a document says of its operations, by method and path, in words that can be compared.
    private static func operations(_ document: JSONValue) -> [String: [String]] {
        var operations: [String: [String]] = [:]
        for (path, item) in document["paths"]?.objectValue ?? [:] {
            let shared = item["parameters"]?.arrayValue ?? []
            for (method, operation) in item.objectValue ?? [:] where methods.contains(method) {
                let kind = operation["x-kubernetes-group-version-kind"]
                var words = ["operationId", "x-kubernetes-action"].map { "\($0) \(operation[$0]?.stringValue ?? "")" }
                words.append(
                    "kind " + ["group", "version", "kind"].map { kind?[$0]?.stringValue ?? "" }.joined(separator: "/"))
                for list in ["tags", "schemes", "consumes", "produces"] {
                    let values = (operation[list]?.arrayValue ?? []).compactMap(\.stringValue)
                    // That is not served by default.
                    words.append("\(list) \(values.filter { !$0.contains("cbor") })")
                }
                let parameters = (shared + (operation["parameters"]?.arrayValue ?? [])).map { parameter($0, document) }
                words += Set(parameters).sorted()
                for (code, response) in operation["responses"]?.objectValue ?? [:] {
                    words.append("\(code) \(schema(response["schema"]))")
                }
                operations["\(method) \(path)"] = words.sorted()
            }
        }
        return operations
    }

    private static func parameter(_ parameter: JSONValue, _ document: JSONValue) -> String {
        let name = parameter["$ref"]?.stringValue?.split(separator: "/").last.map(String.init)
        let value = name.flatMap { document["parameters"]?[$0] } ?? parameter
        let words = ["name", "in", "type"].map { value[$0]?.stringValue ?? "" }.joined(separator: " ")
        return "parameter \(words) \(value["required"]?.boolValue ?? false) \(schema(value["schema"]))"
    }

    private static func schema(_ schema: JSONValue?) -> String {
        schema?["$ref"]?.stringValue ?? schema?["type"]?.stringValue ?? ""
    }

    /// Every operation of what is stable, and no other but those of what is served besides.
    @Test func everyOperation() throws {
        let theirs = Self.operations(try JSONValue.decode(try Reference.bytes("kubernetes-1.36-openapi.json")))
        let ours = Self.operations(try TestGateway.shared.request("GET", "/openapi/v2").json)
        let absent = ["alpha", "beta", "/logs/", "/apis/internal.apiserver.k8s.io/", "/apis/storagemigration.k8s.io/"]
        let expected = theirs.filter { operation in !absent.contains { operation.key.contains($0) } }
        #expect(expected.count > 800)
        for (operation, words) in expected.sorted(by: { $0.key < $1.key }) {
            let found = ours[operation] ?? []
            #expect(found == words, "\(operation)")
        }
        let others = ours.keys.filter { expected[$0] == nil && !$0.contains("/apis/metrics.k8s.io/") }
        #expect(others.isEmpty, "\(others.sorted())")
    }
}

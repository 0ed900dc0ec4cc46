import Crypto
import Foundation
import KubeAPI
import NIOConcurrencyHelpers
import NIOCore

/// The OpenAPI documents as they are published: made when first asked for, and kept as text.
///
/// Follows kube-openapi pkg/handler and pkg/handler3.
final class OpenAPIDocuments: Sendable {
    static let shared = OpenAPIDocuments()

    /// A document in JSON, and the hash by which clients keep it, in whatever form.
    struct Document: Sendable {
        let bytes: ByteBuffer
        let hash: String

        init(_ bytes: [UInt8]) {
            self.bytes = ByteBuffer(bytes: bytes)
            hash = SHA512.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
                .joined()
        }
    }

    private static let information: JSONValue = ["title": "Kubernetes", "version": "v1.36.0"]
    private static let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."

    /// The definitions that every document needs.
    private static let common = [meta + "DeleteOptions", meta + "Status", OpenAPISchemas.patch]

    /// OpenAPI v3: `api/v1` → its document.
    let groups: [String: Document]
    /// The index of `groups`.
    let index: Document
    /// OpenAPI v2, whole.
    let v2: Document
    /// The same in protobuf.
    let v2Protobuf: ByteBuffer
    /// When they were made, in seconds.
    let modified = Int(Date().timeIntervalSince1970)
    /// Documents of `groups` in protobuf, as far as somebody has asked for them.
    private let protobuf = NIOLockedValueBox<[String: ByteBuffer]>([:])

    private init() {
        var groups: [String: Document] = [:]
        var members = StringMap<JSONValue>()
        for group in ServedGroups.groups {
            for version in group.versions {
                let path = group.name.isEmpty ? "api/\(version)" : "apis/\(group.name)/\(version)"
                let document = Document(OpenAPIDocuments.document(group.name, version).json)
                groups[path] = document
                members[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(document.hash)")]
            }
        }
        self.groups = groups
        index = Document(JSONValue.object(["paths": .object(members)]).json)
        let whole = OpenAPIDocuments.whole()
        v2 = Document(whole.json)
        v2Protobuf = ByteBuffer(bytes: OpenAPIProtobuf.encode(whole))
    }

    /// The document of a group and version in protobuf; nil if there is none.
    func protobuf(_ path: String) -> ByteBuffer? {
        guard groups[path] != nil else { return nil }
        if let known = protobuf.withLockedValue({ $0[path] }) { return known }
        let parts = path.split(separator: "/").map(String.init)
        let document = OpenAPIDocuments.document(parts.count == 3 ? parts[1] : "", parts[parts.count - 1])
        let bytes = ByteBuffer(bytes: OpenAPIProtobufV3.encode(document))
        protobuf.withLockedValue { $0[path] = bytes }
        return bytes
    }

    private static func document(_ group: String, _ version: String) -> JSONValue {
        let kinds = Catalogue.kinds(group: group, version: version)
        var paths = StringMap<JSONValue>()
        for info in kinds {
            for path in OpenAPIPaths(version: .v3).paths(of: info) { paths[path.path] = path.item }
        }
        return [
            "openapi": "3.0.0", "info": information, "paths": .object(paths),
            "components": [
                "schemas": definitions(kinds, .v3),
                "securitySchemes": ["BearerToken": ["type": "apiKey", "name": "authorization", "in": "header"]],
            ],
        ]
    }

    private static func whole() -> JSONValue {
        var paths = StringMap<JSONValue>()
        var kinds: [KindInfo] = []
        for group in ServedGroups.groups {
            for version in group.versions { kinds += Catalogue.kinds(group: group.name, version: version) }
        }
        for info in kinds {
            for path in OpenAPIPaths(version: .v2).paths(of: info) { paths[path.path] = path.item }
        }
        return [
            "swagger": "2.0", "info": information, "paths": .object(paths), "definitions": definitions(kinds, .v2),
            "securityDefinitions": ["BearerToken": ["type": "apiKey", "name": "authorization", "in": "header"]],
            "security": [["BearerToken": []]],
        ]
    }

    private static func definitions(_ kinds: [KindInfo], _ version: OpenAPIVersion) -> JSONValue {
        var names = common
        for info in kinds {
            let type = SchemaTable.shared.type(of: info.kind)
            names.append(type.definition)
            if let list = SchemaTable.shared.type(named: type.name + "List") { names.append(list.definition) }
            if info.has(subresource: "scale") { names.append("io.k8s.api.autoscaling.v1.Scale") }
            if info.has(subresource: "eviction") { names.append("io.k8s.api.policy.v1.Eviction") }
            if info.has(subresource: "token") { names.append("io.k8s.api.authentication.v1.TokenRequest") }
        }
        var definitions: [(String, JSONValue)] = []
        for name in OpenAPISchemas.closure(of: names) {
            if let definition = OpenAPISchemas.definition(name, version) { definitions.append((name, definition)) }
        }
        return .object(StringMap(definitions))
    }
}

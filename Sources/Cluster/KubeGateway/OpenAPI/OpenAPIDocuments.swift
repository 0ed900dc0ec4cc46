import ClusterCore
import KubeAPI
import NIOCore

/// The OpenAPI documents as they are published: made when first asked for, and kept as text.
///
/// Follows kube-openapi pkg/handler and pkg/handler3.
final class OpenAPIDocuments: Sendable {
    static let shared = OpenAPIDocuments()

    /// A document and the hash by which clients keep it.
    struct Document: Sendable {
        let bytes: ByteBuffer
        let hash: String

        init(_ bytes: [UInt8]) {
            self.bytes = ByteBuffer(bytes: bytes)
            hash = SHA256.hexadecimal(SHA256.hash(bytes)).uppercased()
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
    let v2Protobuf: Document

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
        v2Protobuf = Document(OpenAPIProtobuf.encode(whole))
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

/// Serves `/openapi/v2` and what is below `/openapi/v3`.
struct OpenAPIRequests {
    private static let protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    private static let protobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    /// - Throws: `noSuchPath`, `notAcceptable`.
    func serve(_ exchange: Exchange, _ parts: [String]) throws(StatusError) {
        let documents = OpenAPIDocuments.shared
        switch parts.dropFirst().first {
        case "v2" where parts.count == 2:
            let types = [OpenAPIRequests.protobufV2, OpenAPIRequests.protobuf, "application/json"]
            let accepted = AcceptClause.parse(exchange.request.joinedHeader("Accept"))
            let chosen = accepted.lazy.compactMap { clause in
                clause.type == "*" || clause.subtype == "*" ? "application/json" : types.first { clause.matches($0) }
            }.first
            guard let type = chosen else { throw .notAcceptable(accepted: types) }
            // The name that older clients ask by is no proper media type, so that they are answered by the newer one.
            if type == "application/json" {
                send(documents.v2, type, exchange)
            } else {
                send(documents.v2Protobuf, OpenAPIRequests.protobufV2, exchange)
            }
        case "v3" where parts.count == 2: send(documents.index, "application/json", exchange)
        case "v3":
            let path = parts.dropFirst(2).joined(separator: "/")
            guard let document = documents.groups[path] else { throw .noSuchPath }
            if let hash = exchange.request.query["hash"], !hash.isEmpty {
                if hash != document.hash {
                    let location = "/openapi/v3/\(path)?hash=\(document.hash)"
                    let headers = [("Location", location)]
                    return exchange.respond(Response(301, "text/html", ByteBuffer(), headers: headers))
                }
                // With its hash in the address the document never changes.
                exchange.extraHeaders.append(("Cache-Control", "public, immutable"))
            }
            send(document, "application/json", exchange)
        default: throw .noSuchPath
        }
    }

    private func send(_ document: OpenAPIDocuments.Document, _ type: String, _ exchange: Exchange) {
        let tag = "\"\(document.hash)\""
        let headers = [("ETag", tag), ("Vary", "Accept")]
        if exchange.request.header("If-None-Match") == tag {
            return exchange.respond(Response(304, type, ByteBuffer(), headers: headers))
        }
        exchange.respond(Response(200, type, document.bytes, headers: headers))
    }
}

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

    /// The definitions that every version of a group needs.
    private static let common = [
        meta + "APIResourceList", meta + "DeleteOptions", meta + "Status", meta + "WatchEvent", OpenAPISchemas.patch,
    ]

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
        for path in OpenAPIDocuments.paths {
            let document = Document(OpenAPIDocuments.document(path).json)
            groups[path] = document
            members[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(document.hash)")]
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
        let bytes = ByteBuffer(bytes: OpenAPIProtobufV3.encode(OpenAPIDocuments.document(path)))
        protobuf.withLockedValue { $0[path] = bytes }
        return bytes
    }

    // MARK: OpenAPI v3

    /// Where the documents are, below `/openapi/v3`.
    private static let paths: [String] = {
        var paths = [".well-known/openid-configuration", "api", "apis", "openid/v1/jwks", "version"]
        for group in ServedGroups.groups {
            if !group.name.isEmpty { paths.append("apis/" + group.name) }
            paths += group.versions.map { group.name.isEmpty ? "api/" + $0 : "apis/\(group.name)/\($0)" }
        }
        return paths.sorted(by: precedesUTF8)
    }()

    private static func document(_ path: String) -> JSONValue {
        let paths = OpenAPIPaths(version: .v3)
        let parts = path.split(separator: "/").map(String.init)
        switch (path, parts.count) {
        case (".well-known/openid-configuration", _): return document([paths.issuer], [])
        case ("openid/v1/jwks", _): return document([paths.keySet], [])
        case ("version", _): return document([paths.code], [OpenAPISchemas.versionInfo])
        case ("api", _): return document([paths.group("")], [meta + "APIVersions"])
        case ("apis", _): return document([paths.groups], [meta + "APIGroupList"])
        case (_, 2) where parts[0] == "apis": return document([paths.group(parts[1])], [meta + "APIGroup"])
        default:
            let group = parts.count == 3 ? parts[1] : ""
            let version = parts[parts.count - 1]
            let kinds = Catalogue.kinds(group: group, version: version)
            return document([paths.resources(group, version)] + kinds.flatMap(paths.paths), names(of: kinds))
        }
    }

    private static func document(_ paths: [OpenAPIPaths.Path], _ names: [String]) -> JSONValue {
        var components: JSONValue = [
            "securitySchemes": ["BearerToken": ["type": "apiKey", "name": "authorization", "in": "header"]]
        ]
        if !names.isEmpty { components["schemas"] = definitions(names, .v3) }
        return [
            "openapi": "3.0.0", "info": information, "components": components,
            "paths": .object(StringMap(paths.map { ($0.path, $0.item) })),
        ]
    }

    // MARK: OpenAPI v2

    private static func whole() -> JSONValue {
        let paths = OpenAPIPaths(version: .v2)
        var all = [paths.issuer, paths.keySet, paths.code, paths.group(""), paths.groups]
        var kinds: [KindInfo] = []
        for group in ServedGroups.groups {
            if !group.name.isEmpty { all.append(paths.group(group.name)) }
            for version in group.versions {
                all.append(paths.resources(group.name, version))
                kinds += Catalogue.kinds(group: group.name, version: version)
            }
        }
        all += kinds.flatMap(paths.paths)
        let names =
            names(of: kinds) + ["APIVersions", "APIGroup", "APIGroupList"].map { meta + $0 } + [
                OpenAPISchemas.versionInfo
            ]
        return [
            "swagger": "2.0", "info": information, "paths": .object(StringMap(all.map { ($0.path, $0.item) })),
            "definitions": definitions(names, .v2),
            "securityDefinitions": ["BearerToken": ["type": "apiKey", "name": "authorization", "in": "header"]],
            "security": [["BearerToken": []]],
        ]
    }

    // MARK: Definitions

    private static func names(of kinds: [KindInfo]) -> [String] {
        var names = common
        for info in kinds {
            names.append(SchemaTable.shared.type(of: info.kind).definition)
            if let list = OpenAPISchemas.list(of: info) { names.append(list) }
            if info.has(subresource: "scale") { names.append("io.k8s.api.autoscaling.v1.Scale") }
            if info.has(subresource: "eviction") { names.append("io.k8s.api.policy.v1.Eviction") }
            if info.has(subresource: "token") { names.append("io.k8s.api.authentication.v1.TokenRequest") }
        }
        return names
    }

    private static func definitions(_ names: [String], _ version: OpenAPIVersion) -> JSONValue {
        var definitions: [(String, JSONValue)] = []
        for name in OpenAPISchemas.closure(of: names) {
            if let definition = OpenAPISchemas.definition(name, version) { definitions.append((name, definition)) }
        }
        return .object(StringMap(definitions))
    }
}

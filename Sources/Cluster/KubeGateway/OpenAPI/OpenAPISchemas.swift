import KubeAPI

/// The versions of the OpenAPI format that are published.
enum OpenAPIVersion: Sendable {
    case v2, v3

    /// Where a document has its definitions.
    var prefix: String {
        switch self {
        case .v2: "#/definitions/"
        case .v3: "#/components/schemas/"
        }
    }
}

/// Definitions of types, made from the schema table.
///
/// Follows kube-openapi pkg/generators/openapi.go, and its pkg/builder and pkg/builder3 for what differs between the
/// two versions.
enum OpenAPISchemas {
    private static let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."
    static let patch = meta + "Patch"
    private static let values: [String: SchemaFieldType] = [
        meta + "Time": .time, meta + "MicroTime": .microTime,
        "io.k8s.apimachinery.pkg.api.resource.Quantity": .quantity,
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString": .intOrString,
    ]

    /// What `/version` answers, which is no object.
    static let versionInfo = "io.k8s.apimachinery.pkg.version.Info"

    /// The definition of a kind's list; nil for what is not listed.
    static func list(of info: KindInfo) -> String? {
        let name = SchemaTable.shared.type(of: info.kind).definition + "List"
        return byDefinition[name] == nil ? nil : name
    }

    static func reference(_ definition: String, _ version: OpenAPIVersion) -> JSONValue {
        ["$ref": .string(version.prefix + definition)]
    }

    // MARK: Values that are definitions of their own

    private static func definitionName(_ type: SchemaFieldType) -> String? {
        switch type {
        case .object(let name): SchemaTable.shared.type(named: name)?.definition
        default: values.first { $0.value == type }?.key
        }
    }

    private static func value(_ type: SchemaFieldType, _ version: OpenAPIVersion) -> JSONValue {
        switch (type, version) {
        case (.quantity, .v2): ["type": "string"]
        case (.quantity, .v3): ["oneOf": [["type": "string"], ["type": "number"]]]
        case (.intOrString, .v2): ["type": "string", "format": "int-or-string"]
        case (.intOrString, .v3): ["format": "int-or-string", "oneOf": [["type": "integer"], ["type": "string"]]]
        default: ["type": "string", "format": "date-time"]
        }
    }

    // MARK: Types

    /// A definition by its name; nil for names that are none of the table's.
    static func definition(_ name: String, _ version: OpenAPIVersion) -> JSONValue? {
        if let type = values[name] { return value(type, version) }
        if name == patch { return ["type": "object"] }
        if name == versionInfo { return versionDefinition }
        return byDefinition[name].map { definition(of: $0, version) }
    }

    private static let versionDefinition: JSONValue = {
        let optional = ["emulationMajor", "emulationMinor", "minCompatibilityMajor", "minCompatibilityMinor"]
        let required = [
            "major", "minor", "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler",
            "platform",
        ]
        return [
            "type": "object", "required": .array(required.map { .string($0) }),
            "properties": .object(StringMap((optional + required).sorted().map { ($0, ["type": "string"]) })),
        ]
    }()

    private static let byDefinition = Dictionary(
        SchemaTable.shared.types.map { ($0.definition, $0) }, uniquingKeysWith: { first, _ in first })

    private static func definition(of type: SchemaType, _ version: OpenAPIVersion) -> JSONValue {
        var properties = StringMap<JSONValue>()
        if type.isKind {
            properties["apiVersion"] = ["type": "string"]
            properties["kind"] = ["type": "string"]
        }
        var required: [String] = []
        for field in type.fields {
            properties[field.name] = property(field, version)
            if field.isRequired { required.append(field.name) }
        }
        var result: JSONValue = ["type": "object"]
        if !properties.isEmpty { result["properties"] = .object(properties) }
        if !required.isEmpty { result["required"] = .array(required.sorted().map { .string($0) }) }
        if type.isAtomic { result["x-kubernetes-map-type"] = "atomic" }
        if type.isKind {
            let kinds = OpenAPIKinds.names(of: type).map { $0.json }
            if !kinds.isEmpty { result["x-kubernetes-group-version-kind"] = .array(kinds) }
        }
        return result
    }

    private static func property(_ field: SchemaField, _ version: OpenAPIVersion) -> JSONValue {
        var result = schema(field.type, version)
        switch field.listType {
        case .atomic?: result["x-kubernetes-list-type"] = "atomic"
        case .set?: result["x-kubernetes-list-type"] = "set"
        case .map(let keys)?:
            result["x-kubernetes-list-type"] = "map"
            result["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
        case nil: break
        }
        if let isAtomic = field.isAtomicMap {
            result["x-kubernetes-map-type"] = .string(isAtomic ? "atomic" : "granular")
        }
        var strategies: [String] = []
        if field.patchStrategy.contains(.merge) { strategies.append("merge") }
        if field.patchStrategy.contains(.retainKeys) { strategies.append("retainKeys") }
        if field.patchStrategy.contains(.replace) { strategies.append("replace") }
        if !strategies.isEmpty {
            result["x-kubernetes-patch-strategy"] = .string(strategies.joined(separator: ","))
        }
        if let key = field.patchMergeKey { result["x-kubernetes-patch-merge-key"] = .string(key) }
        return version == .v3 ? besideReference(result) : result
    }

    /// OpenAPI 3.0 ignores what stands beside a reference, so that the reference moves into a list of its own.
    private static func besideReference(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema, let reference = members["$ref"], members.count > 1 else {
            return schema
        }
        members["$ref"] = nil
        members["allOf"] = [["$ref": reference]]
        return .object(members)
    }

    private static func schema(_ type: SchemaFieldType, _ version: OpenAPIVersion) -> JSONValue {
        if let name = definitionName(type) { return reference(name, version) }
        switch type {
        case .int32: return ["type": "integer", "format": "int32"]
        case .int64: return ["type": "integer", "format": "int64"]
        case .bool: return ["type": "boolean"]
        case .double: return ["type": "number", "format": "double"]
        case .bytes: return ["type": "string", "format": "byte"]
        case .json: return ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        case .list(let element): return ["type": "array", "items": schema(element, version)]
        case .map(let element): return ["type": "object", "additionalProperties": schema(element, version)]
        default: return ["type": "string"]
        }
    }

    // MARK: Closure

    /// The names of all definitions that some of them need, themselves included, in order.
    static func closure(of names: [String]) -> [String] {
        var seen: Set<String> = []
        var open = names
        while let name = open.popLast() {
            guard seen.insert(name).inserted, let type = byDefinition[name] else { continue }
            for field in type.fields { open += referenced(by: field.type) }
        }
        return seen.sorted(by: precedesUTF8)
    }

    private static func referenced(by type: SchemaFieldType) -> [String] {
        if let name = definitionName(type) { return [name] }
        switch type {
        case .list(let element), .map(let element): return referenced(by: element)
        default: return []
        }
    }
}

/// Which group, version and kind a definition stands for.
struct OpenAPIKind: Hashable {
    let group: String
    let version: String
    let kind: String

    var json: JSONValue { ["group": .string(group), "version": .string(version), "kind": .string(kind)] }
}

enum OpenAPIKinds {
    private static func package(_ definition: String) -> String {
        definition.lastIndex(of: ".").map { String(definition[..<$0]) } ?? definition
    }

    /// Group and version by Go package, from the kinds that live there.
    private static let packages: [String: (group: String, version: String)] = {
        var packages: [String: (group: String, version: String)] = [:]
        for info in Catalogue.kinds {
            packages[package(SchemaTable.shared.type(of: info.kind).definition)] = (info.group, info.version)
        }
        return packages
    }()

    /// Some kinds belong to every group.
    private static let shared: Set<String> = ["DeleteOptions", "WatchEvent"]

    static func names(of type: SchemaType) -> [OpenAPIKind] {
        if shared.contains(type.goName) {
            return Catalogue.groups.flatMap { group in
                group.versions.map { OpenAPIKind(group: group.name, version: $0, kind: type.goName) }
            }
        }
        let place = packages[package(type.definition)] ?? ("", "v1")
        return [OpenAPIKind(group: place.group, version: place.version, kind: type.goName)]
    }
}

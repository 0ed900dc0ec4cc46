import Foundation

// Reduces the official OpenAPI document to the table: the types that a GA kind (v1, v2) reaches, and the kinds that
// have a collection.

extension Schema {
    private typealias Object = [String: Any]

    package init(openAPI: Data, protobufFields: Data) throws {
        guard let document = try JSONSerialization.jsonObject(with: openAPI) as? Object,
            let definitions = document["definitions"] as? [String: Object],
            let paths = document["paths"] as? [String: Object],
            let protobuf = try JSONSerialization.jsonObject(with: protobufFields) as? [String: [String: [Any]]]
        else { throw SchemaError(description: "not the OpenAPI document and the protobuf field numbers") }
        let messages = protobuf.merging(ExtensionProtobuf.messages) { reference, _ in reference }
        let reduction = Reduction(definitions: definitions, paths: paths, protobuf: messages)
        let names = reduction.swiftNames()
        types = names.keys.sorted().compactMap { reduction.type($0, names: names) }
        types.append(contentsOf: Reduction.metricsTypes)
        types.sort { $0.name < $1.name }
        kinds = reduction.kinds(names: names) + Reduction.metricsKinds
        kinds.sort {
            ($0.groupVersionKind.group, $0.plural, $0.groupVersionKind.version)
                < ($1.groupVersionKind.group, $1.plural, $1.groupVersionKind.version)
        }
    }
}

private struct Reduction {
    typealias Object = [String: Any]
    let definitions: [String: Object]
    let paths: [String: Object]
    let protobuf: [String: [String: [Any]]]

    /// Definitions that are values with coders of their own.
    static let values: [String: String] = [
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "Time",
        "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "MicroTime",
        "io.k8s.apimachinery.pkg.api.resource.Quantity": "Quantity",
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "IntOrString",
        "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "FieldsV1",
        extensions + "CustomResourceSubresourceStatus": "CustomResourceSubresourceStatus",
        extensions + "JSONSchemaPropsOrArray": "JSONSchemaPropsOrArray",
        extensions + "JSONSchemaPropsOrBool": "JSONSchemaPropsOrBool",
        extensions + "JSONSchemaPropsOrStringArray": "JSONSchemaPropsOrStringArray",
    ]
    private static let extensions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."

    func groupVersionKinds(_ definition: String) -> [Schema.GroupVersionKind] {
        (definitions[definition]?["x-kubernetes-group-version-kind"] as? [[String: String]] ?? []).map {
            .init(group: $0["group"] ?? "", version: $0["version"] ?? "", kind: $0["kind"] ?? "")
        }
    }

    private func references(_ value: Any) -> [String] {
        if let object = value as? Object {
            if let reference = object["$ref"] as? String {
                return [reference.split(separator: "/").last.map(String.init) ?? ""]
            }
            return object.values.flatMap(references)
        }
        return (value as? [Any] ?? []).flatMap(references)
    }

    private func properties(_ definition: String) -> [String: Object] {
        definitions[definition]?["properties"] as? [String: Object] ?? [:]
    }

    /// Swift names of all types that are generated. A name that several groups use goes to the first of core,
    /// the newest autoscaling, admissionregistration, flowcontrol's and authentication's; others get their group before
    /// it.
    func swiftNames() -> [String: String] {
        var reached: Set<String> = []
        func reach(_ definition: String) {
            guard !properties(definition).isEmpty, reached.insert(definition).inserted else { return }
            properties(definition).values.flatMap(references).forEach(reach)
        }
        for definition in definitions.keys
        where groupVersionKinds(definition).contains(where: { $0.version == "v1" || $0.version == "v2" }) {
            reach(definition)
        }
        let plain: (String) -> String = { $0.split(separator: ".").last.map(String.init) ?? $0 }
        let preferred = [
            ".core.v1.", ".autoscaling.v2.", ".admissionregistration.v1.", ".rbac.v1.", ".authentication.v1.",
        ]
        var names: [String: String] = [:]
        for (name, rivals) in Dictionary(grouping: reached, by: plain) {
            let owner = preferred.lazy.compactMap { group in rivals.first { $0.contains(group) } }.first
            for rival in rivals {
                let parts = rival.split(separator: ".")
                let group = parts[parts.count - 3]
                let version = rival.contains(".autoscaling.") ? parts[parts.count - 2].uppercased() : ""
                names[rival] =
                    rivals.count == 1 || rival == owner
                    ? name : group.prefix(1).uppercased() + group.dropFirst() + version + name
            }
        }
        return names
    }

    private func fieldType(_ property: Object, names: [String: String]) -> Schema.FieldType {
        if let reference = references(["$ref": property["$ref"] ?? ""]).first, property["$ref"] != nil {
            return .named(Self.values[reference] ?? names[reference] ?? "json")
        }
        switch (property["type"] as? String, property["format"] as? String) {
        case ("array", _): return .list(fieldType(property["items"] as? Object ?? [:], names: names))
        case ("object", _):
            guard let element = property["additionalProperties"] as? Object else { return .named("json") }
            return .map(fieldType(element, names: names))
        case ("string", "byte"): return .named("bytes")
        case ("string", _): return .named("string")
        case ("integer", "int32"): return .named("int32")
        case ("integer", _): return .named("int64")
        case ("number", _): return .named("double")
        case ("boolean", _): return .named("bool")
        default: return .named("json")
        }
    }

    func type(_ definition: String, names: [String: String]) -> Schema.TypeEntry? {
        guard let name = names[definition] else { return nil }
        let kinds = groupVersionKinds(definition)
        let required = Set(definitions[definition]?["required"] as? [String] ?? [])
        let message = definition.replacingOccurrences(of: "io.k8s.", with: "k8s.io.").replacingOccurrences(
            of: "-", with: "_")
        let messages = ProtobufFields(messages: protobuf, properties: Set(properties(definition).keys))
        var fields: [Schema.Field] = []
        for (property, description) in properties(definition) {
            if kinds.count == 1, property == "kind" || property == "apiVersion" { continue }
            var field = Schema.Field(name: property, type: fieldType(description, names: names))
            field.isRequired = required.contains(property)
            field.isPointer = field.isRequired && GoValues.isRequiredPointer(name, property)
            field.isNullWhenEmpty =
                (!field.isRequired || field.isPointer) && GoValues.isNullWhenEmpty(name, property)
            field.listType = description["x-kubernetes-list-type"] as? String
            if let keys = description["x-kubernetes-list-map-keys"] as? [String] {
                field.listType = "map:" + keys.joined(separator: ",")
            }
            field.mapType = description["x-kubernetes-map-type"] as? String
            if let strategy = description["x-kubernetes-patch-strategy"] as? String {
                let key = description["x-kubernetes-patch-merge-key"] as? String
                field.patchStrategy = key.map { strategy + ":" + $0 } ?? strategy
            }
            field.protobufPath = messages.path(of: property, in: message) ?? []
            field.zero = Self.zero(field, of: name)
            fields.append(field)
        }
        let places = fields.map { Self.place($0, of: name) }
        fields = fields.indices.sorted { left, right in
            places[left] == places[right]
                ? fields[left].name < fields[right].name : places[left].lexicographicallyPrecedes(places[right])
        }.map { fields[$0] }
        return Schema.TypeEntry(
            name: name, definition: definition, groupVersionKind: kinds.count == 1 ? kinds[0] : nil,
            mapType: definitions[definition]?["x-kubernetes-map-type"] as? String, fields: fields)
    }

    /// Where a field stands among those of its type.
    private static func place(_ field: Schema.Field, of type: String) -> [Int] {
        if let position = GoOrder.position(type, field.name) { return [position] }
        if !field.protobufPath.isEmpty { return field.protobufPath }
        return [["metadata": 0, "spec": 1, "status": 2][field.name] ?? 1000]
    }

    private static func zero(_ field: Schema.Field, of type: String) -> Schema.Zero {
        if field.isRequired { return GoValues.isLeftOutWhenEmpty(type, field.name) ? .omitted : .isSet }
        guard case .named(let name) = field.type else { return .isSet }
        switch name {
        case "string", "int32", "int64", "bool", "double":
            if GoValues.isPointer(type, field.name) { return .isSet }
            return GoValues.isAlwaysWritten(type, field.name) ? .written : .omitted
        case "Time", "MicroTime", "Quantity", "IntOrString":
            if GoValues.isPointer(type, field.name) { return .isSet }
            // Of all times this one is marked `omitzero`.
            return field.name == "creationTimestamp" ? .omitted : .written
        case "bytes", "json": return .isSet
        default: return GoValues.isPlainStruct(type, field.name) ? .written : .isSet
        }
    }

    // MARK: Kinds

    func kinds(names: [String: String]) -> [Schema.Kind] {
        struct Collection {
            var isNamespaced = false
            var verbs: Set<String> = []
            var subresources: Set<String> = []
            var gvk: Schema.GroupVersionKind?
        }
        var collections: [String: Collection] = [:]
        for path in paths.keys.sorted() where !path.contains("/watch/") {
            var parts = path.split(separator: "/").map(String.init)
            guard parts.first == "api" && parts.count > 2 || parts.first == "apis" && parts.count > 3 else { continue }
            let group = parts[0] == "api" ? "" : parts[1]
            let version = parts[0] == "api" ? parts[1] : parts[2]
            guard version == "v1" || version == "v2" else { continue }
            parts.removeFirst(parts[0] == "api" ? 2 : 3)
            let isNamespaced = parts.first == "namespaces" && parts.count > 2 && parts[1] == "{namespace}"
            if isNamespaced { parts.removeFirst(2) }
            let plural = parts[0]
            var collection = collections[[group, version, plural].joined(separator: "|")] ?? Collection()
            if isNamespaced { collection.isNamespaced = true }
            if parts.count > 2, parts[1] == "{name}" {
                if parts.count == 3 { collection.subresources.insert(parts[2]) }
            } else if parts.count <= 2 {
                for operation in (paths[path] ?? [:]).values {
                    guard let operation = operation as? Object,
                        let gvk = operation["x-kubernetes-group-version-kind"] as? [String: String],
                        let action = operation["x-kubernetes-action"] as? String
                    else { continue }
                    collection.gvk = .init(
                        group: gvk["group"] ?? "", version: gvk["version"] ?? "", kind: gvk["kind"] ?? "")
                    let verb = ["post": "create", "put": "update"][action] ?? action
                    collection.verbs.insert(verb)
                    if verb == "list", !["componentstatuses"].contains(plural) { collection.verbs.insert("watch") }
                }
            }
            collections[[group, version, plural].joined(separator: "|")] = collection
        }
        let byKind = Dictionary(
            names.keys.flatMap { definition in
                groupVersionKinds(definition).map { ("\($0.group)|\($0.version)|\($0.kind)", definition) }
            }, uniquingKeysWith: { first, _ in first })
        return collections.compactMap { key, collection in
            guard let gvk = collection.gvk, let definition = byKind["\(gvk.group)|\(gvk.version)|\(gvk.kind)"],
                let type = names[definition],
                let plural = key.split(separator: "|", omittingEmptySubsequences: false).last
            else { return nil }
            return Schema.Kind(
                type: type, groupVersionKind: gvk, plural: String(plural), isNamespaced: collection.isNamespaced,
                verbs: collection.verbs.sorted(), subresources: collection.subresources.sorted(),
                shortNames: Self.shortNames[String(plural)] ?? [],
                categories: Self.categories(String(plural), gvk.group))
        }
    }

    /// Not in OpenAPI: the short names that discovery gives.
    private static let shortNames: [String: [String]] = [
        "componentstatuses": ["cs"], "configmaps": ["cm"], "endpoints": ["ep"], "events": ["ev"],
        "limitranges": ["limits"],
        "namespaces": ["ns"], "nodes": ["no"], "persistentvolumeclaims": ["pvc"], "persistentvolumes": ["pv"],
        "pods": ["po"], "replicationcontrollers": ["rc"], "resourcequotas": ["quota"], "serviceaccounts": ["sa"],
        "services": ["svc"], "customresourcedefinitions": ["crd", "crds"], "daemonsets": ["ds"],
        "deployments": ["deploy"],
        "replicasets": ["rs"], "statefulsets": ["sts"], "horizontalpodautoscalers": ["hpa"], "cronjobs": ["cj"],
        "certificatesigningrequests": ["csr"], "ingresses": ["ing"], "ipaddresses": ["ip"],
        "networkpolicies": ["netpol"],
        "poddisruptionbudgets": ["pdb"], "priorityclasses": ["pc"], "storageclasses": ["sc"],
        "volumeattributesclasses": ["vac"],
    ]

    private static func categories(_ plural: String, _ group: String) -> [String] {
        if plural == "certificatesigningrequests" || group == "rbac.authorization.k8s.io" { return [] }
        if group == "admissionregistration.k8s.io", plural.contains("webhook") { return ["api-extensions"] }
        if group == "apiextensions.k8s.io" || group == "apiregistration.k8s.io"
            || group == "admissionregistration.k8s.io"
        {
            return ["api-extensions"]
        }
        let all: Set = [
            "pods", "replicationcontrollers", "services", "daemonsets", "deployments", "replicasets", "statefulsets",
            "horizontalpodautoscalers", "cronjobs", "jobs",
        ]
        return all.contains(plural) ? ["all"] : []
    }

    // MARK: metrics.k8s.io, which is an aggregated API with a document of its own

    private static func metricsType(_ name: String, kind: Bool, _ fields: [(String, String, Bool)]) -> Schema.TypeEntry
    {
        Schema.TypeEntry(
            name: name, definition: "io.k8s.metrics.pkg.apis.metrics.v1beta1.\(name)",
            groupVersionKind: kind ? .init(group: "metrics.k8s.io", version: "v1beta1", kind: name) : nil, mapType: nil,
            fields: fields.enumerated().map { index, field in
                Schema.Field(
                    name: field.0, type: .init(text: Substring(field.1)), isRequired: field.2,
                    protobufPath: [index + 1])
            })
    }

    static let metricsTypes: [Schema.TypeEntry] = [
        metricsType("ContainerMetrics", kind: false, [("name", "string", true), ("usage", "{Quantity}", true)]),
        metricsType(
            "NodeMetrics", kind: true,
            [
                ("metadata", "ObjectMeta", false), ("timestamp", "Time", true), ("window", "Duration", true),
                ("usage", "{Quantity}", true),
            ]),
        metricsType(
            "NodeMetricsList", kind: true, [("metadata", "ListMeta", false), ("items", "[NodeMetrics]", true)]),
        metricsType(
            "PodMetrics", kind: true,
            [
                ("metadata", "ObjectMeta", false), ("timestamp", "Time", true), ("window", "Duration", true),
                ("containers", "[ContainerMetrics]", true),
            ]),
        metricsType("PodMetricsList", kind: true, [("metadata", "ListMeta", false), ("items", "[PodMetrics]", true)]),
    ]

    static let metricsKinds: [Schema.Kind] = [
        .init(
            type: "NodeMetrics",
            groupVersionKind: .init(group: "metrics.k8s.io", version: "v1beta1", kind: "NodeMetrics"),
            plural: "nodes", isNamespaced: false, verbs: ["get", "list"], subresources: [], shortNames: [],
            categories: []),
        .init(
            type: "PodMetrics",
            groupVersionKind: .init(group: "metrics.k8s.io", version: "v1beta1", kind: "PodMetrics"),
            plural: "pods", isNamespaced: true, verbs: ["get", "list"], subresources: [], shortNames: [], categories: []
        ),
    ]
}

/// Finds the numbers of JSON's fields in the messages of the protobuf encoding.
private struct ProtobufFields {
    /// Message → field → number, type, label.
    let messages: [String: [String: [Any]]]
    /// All fields of the JSON object; a field of the message that is none of them is a struct that Go embeds.
    let properties: Set<String>

    /// Names differ in case (`aPIGroup`, `Webhooks`) and in marks.
    private static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    func path(of property: String, in message: String) -> [Int]? {
        guard let fields = messages[message] else { return nil }
        for (name, field) in fields where Self.plain(name) == Self.plain(property) {
            guard let number = field.first as? Int else { return nil }
            // A list of strings in a message of its own.
            return field[1] as? String == "Verbs" ? [number, 1] : [number]
        }
        let known = Set(properties.map(Self.plain))
        for (name, field) in fields.sorted(by: { $0.key < $1.key }) where !known.contains(Self.plain(name)) {
            guard let number = field.first as? Int, let type = field[1] as? String else { continue }
            let package = message.split(separator: ".").dropLast().joined(separator: ".")
            let embedded = type.contains(".") ? type : package + "." + type
            if let path = path(of: property, in: embedded) { return [number] + path }
        }
        return nil
    }
}

/// The compact table of Kubernetes' types: one line a type or kind, one a field.
///
///     kind Pod group= version=v1 plural=pods namespaced verbs=create,delete,… subresources=status,… short=po
///     type Pod io.k8s.api.core.v1.Pod kind= group= version=v1
///       metadata ObjectMeta pb=1
///       spec PodSpec pb=2
///     type PodSpec io.k8s.api.core.v1.PodSpec
///       containers [Container] required list=map:name patch=merge:name pb=2
package struct Schema: Equatable, Sendable {
    package struct Field: Equatable, Sendable {
        package var name: String
        package var type: FieldType
        package var isRequired = false
        /// Required, and yet a pointer in Go: an empty struct is told from none. Where it may be absent, validation
        /// says so.
        package var isPointer = false
        /// JSON writes it when it is empty or not set, as null: a list or a map that is not required, or a pointer.
        package var isNullWhenEmpty = false
        /// `atomic`, `set`, or `map:KEY,KEY`; nil when the schema does not say.
        package var listType: String?
        /// `atomic` or `granular`.
        package var mapType: String?
        /// `merge`, `merge:KEY`, `retainKeys` or `merge,retainKeys:KEY`.
        package var patchStrategy: String?
        /// The number in the protobuf encoding; before it those of the messages in which Go embeds the field. Empty
        /// for types that the schema gives no protobuf encoding.
        package var protobufPath: [Int] = []
        package var zero = Zero.isSet
    }

    /// What becomes of a zero.
    package enum Zero: Equatable, Sendable {
        /// A pointer in Go, a list, a map or required: zero is a value, and written.
        case isSet
        /// A plain value in Go, and no more than absence: left out of JSON. Of required ones those with `omitempty`.
        case omitted
        /// A plain value in Go, which JSON always writes.
        case written
    }

    package indirect enum FieldType: Equatable, Sendable {
        case named(String)
        case list(FieldType)
        case map(FieldType)
    }

    package struct TypeEntry: Equatable, Sendable {
        /// The Swift name, unique.
        package var name: String
        /// The name in the OpenAPI document.
        package var definition: String
        /// Set for types that carry `kind` and `apiVersion`.
        package var groupVersionKind: GroupVersionKind?
        package var mapType: String?
        package var fields: [Field]
    }

    package struct GroupVersionKind: Equatable, Sendable {
        package var group: String
        package var version: String
        package var kind: String
    }

    /// A kind with a collection of its own.
    package struct Kind: Equatable, Sendable {
        /// The Swift name of its type.
        package var type: String
        package var groupVersionKind: GroupVersionKind
        package var plural: String
        package var isNamespaced: Bool
        package var verbs: [String]
        package var subresources: [String]
        package var shortNames: [String]
        package var categories: [String]
    }

    package var kinds: [Kind]
    package var types: [TypeEntry]
}

package struct SchemaError: Error, CustomStringConvertible {
    package var description: String
}

// MARK: Text

extension Schema.FieldType {
    package var text: String {
        switch self {
        case .named(let name): name
        case .list(let element): "[\(element.text)]"
        case .map(let element): "{\(element.text)}"
        }
    }

    init(text: Substring) {
        if text.hasPrefix("[") {
            self = .list(.init(text: text.dropFirst().dropLast()))
        } else if text.hasPrefix("{") {
            self = .map(.init(text: text.dropFirst().dropLast()))
        } else {
            self = .named(String(text))
        }
    }
}

extension Schema {
    package var text: String {
        var lines = [
            "# The kinds and fields of Kubernetes 1.36, reduced from its OpenAPI document and protobuf field numbers.",
            "# Written by schema-generator; Documentation/Schema.md tells the form.",
        ]
        for kind in kinds {
            var line = "kind \(kind.type) group=\(kind.groupVersionKind.group) version=\(kind.groupVersionKind.version)"
            line += " kind=\(kind.groupVersionKind.kind) plural=\(kind.plural)"
            if kind.isNamespaced { line += " namespaced" }
            line += " verbs=\(kind.verbs.joined(separator: ","))"
            if !kind.subresources.isEmpty { line += " subresources=\(kind.subresources.joined(separator: ","))" }
            if !kind.shortNames.isEmpty { line += " short=\(kind.shortNames.joined(separator: ","))" }
            if !kind.categories.isEmpty { line += " categories=\(kind.categories.joined(separator: ","))" }
            lines.append(line)
        }
        for type in types {
            var line = "type \(type.name) \(type.definition)"
            if let gvk = type.groupVersionKind { line += " group=\(gvk.group) version=\(gvk.version) kind=\(gvk.kind)" }
            if let mapType = type.mapType { line += " map=\(mapType)" }
            lines.append(line)
            for field in type.fields {
                var line = "  \(field.name) \(field.type.text)"
                if field.isRequired { line += " required" }
                if field.isPointer { line += " pointer" }
                if field.isNullWhenEmpty { line += " null" }
                if field.zero == .omitted { line += " omitzero" }
                if field.zero == .written { line += " zero" }
                if let listType = field.listType { line += " list=\(listType)" }
                if let mapType = field.mapType { line += " map=\(mapType)" }
                if let patch = field.patchStrategy { line += " patch=\(patch)" }
                if !field.protobufPath.isEmpty {
                    line += " pb=" + field.protobufPath.map(String.init).joined(separator: ".")
                }
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    package init(text: String) throws {
        kinds = []
        types = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let words = line.split(separator: " ")
            var values: [Substring: Substring] = [:]
            var flags: Set<Substring> = []
            for word in words.dropFirst(2) {
                if let equals = word.firstIndex(of: "=") {
                    values[word[..<equals]] = word[word.index(after: equals)...]
                } else {
                    flags.insert(word)
                }
            }
            guard words.count >= 2 else { throw SchemaError(description: "line \(number + 1): too few words") }
            func list(_ key: Substring) -> [String] { (values[key] ?? "").split(separator: ",").map(String.init) }
            let gvk = values["version"].map {
                GroupVersionKind(
                    group: String(values["group"] ?? ""), version: String($0), kind: String(values["kind"] ?? ""))
            }
            if line.hasPrefix("  ") {
                guard !types.isEmpty else {
                    throw SchemaError(description: "line \(number + 1): a field before any type")
                }
                types[types.count - 1].fields.append(
                    Field(
                        name: String(words[0]), type: FieldType(text: words[1]), isRequired: flags.contains("required"),
                        isPointer: flags.contains("pointer"), isNullWhenEmpty: flags.contains("null"),
                        listType: values["list"].map(String.init), mapType: values["map"].map(String.init),
                        patchStrategy: values["patch"].map(String.init),
                        protobufPath: (values["pb"] ?? "").split(separator: ".").compactMap { Int($0) },
                        zero: flags.contains("omitzero") ? .omitted : flags.contains("zero") ? .written : .isSet))
            } else if words[0] == "type", words.count >= 3 {
                types.append(
                    TypeEntry(
                        name: String(words[1]), definition: String(words[2]), groupVersionKind: gvk,
                        mapType: values["map"].map(String.init), fields: []))
            } else if words[0] == "kind", let gvk {
                kinds.append(
                    Kind(
                        type: String(words[1]), groupVersionKind: gvk, plural: String(values["plural"] ?? ""),
                        isNamespaced: flags.contains("namespaced"), verbs: list("verbs"),
                        subresources: list("subresources"), shortNames: list("short"), categories: list("categories")))
            } else {
                throw SchemaError(description: "line \(number + 1): neither a kind, a type nor a field")
            }
        }
    }
}

/// How server-side apply sees a value, by the schema: what is one value, and what has parts that may have owners of
/// their own.
///
/// Follows kube-openapi `pkg/schemaconv`, which makes structured-merge-diff's schema from OpenAPI, and
/// structured-merge-diff `typed/helpers.go`.
struct ApplyType {
    private let type: SchemaFieldType
    /// What the field says about its value, where it says anything.
    private let listType: SchemaField.ListType?
    private let isAtomicMap: Bool?

    /// A whole object of a kind.
    init(_ kind: ResourceKind) { self.init(.object(SchemaTable.shared.type(of: kind).name)) }

    init(_ type: SchemaFieldType) {
        self.type = type
        listType = nil
        isAtomicMap = nil
    }

    init(_ field: SchemaField) {
        type = field.type
        isAtomicMap = field.isAtomicMap
        if let listType = field.listType {
            self.listType = listType
        } else if field.patchStrategy.contains(.merge) {
            // Without a list type, the strategy of patches tells.
            listType = field.patchMergeKey.map { .map(keys: [$0]) } ?? .set
        } else {
            listType = nil
        }
    }

    enum Shape {
        case scalar
        /// One value, whatever is in it.
        case atomicList, atomicMap
        case set(ApplyType)
        case listMap(ListMap)
        case structure(SchemaType)
        case map(ApplyType)
        /// Without a schema: the value tells. Lists are atomic, maps are not.
        case deduced
    }

    struct ListMap {
        let keys: [String]
        let element: ApplyType
        let elementType: SchemaType?
    }

    var shape: Shape {
        switch type {
        case .json: return .deduced
        case .object:
            guard let structure = type.objectType else { return .deduced }
            return isAtomicMap ?? structure.isAtomic ? .atomicMap : .structure(structure)
        case .map(let element): return isAtomicMap ?? false ? .atomicMap : .map(ApplyType(element))
        case .list(let element):
            switch listType {
            case .atomic, nil: return .atomicList
            case .set: return .set(ApplyType(element))
            case .map(let keys):
                return .listMap(ListMap(keys: keys, element: ApplyType(element), elementType: element.objectType))
            }
        default: return .scalar
        }
    }

    /// What a value without a schema is. Null may be anything, and is taken for a map.
    static func deducedShape(_ value: JSONValue?) -> Shape {
        switch value {
        case .array: .atomicList
        case .object, .null, nil: .map(ApplyType(.json))
        default: .scalar
        }
    }

    /// The type of what is below an element; nil if the schema has no such thing.
    func below(_ element: PathElement) -> ApplyType? {
        switch (shape, element) {
        case (.structure(let structure), .field(let name)): ApplyType.member(name, of: structure)
        case (.map(let value), .field): value
        case (.listMap(let list), .key): list.element
        case (.deduced, .field): ApplyType(.json)
        default: nil
        }
    }

    /// The type of a struct's field, `kind` and `apiVersion` of a kind included.
    static func member(_ name: String, of structure: SchemaType) -> ApplyType? {
        if let field = structure.field(name) { return ApplyType(field) }
        return structure.isKind && (name == "kind" || name == "apiVersion") ? ApplyType(.string) : nil
    }

    /// What is wrong with a value as a scalar of this type; nil if nothing is. Quantities, times and values that are
    /// numbers or text may be either. Follows `validateScalar`, whose messages print the value in Go's ways.
    func scalarFailure(_ value: JSONValue) -> String? {
        switch (type, value) {
        case (_, .null), (.string, .string), (.bytes, .string), (.bool, .bool), (.int32, .int), (.int32, .double),
            (.int64, .int), (.int64, .double), (.double, .int), (.double, .double):
            return nil
        case (.string, _), (.bytes, _):
            return "expected string, got &value.valueUnstructured{Value:\(ApplyType.goSyntax(value))}"
        case (.bool, _): return "expected boolean, got &{\(StrategicMergePatch.text(value))}"
        case (.int32, _), (.int64, _), (.double, _):
            return "expected numeric (int or float), got \(value.goType)"
        case (_, .array), (_, .object): return "expected any scalar, got &{\(StrategicMergePatch.text(value))}"
        default: return nil
        }
    }

    /// As Go's `%#v` prints it.
    private static func goSyntax(_ value: JSONValue) -> String {
        switch value {
        case .array(let elements): "[]interface {}{" + elements.map(goSyntax).joined(separator: ", ") + "}"
        case .object(let members):
            "map[string]interface {}{"
                + members.map { GoText.quoted($0.key) + ":" + goSyntax($0.value) }.joined(separator: ", ") + "}"
        case .string(let text): GoText.quoted(text)
        default: StrategicMergePatch.text(value)
        }
    }
}

extension ApplyType.ListMap {
    /// How an entry of the list is known; or why it is not. A key that is left out has the default of its field; one
    /// that has none is no part of the name, so that an entry without it is another than one with it, unless the
    /// entry has no key at all. Follows structured-merge-diff 6.3 `typed/helpers.go`.
    func element(of entry: JSONValue) -> Result<PathElement, ApplyFailure> {
        guard case .object(let members) = entry else {
            let what = entry.isNull ? "a null element" : "non-map elements"
            return .failure(ApplyFailure("associative list with keys may not have \(what)"))
        }
        var fields: [PathElement.KeyField] = []
        for key in keys {
            guard let value = members[key] ?? keyDefault(key) else { continue }
            fields.append(PathElement.KeyField(name: key, value: value))
        }
        if fields.isEmpty {
            let names = keys.map(GoText.quoted).joined(separator: " ")
            return .failure(
                ApplyFailure(
                    "associative list with keys has an element that omits all key fields [\(names)] "
                        + "(and doesn't have default values for any key fields)"))
        }
        fields.sort { compareUTF8($0.name, $1.name) < 0 }
        return .success(.key(fields))
    }

    /// In OpenAPI a field has a default if its Go type says so (`+default`), or if JSON always writes it.
    private func keyDefault(_ key: String) -> JSONValue? {
        guard let elementType, let field = elementType.field(key) else { return nil }
        switch (elementType.name, key) {
        case ("ContainerPort", "protocol"), ("ServicePort", "protocol"): return "TCP"
        case ("LocalObjectReference", "name"): return ""
        default: break
        }
        guard field.isRequired else { return nil }
        switch field.type {
        case .string: return ""
        case .int32, .int64, .double: return 0
        case .bool: return false
        default: return nil
        }
    }
}

/// How an entry of a set is known; or why it is not.
func setElement(of entry: JSONValue) -> Result<PathElement, ApplyFailure> {
    switch entry {
    case .object: .failure(ApplyFailure("associative list without keys has an element that's a map type"))
    case .array: .failure(ApplyFailure("not supported: associative list with lists as elements"))
    case .null: .failure(ApplyFailure("associative list without keys has an element that's an explicit null"))
    default: .success(.value(entry))
    }
}

/// What is wrong with a value, and where.
struct ApplyFailure: Error, Equatable {
    /// As in `.spec.containers[name="web"]`; empty at the top.
    var path = ""
    var message: String

    init(_ message: String) { self.message = message }

    func below(_ element: PathElement) -> ApplyFailure {
        var failure = self
        failure.path = element.description + path
        return failure
    }

    /// One error as it is, several in lines of their own, as `typed.ValidationErrors` prints them.
    static func text(_ failures: [ApplyFailure]) -> String {
        let lines = failures.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
        return lines.count == 1 ? lines[0] : (["errors:"] + lines.map { "  " + $0 }).joined(separator: "\n")
    }
}

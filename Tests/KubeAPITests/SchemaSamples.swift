import KubeAPI

/// Builds objects with every field set, from the schema itself.
struct SchemaSamples {
    private var counter = 0

    /// An object of a kind in which every field has a value, and every two scalars differ.
    static func object(_ kind: ResourceKind) -> JSONValue {
        var samples = SchemaSamples()
        let type = SchemaTable.shared.type(of: kind)
        guard case .object(var members) = samples.value(.object(type.name), inside: []) else { return .null }
        members["kind"] = .string(kind.info.name)
        members["apiVersion"] = .string(kind.info.apiVersion)
        return .object(members)
    }

    private mutating func next() -> Int {
        counter += 1
        return counter
    }

    /// Members of JSON schemas, and of what tells of them, that are not any JSON.
    private mutating func schemaMember(_ field: String, of type: String) -> JSONValue? {
        switch (type, field) {
        case ("CustomResourceSubresources", "status"): [:]
        case ("JSONSchemaProps", "additionalItems"): false
        case ("JSONSchemaProps", "additionalProperties"): ["type": .string("text \(next())")]
        case ("JSONSchemaProps", "items"): [["type": "integer"], ["minimum": .double(Double(next()) + 0.5)]]
        case ("JSONSchemaProps", "dependencies"): ["b": ["c", .string("text \(next())")], "a": ["type": "object"]]
        default: nil
        }
    }

    private mutating func value(_ type: SchemaFieldType, inside: [String]) -> JSONValue? {
        switch type {
        case .string: return .string("text \(next()) <\"é\">")
        case .int32, .int64: return .int(next())
        case .bool: return .bool(next() > 0)
        case .double: return .double(Double(next()) + 0.5)
        case .bytes: return .string(Base64Data(Array("bytes \(next())".utf8)).base64)
        case .time: return .string(Time(seconds: 1_767_225_600 + next()).rfc3339)
        case .microTime: return .string(MicroTime(microseconds: 1_767_225_600_000_000 + next()).rfc3339)
        case .quantity:
            let number = next()
            return .string(number % 2 == 0 ? Quantity(milli: number * 1000 + 1).text : "\(number)Mi")
        case .intOrString:
            let number = next()
            return number % 2 == 0 ? .int(number) : .string("\(number)%")
        case .json: return ["any": ["a", 1, true, 2.5, nil], "n": .int(next())]
        case .list(let element):
            guard let first = value(element, inside: inside), let second = value(element, inside: inside) else {
                return nil
            }
            return .array([first, second])
        case .map(let element):
            guard let first = value(element, inside: inside), let second = value(element, inside: inside) else {
                return nil
            }
            return .object(StringMap([("b\(next())", first), ("a\(next())", second)]))
        case .object(let name):
            // A type within itself is shown once.
            guard inside.filter({ $0 == name }).count < 2, let type = SchemaTable.shared.type(named: name) else {
                return nil
            }
            var members: StringMap<JSONValue> = [:]
            for field in type.fields {
                if let member = schemaMember(field.name, of: name) ?? value(field.type, inside: inside + [name]) {
                    members[field.name] = member
                }
            }
            return .object(members)
        }
    }
}

extension JSONValue: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
}

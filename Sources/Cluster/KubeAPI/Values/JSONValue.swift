/// Any JSON value, for fields without a schema, patches and generic walks. Objects keep their members sorted by the
/// UTF-8 bytes of their names, as Go prints maps.
public indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(StringMap<JSONValue>)
}

extension JSONValue {
    /// Texts are the same if their bytes are, as in Go.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let first), .bool(let second)): first == second
        case (.int(let first), .int(let second)): first == second
        case (.double(let first), .double(let second)): first == second
        case (.string(let first), .string(let second)): equalUTF8(first, second)
        case (.array(let first), .array(let second)): first == second
        case (.object(let first), .object(let second)): first == second
        case (.null, _), (.bool, _), (.int, _), (.double, _), (.string, _), (.array, _), (.object, _): false
        }
    }
}

extension JSONValue: JSONCodable {
    public init(from reader: inout JSONReader) {
        if reader.nextIsObject() {
            self = .object(reader.map())
        } else if reader.nextIsArray() {
            self = .array(reader.array())
        } else if reader.nextIsString() {
            self = .string(reader.string())
        } else if reader.nextIsBool() {
            self = .bool(reader.bool())
        } else if reader.null() {
            self = .null
        } else if reader.nextIsInteger() {
            self = .int(reader.int())
        } else {
            let text = reader.numberText()
            // As Go, whole numbers that do not fit 64 bits become floating point, and those that do not fit that fail.
            if let whole = Int(text) {
                self = .int(whole)
            } else if let number = Double(text), number.isFinite {
                self = .double(number)
            } else {
                reader.fail("expected a number, found a number \(text)")
                self = .null
            }
        }
    }

    public func encode(into writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .int(let value): writer.int(value)
        case .double(let value): writer.double(value)
        case .string(let value): writer.string(value)
        case .array(let elements): writer.array(elements)
        case .object(let members): writer.map(members)
        }
    }
}

extension JSONValue {
    public init() { self = .null }

    /// The member of an object; nil for other values and absent members.
    public subscript(name: String) -> JSONValue? {
        get {
            if case .object(let members) = self { members[name] } else { nil }
        }
        set {
            guard case .object(var members) = self else { return }
            self = .null
            members[name] = newValue
            self = .object(members)
        }
    }

    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var intValue: Int? { if case .int(let value) = self { value } else { nil } }
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: StringMap<JSONValue>? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(StringMap(elements)) }
    public init(nilLiteral: ()) { self = .null }
}

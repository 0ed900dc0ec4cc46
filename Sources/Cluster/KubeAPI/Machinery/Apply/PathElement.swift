/// One step of the path to a field, as server-side apply names fields.
///
/// Follows structured-merge-diff `fieldpath/element.go` and `fieldpath/serialize-pe.go`.
public enum PathElement: Equatable, Sendable {
    /// A member of a struct or a map.
    case field(String)
    /// An entry of a list that is a map, by the values of its keys, sorted by name.
    case key([KeyField])
    /// An entry of a set.
    case value(JSONValue)
    /// An entry of a list by its place.
    case index(Int)

    public struct KeyField: Equatable, Sendable {
        public let name: String
        public let value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }
}

// MARK: Order

extension PathElement: Comparable {
    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }

    /// Negative, zero or positive. Fields before keys before values before indexes.
    public static func order(_ left: PathElement, _ right: PathElement) -> Int {
        switch (left, right) {
        case (.field(let first), .field(let second)): return compareUTF8(first, second)
        case (.key(let first), .key(let second)):
            for (left, right) in zip(first, second) {
                let names = compareUTF8(left.name, right.name)
                if names != 0 { return names }
                let values = JSONValue.order(left.value, right.value)
                if values != 0 { return values }
            }
            return first.count - second.count
        case (.value(let first), .value(let second)): return JSONValue.order(first, second)
        case (.index(let first), .index(let second)): return first - second
        default: return left.rank - right.rank
        }
    }

    public static func < (left: PathElement, right: PathElement) -> Bool { order(left, right) < 0 }

    public static func == (left: PathElement, right: PathElement) -> Bool { order(left, right) == 0 }
}

extension JSONValue {
    private var rank: Int {
        switch self {
        case .int, .double: 0
        case .string: 1
        case .bool: 2
        case .array: 3
        case .object: 4
        case .null: 5
        }
    }

    /// The order of values within sets: numbers, strings, booleans, lists, maps, null. Follows structured-merge-diff
    /// `value/value.go`.
    static func order(_ left: JSONValue, _ right: JSONValue) -> Int {
        switch (left, right) {
        case (.int(let first), .int(let second)): return first < second ? -1 : first == second ? 0 : 1
        case (.int(let first), .double(let second)): return order(Double(first), second)
        case (.double(let first), .int(let second)): return order(first, Double(second))
        case (.double(let first), .double(let second)): return order(first, second)
        case (.string(let first), .string(let second)): return compareUTF8(first, second)
        case (.bool(let first), .bool(let second)): return (first ? 1 : 0) - (second ? 1 : 0)
        case (.array(let first), .array(let second)):
            for (left, right) in zip(first, second) {
                let elements = order(left, right)
                if elements != 0 { return elements }
            }
            return first.count - second.count
        case (.object(let first), .object(let second)):
            for (left, right) in zip(first, second) {
                let names = compareUTF8(left.key, right.key)
                if names != 0 { return names }
                let values = order(left.value, right.value)
                if values != 0 { return values }
            }
            return first.count - second.count
        default: return left.rank - right.rank
        }
    }

    private static func order(_ left: Double, _ right: Double) -> Int { left < right ? -1 : left == right ? 0 : 1 }

    /// Whether server-side apply sees no difference: `1` and `1.0` are one.
    static func areSame(_ left: JSONValue, _ right: JSONValue) -> Bool { order(left, right) == 0 }
}

// MARK: Text

extension PathElement: CustomStringConvertible {
    /// As messages print it: `.spec`, `[name="web"]`, `[="a"]`, `[3]`.
    public var description: String {
        switch self {
        case .field(let name): "." + name
        case .key(let fields):
            "[" + fields.map { $0.name + "=" + PathElement.text($0.value) }.joined(separator: ",") + "]"
        case .value(let value): "[=" + PathElement.text(value) + "]"
        case .index(let index): "[\(index)]"
        }
    }

    /// Follows structured-merge-diff `value.ToString`.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .string(let text): GoText.quoted(text)
        case .array(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { $0.key + "=" + text($0.value) }.joined(separator: ";") + "}"
        default: value.jsonText
        }
    }

    /// As `FieldsV1` writes it: `f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:3`.
    public var serialized: String {
        switch self {
        case .field(let name): return "f:" + name
        case .key(let fields):
            var writer = JSONWriter(capacity: 128)
            writer.beginObject()
            for field in fields {
                writer.key(named: field.name)
                field.value.encode(into: &writer)
            }
            writer.endObject()
            return "k:" + writer.text
        case .value(let value): return "v:" + value.jsonText
        case .index(let index): return "i:\(index)"
        }
    }

    enum ParseFailure: Error {
        /// Of a later version: left out, as upstream does.
        case unknownType
        case malformed
    }

    init(serialized text: String) throws(ParseFailure) {
        let rest = text.utf8.dropFirst(2)
        guard text.utf8.count >= 2, text.utf8.dropFirst().first == UInt8(ascii: ":") else { throw .malformed }
        let content = String(Substring(rest))
        switch text.utf8.first {
        case UInt8(ascii: "f"): self = .field(content)
        case UInt8(ascii: "v"):
            do { self = .value(try JSONValue.decode(content)) } catch { throw .malformed }
        case UInt8(ascii: "k"):
            let value: JSONValue
            do { value = try JSONValue.decode(content) } catch { throw .malformed }
            guard case .object(let members) = value else { throw .malformed }
            self = .key(members.map { KeyField(name: $0.key, value: $0.value) })
        case UInt8(ascii: "i"):
            guard let index = Int(content) else { throw .malformed }
            self = .index(index)
        default: throw .unknownType
        }
    }
}

/// The compact table at run time: what patches, server-side apply, pruning and the OpenAPI document are driven by.
///
/// Read from its text when first asked for, in about a millisecond; immutable from then on.
public final class SchemaTable: Sendable {
    public static let shared = SchemaTable(SchemaText.table)

    /// Ordered by name.
    public let types: [SchemaType]
    private let indexes: [String: Int]
    /// By `ResourceKind.rawValue`, indexes of `types`.
    private let kindTypes: [Int]

    /// A type by its unique name, as in `PodSpec`. O(1).
    public func type(named name: String) -> SchemaType? { indexes[name].map { types[$0] } }

    /// The type of a kind. O(1).
    public func type(of kind: ResourceKind) -> SchemaType { types[kindTypes[Int(kind.rawValue)]] }

    private init(_ text: StaticString) {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var types: [SchemaType] = []
        var kinds: [String] = []
        var type: (words: [String], fields: [SchemaField])?
        func finish() {
            if let type { types.append(SchemaType(words: type.words, fields: type.fields)) }
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            if line.first == UInt8(ascii: " ") {
                type?.fields.append(SchemaField(words: words))
            } else if words[0] == "kind" {
                kinds.append(words[1])
            } else {
                finish()
                type = (words, [])
            }
        }
        finish()
        var indexes: [String: Int] = [:]
        for (index, type) in types.enumerated() { indexes[type.name] = index }
        self.types = types
        self.indexes = indexes
        kindTypes = kinds.map { name in
            guard let index = indexes[name] else { preconditionFailure("the table has no type \(name)") }
            return index
        }
    }
}

/// A struct of the API.
public final class SchemaType: Sendable {
    /// Unique, as in `PodSpec`; the name of the generated struct.
    public let name: String
    /// As in `io.k8s.api.core.v1.PodSpec`.
    public let definition: String
    /// Whether `kind` and `apiVersion` come before its fields.
    public let isKind: Bool
    /// Whether the whole value is one for server-side apply.
    public let isAtomic: Bool
    /// In the order of Go's struct, which is that of JSON.
    public let fields: [SchemaField]
    private let indexes: [String: Int]

    fileprivate init(words: [String], fields: [SchemaField]) {
        name = words[1]
        definition = words[2]
        isKind = words.contains { $0.hasPrefix("kind=") }
        isAtomic = words.contains("map=atomic")
        self.fields = fields
        var indexes: [String: Int] = [:]
        for (index, field) in fields.enumerated() { indexes[field.name] = index }
        self.indexes = indexes
    }

    /// A field by its JSON name. O(1).
    public func field(_ name: String) -> SchemaField? { indexes[name].map { fields[$0] } }

    /// Go's name of the type within its package, as in `PodSpec`.
    public var goName: String {
        String(definition[(definition.lastIndex(of: ".") ?? definition.startIndex)...].dropFirst())
    }

    /// Go's package of the type, as in `v1`.
    public var goPackage: String {
        let parts = definition.split(separator: ".")
        return parts.count > 1 ? String(parts[parts.count - 2]) : ""
    }
}

/// One field of a type, as the OpenAPI document and its extensions describe it.
public struct SchemaField: Sendable {
    /// How the entries of a list belong together.
    public enum ListType: Equatable, Sendable {
        case atomic
        case set
        /// A map by the values of these fields.
        case map(keys: [String])
    }

    /// How a strategic merge patch treats the field; several may hold.
    public struct PatchStrategy: OptionSet, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let merge = PatchStrategy(rawValue: 1)
        public static let replace = PatchStrategy(rawValue: 2)
        public static let retainKeys = PatchStrategy(rawValue: 4)
    }

    public let name: String
    public let type: SchemaFieldType
    public let isRequired: Bool
    /// Whether Go has a pointer for it although it is required.
    public let isPointer: Bool
    /// Nil where the schema does not say, which is taken for atomic.
    public let listType: ListType?
    /// Whether a map or struct is one value for server-side apply; nil where its type decides.
    public let isAtomicMap: Bool?
    public let patchStrategy: PatchStrategy
    /// The key by which a strategic merge patch finds entries.
    public let patchMergeKey: String?
    /// Whether Go holds the field as a plain value, so that zero is no more than absence.
    public let isPlain: Bool

    fileprivate init(words: [String]) {
        name = words[0]
        type = SchemaFieldType(Substring(words[1]))
        var isRequired = false
        var isPointer = false
        var isPlain = false
        var listType: ListType?
        var isAtomicMap: Bool?
        var patchStrategy: PatchStrategy = []
        var patchMergeKey: String?
        for word in words.dropFirst(2) {
            let parts = word.split(separator: "=", maxSplits: 1)
            let value = parts.count > 1 ? parts[1] : ""
            switch parts[0] {
            case "required": isRequired = true
            case "pointer": isPointer = true
            case "omitzero", "zero": isPlain = true
            case "list":
                switch value {
                case "atomic": listType = .atomic
                case "set": listType = .set
                default: listType = .map(keys: value.dropFirst(4).split(separator: ",").map(String.init))
                }
            case "map": isAtomicMap = value == "atomic"
            case "patch":
                let strategies = value.prefix { $0 != ":" }
                if strategies.contains("merge") { patchStrategy.insert(.merge) }
                if strategies.contains("replace") { patchStrategy.insert(.replace) }
                if strategies.contains("retainKeys") { patchStrategy.insert(.retainKeys) }
                if strategies.count < value.count { patchMergeKey = String(value.dropFirst(strategies.count + 1)) }
            default: break
            }
        }
        self.isRequired = isRequired
        self.isPointer = isPointer
        self.isPlain = isPlain
        self.listType = listType
        self.isAtomicMap = isAtomicMap
        self.patchStrategy = patchStrategy
        self.patchMergeKey = patchMergeKey
    }
}

/// What a field's value is.
public indirect enum SchemaFieldType: Equatable, Sendable {
    case string, int32, int64, bool, double, bytes, time, microTime, quantity, intOrString
    /// Any JSON value.
    case json
    /// A struct of the table, by name.
    case object(String)
    case list(SchemaFieldType)
    case map(SchemaFieldType)

    fileprivate init(_ text: Substring) {
        switch text {
        case "string", "Duration": self = .string
        case "int32": self = .int32
        case "int64": self = .int64
        case "bool": self = .bool
        case "double": self = .double
        case "bytes": self = .bytes
        case "Time": self = .time
        case "MicroTime": self = .microTime
        case "Quantity": self = .quantity
        case "IntOrString": self = .intOrString
        case "json", "FieldsV1", "CustomResourceSubresourceStatus", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool",
            "JSONSchemaPropsOrStringArray":
            self = .json
        case _ where text.hasPrefix("["): self = .list(SchemaFieldType(text.dropFirst().dropLast()))
        case _ where text.hasPrefix("{"): self = .map(SchemaFieldType(text.dropFirst().dropLast()))
        default: self = .object(String(text))
        }
    }

    /// The struct of the table, if it is one.
    public var objectType: SchemaType? {
        if case .object(let name) = self { SchemaTable.shared.type(named: name) } else { nil }
    }
}

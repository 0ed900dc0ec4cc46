// Members of JSON schemas that are one thing or another. In JSON they stand for themselves; in protobuf each is a
// message with a field for either. What they read has no strict checks, as they read JSON themselves in Go.
//
// Follows kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/marshal.go.

/// A schema, or whether anything is allowed: `additionalProperties: false`.
public struct JSONSchemaPropsOrBool: JSONCodable, ProtobufCodable {
    /// What Go says of JSON that is neither, without telling where.
    public static let complaint = "boolean or JSON schema expected"

    public var allows = false
    public var schema: JSONSchemaProps?

    public init() {}

    public init(from reader: inout JSONReader) {
        if reader.nextIsObject() {
            allows = true
            schema = reader.withoutUnknownFields { reader in JSONSchemaProps(from: &reader) }
        } else if reader.nextIsBool() {
            allows = reader.bool()
        } else {
            reader.fail(Self.complaint)
        }
    }

    public func encode(into writer: inout JSONWriter) {
        if let schema { schema.encode(into: &writer) } else { writer.bool(allows) }
    }

    public init(protobuf reader: inout ProtobufReader) {
        while case let field = reader.nextField(), field != 0 {
            switch field {
            case 1: allows = reader.bool()
            case 2: schema = reader.message()
            default: reader.skip()
            }
        }
    }

    public func encode(protobuf writer: inout ProtobufWriter) {
        writer.message(2, schema)
        writer.bool(1, allows)
    }
}

/// A schema of every item, or one an item.
public typealias JSONSchemaPropsOrArray = JSONSchemaPropsOrList<JSONSchemaProps>
/// A schema, or the names of fields that must be there, too.
public typealias JSONSchemaPropsOrStringArray = JSONSchemaPropsOrList<String>

/// A schema, or a list. Other JSON is neither, and written as null.
public struct JSONSchemaPropsOrList<Element: JSONSchemaListElement>: JSONCodable, ProtobufCodable {
    public var schema: JSONSchemaProps?
    public var list: [Element] = []

    public init() {}

    public init(from reader: inout JSONReader) {
        if reader.nextIsObject() {
            schema = reader.withoutUnknownFields { reader in JSONSchemaProps(from: &reader) }
        } else if reader.nextIsArray() {
            list = reader.withoutUnknownFields { reader in reader.array() }
        } else {
            reader.skip()
        }
    }

    public func encode(into writer: inout JSONWriter) {
        if !list.isEmpty {
            writer.array(list)
        } else if let schema {
            schema.encode(into: &writer)
        } else {
            writer.null()
        }
    }

    public init(protobuf reader: inout ProtobufReader) {
        while case let field = reader.nextField(), field != 0 {
            switch field {
            case 1: schema = reader.message()
            case 2: Element.append(to: &list, &reader)
            default: reader.skip()
            }
        }
    }

    public func encode(protobuf writer: inout ProtobufWriter) {
        Element.write(2, list, &writer)
        writer.message(1, schema)
    }
}

/// What `JSONSchemaPropsOrList` may list: only protobuf tells messages from strings.
public protocol JSONSchemaListElement: JSONCodable {
    static func append(to list: inout [Self], _ reader: inout ProtobufReader)
    static func write(_ number: Int, _ list: [Self], _ writer: inout ProtobufWriter)
}

extension JSONSchemaProps: JSONSchemaListElement {
    public static func append(to list: inout [Self], _ reader: inout ProtobufReader) { reader.messages(&list) }
    public static func write(_ number: Int, _ list: [Self], _ writer: inout ProtobufWriter) {
        writer.messages(number, list)
    }
}

extension String: JSONSchemaListElement {
    public static func append(to list: inout [Self], _ reader: inout ProtobufReader) { reader.strings(&list) }
    public static func write(_ number: Int, _ list: [Self], _ writer: inout ProtobufWriter) {
        writer.strings(number, list)
    }
}

/// Says that custom resources have a subresource `status` by being there; it has no fields.
public struct CustomResourceSubresourceStatus: JSONCodable, ProtobufCodable {
    public init() {}

    public init(from reader: inout JSONReader) {
        guard reader.beginObject() else { return }
        while let key = reader.nextKey() { reader.unknown(key) }
    }

    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.endObject()
    }

    public init(protobuf reader: inout ProtobufReader) {
        while case let field = reader.nextField(), field != 0 { reader.skip() }
    }

    public func encode(protobuf writer: inout ProtobufWriter) {}
}

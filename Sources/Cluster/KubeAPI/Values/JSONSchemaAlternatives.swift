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

/// A schema of every item, or one an item. Other JSON is neither, and written as null.
public struct JSONSchemaPropsOrArray: JSONCodable, ProtobufCodable {
    public var schema: JSONSchemaProps?
    public var schemas: [JSONSchemaProps] = []

    public init() {}

    public init(from reader: inout JSONReader) {
        if reader.nextIsObject() {
            schema = reader.withoutUnknownFields { reader in JSONSchemaProps(from: &reader) }
        } else if reader.nextIsArray() {
            schemas = reader.withoutUnknownFields { reader in reader.array() }
        } else {
            reader.skip()
        }
    }

    public func encode(into writer: inout JSONWriter) {
        if !schemas.isEmpty {
            writer.array(schemas)
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
            case 2: reader.messages(&schemas)
            default: reader.skip()
            }
        }
    }

    public func encode(protobuf writer: inout ProtobufWriter) {
        writer.messages(2, schemas)
        writer.message(1, schema)
    }
}

/// A schema, or the names of fields that must be there, too. Other JSON is neither, and written as null.
public struct JSONSchemaPropsOrStringArray: JSONCodable, ProtobufCodable {
    public var schema: JSONSchemaProps?
    public var property: [String] = []

    public init() {}

    public init(from reader: inout JSONReader) {
        if reader.nextIsObject() {
            schema = reader.withoutUnknownFields { reader in JSONSchemaProps(from: &reader) }
        } else if reader.nextIsArray() {
            property = reader.strings()
        } else {
            reader.skip()
        }
    }

    public func encode(into writer: inout JSONWriter) {
        if !property.isEmpty {
            writer.array(property)
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
            case 2: reader.strings(&property)
            default: reader.skip()
            }
        }
    }

    public func encode(protobuf writer: inout ProtobufWriter) {
        writer.strings(2, property)
        writer.message(1, schema)
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

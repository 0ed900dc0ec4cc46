import KubeAPI

/// The OpenAPI v2 document in the protobuf form of gnostic, which is the only one that older kubectls read.
///
/// Follows gnostic openapiv2/OpenAPIv2.proto; each function writes the message of its name, and the numbers are those
/// of its fields.
enum OpenAPIProtobuf {
    static func encode(_ document: JSONValue) -> [UInt8] {
        var message = ProtobufMessage()
        message.string(1, document["swagger"])
        if let information = document["info"] {
            var info = ProtobufMessage()
            info.string(1, information["title"])
            info.string(2, information["version"])
            message.message(2, info)
        }
        var paths = ProtobufMessage()
        for (path, item) in members(document["paths"]) { paths.message(2, named(path, pathItem(item))) }
        message.message(8, paths)
        var definitions = ProtobufMessage()
        for (name, schema) in members(document["definitions"]) {
            definitions.message(1, named(name, self.schema(schema)))
        }
        message.message(9, definitions)
        return message.bytes
    }

    private static func members(_ value: JSONValue?) -> StringMap<JSONValue> { value?.objectValue ?? [:] }

    private static func named(_ name: String, _ value: ProtobufMessage) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, .string(name))
        message.message(2, value)
        return message
    }

    /// `NamedAny`, whose value is YAML; JSON is YAML.
    private static func extensions(_ value: JSONValue, _ number: Int, _ message: inout ProtobufMessage) {
        for (name, value) in members(value) where name.hasPrefix("x-") {
            var any = ProtobufMessage()
            any.string(2, .string(String(decoding: value.json, as: UTF8.self) + "\n"))
            message.message(number, named(name, any))
        }
    }

    // MARK: Paths

    private static let methods = ["get", "put", "post", "delete", "options", "head", "patch"]

    private static func pathItem(_ item: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        for (offset, method) in methods.enumerated() {
            if let operation = item[method] { message.message(offset + 2, self.operation(operation)) }
        }
        for parameter in item["parameters"]?.arrayValue ?? [] { message.message(9, parametersItem(parameter)) }
        return message
    }

    private static func operation(_ operation: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.strings(1, operation["tags"])
        message.string(5, operation["operationId"])
        message.strings(6, operation["produces"])
        message.strings(7, operation["consumes"])
        for parameter in operation["parameters"]?.arrayValue ?? [] { message.message(8, parametersItem(parameter)) }
        var responses = ProtobufMessage()
        for (code, response) in members(operation["responses"]) {
            var content = ProtobufMessage()
            content.string(1, response["description"])
            if let schema = response["schema"] {
                var item = ProtobufMessage()
                item.message(1, self.schema(schema))
                content.message(2, item)
            }
            var value = ProtobufMessage()
            value.message(1, content)
            responses.message(1, named(code, value))
        }
        message.message(9, responses)
        message.strings(10, operation["schemes"])
        extensions(operation, 13, &message)
        return message
    }

    private static func parametersItem(_ parameter: JSONValue) -> ProtobufMessage {
        var content = ProtobufMessage()
        if parameter["in"]?.stringValue == "body" {
            var body = ProtobufMessage()
            body.string(2, parameter["name"])
            body.string(3, parameter["in"])
            body.bool(4, parameter["required"])
            if let schema = parameter["schema"] { body.message(5, self.schema(schema)) }
            content.message(1, body)
        } else {
            let isPath = parameter["in"]?.stringValue == "path"
            var inner = ProtobufMessage()
            inner.bool(1, parameter["required"])
            inner.string(2, parameter["in"])
            inner.string(4, parameter["name"])
            inner.string(isPath ? 5 : 6, parameter["type"])
            inner.bool(isPath ? 18 : 20, parameter["uniqueItems"])
            var nonBody = ProtobufMessage()
            nonBody.message(isPath ? 4 : 3, inner)
            content.message(2, nonBody)
        }
        var item = ProtobufMessage()
        item.message(1, content)
        return item
    }

    // MARK: Schemas

    private static func schema(_ schema: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, schema["$ref"])
        message.string(2, schema["format"])
        message.strings(19, schema["required"])
        if let values = schema["additionalProperties"] {
            var item = ProtobufMessage()
            item.message(1, self.schema(values))
            message.message(21, item)
        }
        if let type = schema["type"] {
            var item = ProtobufMessage()
            item.string(1, type)
            message.message(22, item)
        }
        if let items = schema["items"] {
            var item = ProtobufMessage()
            item.message(1, self.schema(items))
            message.message(23, item)
        }
        if let properties = schema["properties"] {
            var item = ProtobufMessage()
            for (name, property) in members(properties) { item.message(1, named(name, self.schema(property))) }
            message.message(25, item)
        }
        extensions(schema, 31, &message)
        return message
    }
}

/// A protobuf message under construction.
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func delimited(_ number: Int, _ content: some Collection<UInt8>) {
        varint(number << 3 | 2)
        varint(content.count)
        bytes.append(contentsOf: content)
    }

    mutating func message(_ number: Int, _ message: ProtobufMessage) { delimited(number, message.bytes) }

    mutating func string(_ number: Int, _ value: JSONValue?) {
        guard let text = value?.stringValue, !text.isEmpty else { return }
        delimited(number, Array(text.utf8))
    }

    mutating func strings(_ number: Int, _ value: JSONValue?) {
        for element in value?.arrayValue ?? [] {
            if let text = element.stringValue { delimited(number, Array(text.utf8)) }
        }
    }

    mutating func bool(_ number: Int, _ value: JSONValue?) {
        guard value?.boolValue == true else { return }
        varint(number << 3)
        varint(1)
    }
}

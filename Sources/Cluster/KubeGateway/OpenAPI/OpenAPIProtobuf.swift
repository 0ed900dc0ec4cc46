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
        for (path, item) in document["paths"]?.objectValue ?? [:] { paths.message(2, .named(path, pathItem(item))) }
        message.message(8, paths)
        message.message(9, .pairs(document["definitions"], schema))
        return message.bytes
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
        message.message(9, .pairs(operation["responses"], response))
        message.strings(10, operation["schemes"])
        message.extensions(13, of: operation)
        return message
    }

    private static func response(_ response: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, response["description"])
        if let schema = response["schema"] { message.message(2, .holding(1, self.schema(schema))) }
        return .holding(1, message)
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
            content.message(2, .holding(isPath ? 4 : 3, inner))
        }
        return .holding(1, content)
    }

    // MARK: Schemas

    private static func schema(_ schema: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, schema["$ref"])
        message.string(2, schema["format"])
        message.strings(19, schema["required"])
        if let values = schema["additionalProperties"] { message.message(21, .holding(1, self.schema(values))) }
        if let type = schema["type"] {
            var item = ProtobufMessage()
            item.string(1, type)
            message.message(22, item)
        }
        if let items = schema["items"] { message.message(23, .holding(1, self.schema(items))) }
        if let properties = schema["properties"] { message.message(25, .pairs(properties, self.schema)) }
        message.extensions(31, of: schema)
        return message
    }
}

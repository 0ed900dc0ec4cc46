import KubeAPI

/// A document of OpenAPI v3 in the protobuf form of gnostic.
///
/// Follows gnostic openapiv3/OpenAPIv3.proto; each function writes the message of its name, and the numbers are those
/// of its fields.
enum OpenAPIProtobufV3 {
    static func encode(_ document: JSONValue) -> [UInt8] {
        var message = ProtobufMessage()
        message.string(1, document["openapi"])
        if let information = document["info"] {
            var info = ProtobufMessage()
            info.string(1, information["title"])
            info.string(6, information["version"])
            message.message(2, info)
        }
        message.message(4, .pairs(document["paths"], pathItem))
        var components = ProtobufMessage()
        components.message(1, .pairs(document["components"]?["schemas"], schemaOrReference))
        components.message(7, .pairs(document["components"]?["securitySchemes"], securitySchemeOrReference))
        message.message(5, components)
        return message.bytes
    }

    private static func securitySchemeOrReference(_ scheme: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, scheme["type"])
        message.string(3, scheme["name"])
        message.string(4, scheme["in"])
        return .holding(1, message)
    }

    // MARK: Paths

    private static let methods = ["get", "put", "post", "delete", "options", "head", "patch"]

    private static func pathItem(_ item: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        for (offset, method) in methods.enumerated() {
            if let operation = item[method] { message.message(offset + 4, self.operation(operation)) }
        }
        for parameter in item["parameters"]?.arrayValue ?? [] { message.message(13, parameterOrReference(parameter)) }
        return message
    }

    private static func operation(_ operation: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.strings(1, operation["tags"])
        message.string(5, operation["operationId"])
        for parameter in operation["parameters"]?.arrayValue ?? [] {
            message.message(6, parameterOrReference(parameter))
        }
        if let body = operation["requestBody"] {
            var request = ProtobufMessage()
            request.message(2, .pairs(body["content"], mediaType))
            request.bool(3, body["required"])
            message.message(7, .holding(1, request))
        }
        var responses = ProtobufMessage()
        for (code, response) in operation["responses"]?.objectValue ?? [:] {
            responses.message(2, .named(code, responseOrReference(response)))
        }
        message.message(8, responses)
        message.extensions(13, of: operation)
        return message
    }

    private static func parameterOrReference(_ parameter: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, parameter["name"])
        message.string(2, parameter["in"])
        message.bool(4, parameter["required"])
        if let schema = parameter["schema"] { message.message(10, schemaOrReference(schema)) }
        return .holding(1, message)
    }

    private static func responseOrReference(_ response: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, response["description"])
        if let content = response["content"] { message.message(3, .pairs(content, mediaType)) }
        return .holding(1, message)
    }

    private static func mediaType(_ mediaType: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        if let schema = mediaType["schema"] { message.message(1, schemaOrReference(schema)) }
        return message
    }

    // MARK: Schemas

    private static func schemaOrReference(_ schema: JSONValue) -> ProtobufMessage {
        if let reference = schema["$ref"] {
            var message = ProtobufMessage()
            message.string(1, reference)
            return .holding(2, message)
        }
        return .holding(1, self.schema(schema))
    }

    private static func schema(_ schema: JSONValue) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.bool(20, schema["uniqueItems"])
        message.strings(23, schema["required"])
        message.string(25, schema["type"])
        for part in schema["allOf"]?.arrayValue ?? [] { message.message(26, schemaOrReference(part)) }
        for part in schema["oneOf"]?.arrayValue ?? [] { message.message(27, schemaOrReference(part)) }
        if let items = schema["items"] { message.message(30, .holding(1, schemaOrReference(items))) }
        if let properties = schema["properties"] { message.message(31, .pairs(properties, schemaOrReference)) }
        if let values = schema["additionalProperties"] {
            message.message(32, .holding(1, schemaOrReference(values)))
        }
        message.string(35, schema["format"])
        message.extensions(36, of: schema)
        return message
    }
}

/// Failures of decoding in the words of Go's JSON decoder, which clients see in replies.
public enum GoDecodeError {
    /// As in `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. Without a
    /// type the message tells no field. What Go has no words for keeps its own, with the path before it. Elements of
    /// lists and entries of maps are not in the path, as Go keeps only the fields of structs. Quantities read
    /// themselves, and do not know which field they are; no more does what Go says of bytes that are no base64, and of
    /// schemas that are none.
    ///
    /// - Parameter document: What was decoded, if it may be no JSON at all.
    public static func message(
        _ failure: JSONFailure, type: SchemaType?, in document: [UInt8]? = nil
    ) -> String {
        if let document, let problem = GoJSONSyntax.problem(document) { return problem }
        if Quantity.isComplaint(failure.message) || failure.message.hasPrefix(Base64Data.complaint)
            || failure.message == JSONSchemaPropsOrBool.complaint
        {
            return failure.message
        }
        let kind: String
        switch Found(failure) {
        case .object: kind = "object"
        case .array: kind = "array"
        case .string: kind = "string"
        case .boolean: kind = "bool"
        case .number(let text): kind = "number" + text
        case .end: return "unexpected end of JSON input"
        case .character(let character): return "invalid character '\(character)' looking for beginning of value"
        case nil: return withPath(failure)
        }
        guard let type, let field = Field(failure.path, type) else {
            return "json: cannot unmarshal \(kind) into Go value of type \(type.map(goName) ?? "interface {}")"
        }
        if case .quantity = field.type { return Quantity.complaint("") }
        let path = field.names.joined(separator: ".")
        return "json: cannot unmarshal \(kind) into Go struct field \(field.owner.goName).\(path) of type "
            + field.typeText
    }

    /// The same failure as Go tells it when it fills a struct from a tree of maps, which a strategic merge patch ends
    /// in: without a path, as in `cannot restore map from string`, `cannot convert int64 to string` (Go can convert
    /// numbers to strings, and refuses to) and `unrecognized type: int32`.
    /// Follows apimachinery `pkg/runtime/converter.go`.
    ///
    /// - Parameter document: What was decoded: it tells whether a number that was not wanted is whole.
    static func conversionMessage(_ failure: JSONFailure, type: SchemaType, in document: JSONValue) -> String {
        if failure.message.hasPrefix(Base64Data.complaint) { return "error decoding from json: " + failure.message }
        guard let field = Field(failure.path, type) else { return failure.message }
        let source: String
        switch Found(failure) {
        case .object: source = "map"
        case .array: source = "slice"
        case .string: source = "string"
        case .boolean: source = "bool"
        case .number:
            if case .double? = value(at: failure.path, in: document) { source = "float64" } else { source = "int64" }
        case .end, .character, nil: return failure.message
        }
        switch field.type {
        case .object: return "cannot restore struct from: " + source
        case .map: return "cannot restore map from " + source
        case .list, .bytes: return "cannot restore slice from " + source
        case .time, .microTime, .quantity, .intOrString, .json:
            // These read JSON themselves, each from its own value.
            return message(failure, type: nil).replacing("interface {}", with: text(field.type))
        case .string where source == "int64": return "cannot convert int64 to " + field.typeText
        case .int32 where source == "float64", .int64 where source == "float64":
            return "cannot convert float64 to " + text(field.type)
        case .string, .int32, .int64, .bool, .double: return "unrecognized type: " + text(field.type)
        }
    }

    /// What stands at a path as in `spec.containers[0].name`; nil where a key has dots.
    private static func value(at path: String, in document: JSONValue) -> JSONValue? {
        var value: JSONValue? = document
        for step in path.split(separator: ".") {
            let parts = step.split(separator: "[")
            guard let name = parts.first else { return nil }
            value = value?[String(name)]
            for index in parts.dropFirst() {
                guard case .array(let elements)? = value, let index = Int(index.dropLast()),
                    elements.indices.contains(index)
                else { return nil }
                value = elements[index]
            }
        }
        return value
    }

    /// What the reader came upon instead of what it wanted.
    private enum Found {
        case object, array, string, boolean, end
        /// As it is written, after a space, where the reader tells it.
        case number(Substring)
        case character(Substring)

        /// Nil for a failure of another sort.
        init?(_ failure: JSONFailure) {
            guard let comma = failure.message.firstRange(of: ", found ") else { return nil }
            let found = failure.message[comma.upperBound...]
            switch found {
            case "an object": self = .object
            case "an array": self = .array
            case "a string": self = .string
            case "a boolean": self = .boolean
            case "the end of the input": self = .end
            case _ where found.hasPrefix("a number"): self = .number(found.dropFirst("a number".count))
            case _ where found.hasPrefix("the character "):
                self = .character(found.dropFirst("the character ".count).dropFirst().dropLast())
            default: return nil
            }
        }
    }

    private static func withPath(_ failure: JSONFailure) -> String {
        failure.path.isEmpty ? failure.message : failure.path + ": " + failure.message
    }

    private static func goName(_ type: SchemaType) -> String { type.goPackage + "." + type.goName }

    /// The struct that holds the field of a path, the fields that lead there, and the type of what is there.
    private struct Field {
        var owner: SchemaType
        var names: [String] = []
        var type: SchemaFieldType
        /// The name of the type, if it has one of its own.
        private var goType: String?

        var typeText: String { goType ?? text(type) }

        init?(_ path: String, _ root: SchemaType) {
            guard !path.isEmpty else { return nil }
            owner = root
            type = .object(root.name)
            for step in path.split(separator: ".") {
                let name = String(step.prefix { $0 != "[" })
                if case .map(let element) = type {
                    type = element
                    goType = goType.flatMap(GoFieldTypes.element)
                    // Keys may have dots; where nothing can follow, all the rest is the key.
                    switch element {
                    case .object, .list, .map: break
                    default: return
                    }
                } else if let holder = type.objectType, let field = holder.field(name) {
                    owner = holder
                    names.append(name)
                    type = field.type
                    goType = GoFieldTypes.text(holder.name, name)
                } else {
                    return nil
                }
                for _ in step.filter({ $0 == "[" }) {
                    guard case .list(let element) = type else { return nil }
                    type = element
                    goType = goType.flatMap(GoFieldTypes.element)
                }
            }
        }
    }

    private static func text(_ type: SchemaFieldType) -> String {
        switch type {
        case .string, .time, .microTime, .quantity: "string"
        case .int32, .intOrString: "int32"
        case .int64: "int64"
        case .bool: "bool"
        case .double: "float64"
        case .bytes: "[]uint8"
        case .json: "interface {}"
        case .object(let name): SchemaTable.shared.type(named: name).map(goName) ?? name
        case .list(let element): "[]" + text(element)
        case .map(let element): "map[string]" + text(element)
        }
    }
}

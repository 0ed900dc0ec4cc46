/// Failures of decoding in the words of Go's JSON decoder, which clients see in replies.
public enum GoDecodeError {
    /// As in `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
    /// Without a type the message tells no field. What Go has no words for keeps its own, with the path before it.
    public static func message(_ failure: JSONFailure, type: SchemaType?) -> String {
        guard let comma = failure.message.firstRange(of: ", found ") else { return withPath(failure) }
        let found = failure.message[comma.upperBound...]
        let kind: String
        switch found {
        case "an object": kind = "object"
        case "an array": kind = "array"
        case "a string": kind = "string"
        case "a boolean": kind = "bool"
        case _ where found.hasPrefix("a number"): kind = String(found.dropFirst(2))
        case "the end of the input": return "unexpected end of JSON input"
        case _ where found.hasPrefix("the character "):
            let character = found.dropFirst("the character ".count)
            return "invalid character '\(character.dropFirst().dropLast())' looking for beginning of value"
        default: return withPath(failure)
        }
        guard let type, let (owner, goType) = field(failure.path, type) else {
            return "json: cannot unmarshal \(kind) into Go value of type \(type.map(goName) ?? "interface {}")"
        }
        let path = failure.path.split(separator: "[", omittingEmptySubsequences: false)
            .enumerated().map { $0 == 0 ? String($1) : String($1.drop { $0 != "]" }.dropFirst()) }.joined()
        return "json: cannot unmarshal \(kind) into Go struct field \(owner).\(path) of type \(goType)"
    }

    private static func withPath(_ failure: JSONFailure) -> String {
        failure.path.isEmpty ? failure.message : failure.path + ": " + failure.message
    }

    private static func goName(_ type: SchemaType) -> String { type.goPackage + "." + type.goName }

    /// The struct that holds the field of a path, and Go's type of what the path leads to.
    private static func field(_ path: String, _ root: SchemaType) -> (owner: String, type: String)? {
        var owner = root
        var current: SchemaFieldType = .object(root.name)
        guard !path.isEmpty else { return nil }
        for step in path.split(separator: ".") {
            let name = String(step.prefix { $0 != "[" })
            if case .map(let element) = current {
                current = element
            } else if let type = current.objectType, let field = type.field(name) {
                owner = type
                current = field.type
            } else {
                return nil
            }
            for _ in step.filter({ $0 == "[" }) {
                guard case .list(let element) = current else { return nil }
                current = element
            }
        }
        return (owner.goName, text(current))
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

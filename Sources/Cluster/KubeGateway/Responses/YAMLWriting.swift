import KubeAPI
import Yams

extension YAMLText {
    /// A value as sigs.k8s.io/yaml writes it: members in the order of `YAMLKeyOrder`, text quoted where it would read
    /// back as something else, and lines broken at blanks beyond 80 columns.
    package static func encode(_ value: JSONValue) -> String {
        do {
            let text = try serialize(node: node(value), width: 80, allowUnicode: true)
            // The C emitter marks the end of a document whose last line is an open block; Go's does not.
            return text.hasSuffix("\n...\n") ? String(text.dropLast(4)) : text
        } catch {
            preconditionFailure("a value of JSON can be written as YAML: \(error)")
        }
    }

    private static func node(_ value: JSONValue) -> Yams.Node {
        switch value {
        case .null: return Yams.Node("null", Tag(.null))
        case .bool(let value): return Yams.Node(value ? "true" : "false", Tag(.bool))
        case .int(let value): return Yams.Node(String(value), Tag(.int))
        case .double: return Yams.Node(String(decoding: value.json, as: UTF8.self), Tag(.float))
        case .string(let value): return Yams.Node(value, Tag(.str), style(value))
        case .array(let elements):
            return Yams.Node(elements.map(node), Tag(.seq), elements.isEmpty ? .flow : .block)
        case .object(let members):
            let pairs = YAMLKeyOrder.sorted(members).map { (node(.string($0.key)), node($0.value)) }
            return Yams.Node(pairs, Tag(.map), members.isEmpty ? .flow : .block)
        }
    }

    /// What is asked of the emitter, which knows what a style cannot hold and takes a stronger one then.
    ///
    /// Follows go.yaml.in/yaml/v2 `encode.go` `stringv`.
    private static func style(_ text: String) -> Yams.Node.Scalar.Style {
        if text.utf8.contains(UInt8(ascii: "\n")) { return .literal }
        return YAMLScalar.isText(text) ? .plain : .doubleQuoted
    }
}

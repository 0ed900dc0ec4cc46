import KubeAPI
import Yams

/// Why a text is not YAML, and where.
package struct YAMLProblem: Error {
    /// In upstream's words, line included.
    package let message: String
    /// What is wrong, without where.
    let reason: String
    let mark: Mark?

    init(message: String) {
        self.message = message
        let prefix = "yaml: "
        reason = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
        mark = nil
    }

    init(_ reason: String, at mark: Mark?) {
        message = "yaml: line \(mark?.line ?? 0): \(reason)"
        self.reason = reason
        self.mark = mark
    }
}

/// A document, and which keys of it stand twice in a mapping.
package struct YAMLDocument {
    package let value: JSONValue
    /// As in `line 6: key "a" already set in map`, of the lines of the values.
    fileprivate(set) var repeatedKeys: [String] = []

    /// What a strict reader says of it, in upstream's words; nil if nothing.
    package var strictError: String? {
        repeatedKeys.isEmpty ? nil : "yaml: unmarshal errors:\n  " + repeatedKeys.joined(separator: "\n  ")
    }
}

/// YAML as sigs.k8s.io/yaml reads and writes it: JSON in another notation, with members sorted by name.
package enum YAMLText {
    /// Documents nested deeper than this are refused, as Go's decoder refuses them.
    private static let maximumDepth = 1000
    /// The most values of one document. Only by aliases can a body that is not too large have more.
    private static let maximumValues = 2_000_000

    /// The first document of a text. Of a key that a mapping has twice the last value counts.
    package static func decode(_ bytes: [UInt8]) throws(YAMLProblem) -> JSONValue { try document(bytes).value }

    /// The first document of a text.
    package static func document(_ bytes: [UInt8]) throws(YAMLProblem) -> YAMLDocument {
        do {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw YAMLProblem(message: "yaml: " + encodingProblem(bytes))
            }
            guard let root = try YAMLRepeatedKeys.compose(text) else {
                return YAMLDocument(value: .null)
            }
            return try document(root)
        } catch let problem as YAMLProblem {
            throw problem
        } catch let error as YamlError {
            throw YAMLProblem(message: describe(error))
        } catch {
            throw YAMLProblem(message: "\(error)")
        }
    }

    /// What the root of a document holds, which whoever reads several of one text has at hand.
    package static func document(_ root: Yams.Node) throws(YAMLProblem) -> YAMLDocument {
        var reading = Reading()
        let value = try value(root, depth: 0, &reading)
        return YAMLDocument(value: value, repeatedKeys: reading.repeatedKeys)
    }

    private struct Reading {
        var count = 0
        var repeatedKeys: [String] = []
    }

    /// Go's reader does not name the first line, and counts from 0 where the grammar is broken, from 1 where a token
    /// is.
    ///
    /// Follows go.yaml.in/yaml/v2 `decode.go` `fail`.
    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .composer(_, "found undefined alias", let mark, let text):
            return "yaml: " + aliasProblem(in: text, at: mark)
        case .parser(_, let problem, _, _) where problem.hasPrefix("Maximum nesting level"):
            return "yaml: exceeded max depth of \(maximumDepth)"
        case .scanner(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            return "yaml: " + (mark.line > 1 ? "line \(mark.line): " : "") + problem
        case .parser(_, let problem, let mark, _):
            return "yaml: " + (mark.line > 1 ? "line \(mark.line - 1): " : "") + problem
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "\($0)" }.sorted().joined(separator: ", ")
            return "yaml: line \(context.mark.line): key \(GoText.quoted(names)) already set in map"
        case .reader(let problem, _, _, _): return "yaml: \(problem)"
        default: return "yaml: not a document"
        }
    }

    /// What is wrong with the alias at a place that the parser does not know.
    static func aliasProblem(in text: String, at mark: Mark) -> String {
        let name = alias(in: text, at: mark)
        // An anchor is defined at its end: whoever is named before is within himself.
        return text.contains("&" + name)
            ? "anchor '\(name)' value contains itself" : "unknown anchor '\(name)' referenced"
    }

    /// The name at an asterisk.
    private static func alias(in text: String, at mark: Mark) -> String {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line - 1) else { return "" }
        let name = lines[mark.line - 1].dropFirst(mark.column - 1).drop { $0 == "*" }
        return String(name.prefix { $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-" })
    }

    /// Of bytes that are no UTF-8.
    ///
    /// Follows go.yaml.in/yaml/v2 `readerc.go` `yaml_parser_update_buffer`.
    private static func encodingProblem(_ bytes: [UInt8]) -> String {
        var index = 0
        while index < bytes.count {
            // How many bytes the first of them says that they are.
            let width: Int
            switch bytes[index] {
            case ..<0x80: width = 1
            case 0xC0..<0xE0: width = 2
            case 0xE0..<0xF0: width = 3
            case 0xF0..<0xF8: width = 4
            default: return "invalid leading UTF-8 octet"
            }
            if index + width > bytes.count { return "incomplete UTF-8 octet sequence" }
            if bytes[index + 1..<index + width].contains(where: { $0 & 0xC0 != 0x80 }) {
                return "invalid trailing UTF-8 octet"
            }
            index += width
        }
        return "invalid length of a UTF-8 sequence"
    }

    private static func value(
        _ node: Yams.Node, depth: Int, _ reading: inout Reading
    ) throws(YAMLProblem) -> JSONValue {
        reading.count += 1
        if depth > maximumDepth { throw YAMLProblem(message: "yaml: exceeded max depth of \(maximumDepth)") }
        if reading.count > maximumValues { throw YAMLProblem(message: "yaml: document contains excessive aliasing") }
        switch node {
        case .mapping(let mapping):
            var members = StringMap<JSONValue>()
            for (key, element) in mapping {
                guard case .scalar(let scalar) = key else { throw problem(key, "a key must be a string") }
                let isPlain = scalar.style == .plain
                if YAMLScalar.isMerge(scalar.string, isPlain: isPlain) {
                    try merge(element, depth: depth + 1, into: &members, &reading)
                    continue
                }
                let text = YAMLRepeatedKeys.name(scalar.string)
                guard let member = YAMLScalar.name(text, isPlain: isPlain) else {
                    throw problem(key, "a key must be a string")
                }
                if members.contains(member) {
                    let line = element.mark?.line ?? 0
                    reading.repeatedKeys.append("line \(line): key \(GoText.quoted(member)) already set in map")
                }
                members[member] = try value(element, depth: depth + 1, &reading)
            }
            return .object(members)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try value(element, depth: depth + 1, &reading)) }
            return .array(elements)
        case .scalar(let scalar):
            return YAMLScalar.value(scalar.string, isPlain: scalar.style == .plain, tag: scalar.tag.description)
        case .alias: throw problem(node, "unknown anchor")
        }
    }

    /// What `<<` brings in. Like any key it counts from where it stands: keys after it win over it, and it over those
    /// before; of several mappings the first wins.
    private static func merge(
        _ node: Yams.Node, depth: Int, into members: inout StringMap<JSONValue>, _ reading: inout Reading
    ) throws(YAMLProblem) {
        for source in node.sequence.map({ Array($0.reversed()) }) ?? [node] {
            guard source.mapping != nil, case .object(let merged) = try value(source, depth: depth, &reading) else {
                throw problem(node, "map merge requires map or sequence of maps as the value")
            }
            for (name, element) in merged { members[name] = element }
        }
    }

    private static func problem(_ node: Yams.Node, _ message: String) -> YAMLProblem {
        YAMLProblem(message, at: node.mark)
    }
}

import KubeAPI
import Yams

/// YAML in which a mapping has a key twice.
///
/// Kubernetes reads such a document, the last value of a key wins, and tells of it who wants to know; the parser here
/// refuses it. So the key that the parser complains of gets a mark in the text, which makes it another key, and the
/// text is read again; whoever reads the keys takes the marks off.
///
/// Follows sigs.k8s.io/yaml `YAMLToJSON` and `YAMLToJSONStrict`.
enum YAMLRepeatedKeys {
    /// Documents with more keys that stand twice are refused, for each costs another reading; and those of which more
    /// bytes would have to be read than that.
    private static let maximum = 16
    private static let mostBytesRead = 4 << 20
    /// Of the private use area: texts that have it themselves are read as they are.
    private static let mark: Unicode.Scalar = "\u{E000}"

    /// The first document of a text; what comes after it is not looked at.
    static func compose(_ text: String) throws -> Yams.Node? {
        var text = text
        let isMarkable = !text.unicodeScalars.contains(mark)
        var count = 0
        while true {
            do {
                // Scalars are told apart by `YAMLScalar`.
                return try Yams.Parser(yaml: text, resolver: .basic).nextRoot()
            } catch let error as YamlError {
                guard case .duplicatedKeysInMapping(_, let context) = error, isMarkable, count < maximum,
                    (count + 2) * text.utf8.count <= mostBytesRead,
                    let marked = marking(text, line: context.mark.line, column: context.mark.column, count)
                else { throw error }
                text = marked
                count += 1
            }
        }
    }

    /// A key without its mark.
    static func name(_ key: String) -> String {
        guard key.unicodeScalars.first == mark,
            let end = key.unicodeScalars.dropFirst().firstIndex(of: mark)
        else { return key }
        return String(key.unicodeScalars[key.unicodeScalars.index(after: end)...])
    }

    /// The text with a mark in the key that begins there; nil where that is no simple key. Lines and columns count from
    /// one, columns in scalars.
    private static func marking(_ text: String, line: Int, column: Int, _ number: Int) -> String? {
        let scalars = text.unicodeScalars
        var place = scalars.startIndex
        for _ in 1..<max(line, 1) {
            guard let end = scalars[place...].firstIndex(of: "\n") else { return nil }
            place = scalars.index(after: end)
        }
        guard var start = scalars.index(place, offsetBy: column - 1, limitedBy: scalars.endIndex),
            start < scalars.endIndex
        else { return nil }
        switch scalars[start] {
        case "\"", "'": start = scalars.index(after: start)
        // An anchor, an alias, a tag, a key of its own line or a collection.
        case "&", "*", "!", "?", "|", ">", "[", "]", "{", "}", ",", "#", ":", " ", "\n": return nil
        default: break
        }
        var marked = String(scalars[..<start])
        marked.unicodeScalars.append(mark)
        marked += String(number)
        marked.unicodeScalars.append(mark)
        marked.unicodeScalars.append(contentsOf: scalars[start...])
        return marked
    }
}

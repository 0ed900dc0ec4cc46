import KubeAPI
import Yams

/// What is wrong with a text of YAML or JSON, and where: the document, the keys that lead there, line and column.
package struct YAMLFault: Error, CustomStringConvertible {
    /// From 1, as the documents stand in the text.
    package let document: Int
    /// As in `spec.containers[0]`; empty at the top of the document, and where it cannot be told.
    package let path: String
    /// What is wrong, line and column included.
    package let message: String

    /// `document 2, spec.template: line 7, column 3: …`
    package var description: String {
        "document \(document)" + (path.isEmpty ? "" : ", " + path) + ": " + message
    }
}

/// The documents of a text, for whoever reads files and what users type.
package enum YAMLDocuments {
    /// All documents, those without content included. Texts of JSON objects that follow each other are read, too.
    package static func read(_ text: String) throws(YAMLFault) -> [JSONValue] {
        let stream = JSONStream(text)
        var values: [JSONValue] = []
        do {
            // The sequence ends where the text cannot be read on, and only then says why.
            var nodes = try compose_all(yaml: stream.text, .basic)
            while let node = nodes.next() { values.append(try YAMLText.document(node).value) }
            if let error = nodes.error { throw error }
            return values
        } catch let error as YamlError {
            throw fault(error, values.count + 1, stream)
        } catch let problem as YAMLProblem {
            throw fault(problem, values.count + 1, stream)
        } catch {
            throw YAMLFault(document: values.count + 1, path: "", message: "\(error)")
        }
    }

    private static func fault(_ problem: YAMLProblem, _ document: Int, _ stream: JSONStream) -> YAMLFault {
        guard let mark = problem.mark.map(YAMLPlace.init) else {
            return YAMLFault(document: document, path: "", message: problem.reason)
        }
        return YAMLFault(
            document: document, path: YAMLTrail(to: mark, document: document, in: stream.text).path,
            message: "line \(stream.line(mark)): \(problem.reason)")
    }

    private static func fault(_ error: YamlError, _ document: Int, _ stream: JSONStream) -> YAMLFault {
        switch error {
        case .scanner(let context, let problem, let mark, let text),
            .parser(let context, let problem, let mark, let text),
            .composer(let context, let problem, let mark, let text):
            if problem.hasPrefix("Maximum nesting level") {
                let line = stream.line(YAMLPlace(mark))
                return YAMLFault(document: document, path: "", message: "line \(line): nested too deeply")
            }
            let place = "line \(stream.line(YAMLPlace(mark))), column \(mark.column)"
            if problem == "found undefined alias" {
                return fault(place, YAMLText.aliasProblem(in: text, at: mark), at: YAMLPlace(mark), document, stream)
            }
            let start = context.map { isOneToken($0) || isEnd(mark, of: text) ? $0.mark : mark } ?? mark
            let rest = context.map { context in
                let words = context.text.trimmed
                let line = stream.line(YAMLPlace(context.mark))
                return context.mark.line == mark.line ? " (\(words))" : " (\(words) from line \(line))"
            }
            return fault(place, problem + (rest ?? ""), at: YAMLPlace(start), document, stream)
        case .reader(let problem, let offset, _, let text):
            // The text is read well ahead of what is made of it.
            let before = String(text.prefix(offset ?? 0))
            let lines = before.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            let mark = YAMLPlace(line: lines.count, column: (lines.last?.count ?? 0) + 1)
            return fault(
                "line \(stream.line(mark)), column \(mark.column)", problem, at: mark, max(1, count(before)), stream)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let trail = YAMLTrail(to: YAMLPlace(context.mark), document: document, in: stream.text)
            let names = duplicates.sorted().joined(separator: ", ")
            return YAMLFault(
                document: document, path: trail.path,
                message: "line \(stream.line(YAMLPlace(context.mark))): the key \(names) is given twice")
        default:
            return YAMLFault(document: document, path: "", message: "not YAML")
        }
    }

    private static func fault(
        _ place: String, _ problem: String, at start: YAMLPlace, _ document: Int, _ stream: JSONStream
    ) -> YAMLFault {
        let trail = YAMLTrail(to: start, document: document, in: stream.text)
        let after = trail.before.map { "after \($0)" } ?? ""
        return YAMLFault(
            document: document, path: trail.path.isEmpty ? after : trail.path, message: "\(place): \(problem)")
    }

    /// How many documents begin in a text.
    private static func count(_ text: String) -> Int {
        var count = 0
        do {
            let parser = try Parser(yaml: text, resolver: .basic)
            while try parser.nextRoot() != nil { count += 1 }
            return count
        } catch {
            return count + 1
        }
    }

    /// What is read as one piece belongs where it begins, however far on it turns out to be broken.
    private static func isOneToken(_ context: YamlError.Context) -> Bool {
        context.text.hasPrefix("while scanning") || context.text.hasPrefix("while parsing a quoted scalar")
    }

    private static func isEnd(_ mark: Mark, of text: String) -> Bool {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropFirst(mark.line - 1).joined().dropFirst(mark.column - 1).allSatisfy(\.properties.isWhitespace)
    }
}

/// A text of JSON objects that follow each other, as documents of YAML: a mark is put before each but the first. Any
/// other text as it is.
private struct JSONStream {
    let text: String
    /// The lines of `text` that were put in, two for each mark.
    private var added: [Int] = []

    init(_ text: String) {
        guard text.first(where: { !$0.isWhitespace }) == "{" else {
            self.text = text
            return
        }
        var depth = 0
        var isString = false
        var isEscaped = false
        var isEnd = false
        var result = ""
        var (line, column) = (1, 1)
        for character in text.unicodeScalars {
            if isEnd, character == "{" {
                // In its column, as what is wrong is said to be.
                result += "\n---\n" + String(repeating: " ", count: column - 1)
                line += 2
                added.append(line)
                isEnd = false
            }
            result.unicodeScalars.append(character)
            column += 1
            if character == "\n" { (line, column) = (line + 1, 1) }
            if isEscaped {
                isEscaped = false
            } else if isString {
                if character == "\\" { isEscaped = true } else if character == "\"" { isString = false }
            } else if character == "\"" {
                isString = true
            } else if character == "{" {
                depth += 1
            } else if character == "}" {
                depth -= 1
                isEnd = depth == 0
            }
        }
        self.text = result
    }

    /// The line of a place in the text as it was given.
    func line(_ place: YAMLPlace) -> Int { place.line - 2 * added.count { $0 <= place.line } }
}

import Yams

/// A place in a text: line and column from 1, columns in scalars.
struct YAMLPlace: Equatable {
    let line: Int
    let column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

/// The way of keys to a place in a text of YAML that is broken there: `spec.containers[0]`.
///
/// The parser says where it cannot read on, and not what that belongs to. What stands before that place it can read,
/// once the brackets that are open there are closed; the last keys of that are the way, as far as they are further to
/// the left than what stands at the place.
///
/// For example: a tab under `spec:` is refused. The lines before it are read; the last key is `spec`, it stands further
/// to the left than what follows the tab, and so the fault is in `spec`.
struct YAMLTrail {
    private struct Step {
        let text: String
        let place: YAMLPlace

        /// Whether it goes to a member, and not to an element.
        var isKey: Bool { text.hasPrefix(".") }
    }

    /// Longer texts are read once, and not again for what is wrong with them.
    private static let longest = 8 << 20
    /// Deeper brackets are not closed.
    private static let mostBrackets = 64

    /// The keys that lead to the place; empty at the top of a document, and where they cannot be told.
    private(set) var path = ""
    /// At the top of a document, the key before the place.
    private(set) var before: String?

    /// - Parameter document: the number of the document that is broken, from 1.
    init(to place: YAMLPlace, document: Int, in text: String) {
        if text.utf8.count > YAMLTrail.longest { return }
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(place.line - 1) else { return }
        let line = lines[place.line - 1]
        let start = lines[..<(place.line - 1)].map { String($0) + "\n" }.joined()
        let cuts = [
            (text: start + String(line.prefix(place.column - 1)), end: place.column), (text: start, end: 1),
        ]
        for cut in cuts {
            guard let (root, brackets) = YAMLTrail.root(of: cut.text, document) else { continue }
            var steps: [Step] = []
            YAMLTrail.walk(root, lines: lines, brackets: brackets, into: &steps)
            // Within a bracket what was put in, for the text to be read, may have become a key.
            if let last = steps.last, last.isKey, last.place.line == place.line, last.place.column >= cut.end {
                steps.removeLast()
            }
            // What is blank has no indentation of its own.
            let indentation = line.firstIndex { $0 != " " && $0 != "\t" && $0 != "\r" }
            let column = indentation.map { line.distance(from: line.startIndex, to: $0) + 1 } ?? place.column
            // What is in an open bracket belongs there, wherever its lines begin.
            let ways = steps.prefix { step in
                brackets > 0 || step.place.column < (step.place.line == place.line ? place.column : column)
            }
            path = ways.map(\.text).joined()
            if path.hasPrefix(".") { path.removeFirst() }
            if ways.isEmpty, let first = steps.first { before = String(first.text.drop { $0 == "." }) }
            return
        }
    }

    /// What a text is that ends in the middle of a document, and how many brackets are open at its end; nil where it is
    /// no beginning of YAML.
    private static func root(of text: String, _ document: Int) -> (root: Node, brackets: Int)? {
        var brackets = ""
        var filler = ""
        while brackets.count <= mostBrackets {
            do {
                let parser = try Parser(yaml: text + filler + brackets, resolver: .basic)
                var last: Node?
                var count = 0
                while let root = try parser.nextRoot() {
                    last = root
                    count += 1
                }
                return count == document ? last.map { ($0, brackets.count) } : nil
            } catch let error as YamlError {
                // The parser says what it misses.
                guard case .parser(_, let problem, _, _) = error else { return nil }
                if problem.hasSuffix("',' or ']'") {
                    brackets += "]"
                } else if problem.hasSuffix("',' or '}'") {
                    brackets += "}"
                } else if problem == "did not find expected node content", filler.isEmpty {
                    filler = " ~"
                } else {
                    return nil
                }
            } catch {
                return nil
            }
        }
        return nil
    }

    /// The last key of the last key, and so on. Brackets that are closed already are left out: the place is after them.
    private static func walk(
        _ node: Node, lines: [Substring.UnicodeScalarView.SubSequence], brackets: Int, into steps: inout [Step]
    ) {
        guard let mark = node.mark, node.scalar == nil else { return }
        let first = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1].dropFirst(mark.column - 1).first : nil
        let isFlow = first == "[" || first == "{"
        if isFlow, brackets == 0 { return }
        let rest = isFlow ? brackets - 1 : brackets
        switch node {
        case .mapping(let mapping):
            guard let (key, value) = mapping.suffix(1).first, let name = key.scalar, let mark = name.mark,
                !name.string.isEmpty
            else { return }
            steps.append(Step(text: "." + name.string, place: YAMLPlace(mark)))
            walk(value, lines: lines, brackets: rest, into: &steps)
        case .sequence(let sequence):
            guard let last = sequence.last else { return }
            let line = last.mark?.line ?? mark.line
            let place = YAMLPlace(line: line, column: mark.column)
            steps.append(Step(text: "[\(sequence.count - 1)]", place: place))
            walk(last, lines: lines, brackets: rest, into: &steps)
        case .scalar, .alias: return
        }
    }
}

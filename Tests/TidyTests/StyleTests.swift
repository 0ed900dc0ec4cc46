import Testing

/// The form of what people write here.
@Suite("Style")
struct StyleTests {
    /// A string is not cut for its length, nor is a line of a file in which lines are data.
    @Test func linesAreAtMost120Long() {
        var long: [String] = []
        for file in SourceFile.all where !file.path.hasSuffix(".txt") && !file.path.hasSuffix(".md") {
            for (index, line) in file.lines.enumerated() where line.count > 120 {
                let isString = file.path.hasSuffix(".swift") && file.hasStringAtColumn120(index)
                if !isString { long.append("\(file.path):\(index + 1)") }
            }
        }
        #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
    }

    /// A longer file says why in its first comment, beginning with "Long because".
    @Test func filesAreAtMost600LinesLong() {
        let long = SourceFile.swift.filter { file in
            file.lines.count > 600 && !file.lines.prefix(5).contains { $0.contains("Long because") }
        }
        #expect(long.isEmpty, "\(long.map { "\($0.path): \($0.lines.count) lines" })")
    }

    @Test func noLineEndsInSpaces() {
        let places = SourceFile.all.filter { !$0.path.hasSuffix(".txt") }.flatMap { file in
            file.lines.enumerated().filter { $0.element.last?.isWhitespace == true }.map {
                "\(file.path):\($0.offset + 1)"
            }
        }
        #expect(places.isEmpty, "\(places)")
    }

    /// What is left to do stands in issues, not between the lines.
    @Test func nothingIsLeftForLater() {
        // Taken apart here, so that this file does not find itself.
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        let places = SourceFile.all.flatMap { file in
            file.lines.enumerated().filter { line in
                line.element.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { words.contains(String($0)) }
            }.map { "\(file.path):\($0.offset + 1): \($0.element)" }
        }
        #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }

    @Test func nothingIsForced() throws {
        let unwrap = try Regex(#"[A-Za-z0-9_)\]}"?]!(?!=)"#, as: Substring.self)
        let places = SourceFile.swift.flatMap { $0.places(unwrap) }
        #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }
}

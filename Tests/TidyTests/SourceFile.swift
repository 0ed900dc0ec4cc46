import Foundation
import TestSupport

/// A file of the repository, with its Swift code freed of comments and string literals.
struct SourceFile: Sendable {
    /// From the root of the repository, with `/` between.
    let path: String
    let lines: [String]
    /// As `lines`, with spaces where comments and the insides of string literals were; for Swift only.
    let code: [String]

    private static let folders = ["Sources", "Tests", "Benchmarks", "Documentation", "Examples", "Scripts"]
    private static let single = ["Package.swift", "Makefile", "README.md", ".ci/run"]

    /// All text files that people write, by path; generated ones are not among them.
    static let all: [SourceFile] = {
        var paths: [String] = []
        for folder in folders {
            let names = FileManager.default.enumerator(atPath: Repository.root.appendingPathComponent(folder).path)
            while let name = names?.nextObject() as? String {
                let path = folder + "/" + name
                guard !path.contains("/Generated/"), !path.hasSuffix(".schema") else { continue }
                paths.append(path)
            }
        }
        return (paths + single).sorted().compactMap { path in
            (try? String(contentsOf: Repository.root.appendingPathComponent(path), encoding: .utf8))
                .map { SourceFile(path, $0) }
        }
    }()

    static let swift = all.filter { $0.path.hasSuffix(".swift") }

    private init(_ path: String, _ text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code =
            path.hasSuffix(".swift")
            ? CodeOnly.of(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init) : []
    }

    /// Whether what passes column 120 of a line belongs to a string literal that begins before it.
    func hasStringAtColumn120(_ index: Int) -> Bool {
        let comment = lines[index].drop { $0 == " " }.hasPrefix("//")
        return !comment && code[index].split(separator: " ").joined(separator: " ").count < 100
    }

    /// `path:line` of every line of code that matches.
    func places(_ pattern: Regex<Substring>) -> [String] {
        code.enumerated().filter { $0.element.contains(pattern) }.map {
            "\(path):\($0.offset + 1): \(lines[$0.offset])"
        }
    }
}

/// Blanks out comments and the text of string literals; code inside `\(…)` stays.
private struct CodeOnly {
    private let source: [UInt8]
    private var output: [UInt8] = []
    private var at = 0

    static func of(_ text: String) -> String {
        var scanner = CodeOnly(Array(text.utf8))
        scanner.code(until: nil)
        return String(decoding: scanner.output, as: UTF8.self)
    }

    private init(_ source: [UInt8]) {
        self.source = source
        output.reserveCapacity(source.count)
    }

    private func starts(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes in
            at + bytes.count <= source.count && bytes.indices.allSatisfy { source[at + $0] == bytes[$0] }
        }
    }

    private mutating func keep() {
        output.append(source[at])
        at += 1
    }

    /// A byte is blanked out; a new line stays, so that lines keep their numbers.
    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < source.count {
            output.append(source[at] == UInt8(ascii: "\n") ? source[at] : UInt8(ascii: " "))
            at += 1
        }
    }

    /// Up to the end, or behind the parenthesis that closes an interpolation.
    private mutating func code(until close: UInt8?) {
        var depth = 0
        while at < source.count {
            if starts("//") {
                while at < source.count, source[at] != UInt8(ascii: "\n") { blank() }
            } else if starts("/*") {
                while at < source.count, !starts("*/") { blank() }
                blank(2)
            } else if source[at] == UInt8(ascii: "\"") || starts("#\"") {
                string()
            } else if let close, source[at] == close, depth == 0 {
                keep()
                return
            } else {
                if source[at] == UInt8(ascii: "(") { depth += 1 }
                if source[at] == UInt8(ascii: ")") { depth -= 1 }
                keep()
            }
        }
    }

    private mutating func string() {
        let isRaw = source[at] == UInt8(ascii: "#")
        if isRaw { blank() }
        let isLong = starts("\"\"\"")
        // The quotes stay, so that `"a"!` is still seen for what it is.
        for _ in 0..<(isLong ? 3 : 1) { keep() }
        while at < source.count {
            let isAtEnd = isRaw ? starts("\"#") : isLong ? starts("\"\"\"") : source[at] == UInt8(ascii: "\"")
            if isAtEnd {
                for _ in 0..<(isLong && !isRaw ? 3 : 1) { keep() }
                if isRaw { blank() }
                return
            }
            if !isRaw, starts("\\(") {
                blank(2)
                code(until: UInt8(ascii: ")"))
            } else if !isRaw, source[at] == UInt8(ascii: "\\") {
                blank(2)
            } else {
                blank()
            }
        }
    }
}

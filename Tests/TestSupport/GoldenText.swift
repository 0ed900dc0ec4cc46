import Foundation

/// A text in `Tests/Transcripts`: commands, and what followed them when it was last read and found right.
package struct GoldenText {
    private let file: URL

    /// - Parameters:
    ///   - subject: The folder, such as `Kubelet`.
    ///   - name: The file without its ending.
    package init(_ subject: String, _ name: String) {
        file = Repository.root.appendingPathComponent("Tests/Transcripts/\(subject)/\(name).txt")
    }

    /// The first line in which a replay of the text differs from it; nil if none does. With
    /// `DRYDOCK_UPDATE_TRANSCRIPTS=1` in the environment the file is written anew instead, to be read in the diff.
    package func difference(_ replay: (String) throws -> String) throws -> String? {
        let expected = try String(contentsOf: file, encoding: .utf8)
        let found = try replay(expected)
        if ProcessInfo.processInfo.environment["DRYDOCK_UPDATE_TRANSCRIPTS"] == "1" {
            try found.write(to: file, atomically: true, encoding: .utf8)
            return nil
        }
        if found == expected { return nil }
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = found.split(separator: "\n", omittingEmptySubsequences: false)
        let index = zip(old, new).prefix { $0 == $1 }.count
        func line(_ lines: [Substring]) -> Substring { index < lines.count ? lines[index] : "the end" }
        return "\(file.lastPathComponent) line \(index + 1):\nexpected \(line(old))\nfound    \(line(new))"
    }
}

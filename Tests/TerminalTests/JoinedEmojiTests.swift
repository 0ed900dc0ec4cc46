import Foundation
import TestSupport
import Testing

/// Characters of several parts, which terminals place each in its own way.
@Suite("Joined emoji", .enabled(if: Terminal.isAvailable, "tmux is not installed"))
struct JoinedEmojiTests {
    private static let manifest = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: team, annotations: {a: "one 👩‍💻 two 👍🏽 end", b: "\(long)"}}
        """

    /// Of more parts than ncurses keeps of one character.
    private static let long = "six 👨🏽‍👩🏽‍👧🏽‍👦🏽 ten 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} end"

    private func start(_ folder: TemporaryFolder) throws -> Terminal {
        let terminal = try Terminal(100, 24)
        let manifest = try folder.write(Self.manifest, as: "team.yaml")
        try terminal.startConsole("--nodes 1 -f \(manifest)")
        return terminal
    }

    private func sent(_ path: String, _ text: String) throws -> Bool {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return bytes.range(of: Data(text.utf8)) != nil
    }

    /// A terminal that says nothing gets the first parts, and every column stays where it is.
    @Test func areCutWhereTheTerminalHasNotTold() throws {
        let folder = try TemporaryFolder()
        let terminal = try start(folder)
        try terminal.enter(":cm default team")
        try terminal.press("d")
        let screen = try terminal.waitFor("one 👩 two 👍 end")
        #expect(!screen.contains("💻") && !screen.contains("🏽"))
        #expect(screen.contains("six 👨 ten 🏴 end"))
    }

    /// The answer of a terminal that knows mode 2027 is no key, and from then on the whole is sent.
    @Test func areWholeWhereTheTerminalTellsThatItJoinsThem() throws {
        let folder = try TemporaryFolder()
        let terminal = try start(folder)
        let log = folder.path + "/sent"
        try terminal.record(to: log)
        try terminal.type("\u{1B}[?2027;2$y")
        try terminal.enter(":cm default team")
        try terminal.press("d")
        try terminal.waitFor("Annotations:")
        try terminal.wait(for: "the whole") { _ in try sent(log, "one 👩‍💻 two 👍🏽 end") }
        #expect(try sent(log, "six 👨🏽 ten 🏴 end"))
        #expect(try sent(log, "\u{1B}[?2027h"))
    }
}

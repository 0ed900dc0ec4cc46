import ClusterConsole
import Foundation
import TerminalUI
import Testing

/// Pictures to look at, when a folder for them is named.
@Suite struct PictureTests {
    static let folder = ProcessInfo.processInfo.environment["CONSOLE_PICTURES"]

    @Test(.enabled(if: folder != nil), arguments: ["80x24", "120x40", "160x50", "60x16"])
    func pictures(_ size: String) throws {
        let folder = try #require(Self.folder)
        let scenes: [(String, String)] = [
            ("pods", ""), ("help", "?"), ("nodes", ":nodes<enter>"), ("deployments", ":deploy<enter>"),
            ("events", ":events<enter>"), ("describe", "d"), ("yaml", "y"), ("command", ":p"), ("create", "c1"),
            ("delete", ":deploy<enter><ctrl-d>"), ("filter", "/web"), ("menu", "c"),
        ]
        for (name, keys) in scenes {
            let desk = Desk(size: try #require(Size(size)))
            desk.press(keys)
            let url = URL(fileURLWithPath: folder).appendingPathComponent("\(name)-\(size).svg")
            try desk.screen.svg().write(to: url, atomically: true, encoding: .utf8)
        }
    }
}

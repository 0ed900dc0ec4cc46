import Foundation
import TestSupport
import Testing

/// A real terminal with a shell in it: a tmux server of its own, which dies with its owner.
final class Terminal {
    /// How long anything may take. A debug build on a busy machine is slow; nothing waits longer than it must.
    private static let patience: TimeInterval = 60

    static let isAvailable = Programs.path(of: "tmux") != nil

    private let tmux: String
    private let folder: TemporaryFolder
    private var socket: String { folder.path + "/tmux" }

    init(_ width: Int, _ height: Int) throws {
        guard let tmux = Programs.path(of: "tmux") else { throw Tools.Missing(description: "tmux") }
        self.tmux = tmux
        folder = try TemporaryFolder()
        let configuration = try folder.write(
            """
            set -g default-terminal "tmux-256color"
            set -g escape-time 0
            set -g status off
            """, as: "tmux.conf")
        let result = try Tools.run(
            "/usr/bin/env",
            [
                // What the tests are started with decides nothing: neither an outer tmux nor its colours.
                "-u", "TMUX", "-u", "ENV", "-u", "NO_COLOR", "-u", "COLORTERM", "LC_ALL=C.UTF-8",
                "HOME=\(folder.path)", tmux, "-S", socket, "-f", configuration, "new-session",
                "-d", "-x", "\(width)", "-y", "\(height)", "/bin/sh",
            ])
        guard result.status == 0 else { throw Tools.Missing(description: result.errors) }
        try enter("PS1='shell> '; clear")
        try wait(for: "prompt") { $0.hasPrefix("shell>") }
    }

    deinit { _ = try? Tools.run(tmux, ["-S", socket, "kill-server"]) }

    @discardableResult
    private func command(_ arguments: String...) throws -> String {
        try Tools.run(tmux, ["-S", socket] + arguments).output
    }

    // MARK: Doing

    /// Types text as it is.
    func type(_ text: String) throws { try command("send-keys", "-l", "--", text) }

    /// Presses a key that tmux has a name for: `Enter`, `Escape`, `C-z`.
    func press(_ key: String) throws { try command("send-keys", key) }

    /// Types a line at the shell or at a prompt.
    func enter(_ line: String) throws {
        try type(line)
        try press("Enter")
    }

    /// A click, as a terminal reports it; the first column and row are 0.
    func click(_ x: Int, _ y: Int) throws {
        try type("\u{1B}[<0;\(x + 1);\(y + 1)M")
        try type("\u{1B}[<0;\(x + 1);\(y + 1)m")
    }

    /// A click on the first place where a text stands.
    func click(on text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let lines = try waitFor(text, sourceLocation: sourceLocation).split(
            separator: "\n", omittingEmptySubsequences: false)
        for (y, line) in lines.enumerated() {
            guard let range = line.firstRange(of: text) else { continue }
            return try click(line.distance(from: line.startIndex, to: range.lowerBound), y)
        }
    }

    /// A click, as terminals report it that do not know the form with decimal numbers.
    func clickTheOldWay(_ x: Int, _ y: Int) throws {
        for button in [" ", "#"] {
            var report = "\u{1B}[M" + button
            for place in [x, y] { report.unicodeScalars.append(Unicode.Scalar(UInt8(place + 33))) }
            try type(report)
        }
    }

    /// A turn of the wheel by one notch.
    func wheel(down: Bool, _ x: Int, _ y: Int) throws { try type("\u{1B}[<\(down ? 65 : 64);\(x + 1);\(y + 1)M") }

    /// Writes into the middle of the screen, as a program in the background does.
    func scribble(_ text: String) throws {
        let place = try command("display-message", "-p", "#{pane_tty}").trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try Tools.run("/bin/sh", ["-c", "printf '\\033[20;30H\(text)' > \(place)"])
    }

    /// All that programs send to the terminal from now on, into a file.
    func record(to path: String) throws { try command("pipe-pane", "cat > '\(path)'") }

    func resize(_ width: Int, _ height: Int) throws {
        try command("resize-window", "-x", "\(width)", "-y", "\(height)")
    }

    // MARK: Seeing

    func screen() throws -> String { try command("capture-pane", "-p") }

    /// The screen with the sequences that colour it.
    func colouredScreen() throws -> String { try command("capture-pane", "-p", "-e") }

    func isCursorVisible() throws -> Bool { try command("display-message", "-p", "#{cursor_flag}").hasPrefix("1") }

    /// Whether a program asks for the mouse.
    func reportsMouse() throws -> Bool { try command("display-message", "-p", "#{mouse_any_flag}").hasPrefix("1") }

    /// Whether a program draws on the alternate screen.
    func isOnAlternateScreen() throws -> Bool {
        try command("display-message", "-p", "#{alternate_on}").hasPrefix("1")
    }

    /// Looks until the screen is as it should be; records what it was if that takes too long.
    @discardableResult
    func wait(
        for what: String, sourceLocation: SourceLocation = #_sourceLocation, until isDone: (String) throws -> Bool
    ) throws -> String {
        let deadline = Date() + Terminal.patience
        var seen = try screen()
        while try !isDone(seen) {
            if Date() > deadline {
                Issue.record("no \(what) on the screen:\n\(seen)", sourceLocation: sourceLocation)
                throw Tools.Missing(description: what)
            }
            usleep(30_000)
            seen = try screen()
        }
        return seen
    }

    @discardableResult
    func waitFor(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try wait(for: "\"\(text)\"", sourceLocation: sourceLocation) { $0.contains(text) }
    }

    @discardableResult
    func waitUntilGone(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try wait(for: "end of \"\(text)\"", sourceLocation: sourceLocation) { !$0.contains(text) }
    }

    /// Starts the console and waits for its first frame with pods in it.
    func startConsole(_ options: String = "--nodes 3", sourceLocation: SourceLocation = #_sourceLocation) throws {
        try enter("clear; \(Tools.drydock) \(options)")
        try waitFor("kube-proxy-", sourceLocation: sourceLocation)
    }
}

import Foundation
import TestSupport
import Testing

/// The console as a user meets it, in a real terminal. Without tmux there is none to be had, and the suite is skipped.
@Suite("The console in a terminal", .enabled(if: Terminal.isAvailable, "tmux is not installed"), .serialized)
struct ConsoleTests {
    @Test(arguments: [(80, 24), (160, 50)])
    func starts(width: Int, height: Int) throws {
        let terminal = try Terminal(width, height)
        try terminal.startConsole()
        let screen = try terminal.screen()
        #expect(screen.contains("nodes 3/3 ready"))
        #expect(screen.contains("pods(all)"))
        let lines = screen.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= width })
        #expect(try terminal.isOnAlternateScreen())
    }

    @Test func goesToAnotherKind() throws {
        let terminal = try Terminal(120, 30)
        try terminal.startConsole()
        try terminal.enter(":nodes")
        let screen = try terminal.waitFor("INTERNAL-IP")
        #expect(screen.contains("node-3"))
        #expect(screen.contains("control-plane"))
    }

    @Test func createsByForm() throws {
        let terminal = try Terminal(120, 40)
        try terminal.startConsole()
        try terminal.type("c")
        try terminal.waitFor("by form")
        try terminal.press("Enter")
        try terminal.waitFor("Create Deployment in default")
        for value in ["web", "nginx:1.29"] {
            try terminal.type(value)
            try terminal.press("Tab")
        }
        try terminal.waitFor("nginx:1.29")
        try terminal.press("C-u")
        try terminal.type("3")
        try terminal.press("C-s")
        try terminal.waitUntilGone("Create Deployment in default")
        // Three pods, each of them Running.
        try terminal.wait(for: "three running pods of web") { screen in
            screen.split(separator: "\n").filter { $0.contains(" web-") && $0.contains("Running") }.count == 3
        }
    }

    @Test func anUnknownTerminalIsToldWhatMostGoBy() throws {
        let terminal = try Terminal(120, 30)
        try terminal.enter("clear; TERM=nonsense \(Tools.drydock) --no-listen; echo left with $?")
        let screen = try terminal.waitFor("left with 2")
        #expect(screen.contains("\"nonsense\" (TERM) is unknown here; most go by TERM=xterm-256color"))
    }

    @Test func holdsStillInAWindowTooSmall() throws {
        let terminal = try Terminal(100, 30)
        try terminal.startConsole()
        try terminal.resize(50, 12)
        try terminal.waitFor("The window is too small")
        try terminal.resize(100, 30)
        let screen = try terminal.waitFor("kube-proxy-")
        #expect(!screen.contains("too small"))
    }

    @Test func drawsAnewWhenAskedTo() throws {
        let terminal = try Terminal(100, 30)
        try terminal.startConsole()
        try terminal.scribble("SCRIBBLE")
        try terminal.waitFor("SCRIBBLE")
        try terminal.press("C-l")
        try terminal.waitUntilGone("SCRIBBLE")
    }

    @Test func stopsAndGoesOn() throws {
        let terminal = try Terminal(100, 30)
        try terminal.startConsole()
        try terminal.press("C-z")
        try terminal.waitFor("shell>")
        #expect(try !terminal.isOnAlternateScreen())
        try terminal.enter("fg")
        try terminal.waitFor("kube-proxy-")
        #expect(try terminal.isOnAlternateScreen())
    }

    @Test func leavesTheTerminalAsItWas() throws {
        let terminal = try Terminal(100, 30)
        let folder = try TemporaryFolder()
        try terminal.enter("stty -a > \(folder.path)/before")
        try terminal.startConsole()
        try terminal.type("q")
        try terminal.wait(for: "end") { _ in try !terminal.isOnAlternateScreen() }
        try terminal.enter("echo left with $?; stty -a > \(folder.path)/after; echo saved")
        let screen = try terminal.waitFor("\nsaved")
        #expect(screen.contains("left with 0"))
        #expect(try Self.text(folder, "before") == Self.text(folder, "after"))
    }

    /// Asked to end, killed by a fault, or by its own abort: the shell gets its terminal back.
    @Test(arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGILL, SIGBUS])
    func givesTheTerminalBack(whenItGets signal: Int32) throws {
        let terminal = try Terminal(100, 30)
        let folder = try TemporaryFolder()
        try terminal.enter("stty -a > \(folder.path)/before")
        // The shell tells the console's number, then becomes it; an outer one waits and looks at what is left.
        // Swift's own report of a crash would ask at the terminal what to do.
        let run = try folder.write(
            "echo $$ > \(folder.path)/pid\nexport SWIFT_BACKTRACE=enable=no\nexec \(Tools.drydock) --nodes 3\n",
            as: "run")
        try terminal.enter("clear; sh \(run)")
        try terminal.waitFor("kube-proxy-")
        let process = try #require(Int32(Self.text(folder, "pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(try !terminal.isCursorVisible() && terminal.reportsMouse())
        #expect(kill(process, signal) == 0)
        try terminal.wait(for: "end") { _ in try !terminal.isOnAlternateScreen() }
        // What is typed before the shell is back stands before its prompt.
        try terminal.waitFor("shell>")
        try terminal.enter("stty -a > \(folder.path)/after; echo saved")
        try terminal.waitFor("\nsaved")
        #expect(try terminal.isCursorVisible() && !terminal.reportsMouse())
        #expect(try Self.text(folder, "before") == Self.text(folder, "after"))
    }

    @Test func asksBeforeItForgetsWhatWasMade() throws {
        let terminal = try Terminal(100, 30)
        let folder = try TemporaryFolder()
        try terminal.startConsole("--nodes 3 -f \(Repository.root.path)/Examples/web.yaml")
        // What comes from a file is changed.
        try terminal.type(":deployments default")
        try terminal.press("Enter")
        try terminal.waitFor("deployments(default)[1]")
        try terminal.type("s5")
        try terminal.press("Enter")
        try terminal.waitFor("deployment.apps/web scaled")
        try terminal.type("q")
        try terminal.waitFor("Save and quit")
        try terminal.press("Enter")
        try terminal.waitFor("Save as YAML")
        try terminal.press("C-u")
        try terminal.type("\(folder.path)/saved.yaml")
        try terminal.press("C-s")
        try terminal.wait(for: "end") { _ in try !terminal.isOnAlternateScreen() }
        // What was saved can be run again.
        let result = try Tools.drydock("simulate", "-f", folder.path + "/saved.yaml", "--for", "1m", "--nodes", "3")
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func readsManifestsFromStandardInputAndKeysFromTheTerminal() throws {
        let terminal = try Terminal(120, 40)
        try terminal.enter("clear; cat \(Repository.root.path)/Examples/web.yaml | \(Tools.drydock) --nodes 3 -f -")
        try terminal.waitFor(" web-")
        try terminal.enter(":services")
        try terminal.waitFor("CLUSTER-IP")
    }

    /// As many colours as the terminal has, and none where they are not wanted.
    @Test(arguments: [
        ("TERM=screen", ["[3"], ["[38;"]), ("TERM=tmux-256color COLORTERM=", ["[38;5;"], ["[38;2;"]),
        ("TERM=tmux-256color COLORTERM=truecolor", ["[38;2;"], []),
        ("NO_COLOR=1 COLORTERM=truecolor", ["[1m"], ["[38;", "[48;", "[31m", "[32m", "[33m", "[36m"]),
    ])
    func usesTheColoursThatThereAre(environment: String, present: [String], absent: [String]) throws {
        let terminal = try Terminal(100, 30)
        try terminal.enter("clear; \(environment) \(Tools.drydock) --nodes 3")
        try terminal.waitFor("kube-proxy-")
        let screen = try terminal.colouredScreen()
        for sequence in present { #expect(screen.contains("\u{1B}" + sequence), "\(sequence)") }
        for sequence in absent { #expect(!screen.contains("\u{1B}" + sequence), "\(sequence)") }
    }

    @Test func refusesATerminalThatIsTooSmall() throws {
        let terminal = try Terminal(50, 20)
        try terminal.enter("clear; \(Tools.drydock); echo status $?")
        let screen = try terminal.waitFor("status 2")
        #expect(screen.contains("50x20"))
    }

    private static func text(_ folder: TemporaryFolder, _ name: String) throws -> String {
        try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
    }
}

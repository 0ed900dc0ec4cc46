import Foundation
import TestSupport
import Testing

/// The mouse, by the sequences that terminals send.
@Suite("The mouse", .enabled(if: Terminal.isAvailable, "tmux is not installed"), .serialized)
struct ConsoleMouseTests {
    /// The selection, of how many rows: `4/37` at the foot.
    private static func foot(_ screen: String) -> (selected: Int, count: Int)? {
        for line in screen.split(separator: "\n").reversed() where line.hasPrefix("╰") {
            let words = line.split { $0 == " " || $0 == "─" || $0 == "╯" }
            let numbers = words.last?.split(separator: "/").compactMap { Int($0) } ?? []
            if numbers.count == 2 { return (numbers[0], numbers[1]) }
        }
        return nil
    }

    private static func waitForSelection(_ number: Int, _ terminal: Terminal) throws {
        try terminal.wait(for: "row \(number) selected") { foot($0)?.selected == number }
    }

    @Test func clicksSelectAndTheWheelScrolls() throws {
        let terminal = try Terminal(120, 24)
        try terminal.startConsole("--nodes 30")
        try terminal.wait(for: "all pods") { Self.foot($0)?.selected == 1 && (Self.foot($0)?.count ?? 0) > 30 }
        // Three rows of header, the frame, the titles: the first row is the sixth line.
        try terminal.click(20, 8)
        try Self.waitForSelection(4, terminal)
        let before = try terminal.screen().split(separator: "\n", omittingEmptySubsequences: false)[11]
        try terminal.wheel(down: true, 20, 8)
        try terminal.wait(for: "three rows less") { screen in
            screen.split(separator: "\n", omittingEmptySubsequences: false)[8].prefix(40) == before.prefix(40)
        }
        try terminal.wheel(down: true, 20, 8)
        try Self.waitForSelection(7, terminal)
        for _ in 0..<3 { try terminal.wheel(down: false, 20, 8) }
        try terminal.click(20, 5)
        try Self.waitForSelection(1, terminal)
    }

    /// Terminals that know only the older form report so. What is left unread would be keys: `x` cuts a node's power.
    @Test func reportsOfTheOlderFormAreClicks() throws {
        let terminal = try Terminal(120, 24)
        try terminal.startConsole("--nodes 30")
        try terminal.wait(for: "all pods") { Self.foot($0)?.selected == 1 && (Self.foot($0)?.count ?? 0) > 30 }
        try terminal.clickTheOldWay(94, 8)
        try Self.waitForSelection(4, terminal)
        try terminal.clickTheOldWay(87, 6)
        let screen = try terminal.wait(for: "row 2 selected") { Self.foot($0)?.selected == 2 }
        #expect(screen.contains("pods(all)[") && !screen.contains("marked"))
    }

    @Test func aClickOnAHeadingSorts() throws {
        let terminal = try Terminal(120, 24)
        try terminal.startConsole()
        try terminal.click(on: "RESTARTS")
        try terminal.waitFor("RESTARTS↑")
        try terminal.click(on: "RESTARTS")
        try terminal.waitFor("RESTARTS↓")
        try terminal.click(on: "AGE")
        try terminal.waitFor("AGE↑")
    }

    @Test func buttonsOfADialogArePressed() throws {
        let terminal = try Terminal(120, 30)
        try terminal.startConsole("--nodes 3 -f \(Repository.root.path)/Examples/web.yaml")
        try terminal.enter(":deployments default")
        try terminal.waitFor("deployments(default)")
        try terminal.press("C-d")
        try terminal.waitFor("This also removes")
        try terminal.click(on: "Cancel ")
        try terminal.waitUntilGone("This also removes")
        #expect(try terminal.screen().contains("web "))
        try terminal.press("C-d")
        try terminal.waitFor("This also removes")
        try terminal.click(on: " Delete  ")
        try terminal.waitFor("deployment.apps/web deleted")
        try terminal.waitFor("deployments(default)[0]")
    }

    @Test func fieldsOfAFormAreClicked() throws {
        let terminal = try Terminal(120, 30)
        try terminal.startConsole()
        try terminal.type("c1")
        try terminal.waitFor("Create Deployment in default")
        try terminal.click(on: "[ ]")
        try terminal.waitFor("[x]")
        try terminal.click(on: "Image")
        try terminal.type("nginx:1.29")
        try terminal.waitFor("nginx:1.29")
        try terminal.click(on: "Cancel")
        try terminal.waitUntilGone("Create Deployment")
    }
}

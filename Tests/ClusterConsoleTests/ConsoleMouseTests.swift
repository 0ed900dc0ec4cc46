import ClusterConsole
import TerminalUI
import Testing

/// What a mouse can reach beside the rows: the prompt, its completions, the hints and the crumbs.
@Suite struct ConsoleMouseTests {
    private let desk = Desk(size: Size(width: 100, height: 24))

    private func press(_ x: Int, _ y: Int, _ action: MouseEvent.Action = .click) {
        desk.console.handle(.mouse(MouseEvent(action, x: x, y: y)))
        desk.draw()
    }

    /// Presses where a text stands, the lowest on the screen.
    private func press(_ action: MouseEvent.Action = .click, on text: String) throws {
        for y in (0..<24).reversed() {
            let row = desk.row(y)
            guard let range = row.firstRange(of: text) else { continue }
            return press(row.distance(from: row.startIndex, to: range.lowerBound), y, action)
        }
        throw Missing(text: text, screen: desk.text)
    }

    private struct Missing: Error {
        let text: String
        let screen: String
    }

    @Test func aHintIsItsKey() throws {
        try press(on: "d describe")
        #expect(desk.row(3).contains("describe(pod/default/db-1)"))
        try press(on: "? help")
        #expect(desk.text.contains("╭─ Keys "))
    }

    @Test func aCrumbLeadsBack() throws {
        desk.press("jdy")
        #expect(desk.row(22).contains("pods › db-2 › db-2 yaml"))
        try press(on: "db-2 yaml")
        #expect(desk.row(3).contains("yaml("))
        try press(on: "pods ›")
        #expect(desk.row(3).contains("pods(all)[12]") && desk.row(22).contains(" 2/12 "))
    }

    @Test func aCompletionIsRun() throws {
        desk.press(":no")
        try press(on: "nodes ")
        #expect(desk.row(3).contains("nodes[3]"))
    }

    @Test func aClickInThePromptPutsTheCursorThere() {
        desk.press("/b-1")
        press(2, 23)
        desk.press("d")
        #expect(desk.row(3).contains("</db-1>") && desk.row(3).contains("[1]"))
    }

    /// The filter stays as it is typed, and the click means what it means without the prompt.
    @Test func aClickOnARowLeavesThePrompt() {
        desk.press("/web")
        press(10, 7)
        #expect(desk.row(3).contains("</web>") && desk.row(22).contains(" 3/8 "))
        desk.press("d")
        #expect(desk.row(3).contains("describe(pod/default/web-7d4b9c6f5-3)"))
    }

    /// The hand that pressed a button twice did not mean what stood behind the dialog.
    @Test func theSecondPressOfADoubleClickGoesNoFurther() throws {
        desk.press("<ctrl-d>")
        let y = try #require((0..<24).first { desk.row($0).contains("Cancel") })
        let row = desk.row(y)
        let range = try #require(row.firstRange(of: "Cancel"))
        let x = row.distance(from: row.startIndex, to: range.lowerBound)
        press(x, y)
        press(x, y, .doubleClick)
        #expect(desk.row(3).contains("pods(all)[12]") && desk.row(22).contains(" 1/12 "))
        try press(on: "d describe")
        try press(.doubleClick, on: "y yaml")
        #expect(desk.row(3).contains("describe("))
    }

    @Test func theScrollbarOfTheHelpIsDrawn() {
        desk.press("?")
        let first = desk.row(1)
        press(98, 21)
        #expect(desk.row(1) != first)
        press(98, 1, .drag)
        #expect(desk.row(1) == first)
    }
}

import TerminalUI
import Testing

@Suite struct DialogTests {
    @Test func buttons() {
        var dialog = Dialog(
            title: "Delete?", text: "pod web-0", buttons: ["Delete", "Cancel"], focused: 1, isDangerous: true)
        #expect(dialog.handle(.enter) == .chosen(1))
        #expect(dialog.handle(.left) == .handled)
        #expect(dialog.handle(.enter) == .chosen(0))
        #expect(dialog.handle(.tab) == .handled)
        #expect(dialog.focused == 1)
        #expect(dialog.handle(.character("d")) == .chosen(0))
        #expect(dialog.handle(.character("C")) == .chosen(1))
        #expect(dialog.handle(.character("x")) == .handled)
        #expect(dialog.handle(.escape) == .cancel)
    }

    @Test func aNameToType() {
        var dialog = Dialog(title: "Delete?", text: "all of it", buttons: ["Delete", "Cancel"], requiredText: "prod")
        #expect(dialog.handle(.enter) == .handled)
        for character in "prod" { #expect(dialog.handle(.character(character)) == .handled) }
        #expect(dialog.handle(.enter) == .chosen(0))
        _ = dialog.handle(.backspace)
        #expect(dialog.handle(.enter) == .handled)
        _ = dialog.handle(.tab)
        #expect(dialog.handle(.enter) == .chosen(1))
    }

    @Test func drawing() {
        var dialog = Dialog(
            title: "Delete", text: "Delete pod web-0?\nIts ReplicaSet makes another.", buttons: ["Delete", "Cancel"],
            focused: 1)
        var frame = Frame(width: 40, height: 8)
        #expect(dialog.render(into: &frame, in: frame.bounds, theme: .dark) == nil)
        #expect(
            grid(frame) == """
                |                                        |
                |  ╭─ Delete ────────────────────────╮   |
                |  │  Delete pod web-0?              │   |
                |  │  Its ReplicaSet makes another.  │   |
                |  │                                 │   |
                |  │       Delete    [ Cancel ]      │   |
                |  ╰─────────────────────────────────╯   |
                |                                        |
                """)
    }

    @Test func clicks() {
        var dialog = Dialog(title: "Delete", text: "x", buttons: ["Delete", "Cancel"], requiredText: "prod")
        var frame = Frame(width: 40, height: 9)
        dialog.render(into: &frame, in: frame.bounds, theme: .dark)
        let row =
            frame.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("Cancel") }
            ?? 0
        let text = Array(frame.row(row))
        let cancel = text.firstIndex(of: "C") ?? 0
        let delete = text.firstIndex(of: "D") ?? 0
        #expect(dialog.handle(MouseEvent(.click, x: delete, y: row)) == .handled, "the name is missing")
        #expect(dialog.handle(MouseEvent(.click, x: cancel, y: row)) == .chosen(1))
        #expect(dialog.handle(MouseEvent(.click, x: 0, y: 0)) == .handled)
        dialog.paste("prod")
        #expect(dialog.handle(MouseEvent(.click, x: delete, y: row)) == .chosen(0))
    }

    @Test func longMessages() {
        let text =
            (1...9).map { "pod web-\($0)" }.joined(separator: "\n") + "\nand a last line that is far too long for it"
        var dialog = Dialog(title: "Delete", text: text)
        var frame = Frame(width: 30, height: 9)
        dialog.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(frame.row(4) == "│  pod web-4                │")
        #expect(frame.row(5) == "│  … 7 more lines           │")
        var tall = Frame(width: 30, height: 20)
        dialog.render(into: &tall, in: tall.bounds, theme: .dark)
        #expect(tall.text.contains("│  and a last line that is  │\n│  far too long for it      │"))
    }

    @Test func drawingWithAName() {
        var dialog = Dialog(
            title: "Delete", text: "Namespace and all in it.", buttons: ["Delete", "Cancel"], requiredText: "prod")
        var frame = Frame(width: 40, height: 9)
        let cursor = dialog.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(frame.text.contains("Type prod to confirm:"))
        #expect(cursor.map { frame[$0.x, $0.y].background } == Theme.dark[.input].background)
    }
}

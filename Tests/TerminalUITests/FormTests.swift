import TerminalUI
import Testing

@Suite struct FormTests {
    private func makeForm() -> Form {
        Form(
            title: "Create",
            fields: [
                .text("name", label: "Name", help: "a DNS label") { $0.isEmpty ? "must not be empty" : nil },
                .number("replicas", label: "Replicas", value: 3, in: 0...10),
                .checkbox("expose", label: "Expose"),
                .choice("type", label: "Type", choices: ["ClusterIP", "NodePort"]),
            ], submitLabel: "Create")
    }

    private func press(_ keys: String, _ form: inout Form) throws -> FormOutcome {
        var outcome = FormOutcome.ignored
        for step in try KeySequence(parsing: keys).steps {
            if case .key(let key) = step { outcome = form.handle(key) }
        }
        return outcome
    }

    @Test func fillingIn() throws {
        var form = makeForm()
        #expect(try press("web<tab><backspace>12<tab> <tab><right><enter>", &form) == .handled)
        #expect(form.fields[1].message == "must be a whole number from 0 to 10")
        #expect(form.focus == 1)
        #expect(try press("<backspace><enter><enter><enter>", &form) == .submit)
        #expect(form.value("name") == "web")
        #expect(form.number("replicas") == 1)
        #expect(form.isChecked("expose"))
        #expect(form.value("type") == "NodePort")
        #expect(form.value("nothing") == "")
    }

    @Test func numbersStepWithinTheirRange() throws {
        var form = makeForm()
        #expect(try press("<tab><up><up>", &form) == .changed)
        #expect(form.number("replicas") == 5)
        _ = try press("<ctrl-u>9<up><up><up>", &form)
        #expect(form.number("replicas") == 10)
        _ = try press("x", &form)
        #expect(form.value("replicas") == "10")
        _ = try press("<ctrl-u><down>", &form)
        #expect(form.value("replicas") == "0")
    }

    @Test func aMessageGoesWhenItsReasonDoes() throws {
        var form = makeForm()
        #expect(try press("<ctrl-s>", &form) == .handled)
        #expect(form.fields[0].message == "must not be empty")
        #expect(try press("w", &form) == .changed)
        #expect(form.fields[0].message == nil)
    }

    @Test func leavingAndCancelling() throws {
        var form = makeForm()
        #expect(try press("<esc>", &form) == .cancel)
        #expect(try press("<backtab>", &form) == .handled)
        #expect(form.focus == 5)
        #expect(try press("<enter>", &form) == .cancel)
        #expect(try press("<f1>", &form) == .ignored)
        form.setFocus(0)
        #expect(form.paste("we\nb") == .changed)
        #expect(form.value("name") == "we b")
        form.fields[0].field.text = ""
        #expect(form.paste("web\n") == .changed)
        #expect(form.value("name") == "web", "a line that was copied with its end")
    }

    @Test func drawing() throws {
        var form = makeForm()
        _ = form.handle(.control("s"))
        var frame = Frame(width: 42, height: 13)
        let cursor = form.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(
            grid(frame) == """
                |╭─ Create ───────────────────────────────╮|
                |│ Name                                   │|
                |│           ✗ must not be empty          │|
                |│ Replicas  3                            │|
                |│                                        │|
                |│ Expose    [ ]                          │|
                |│                                        │|
                |│ Type      (•) ClusterIP  ( ) NodePort  │|
                |│                                        │|
                |│                                        │|
                |│                                        │|
                |│           Create      Cancel           │|
                |╰────────────────────────────────────────╯|
                """)
        #expect(cursor == Point(x: 12, y: 1))
    }

    private static let longHelp =
        "the path of a file or folder of manifests, in YAML or JSON, read from where drydock runs"

    private static func helpful() -> Form {
        Form(
            title: "Create",
            fields: [
                .text("name", label: "Name", help: "a DNS label"),
                .text("path", label: "File", help: longHelp),
                .checkbox("expose", label: "Expose", help: "a Service, too"),
            ], submitLabel: "Create")
    }

    /// Help is wrapped under its field, and room is kept for it, so that nothing moves as the focus does.
    @Test func longHelpIsWrapped() throws {
        var form = Self.helpful()
        let size = form.preferredSize(width: 42)
        #expect(size == Size(width: 42, height: 13))
        _ = try press("<tab>", &form)
        var frame = Frame(width: size.width, height: size.height)
        form.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(
            grid(frame) == """
                |╭─ Create ───────────────────────────────╮|
                |│ Name                                   │|
                |│                                        │|
                |│ File                                   │|
                |│         the path of a file or folder   │|
                |│         of manifests, in YAML or JSON, │|
                |│         read from where drydock runs   │|
                |│ Expose  [ ]                            │|
                |│                                        │|
                |│                                        │|
                |│                                        │|
                |│           Create      Cancel           │|
                |╰────────────────────────────────────────╯|
                """)
        #expect(form.preferredSize(width: 42) == size)
        _ = try press("<tab>", &form)
        #expect(form.preferredSize(width: 42) == size)
    }

    /// At every size that the console draws at, none of it is lost.
    @Test(arguments: ["60x16", "80x24", "120x40", "200x60"])
    func helpIsWholeAtEverySize(_ text: String) throws {
        let size = try #require(Size(text))
        var form = Self.helpful()
        for field in form.fields {
            var frame = Frame(width: size.width, height: size.height)
            let area = frame.bounds.inset(left: 1, top: 1, right: 1, bottom: 1)
            form.render(into: &frame, in: area.centered(form.preferredSize(width: area.width)), theme: .dark)
            let words = (0..<size.height).flatMap { frame.row($0).split(separator: " ").map(String.init) }
            let help = field.help.split(separator: " ").map(String.init)
            let start = try #require(words.firstIndex(of: help[0]))
            #expect(words[start...].filter { $0 != "│" }.starts(with: help), "\(field.name) at \(text)")
            _ = try press("<tab>", &form)
        }
    }

    @Test func clicks() {
        var form = makeForm()
        var frame = Frame(width: 42, height: 13)
        form.render(into: &frame, in: frame.bounds, theme: .dark)
        func click(_ x: Int, _ y: Int) -> FormOutcome { form.handle(MouseEvent(.click, x: x, y: y)) }
        #expect(click(4, 3) == .handled)
        #expect(form.focus == 1)
        #expect(click(13, 5) == .changed)
        #expect(form.isChecked("expose"))
        #expect(click(27, 7) == .changed)
        #expect(form.value("type") == "NodePort")
        #expect(click(33, 11) == .ignored)
        #expect(click(25, 11) == .cancel)
        #expect(click(13, 11) == .handled, "the name is missing")
        #expect(form.focus == 0)
        form.fields[0].field.text = "web"
        #expect(click(13, 11) == .submit)
    }

    @Test func aClickInATextPutsTheCursorThere() {
        var form = makeForm()
        form.fields[0].field.text = "web-1"
        var frame = Frame(width: 42, height: 13)
        form.setFocus(1)
        form.render(into: &frame, in: frame.bounds, theme: .dark)
        let text = frame.row(1)
        let start = text.distance(
            from: text.startIndex, to: text.firstRange(of: "web-1")?.lowerBound ?? text.startIndex)
        #expect(form.handle(MouseEvent(.click, x: start + 3, y: 1)) == .handled)
        #expect(form.focus == 0)
        _ = form.handle(.character("X"))
        #expect(form.fields[0].value == "webX-1")
        _ = form.handle(MouseEvent(.click, x: start + 20, y: 1))
        _ = form.handle(.character("Y"))
        #expect(form.fields[0].value == "webX-1Y", "behind the text is its end")
    }

    @Test func aChoiceWithoutRoomShowsTheSelectedEntry() {
        var form = Form(
            title: "T", fields: [.choice("a", label: "A", choices: ["first one", "second one"], selected: 1)])
        var frame = Frame(width: 24, height: 7)
        form.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(frame.row(1) == "│ A  ‹ second one ›    │")
    }

    @Test func aSmallPlaceShowsTheFieldsAroundTheFocus() {
        var form = makeForm()
        form.setFocus(3)
        var frame = Frame(width: 40, height: 8)
        #expect(form.render(into: &frame, in: frame.bounds, theme: .dark) == nil)
        #expect(frame.row(1).hasPrefix("│ Replicas"))
        #expect(frame.row(2).hasPrefix("│ Expose"))
        #expect(frame.row(3).hasPrefix("│ Type"))
        #expect((1...3).contains { !frame.row($0).hasSuffix("│") }, "a bar says that there is more")
        frame = Frame(width: 40, height: 10)
        form.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(frame.row(1).hasPrefix("│ Name") && frame.row(4).hasPrefix("│ Type"), "without free rows all are seen")
        #expect((1...4).allSatisfy { frame.row($0).hasSuffix("│") })
        form.setFocus(0)
        form.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(frame.row(2).contains("a DNS label") && frame.row(5).hasPrefix("│ Type"))
    }
}

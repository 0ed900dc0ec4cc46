/// What a form makes of a key.
package enum FormOutcome: Hashable, Sendable {
    /// The key meant something here; nothing else to do.
    case handled
    /// A value changed.
    case changed
    /// All fields are valid and the user wants what they say.
    case submit
    case cancel
    /// The key means nothing here.
    case ignored
}

/// Fields under each other, with a line of buttons.
///
/// Tab, backtab, up and down go from field to field; enter goes to the next field, and submits on the last one and on
/// the button; ctrl-s submits anywhere; esc cancels. A form with an invalid field isn't submitted: the focus goes to
/// the first one.
package struct Form: Sendable {
    package var title: String
    package var fields: [FormField]
    package var submitLabel: String
    /// The field with the focus; `fields.count` is the submit button, one more the cancel button.
    package private(set) var focus = 0
    /// Shown above the buttons: what the last try to submit met.
    package var error: String?
    private var firstShown = 0
    private var targets: [(place: Rect, target: Target)] = []

    /// What a click can hit.
    private enum Target {
        case field(Int)
        case choice(field: Int, index: Int)
        /// The text of a field, whose left edge is there.
        case text(field: Int, x: Int)
        case submit, cancel
    }

    package init(title: String, fields: [FormField], submitLabel: String = "OK") {
        self.title = title
        self.fields = fields
        self.submitLabel = submitLabel
    }

    /// The value of the field of that name; empty when there is none.
    package func value(_ name: String) -> String {
        fields.first { $0.name == name }?.value ?? ""
    }

    package func number(_ name: String) -> Int? { Int(value(name)) }

    package func isChecked(_ name: String) -> Bool { value(name) == "true" }

    package mutating func setFocus(_ index: Int) {
        focus = max(0, min(index, fields.count + 1))
    }

    /// Validates every field, puts the messages there, and tells whether all are valid.
    package mutating func validate() -> Bool {
        for index in fields.indices { fields[index].message = fields[index].validate(fields[index].value) }
        guard let first = fields.firstIndex(where: { $0.message != nil }) else { return true }
        focus = first
        return false
    }

    package mutating func handle(_ key: Key) -> FormOutcome {
        switch key {
        case .escape: return .cancel
        case .control("s"): return submit()
        case .tab: return move(1)
        case .backtab: return move(-1)
        case .enter:
            if focus == fields.count + 1 { return .cancel }
            return focus >= fields.count - 1 ? submit() : move(1)
        default: break
        }
        if focus >= fields.count { return handleOnButtons(key) }
        return handleOnField(key)
    }

    /// Inserts pasted text into the field with the focus.
    package mutating func paste(_ text: String) -> FormOutcome {
        guard focus < fields.count else { return .ignored }
        switch fields[focus].kind {
        case .text, .number: fields[focus].field.insert(text)
        default: return .ignored
        }
        return changed()
    }

    /// A click on a field gives it the focus, in its text puts the cursor there, on a checkbox turns it, on an entry of
    /// a choice takes it, on a button presses it.
    package mutating func handle(_ mouse: MouseEvent) -> FormOutcome {
        guard mouse.action == .click || mouse.action == .doubleClick, mouse.button == .left,
            let hit = targets.last(where: { $0.place.contains(mouse.position) })
        else { return .ignored }
        switch hit.target {
        case .submit: return submit()
        case .cancel: return .cancel
        case .field(let index):
            focus = index
            guard case .checkbox = fields[index].kind else { return .handled }
            fields[index].isChecked.toggle()
            return changed()
        case .text(let field, let x):
            focus = field
            fields[field].field.putCursor(at: mouse.x - x)
            return .handled
        case .choice(let field, let index):
            focus = field
            fields[field].selectedChoice = index
            return changed()
        }
    }

    private mutating func handleOnButtons(_ key: Key) -> FormOutcome {
        switch key {
        case .left, .up: return move(-1)
        case .right, .down: return move(1)
        case .character(" "): return focus == fields.count ? submit() : .cancel
        default: return .ignored
        }
    }

    private mutating func handleOnField(_ key: Key) -> FormOutcome {
        switch (fields[focus].kind, key) {
        case (.number, .up): return step(1)
        case (.number, .down): return step(-1)
        case (.number, .character("+")): return step(1)
        case (.number, .character("-")) where !fields[focus].field.isEmpty: return step(-1)
        case (_, .up): return move(-1)
        case (_, .down): return move(1)
        case (.checkbox, .character(" ")), (.checkbox, .left), (.checkbox, .right):
            fields[focus].isChecked.toggle()
            return changed()
        case (.choice(let choices), .character(" ")), (.choice(let choices), .right):
            fields[focus].selectedChoice = (fields[focus].selectedChoice + 1) % choices.count
            return changed()
        case (.choice(let choices), .left):
            fields[focus].selectedChoice = (fields[focus].selectedChoice + choices.count - 1) % choices.count
            return changed()
        case (.checkbox, _), (.choice, _):
            return .ignored
        case (.number, .character(let character))
        where !(character.isASCII && (character.isNumber || character == "-")):
            return .handled
        default:
            let before = fields[focus].field.text
            guard fields[focus].field.handle(key) else { return .ignored }
            return fields[focus].field.text == before ? .handled : changed()
        }
    }

    private mutating func step(_ distance: Int) -> FormOutcome {
        guard case .number(let range) = fields[focus].kind else { return .ignored }
        let old = Int(fields[focus].field.text) ?? (distance > 0 ? range.lowerBound - 1 : range.lowerBound)
        fields[focus].field.text = String(max(range.lowerBound, min(range.upperBound, old + distance)))
        return changed()
    }

    /// A message stays until the value that it is about changes, then the new value is judged.
    private mutating func changed() -> FormOutcome {
        if fields[focus].message != nil { fields[focus].message = fields[focus].validate(fields[focus].value) }
        error = nil
        return .changed
    }

    private mutating func move(_ distance: Int) -> FormOutcome {
        if focus < fields.count { fields[focus].message = fields[focus].validate(fields[focus].value) }
        let count = fields.count + 2
        focus = (focus + distance + count) % count
        return .handled
    }

    private mutating func submit() -> FormOutcome {
        validate() ? .submit : .handled
    }

    // MARK: Drawing

    /// The size of the form with its frame, when `width` columns are there for it.
    package func preferredSize(width: Int) -> Size {
        let width = min(width, 76)
        let room = messageRoom(width: width - 4)
        return Size(width: width, height: fields.indices.reduce(5) { $0 + rows(of: $1, room: room) })
    }

    private func labelWidth(in width: Int) -> Int {
        min(width / 2, fields.reduce(0) { max($0, DisplayText.width($1.label)) })
    }

    /// The columns that a message below its field has.
    private func messageRoom(width: Int) -> Int { max(1, width - labelWidth(in: width) - 2) }

    /// The message of a field in lines: all of it where the focus is, else its beginning.
    private func message(of index: Int, room: Int) -> [String] {
        guard let message = fields[index].message else { return [] }
        let lines = DisplayText.wrapped(message, to: max(1, room - 2))
        return index == focus || lines.count < 2 ? lines : [message]
    }

    /// The help of a field in lines.
    private func help(of index: Int, room: Int) -> [String] {
        let help = fields[index].help
        return help.isEmpty ? [] : DisplayText.wrapped(help, to: room)
    }

    /// The rows of a field: its own, and those of its message or help. The rows for help are kept free where it is not
    /// shown, so that nothing moves as the focus does; a tight form has no room for that.
    private func rows(of index: Int, room: Int, isTight: Bool = false) -> Int {
        let help = help(of: index, room: room).count
        let free = isTight ? index == focus ? help : 0 : max(1, help)
        return 1 + max(free, message(of: index, room: room).count)
    }

    /// Where there is no room for all fields, those around the focus are shown.
    private mutating func scroll(height: Int, room: Int, isTight: Bool) {
        let focused = min(focus, fields.count - 1)
        func total(_ range: ClosedRange<Int>) -> Int {
            range.reduce(0) { $0 + rows(of: $1, room: room, isTight: isTight) }
        }
        firstShown = max(0, min(firstShown, focused))
        while firstShown < focused, total(firstShown...focused) > height { firstShown += 1 }
        while firstShown > 0, total(firstShown - 1...fields.count - 1) <= height { firstShown -= 1 }
    }

    /// Draws the form with its frame and returns where the cursor stands, nil for none.
    @discardableResult
    package mutating func render(into frame: inout Frame, in rect: Rect, theme: Theme) -> Point? {
        frame.fill(rect, style: theme[.panel])
        frame.box(rect, style: theme[.borderFocused], title: title, titleStyle: theme[.title])
        let inner = rect.inset(left: 2, top: 1, right: 2, bottom: 1)
        let (body, foot) = inner.splitBottom(3)
        targets = []
        let room = messageRoom(width: body.width)
        let isTight = fields.indices.reduce(0) { $0 + rows(of: $1, room: room) } > body.height
        scroll(height: body.height, room: room, isTight: isTight)
        var cursor: Point?
        var y = body.y
        var shown = 0
        for index in firstShown..<fields.count {
            let rows = rows(of: index, room: room, isTight: isTight)
            let height = min(rows, body.maxY - y)
            // Of a field that is not the one in hand nothing is left out.
            if height < 1 || height < rows && index != focus { break }
            let place = Rect(x: body.x, y: y, width: body.width, height: height)
            if let point = renderField(index, into: &frame, in: place, theme: theme) { cursor = point }
            y += height
            shown += 1
        }
        frame.scrollbar(
            in: Rect(x: rect.maxX - 1, y: body.y, width: 1, height: body.height), offset: firstShown, visible: shown,
            total: fields.count, thumb: theme[.scrollThumb], track: theme[.scrollTrack])
        renderFoot(into: &frame, in: foot, theme: theme)
        return cursor
    }

    private mutating func renderField(
        _ index: Int, into frame: inout Frame, in place: Rect, theme: Theme
    ) -> Point? {
        let isFocused = index == focus
        let labelWidth = labelWidth(in: place.width)
        let rect = place.row(0)
        let field = fields[index]
        frame.putFitted(
            field.label, x: rect.x, y: rect.y, columns: labelWidth,
            style: isFocused ? theme[.accent].bold : theme[.panel].background(.default))
        let (_, input) = rect.splitLeft(labelWidth + 2)
        targets.append((rect, .field(index)))
        var cursor: Point?
        switch field.kind {
        case .text, .number:
            let width = if case .number = field.kind { min(input.width, 16) } else { input.width }
            let text = input.splitLeft(width).left
            cursor = fields[index].field.render(
                into: &frame, in: text, style: theme[.input], placeholder: field.placeholder,
                placeholderStyle: theme[.placeholder])
            targets.append((text, .text(field: index, x: text.x)))
        case .checkbox:
            let style = isFocused ? theme[.accent].bold : Style.plain
            frame.put(field.isChecked ? "[x]" : "[ ]", x: input.x, y: input.y, style: style)
            cursor = Point(x: input.x + 1, y: input.y)
        case .choice(let choices):
            renderChoice(choices, of: index, into: &frame, in: input, theme: theme)
        }
        let message = message(of: index, room: input.width)
        if !message.isEmpty {
            for (row, line) in message.prefix(place.height - 1).enumerated() {
                frame.putFitted(
                    (row == 0 ? "✗ " : "  ") + line, x: input.x, y: rect.y + 1 + row, columns: input.width,
                    style: theme[.invalid])
            }
        } else if isFocused {
            for (row, line) in help(of: index, room: input.width).prefix(place.height - 1).enumerated() {
                frame.putFitted(line, x: input.x, y: rect.y + 1 + row, columns: input.width, style: theme[.dim])
            }
        }
        return isFocused ? cursor : nil
    }

    /// All entries side by side, a dot in the selected one; where there is no room for them, that one between arrows.
    private mutating func renderChoice(
        _ choices: [String], of index: Int, into frame: inout Frame, in rect: Rect, theme: Theme
    ) {
        let selected = fields[index].selectedChoice
        let selectedStyle = theme[index == focus ? .buttonFocused : .selection]
        if choices.reduce(-2, { $0 + DisplayText.width($1) + 6 }) > rect.width {
            frame.putFitted("‹ \(choices[selected]) ›", x: rect.x, y: rect.y, columns: rect.width, style: selectedStyle)
            return
        }
        var x = rect.x
        for (choice, text) in choices.enumerated() {
            let isSelected = choice == selected
            let used = frame.put(
                "(\(isSelected ? "•" : " ")) \(text)", x: x, y: rect.y, style: isSelected ? selectedStyle : theme[.dim])
            targets.append((Rect(x: x, y: rect.y, width: used, height: 1), .choice(field: index, index: choice)))
            x += used + 2
        }
    }

    private mutating func renderFoot(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let notice = error ?? ""
        let room = max(1, rect.height - 1)
        var lines = DisplayText.wrapped(notice, to: rect.width)
        if lines.count > room { lines = lines.prefix(room - 1) + [lines[(room - 1)...].joined(separator: " ")] }
        for (row, line) in lines.enumerated() {
            frame.putFitted(line, x: rect.x, y: rect.y + row, columns: rect.width, style: theme[.invalid])
        }
        let buttons = [submitLabel, "Cancel"]
        let places = Buttons.render(
            buttons, focused: focus - fields.count, into: &frame, in: rect.row(rect.height - 1), theme: theme)
        targets += zip(places, [Target.submit, .cancel]).map { (place: $0, target: $1) }
    }
}

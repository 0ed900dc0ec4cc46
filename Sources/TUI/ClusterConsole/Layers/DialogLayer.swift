import TerminalUI

/// A question over the views. All keys are its own.
final class DialogLayer: Layer {
    private var dialog: Dialog
    private let message: ((ConsoleState) -> [[Span]])?
    private let interruption: Int?
    private let chosen: (Int) -> [Effect]
    private let cancelled: () -> [Effect]

    /// - Parameters:
    ///   - message: what it says as things stand, instead of the dialog's own message.
    ///   - interrupted: the button that ctrl-c takes; nil to cancel.
    ///   - chosen: what the button of an index does; the dialog is taken away by itself.
    init(
        _ dialog: Dialog, message: ((ConsoleState) -> [[Span]])? = nil, interrupted: Int? = nil,
        cancelled: @escaping () -> [Effect] = { [] }, chosen: @escaping (Int) -> [Effect]
    ) {
        self.dialog = dialog
        self.message = message
        interruption = interrupted
        self.chosen = chosen
        self.cancelled = cancelled
    }

    func handle(_ event: InputEvent, _ state: ConsoleState) -> [Effect]? {
        switch event {
        case .key(.control("c")): return [.dismiss] + (interruption.map(chosen) ?? cancelled())
        case .key(let key):
            switch dialog.handle(key) {
            case .handled: return []
            case .cancel: return [.dismiss] + cancelled()
            case .chosen(let index): return [.dismiss] + chosen(index)
            }
        case .paste(let text): dialog.paste(text)
        case .mouse(let event):
            if case .chosen(let index) = dialog.handle(event) { return [.dismiss] + chosen(index) }
        default: break
        }
        return []
    }

    func render(into frame: inout Frame, _ state: ConsoleState) -> Point? {
        if let message { dialog.message = message(state) }
        return dialog.render(into: &frame, in: frame.bounds.inset(by: 1), theme: state.theme)
    }

    var hints: [(key: String, text: String)]? { [("enter", "choose"), ("tab", "next button"), ("esc", "cancel")] }
}

/// A form over the views. All keys are its own.
final class FormLayer: Layer {
    private(set) var form: Form
    /// What to do with the form that was submitted; the layer stays until something dismisses it.
    private let submit: (FormLayer) -> [Effect]
    private var isWaiting = false
    /// Number fields whose value was only suggested: the first digit replaces it.
    private var suggested: Set<String>

    init(_ form: Form, submit: @escaping (FormLayer) -> [Effect]) {
        self.form = form
        self.submit = submit
        suggested = Set(form.fields.filter { if case .number = $0.kind { true } else { false } }.map(\.name))
    }

    func handle(_ event: InputEvent, _ state: ConsoleState) -> [Effect]? {
        let outcome: FormOutcome
        switch event {
        case .key(.control("c")): return [.dismiss]
        case .key(let key):
            replaceSuggestion(key)
            outcome = form.handle(key)
        case .mouse(let event): outcome = form.handle(event)
        case .paste(let text): outcome = form.paste(text)
        default: return []
        }
        switch outcome {
        case .cancel: return [.dismiss]
        case .submit: return isWaiting ? [] : submit(self)
        case .changed:
            // Each field says what is wrong with it as it is typed.
            if form.focus < form.fields.count {
                form.fields[form.focus].message = form.fields[form.focus].validate(form.fields[form.focus].value)
            }
            return []
        case .handled, .ignored: return []
        }
    }

    private func replaceSuggestion(_ key: Key) {
        guard form.focus < form.fields.count, case .number = form.fields[form.focus].kind else { return }
        switch key {
        case .character(let character) where character.isNumber:
            if suggested.remove(form.fields[form.focus].name) != nil { form.fields[form.focus].field.text = "" }
        case .tab, .backtab, .enter, .up, .down, .control("s"): break
        default: suggested.remove(form.fields[form.focus].name)
        }
    }

    /// Keeps the form from being submitted twice while the cluster answers.
    func wait() { isWaiting = true }

    /// Shows the cluster's answer: each cause at the field that it names, the rest above the buttons.
    func fail(_ message: String, causes: [(field: String, message: String)]) {
        isWaiting = false
        form.error = nil
        for index in form.fields.indices { form.fields[index].message = nil }
        var first: Int?
        var rest: [String] = []
        for cause in causes {
            if let index = form.fields.firstIndex(where: { $0.name == cause.field }) {
                // Of several causes at one field the first is the one to mend first.
                form.fields[index].message = form.fields[index].message ?? cause.message
                first = min(first ?? index, index)
            } else {
                rest.append(cause.field.isEmpty ? cause.message : "\(cause.field): \(cause.message)")
            }
        }
        if let first { form.setFocus(first) }
        if first == nil || !rest.isEmpty { form.error = rest.first ?? message }
    }

    func render(into frame: inout Frame, _ state: ConsoleState) -> Point? {
        let area = frame.bounds.inset(left: 1, top: 1, right: 1, bottom: 1)
        return form.render(into: &frame, in: area.centered(form.preferredSize(width: area.width)), theme: state.theme)
    }

    var hints: [(key: String, text: String)]? {
        let hasSwitch = form.fields.contains { field in
            switch field.kind {
            case .checkbox, .choice: true
            case .text, .number: false
            }
        }
        return [("tab", "next field")] + (hasSwitch ? [("space", "toggle")] : [])
            + [("ctrl-s", form.submitLabel.lowercased()), ("esc", "cancel")]
    }
}

/// A short list to choose from.
final class MenuLayer: Layer {
    struct Item {
        var text: String
        var detail: String
        var effects: () -> [Effect]
    }

    private let title: String
    private let items: [Item]
    private var selected = 0
    /// Where the items were drawn.
    private var places: [Rect] = []

    init(title: String, items: [Item]) {
        self.title = title
        self.items = items
    }

    func handle(_ event: InputEvent, _ state: ConsoleState) -> [Effect]? {
        if case .mouse(let mouse) = event, mouse.action == .click,
            let index = places.firstIndex(where: { $0.contains(mouse.position) })
        {
            return [.dismiss] + items[index].effects()
        }
        guard case .key(let key) = event else { return [] }
        switch key {
        case .escape, .control("c"): return [.dismiss]
        case .up, .character("k"), .backtab: selected = (selected + items.count - 1) % items.count
        case .down, .character("j"), .tab: selected = (selected + 1) % items.count
        case .enter: return [.dismiss] + items[selected].effects()
        case .character(let character):
            if let number = character.wholeNumberValue, items.indices.contains(number - 1) {
                return [.dismiss] + items[number - 1].effects()
            }
        default: break
        }
        return []
    }

    func render(into frame: inout Frame, _ state: ConsoleState) -> Point? {
        let theme = state.theme
        let textWidth = items.reduce(0) { max($0, DisplayText.width($1.text)) }
        let detailWidth = items.reduce(0) { max($0, DisplayText.width($1.detail)) }
        let width = max(textWidth + detailWidth + 11, DisplayText.width(title) + 6)
        let area = frame.bounds.inset(by: 1).centered(Size(width: width, height: items.count + 4))
        frame.fill(area, style: theme[.panel])
        frame.box(area, style: theme[.borderFocused], title: title, titleStyle: theme[.title])
        places = items.indices.map { area.inset(left: 1, top: 2, right: 1, bottom: 2).row($0) }
        for (index, item) in items.enumerated() {
            let line = places[index]
            let isSelected = index == selected
            if isSelected { frame.fill(line, style: theme[.selection].over(theme[.panel])) }
            frame.put("\(index + 1)", x: line.x + 2, y: line.y, style: theme[.key])
            frame.putFitted(
                item.text, x: line.x + 5, y: line.y, columns: textWidth, style: isSelected ? theme[.text].bold : .plain)
            frame.putFitted(
                item.detail, x: line.x + 7 + textWidth, y: line.y, columns: line.maxX - line.x - 8 - textWidth,
                style: theme[.dim])
        }
        return nil
    }

    var hints: [(key: String, text: String)]? { [("enter", "choose"), ("up down", "select"), ("esc", "cancel")] }
}

/// A text over the views, such as a whole error.
final class TextLayer: Layer {
    private let title: String
    private var pager: ScrollText
    private let role: Role

    init(title: String, lines: [[Span]], role: Role = .borderFocused) {
        self.title = title
        self.role = role
        pager = ScrollText(lines: lines)
        pager.toggleWrap()
    }

    func handle(_ event: InputEvent, _ state: ConsoleState) -> [Effect]? {
        switch event {
        case .key(.escape), .key(.enter), .key(.character("q")), .key(.control("c")): return [.dismiss]
        case .key(let key):
            if let key = KeyTable.binding(for: key, in: .text)?.action.widgetKey { _ = pager.handle(key) }
        case .mouse(let event):
            _ = pager.handle(event)
        default: break
        }
        return []
    }

    func render(into frame: inout Frame, _ state: ConsoleState) -> Point? {
        let area = frame.bounds.inset(left: 2, top: 1, right: 2, bottom: 1)
        let width = min(area.width, 90)
        let box = area.centered(Size(width: width, height: max(5, pager.height(width: width - 5) + 4)))
        frame.fill(box, style: state.theme[.panel])
        frame.box(box, style: state.theme[role], title: title, titleStyle: state.theme[role].bold)
        pager.render(into: &frame, in: box.inset(left: 3, top: 2, right: 2, bottom: 2), theme: state.theme)
        return nil
    }

    var hints: [(key: String, text: String)]? { [("esc", "close"), ("up down", "scroll")] }
}

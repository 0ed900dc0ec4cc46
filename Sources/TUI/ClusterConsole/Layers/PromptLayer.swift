import TerminalUI

/// The line at the bottom that a `:` or `/` opens.
final class PromptLayer: Layer {
    enum Purpose {
        case command
        /// Edits the filter of the view; what it was is put back by esc.
        case filter(previous: String)
    }

    private let purpose: Purpose
    private var field: TextField
    private var popup = CompletionPopup()
    /// Lines that were run before, the newest last.
    private let history: [String]
    private var historyIndex: Int?
    private let setFilter: (_ text: String, _ isFinal: Bool) -> Void
    private let filterProblem: () -> String?

    init(command history: [String], _ state: ConsoleState) {
        purpose = .command
        field = TextField()
        self.history = history
        setFilter = { _, _ in }
        filterProblem = { nil }
        complete(state)
    }

    /// - Parameter problem: what is wrong with the filter that was set last.
    init(
        filter text: String, problem: @escaping () -> String?,
        setFilter: @escaping (_ text: String, _ isFinal: Bool) -> Void
    ) {
        purpose = .filter(previous: text)
        field = TextField(text: text)
        history = []
        filterProblem = problem
        self.setFilter = setFilter
    }

    private var isCommand: Bool { if case .command = purpose { true } else { false } }

    /// What the field shows after the cursor as the likeliest end, with what is before it.
    private var suggestion: String? {
        guard isCommand, field.isCursorAtEnd, popup.selected == nil, !field.isEmpty, let first = popup.items.first,
            first.text.hasPrefix(field.text)
        else { return nil }
        return first.text
    }

    private func complete(_ state: ConsoleState) {
        if isCommand { popup.replace(items: field.isCursorAtEnd ? CommandLine.completions(field.text, state) : []) }
    }

    func handle(_ event: InputEvent, _ state: ConsoleState) -> [Effect]? {
        switch event {
        case .key(let key): return handle(key, state)
        case .paste(let text):
            field.insert(text)
            textChanged(state)
            return []
        case .mouse(let event) where event.action == .click: return click(event, state)
        default: return nil
        }
    }

    /// A click in the text puts the cursor there, on a completion runs it; anywhere else it leaves the prompt, with the
    /// filter as it stands, and means there what it means.
    private func click(_ event: MouseEvent, _ state: ConsoleState) -> [Effect] {
        if let item = popup.item(at: event.position, anchor: PromptLayer.anchor(state.size), bounds: Rect(state.size)) {
            return [.dismiss, .runCommandLine(item.text)]
        }
        if event.y == state.size.height - 1 {
            field.putCursor(at: event.x - PromptLayer.inputStart)
            complete(state)
            return []
        }
        return [.dismiss, .passOn(.mouse(event))]
    }

    /// The column of the text, after the prompt's sign.
    private static let inputStart = 2

    private static func anchor(_ size: Size) -> Point { Point(x: 1, y: size.height - 1) }

    private func handle(_ key: Key, _ state: ConsoleState) -> [Effect] {
        switch key {
        case .escape, .control("c"):
            if case .filter(let previous) = purpose { setFilter(previous, true) }
            return [.dismiss]
        case .enter:
            guard isCommand else {
                setFilter(field.text, true)
                // What is wrong is to be mended here, or left with esc.
                return filterProblem() == nil ? [.dismiss] : []
            }
            let line = popup.selectedItem?.text ?? CommandLine.understood(field.text, suggestion, state)
            return line.isEmpty ? [.dismiss] : [.dismiss, .runCommandLine(line)]
        case .backspace where field.isEmpty:
            if case .filter = purpose { setFilter("", true) }
            return [.dismiss]
        case .tab where isCommand, .right where isCommand && field.isCursorAtEnd:
            // Tab takes the likeliest, and what was chosen.
            if let item = popup.selectedItem ?? popup.items.first {
                field.text = item.text + (item.text.contains(" ") ? "" : " ")
                popup = CompletionPopup()
                complete(state)
            }
            return []
        case .up where isCommand && popup.selected == nil && (field.isEmpty || historyIndex != nil): recall(-1, state)
        case .down where isCommand && historyIndex != nil: recall(1, state)
        case .up, .down, .backtab:
            if isCommand { _ = popup.handle(key) }
        default:
            if field.handle(key) { textChanged(state) }
        }
        return []
    }

    private func recall(_ distance: Int, _ state: ConsoleState) {
        if history.isEmpty { return }
        let index = (historyIndex ?? history.count) + distance
        if index >= history.count {
            historyIndex = nil
            field.text = ""
        } else {
            historyIndex = max(0, index)
            field.text = history[max(0, index)]
        }
        popup = CompletionPopup()
        if historyIndex == nil { complete(state) }
    }

    private func textChanged(_ state: ConsoleState) {
        historyIndex = nil
        if isCommand { complete(state) } else { setFilter(field.text, false) }
    }

    func render(into frame: inout Frame, _ state: ConsoleState) -> Point? {
        let theme = state.theme
        let line = Rect(x: 0, y: frame.height - 1, width: frame.width, height: 1)
        frame.fill(line, style: theme[.input])
        frame.put(isCommand ? ":" : "/", x: 1, y: line.y, style: theme[.key].over(theme[.input]).bold)
        var input = line.inset(left: PromptLayer.inputStart)
        if let problem = filterProblem() {
            let message = " ✗ " + DisplayText.truncated(problem, to: max(8, line.width - 24)) + " "
            let (rest, right) = input.splitRight(min(input.width - 8, DisplayText.width(message)))
            frame.put(message, x: right.x, y: line.y, style: theme[.invalid].over(theme[.input]))
            input = rest
        }
        let cursor = field.render(
            into: &frame, in: input, style: theme[.input],
            placeholder: isCommand ? "a kind, or a command" : "text or regex, !not, -l app=web, -f fuzzy",
            placeholderStyle: theme[.placeholder])
        if let suggestion, let cursor {
            let rest = String(suggestion.dropFirst(field.text.count))
            frame.put(rest, x: cursor.x, y: cursor.y, style: theme[.placeholder].over(theme[.input]))
        }
        popup.render(into: &frame, anchor: PromptLayer.anchor(frame.size), bounds: frame.bounds, theme: theme)
        return cursor
    }
}

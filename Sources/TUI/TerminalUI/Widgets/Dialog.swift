/// What a dialog makes of a key.
package enum DialogOutcome: Hashable, Sendable {
    case handled
    /// The button of that index was chosen.
    case chosen(Int)
    case cancel
}

/// A question with buttons; in its stricter form, with a name to be typed before the first button works.
///
/// Left, right, tab and backtab go through the buttons; enter takes one; a button's first letter takes it too, unless a
/// name is to be typed; esc cancels.
package struct Dialog: Sendable {
    package var title: String
    package var message: [[Span]]
    package var buttons: [String]
    /// The button with the focus.
    package private(set) var focused: Int
    /// What must be typed for the first button to work; nil for nothing.
    package let requiredText: String?
    package private(set) var field = TextField()
    /// Colours the frame as a warning.
    package var isDangerous: Bool
    private var buttonPlaces: [Rect] = []

    /// - Parameter focused: the button that has the focus at first; for dangerous things, not the one that does them.
    package init(
        title: String, message: [[Span]], buttons: [String] = ["OK", "Cancel"], focused: Int = 0,
        requiredText: String? = nil, isDangerous: Bool = false
    ) {
        self.title = title
        self.message = message
        self.buttons = buttons
        self.focused = max(0, min(focused, buttons.count - 1))
        self.requiredText = requiredText
        self.isDangerous = isDangerous
    }

    /// A dialog with a plain message, one span a line.
    package init(
        title: String, text: String, buttons: [String] = ["OK", "Cancel"], focused: Int = 0,
        requiredText: String? = nil, isDangerous: Bool = false
    ) {
        self.init(
            title: title,
            message: text.split(separator: "\n", omittingEmptySubsequences: false).map { [Span(String($0))] },
            buttons: buttons, focused: focused, requiredText: requiredText, isDangerous: isDangerous)
    }

    private var isAllowed: Bool { requiredText.map { $0 == field.text } ?? true }

    package mutating func handle(_ key: Key) -> DialogOutcome {
        switch key {
        case .escape: return .cancel
        case .tab: focused = (focused + 1) % buttons.count
        case .backtab: focused = (focused + buttons.count - 1) % buttons.count
        case .enter:
            if focused == 0 && !isAllowed { return .handled }
            return .chosen(focused)
        case .left where requiredText == nil: focused = max(0, focused - 1)
        case .right where requiredText == nil: focused = min(buttons.count - 1, focused + 1)
        case .character(let character) where requiredText == nil:
            let letter = character.lowercased()
            if let index = buttons.firstIndex(where: { $0.first?.lowercased() == letter }) { return .chosen(index) }
        default:
            if requiredText != nil { _ = field.handle(key) }
        }
        return .handled
    }

    /// A click on a button takes it.
    package mutating func handle(_ mouse: MouseEvent) -> DialogOutcome {
        guard mouse.action == .click, mouse.button == .left,
            let index = buttonPlaces.firstIndex(where: { $0.contains(mouse.position) })
        else { return .handled }
        focused = index
        return index == 0 && !isAllowed ? .handled : .chosen(index)
    }

    package mutating func paste(_ text: String) {
        if requiredText != nil { field.insert(text) }
    }

    /// The size of the dialog with its frame, at most `available`.
    package func preferredSize(in available: Size) -> Size {
        let lines = lines(width: available.width - 6)
        let widest = lines.reduce(0) { max($0, Dialog.width(of: $1)) }
        let buttonWidth = buttons.reduce(0) { $0 + DisplayText.width($1) + 6 }
        let required = requiredText.map { DisplayText.width($0) + 24 } ?? 0
        let width = max(widest, buttonWidth, required, DisplayText.width(title) + 4) + 6
        let height = lines.count + (requiredText == nil ? 0 : 3) + 4
        return Size(width: min(width, available.width), height: min(height, available.height))
    }

    private static func width(of line: [Span]) -> Int {
        line.reduce(0) { $0 + $1.width }
    }

    /// The message in lines of at most `width`; one that is longer is broken, in the style of its first span.
    private func lines(width: Int) -> [[Span]] {
        message.flatMap { line in
            if Dialog.width(of: line) <= width { return [line] }
            let style = line.first?.style ?? .plain
            return DisplayText.wrapped(line.map(\.text).joined(), to: width).map { [Span($0, style)] }
        }
    }

    /// Draws the dialog in the middle of `rect` and returns where the cursor stands, nil for none.
    @discardableResult
    package mutating func render(into frame: inout Frame, in rect: Rect, theme: Theme) -> Point? {
        let area = rect.centered(preferredSize(in: rect.size))
        frame.fill(area, style: theme[.panel])
        frame.box(
            area, style: theme[isDangerous ? .error : .borderFocused], title: title,
            titleStyle: isDangerous ? theme[.error].bold : theme[.title])
        let inner = area.inset(left: 3, top: 1, right: 3, bottom: 1)
        let (content, buttonRow) = inner.splitBottom(1)
        renderMessage(into: &frame, in: content.inset(bottom: requiredText == nil ? 1 : 4), theme: theme)
        var cursor: Point?
        if let requiredText {
            let y = content.maxY - 3
            frame.put(
                [Span("Type "), Span(requiredText, Style.plain.bold), Span(" to confirm:")], x: content.x, y: y,
                columns: content.width)
            cursor = field.render(
                into: &frame, in: Rect(x: content.x, y: y + 1, width: content.width, height: 1), style: theme[.input])
        }
        buttonPlaces = Buttons.render(buttons, focused: focused, into: &frame, in: buttonRow, theme: theme)
        return cursor
    }

    /// Where the message has more lines than there is room for, the last one says how many are missing.
    private func renderMessage(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let lines = lines(width: rect.width)
        let shown = lines.count > rect.height ? rect.height - 1 : lines.count
        for (index, line) in lines.prefix(max(0, shown)).enumerated() {
            frame.put(line, x: rect.x, y: rect.y + index, columns: rect.width)
        }
        if shown >= 0 && shown < lines.count {
            frame.putFitted(
                "… \(lines.count - shown) more lines", x: rect.x, y: rect.y + shown, columns: rect.width,
                style: theme[.dim])
        }
    }
}

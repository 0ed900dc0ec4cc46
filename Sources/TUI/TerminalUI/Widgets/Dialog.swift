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

    package mutating func paste(_ text: String) {
        if requiredText != nil { field.insert(text) }
    }

    /// The size of the dialog with its frame, at most `available`.
    package func preferredSize(in available: Size) -> Size {
        let widest = message.reduce(0) { widest, line in max(widest, line.reduce(0) { $0 + $1.width }) }
        let buttonWidth = buttons.reduce(0) { $0 + DisplayText.width($1) + 6 }
        let required = requiredText.map { DisplayText.width($0) + 24 } ?? 0
        let width = max(widest, buttonWidth, required, DisplayText.width(title) + 4) + 6
        let height = message.count + (requiredText == nil ? 0 : 3) + 4
        return Size(width: min(width, available.width), height: min(height, available.height))
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
        let fieldRows = requiredText == nil ? 0 : 3
        let text = content.inset(bottom: 1 + fieldRows)
        frame.clipped(to: text) { frame in
            for (index, line) in message.enumerated() {
                frame.put(line, x: text.x, y: text.y + index, columns: text.width)
            }
        }
        var cursor: Point?
        if let requiredText {
            let y = content.maxY - 3
            frame.put(
                [Span("Type "), Span(requiredText, Style.plain.bold), Span(" to confirm:")], x: content.x, y: y,
                columns: content.width)
            cursor = field.render(
                into: &frame, in: Rect(x: content.x, y: y + 1, width: content.width, height: 1), style: theme[.input])
        }
        Buttons.render(buttons, focused: focused, into: &frame, in: buttonRow, theme: theme)
        return cursor
    }
}

/// A short message over a line of the screen.
package struct ToastLine: Hashable, Sendable {
    package var text: String
    /// `.ok`, `.warning`, `.error` or `.info` give it its sign and colour.
    package var role: Role

    package init(_ text: String, role: Role = .info) {
        self.text = text
        self.role = role
    }

    /// Draws the message into the first row of `rect`.
    package func render(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let style = theme[.toast]
        frame.fill(rect.row(0), style: style)
        let sign: String =
            switch role {
            case .ok: "✓"
            case .warning: "!"
            case .error: "✗"
            default: "•"
            }
        frame.put(sign, x: rect.x + 1, y: rect.y, style: theme[role].over(style), columns: max(0, rect.width - 1))
        let flat = String(text.map { $0.isNewline ? " " : $0 })
        frame.putFitted(flat, x: rect.x + 3, y: rect.y, columns: rect.width - 4, style: theme[role].over(style))
    }
}

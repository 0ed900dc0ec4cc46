/// A short message over a line of the screen, or over a few where it is longer.
package struct ToastLine: Hashable, Sendable {
    package var text: String
    /// `.ok`, `.warning`, `.error` or `.info` give it its sign and colour.
    package var role: Role

    /// More would cover too much of what the message is about.
    private static let maximumLines = 3
    /// The sign before the text, and a column at either edge.
    private static let margins = 5

    package init(_ text: String, role: Role = .info) {
        self.text = text
        self.role = role
    }

    /// The room that it takes where there are `columns`.
    package func size(within columns: Int) -> Size {
        let lines = lines(to: columns - ToastLine.margins)
        let width = lines.map { DisplayText.width($0) }.max() ?? 0
        return Size(width: min(columns, width + ToastLine.margins), height: min(lines.count, ToastLine.maximumLines))
    }

    private func lines(to columns: Int) -> [String] {
        DisplayText.wrapped(String(text.map { $0.isNewline ? " " : $0 }), to: columns)
    }

    /// Draws the message into `rect`; what finds no room in its rows is cut.
    package func render(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let style = theme[.toast]
        frame.fill(rect, style: style)
        let sign: String =
            switch role {
            case .ok: "✓"
            case .warning: "!"
            case .error: "✗"
            default: "•"
            }
        frame.put(sign, x: rect.x + 1, y: rect.y, style: theme[role].over(style), columns: max(0, rect.width - 1))
        let lines = lines(to: rect.width - ToastLine.margins)
        for row in 0..<min(lines.count, rect.height) {
            let isCut = row == rect.height - 1 && row < lines.count - 1
            let line = isCut ? lines[row...].joined(separator: " ") : lines[row]
            frame.putFitted(
                line, x: rect.x + 3, y: rect.y + row, columns: rect.width - 4, style: theme[role].over(style))
        }
    }
}

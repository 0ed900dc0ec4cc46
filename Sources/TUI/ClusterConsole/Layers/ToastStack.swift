import TerminalUI

/// Short messages at the foot of the page, which go by themselves.
struct ToastStack {
    private struct Toast {
        var line: ToastLine
        var since: Double
        var duration: Double
    }

    private static let capacity = 4
    private var toasts: [Toast] = []

    mutating func add(_ text: String, _ role: Role, now: Double) {
        toasts.removeAll { $0.line.text == text }
        // Bad news stay longer.
        toasts.append(Toast(line: ToastLine(text, role: role), since: now, duration: role == .error ? 8 : 4))
        if toasts.count > ToastStack.capacity { toasts.removeFirst() }
    }

    mutating func expire(now: Double) { toasts.removeAll { now - $0.since >= $0.duration } }

    func nextChange(now: Double) -> Double? { toasts.map { $0.since + $0.duration }.min() }

    /// Draws the messages over the last rows above `bottom`, the newest lowest.
    func render(into frame: inout Frame, above bottom: Int, _ state: ConsoleState) {
        var y = bottom
        for toast in toasts.reversed() {
            let size = toast.line.size(within: frame.width - 4)
            // The newest are seen whatever the height; the header stays.
            if y - size.height <= HeaderView.height { break }
            y -= size.height
            let rect = Rect(x: frame.width - 2 - size.width, y: y, width: size.width, height: size.height)
            toast.line.render(into: &frame, in: rect, theme: state.theme)
        }
    }
}

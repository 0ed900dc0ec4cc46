/// A row of buttons, as forms and dialogs end with.
enum Buttons {
    /// Draws the buttons into the middle of a row and returns where each is.
    @discardableResult
    static func render(
        _ labels: [String], focused: Int?, into frame: inout Frame, in rect: Rect, theme: Theme
    ) -> [Rect] {
        var places: [Rect] = []
        let width = labels.reduce(0) { $0 + DisplayText.width($1) + 6 } - 2
        var x = rect.x + max(0, (rect.width - width) / 2)
        for (index, label) in labels.enumerated() {
            let isFocused = index == focused
            // Brackets tell the focus where there are no colours.
            let text = isFocused ? "[ \(label) ]" : "  \(label)  "
            let used = frame.put(
                text, x: x, y: rect.y, style: theme[isFocused ? .buttonFocused : .button],
                columns: max(0, rect.maxX - x))
            places.append(Rect(x: x, y: rect.y, width: used, height: rect.height))
            x += used + 2
        }
        return places
    }
}

/// A list of completions under or over the text that they complete.
package struct CompletionPopup: Hashable, Sendable {
    /// What can be completed to, and what it is.
    package struct Item: Hashable, Sendable {
        package var text: String
        package var detail: String

        package init(_ text: String, detail: String = "") {
            self.text = text
            self.detail = detail
        }
    }

    /// The most items shown at once.
    package static let maximumHeight = 8

    package private(set) var items: [Item]
    /// nil while none has been chosen.
    package private(set) var selected: Int?

    package init(items: [Item] = []) {
        self.items = items
    }

    package var selectedItem: Item? { selected.map { items[$0] } }

    /// Replaces the items; the selection stays with its item while it is still there.
    package mutating func replace(items: [Item]) {
        if items == self.items { return }
        let text = selectedItem?.text
        self.items = items
        selected = text.flatMap { text in items.firstIndex { $0.text == text } }
    }

    /// Tab and down select the next, backtab and up the one before; false for other keys, or without items.
    package mutating func handle(_ key: Key) -> Bool {
        if items.isEmpty { return false }
        switch key {
        case .tab, .down: selected = selected.map { ($0 + 1) % items.count } ?? 0
        case .backtab, .up: selected = selected.map { ($0 + items.count - 1) % items.count } ?? items.count - 1
        default: return false
        }
        return true
    }

    /// The item at a position, of a list that is drawn with the same anchor and bounds.
    package func item(at point: Point, anchor: Point, bounds: Rect) -> Item? {
        if items.isEmpty { return nil }
        let (area, first, _, _) = place(anchor: anchor, bounds: bounds)
        return area.contains(point) ? items[first + point.y - area.y] : nil
    }

    /// Where the list stands, its first item in sight, and the columns of texts and details.
    private func place(anchor: Point, bounds: Rect) -> (area: Rect, first: Int, text: Int, detail: Int) {
        let textWidth = items.reduce(0) { max($0, DisplayText.width($1.text)) }
        let detailWidth = items.reduce(0) { max($0, DisplayText.width($1.detail)) }
        let width = min(bounds.width, textWidth + (detailWidth > 0 ? detailWidth + 2 : 0) + 2)
        let below = bounds.maxY - anchor.y - 1
        let above = anchor.y - bounds.minY
        let goesDown = below >= min(items.count, CompletionPopup.maximumHeight) || below >= above
        let height = min(items.count, CompletionPopup.maximumHeight, max(0, goesDown ? below : above))
        let x = max(bounds.minX, min(anchor.x, bounds.maxX - width))
        let y = goesDown ? anchor.y + 1 : anchor.y - height
        let first = max(0, min(items.count - height, (selected ?? 0) - height + 1))
        return (Rect(x: x, y: y, width: width, height: height), first, textWidth, detailWidth)
    }

    /// Draws the list with its left edge at `anchor`, below it when there is room in `bounds`, else above.
    package func render(into frame: inout Frame, anchor: Point, bounds: Rect, theme: Theme) {
        if items.isEmpty { return }
        let (area, first, textWidth, detailWidth) = place(anchor: anchor, bounds: bounds)
        for row in 0..<area.height {
            let item = items[first + row]
            let line = area.row(row)
            let isSelected = first + row == selected
            // Without colours both of them would be reversed.
            let ground = theme[theme.depth == .monochrome ? .panel : .toast]
            let style = isSelected ? theme[.selection].over(theme[.panel]) : ground
            frame.fill(line, style: style)
            frame.putFitted(
                item.text, x: area.x + 1, y: line.y, columns: min(textWidth, area.width - 2), style: style)
            if detailWidth > 0 {
                let left = area.x + textWidth + 3
                frame.putFitted(
                    item.detail, x: left, y: line.y, columns: line.maxX - left - 1,
                    style: isSelected ? style : theme[.dim].over(style))
            }
        }
    }
}

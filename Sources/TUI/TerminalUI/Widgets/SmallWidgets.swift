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

    /// Draws the list with its left edge at `anchor`, below it when there is room in `bounds`, else above.
    package func render(into frame: inout Frame, anchor: Point, bounds: Rect, theme: Theme) {
        if items.isEmpty { return }
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
        for row in 0..<height {
            let item = items[first + row]
            let line = Rect(x: x, y: y + row, width: width, height: 1)
            let isSelected = first + row == selected
            let style = isSelected ? theme[.selection].over(theme[.panel]) : theme[.toast]
            frame.fill(line, style: style)
            frame.putFitted(item.text, x: x + 1, y: line.y, columns: min(textWidth, width - 2), style: style)
            if detailWidth > 0 {
                let left = x + textWidth + 3
                frame.putFitted(
                    item.detail, x: left, y: line.y, columns: line.maxX - left - 1,
                    style: isSelected ? style : theme[.dim].over(style))
            }
        }
    }
}

/// Keys and what they do, in columns under headings.
package struct HelpGrid: Hashable, Sendable {
    package struct Section: Hashable, Sendable {
        package var title: String
        /// The key's label and what it does.
        package var entries: [Entry]

        package init(_ title: String, _ entries: [Entry]) {
            self.title = title
            self.entries = entries
        }
    }

    package struct Entry: Hashable, Sendable {
        package var keys: String
        package var description: String

        package init(_ keys: String, _ description: String) {
            self.keys = keys
            self.description = description
        }
    }

    package var sections: [Section]

    package init(_ sections: [Section]) {
        self.sections = sections
    }

    /// Draws the sections from the top left, down and then to the right; what finds no room is left out. Returns whether all found room.
    @discardableResult
    package func render(into frame: inout Frame, in rect: Rect, theme: Theme) -> Bool {
        var x = rect.x
        var y = rect.y
        var columnWidth = 0
        for section in sections {
            let keyWidth = section.entries.reduce(0) { max($0, DisplayText.width($1.keys)) }
            let textWidth = section.entries.reduce(0) { max($0, DisplayText.width($1.description)) }
            let width = max(DisplayText.width(section.title), keyWidth + 2 + textWidth)
            let height = section.entries.count + 1
            // A section that fits into a column isn't broken.
            if y > rect.y && y + height > rect.maxY {
                x += columnWidth + 3
                y = rect.y
                columnWidth = 0
            }
            if x >= rect.maxX || y >= rect.maxY { return false }
            frame.putFitted(section.title, x: x, y: y, columns: rect.maxX - x, style: theme[.title])
            columnWidth = max(columnWidth, width)
            y += 1
            for entry in section.entries {
                if y >= rect.maxY {
                    x += columnWidth + 3
                    y = rect.y
                    columnWidth = width
                    if x >= rect.maxX { return false }
                }
                frame.put(entry.keys, x: x, y: y, style: theme[.key], columns: max(0, rect.maxX - x))
                frame.putFitted(
                    entry.description, x: x + keyWidth + 2, y: y, columns: rect.maxX - x - keyWidth - 2, style: theme[.text])
                y += 1
            }
            y += 1
        }
        return true
    }
}

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

/// A labelled bar: `CPU ████▌     45%`.
package struct Bar: Hashable, Sendable {
    package var label: String
    /// 0…1; more is shown as full.
    package var fraction: Double
    /// Stands behind the bar; the percentage when nil.
    package var caption: String?

    package init(label: String = "", fraction: Double, caption: String? = nil) {
        self.label = label
        self.fraction = fraction
        self.caption = caption
    }

    /// The role of the filled part: warns from 80 %, alarms from 95 %.
    package var role: Role {
        fraction >= 0.95 ? .error : fraction >= 0.8 ? .warning : .chart
    }

    /// Draws into the first row of `rect`; the bar takes what the label and the caption leave.
    package func render(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let percent = fraction.isFinite ? Int((max(0, min(fraction, 99.99)) * 100).rounded()) : 0
        let caption = caption ?? DisplayText.padded("\(percent)%", to: 4, alignment: .trailing)
        let labelWidth = label.isEmpty ? 0 : DisplayText.width(label) + 1
        let captionWidth = caption.isEmpty ? 0 : DisplayText.width(caption) + 1
        frame.put(label, x: rect.x, y: rect.y, style: theme[.dim], columns: rect.width)
        let barWidth = rect.width - labelWidth - captionWidth
        if barWidth > 0 {
            let bar = Rect(x: rect.x + labelWidth, y: rect.y, width: barWidth, height: 1)
            frame.bar(in: bar, fraction: fraction, filled: theme[role], track: theme[.chartTrack])
        }
        if captionWidth > 0 {
            let x = max(rect.x + labelWidth, rect.maxX - captionWidth + 1)
            frame.put(caption, x: x, y: rect.y, style: theme[.text], columns: max(0, rect.maxX - x))
        }
    }
}

/// A labelled line of little columns with its last value: `writes/s ▁▂▅█▃ 42`.
package struct Sparkline: Hashable, Sendable {
    package var label: String
    /// Oldest first; the newest stands at the right edge.
    package var values: [Double]
    package var caption: String

    package init(label: String = "", values: [Double], caption: String = "") {
        self.label = label
        self.values = values
        self.caption = caption
    }

    /// Draws into the first row of `rect`; the line takes what the label and the caption leave.
    package func render(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let labelWidth = label.isEmpty ? 0 : DisplayText.width(label) + 1
        let captionWidth = caption.isEmpty ? 0 : DisplayText.width(caption) + 1
        frame.put(label, x: rect.x, y: rect.y, style: theme[.dim], columns: rect.width)
        let width = rect.width - labelWidth - captionWidth
        if width > 0 {
            let line = Rect(x: rect.x + labelWidth, y: rect.y, width: width, height: 1)
            frame.sparkline(in: line, values: values, style: theme[.chart])
        }
        if captionWidth > 0 {
            let x = max(rect.x + labelWidth, rect.maxX - captionWidth + 1)
            frame.put(caption, x: x, y: rect.y, style: theme[.text], columns: max(0, rect.maxX - x))
        }
    }
}

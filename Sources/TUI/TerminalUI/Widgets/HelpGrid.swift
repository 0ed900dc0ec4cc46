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

    /// Draws the sections from the top left, down and then to the right; what finds no room is left out. Returns
    /// whether all found room.
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
                    entry.description, x: x + keyWidth + 2, y: y, columns: rect.maxX - x - keyWidth - 2,
                    style: theme[.text])
                y += 1
            }
            y += 1
        }
        return true
    }
}

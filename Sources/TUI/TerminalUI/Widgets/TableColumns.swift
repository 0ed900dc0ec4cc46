/// A column of a table and how it shares the width.
package struct TableColumn: Hashable, Sendable {
    package var title: String
    /// The least columns that it is shown with.
    package var minimum: Int
    /// The most columns that its content may ask for.
    package var maximum: Int
    /// Its share of the width that is left over; 0 keeps it at its content.
    package var flex: Int
    package var alignment: Alignment
    /// 0 is always shown; where there isn't room for all, the highest number goes first, and the rightmost among
    /// equals.
    package var priority: Int

    package init(
        _ title: String, minimum: Int = 0, maximum: Int = 60, flex: Int = 0, alignment: Alignment = .leading,
        priority: Int = 0
    ) {
        self.title = title
        self.minimum = max(minimum, min(DisplayText.width(title), 4))
        self.maximum = max(maximum, self.minimum)
        self.flex = flex
        self.alignment = alignment
        self.priority = priority
    }
}

/// The content of one row in one column.
package struct TableCell: Hashable, Sendable {
    package var text: String
    /// Over the row's style; nil for just that one.
    package var style: Style?

    package init(_ text: String, style: Style? = nil) {
        self.text = text
        self.style = style
    }
}

/// One row: as many cells as the table has columns; missing ones are empty.
package struct TableRow: Hashable, Sendable {
    package var cells: [TableCell]
    /// The row's own style: a flash, a fade, the colour of its state.
    package var style: Style
    /// Marked rows show a sign at their left edge.
    package var isMarked: Bool
    /// False draws all cells in the row's own style, as a deleted row that fades.
    package var keepsCellStyles: Bool

    /// - Parameter keepsCellStyles: by default, unless the row's style has both colours: on its background, those that
    ///   cells bring along might not be readable.
    package init(
        cells: [TableCell], style: Style = .plain, isMarked: Bool = false, keepsCellStyles: Bool? = nil
    ) {
        self.cells = cells
        self.style = style
        self.isMarked = isMarked
        self.keepsCellStyles = keepsCellStyles ?? (style.foreground.isDefault || style.background.isDefault)
    }
}

/// Which columns of a table are shown, where, and how wide.
package struct TableLayout: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        /// The column's index in the table.
        package var index: Int
        /// From the table's left edge.
        package var x: Int
        package var width: Int
    }

    package var columns: [Column]
    /// Columns that found no room.
    package var hiddenCount: Int

    /// Columns between two of the table.
    static let gap = 2

    /// Fits columns into `width`.
    ///
    /// Each column wants the width of its content (`contentWidths`, at least the title's) between its minimum and
    /// maximum. When the wishes don't fit, columns are narrowed to their minimum from the right, then dropped by
    /// priority. When there is more room than wished, flexible columns share it.
    ///
    /// - Parameter offset: columns after the first that are scrolled out on the left. With an offset nothing is dropped
    ///   by priority: what does not fit is to the right.
    package init(columns: [TableColumn], contentWidths: [Int], width: Int, offset: Int = 0) {
        var wishes: [(index: Int, width: Int)] = []
        for (index, column) in columns.enumerated() where index == 0 || index > offset {
            let content = max(contentWidths[index], DisplayText.width(column.title) + 1)
            wishes.append((index, max(column.minimum, min(column.maximum, content))))
        }
        func total(_ list: [(index: Int, width: Int)]) -> Int {
            list.reduce(0) { $0 + $1.width } + TableLayout.gap * max(0, list.count - 1)
        }
        func least(_ list: [(index: Int, width: Int)]) -> Int {
            list.reduce(0) { $0 + min($1.width, columns[$1.index].minimum) } + TableLayout.gap * max(0, list.count - 1)
        }
        if offset == 0 {
            while least(wishes) > width,
                let victim = wishes.indices.filter({ columns[wishes[$0].index].priority > 0 })
                    .max(by: { columns[wishes[$0].index].priority <= columns[wishes[$1].index].priority })
            {
                wishes.remove(at: victim)
            }
        }
        // Columns that have to stay still may not fit: those at the right edge are cut or left out.
        var excess = total(wishes) - width
        for index in wishes.indices.reversed() where excess > 0 {
            let cut = min(excess, max(0, wishes[index].width - columns[wishes[index].index].minimum))
            wishes[index].width -= cut
            excess -= cut
        }
        while excess > 0, wishes.count > 1, let last = wishes.last {
            let cut = min(excess, last.width - 1)
            if excess >= last.width {
                wishes.removeLast()
                excess -= last.width + TableLayout.gap
            } else {
                wishes[wishes.count - 1].width -= cut
                excess -= cut
            }
        }
        if wishes.count == 1 { wishes[0].width = max(0, min(wishes[0].width, width)) }
        let weights = wishes.reduce(0) { $0 + columns[$1.index].flex }
        var spare = max(0, width - total(wishes))
        if weights > 0 {
            var rest = weights
            for index in wishes.indices {
                let flex = columns[wishes[index].index].flex
                if flex == 0 { continue }
                let share = spare * flex / rest
                wishes[index].width += share
                spare -= share
                rest -= flex
            }
        }
        var x = 0
        self.columns = wishes.map { wish in
            defer { x += wish.width + TableLayout.gap }
            return Column(index: wish.index, x: x, width: wish.width)
        }
        hiddenCount = columns.count - self.columns.count
    }
}

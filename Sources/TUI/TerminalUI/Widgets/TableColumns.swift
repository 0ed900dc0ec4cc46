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
    /// Stays when columns are scrolled out on the left, as the first one does: it says what the row is about. Only the
    /// first few in a row can.
    package var isFixed: Bool
    /// What does not fit loses its middle: the end tells one from another.
    package var keepsEnd: Bool

    package init(
        _ title: String, minimum: Int = 0, maximum: Int = 60, flex: Int = 0, alignment: Alignment = .leading,
        priority: Int = 0, isFixed: Bool = false, keepsEnd: Bool = false
    ) {
        self.title = title
        self.minimum = max(minimum, min(DisplayText.width(title), 4))
        self.maximum = max(maximum, self.minimum)
        self.flex = flex
        self.alignment = alignment
        self.priority = priority
        self.isFixed = isFixed
        self.keepsEnd = keepsEnd
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

    /// Columns of this priority and above are extras: they go before any other column is cut.
    package static let extraPriority = 3
    /// An extra with more content than this is shown cut rather than not at all.
    private static let extraMinimum = 16

    /// Fits columns into `width`.
    ///
    /// Each column wants the width of its content (`contentWidths`, at least the title's) between its minimum and
    /// maximum. Where the wishes don't fit, extras are dropped by priority; then the widest columns are cut, flexible
    /// ones first; columns that still have no room at their minimum are dropped by priority, too. When there is more
    /// room than wished, flexible columns share it. For example, with 50 columns:
    ///
    ///     NAME 20, READY 5, STATUS 17, AGE 4 (priority 1), IP 10 (5), NODE 6 (5)   want 72
    ///     NAME 20, READY 5, STATUS 17, AGE 4                                       want 52 without the extras
    ///     NAME 18, READY 5, STATUS 17, AGE 4                                       cut where it is widest
    ///
    /// - Parameters:
    ///   - contentWidths: the widest content so far, so that columns do not jump.
    ///   - visibleWidths: the widest content that is in sight, which is cut last; `contentWidths` without them.
    ///   - offset: columns after the fixed ones that are scrolled out on the left. With an offset nothing is dropped by
    ///     priority: what does not fit is to the right, and the fixed ones leave half of the width to the others.
    package init(
        columns: [TableColumn], contentWidths: [Int], visibleWidths: [Int]? = nil, width: Int, offset: Int = 0,
        sorted: Int? = nil
    ) {
        let visibleWidths = visibleWidths ?? contentWidths
        let fixed = max(1, columns.prefix { $0.isFixed }.count)
        var wishes = columns.indices.filter { $0 < fixed || $0 >= fixed + offset }.map { index in
            Wish(
                index, columns[index], contentWidth: contentWidths[index], visibleWidth: visibleWidths[index],
                isSorted: index == sorted)
        }
        if offset == 0 {
            TableLayout.drop(&wishes, to: width, from: TableLayout.extraPriority) { wish in
                if wish.column.flex > 0 { return wish.column.minimum }
                return wish.isExtra ? min(wish.width, max(wish.column.minimum, TableLayout.extraMinimum)) : wish.width
            }
            TableLayout.drop(&wishes, to: width, from: 1) { min($0.width, $0.column.minimum) }
            TableLayout.cut(&wishes, to: width)
        } else {
            var still = Array(wishes.prefix(fixed))
            TableLayout.cut(&still, to: width / 2)
            wishes.replaceSubrange(..<still.count, with: still)
        }
        TableLayout.clip(&wishes, to: width)
        TableLayout.share(max(0, width - TableLayout.total(wishes)), among: &wishes)
        var x = 0
        self.columns = wishes.map { wish in
            defer { x += wish.width + TableLayout.gap }
            return Column(index: wish.index, x: x, width: wish.width)
        }
        hiddenCount = columns.count - self.columns.count
    }

    private struct Wish {
        var index: Int
        var width: Int
        /// The widest content in sight, without the title.
        var content: Int
        var column: TableColumn
        var isExtra: Bool { column.priority >= TableLayout.extraPriority }

        init(_ index: Int, _ column: TableColumn, contentWidth: Int, visibleWidth: Int, isSorted: Bool) {
            self.index = index
            self.column = column
            let titleWidth = DisplayText.width(column.title) + 1
            if isSorted {
                // By what the rows are sorted is always shown, its title whole, with its arrow.
                self.column.priority = 0
                self.column.minimum = max(column.minimum, titleWidth)
                self.column.maximum = max(column.maximum, self.column.minimum)
            }
            content = visibleWidth
            let wished = max(contentWidth, titleWidth)
            width = max(self.column.minimum, min(self.column.maximum, wished))
            // Names that are all short leave room to what is cut.
            if column.keepsEnd { self.column.minimum = min(self.column.minimum, wished) }
        }
    }

    private static func total(_ wishes: [Wish], _ width: (Wish) -> Int = { $0.width }) -> Int {
        wishes.reduce(0) { $0 + width($1) } + gap * max(0, wishes.count - 1)
    }

    /// Columns that have to stay still may not fit: those at the right edge are cut or left out.
    private static func clip(_ wishes: inout [Wish], to width: Int) {
        var excess = total(wishes) - width
        for index in wishes.indices.reversed() where excess > 0 {
            let cut = min(excess, max(0, wishes[index].width - wishes[index].column.minimum))
            wishes[index].width -= cut
            excess -= cut
        }
        while excess > 0, wishes.count > 1, let last = wishes.last {
            let cut = min(excess, last.width - 1)
            if excess >= last.width {
                wishes.removeLast()
                excess -= last.width + gap
            } else {
                wishes[wishes.count - 1].width -= cut
                excess -= cut
            }
        }
        if wishes.count == 1 { wishes[0].width = max(0, min(wishes[0].width, width)) }
    }

    /// Gives flexible columns the room that nobody wished for, by their weights.
    private static func share(_ room: Int, among wishes: inout [Wish]) {
        var spare = room
        var rest = wishes.reduce(0) { $0 + $1.column.flex }
        for index in wishes.indices where wishes[index].column.flex > 0 {
            let flex = wishes[index].column.flex
            let share = spare * flex / rest
            wishes[index].width += share
            spare -= share
            rest -= flex
        }
    }

    /// Takes columns of a priority and above away until the others have what they need.
    private static func drop(_ wishes: inout [Wish], to width: Int, from priority: Int, need: (Wish) -> Int) {
        while total(wishes, need) > width,
            let victim = wishes.indices.filter({ wishes[$0].column.priority >= priority })
                .max(by: { wishes[$0].column.priority <= wishes[$1].column.priority })
        {
            wishes.remove(at: victim)
        }
    }

    /// Cuts columns down to their minimum at most: first flexible ones, then extras, then room that nothing in sight
    /// needs, then content that is wider than its title, then titles that are longer than what stands below them, then
    /// whichever is the widest.
    private static func cut(_ wishes: inout [Wish], to width: Int) {
        var excess = total(wishes) - width
        func cut(_ limit: (Wish) -> Int?) {
            func spare(_ index: Int) -> Int {
                guard let limit = limit(wishes[index]) else { return 0 }
                return wishes[index].width - max(limit, wishes[index].column.minimum)
            }
            while excess > 0,
                let widest = wishes.indices.filter({ spare($0) > 0 })
                    .max(by: { wishes[$0].width <= wishes[$1].width })
            {
                wishes[widest].width -= 1
                excess -= 1
            }
        }
        cut { $0.column.flex > 0 ? 0 : nil }
        cut { $0.isExtra ? 0 : nil }
        cut { max($0.content, DisplayText.width($0.column.title)) }
        cut { DisplayText.width($0.column.title) }
        cut { $0.content }
        cut { _ in 0 }
    }
}

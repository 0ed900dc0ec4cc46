/// A table with a header, a selected row and a window of visible rows.
///
/// It never holds rows: `render` asks for those in the window only, so a table of 150,000 rows costs what a screenful
/// does. Columns are as wide as the widest content of the last seconds, so that they don't jump while scrolling and do
/// not stay wide for what is long gone.
package struct TableView: Sendable {
    package var columns: [TableColumn] {
        didSet { if columns.count != oldValue.count { resetWidths() } }
    }
    /// The selected row, 0 when there is none.
    package private(set) var selected = 0
    /// The first visible row.
    package private(set) var top = 0
    /// The column that rows are sorted by, for the arrow in the header.
    package var sortColumn: Int? {
        didSet { if sortColumn != oldValue { resetWidths() } }
    }
    package var sortsDescending = false
    /// Columns after the fixed ones that are scrolled out on the left.
    package private(set) var columnOffset = 0
    /// How the columns were laid out when the table was last drawn.
    package private(set) var layout: TableLayout?

    /// The widest content of each column in this span of time and in the one before.
    private var contentWidths: [Int]
    private var formerWidths: [Int]
    private var spanEnd = -Double.infinity
    private var bodyRect = Rect(x: 0, y: 0, width: 0, height: 0)
    private var shownSize = Size(width: 0, height: 0)
    private var scrollbar = Scrollbar()
    /// The arrows in the header, and what each stands for.
    private var arrows: [(place: Point, key: Key)] = []
    private var headerY = -1
    private var lastCount = 0

    package init(columns: [TableColumn]) {
        self.columns = columns
        contentWidths = Array(repeating: 0, count: columns.count)
        formerWidths = contentWidths
    }

    /// Forgets the widths seen so far, after the rows became others.
    package mutating func resetWidths() {
        contentWidths = Array(repeating: 0, count: columns.count)
        formerWidths = contentWidths
        columnOffset = min(columnOffset, max(0, columns.count - 1))
    }

    // MARK: Moving

    /// Rows that the table showed when it was last drawn.
    package var pageHeight: Int { max(1, bodyRect.height) }

    /// Selects a row, cut to those that exist.
    package mutating func select(_ row: Int, count: Int) {
        selected = max(0, min(row, count - 1))
        scroll(count: count, height: pageHeight)
    }

    /// Handles a key for moving; false when it means nothing here.
    ///
    /// Arrows, j, k, page up and down, ctrl-f, ctrl-b, home, end, g and G move the selection; left and right scroll the
    /// columns.
    package mutating func handle(_ key: Key, count: Int) -> Bool {
        switch key {
        case .up, .character("k"): select(selected - 1, count: count)
        case .down, .character("j"): select(selected + 1, count: count)
        case .pageUp, .control("b"): select(selected - pageHeight, count: count)
        case .pageDown, .control("f"): select(selected + pageHeight, count: count)
        case .home, .character("g"): select(0, count: count)
        case .end, .character("G"): select(count - 1, count: count)
        case .left: columnOffset = max(0, columnOffset - 1)
        case .right:
            let shown = layout?.columns.last?.index ?? 0
            if columnOffset > 0 ? shown < columns.count - 1 : (layout?.hiddenCount ?? 0) > 0 { columnOffset += 1 }
        default: return false
        }
        return true
    }

    /// Moves the window by `rows`, and the selection with it only when it would leave the window.
    package mutating func scroll(by rows: Int, count: Int) {
        top = max(0, min(top + rows, count - pageHeight))
        selected = max(top, min(selected, top + pageHeight - 1))
        selected = max(0, min(selected, count - 1))
    }

    /// The window that shows the selected row: moved as little as possible, and never past the last row.
    private mutating func scroll(count: Int, height: Int) {
        if selected < top { top = selected }
        if selected >= top + height { top = selected - height + 1 }
        top = max(0, min(top, count - height))
    }

    /// The rows in the window.
    package func visibleRows(count: Int) -> Range<Int> {
        let start = max(0, min(top, count))
        return start..<min(count, start + pageHeight)
    }

    /// The row drawn at a position; nil when there is none.
    package func row(at point: Point) -> Int? {
        guard bodyRect.contains(point) else { return nil }
        let row = top + point.y - bodyRect.y
        return row < lastCount ? row : nil
    }

    /// The column whose title is at a position; nil elsewhere.
    package func headerColumn(at point: Point) -> Int? {
        guard point.y == headerY, let layout else { return nil }
        let x = point.x - bodyRect.x - TableView.margin
        return layout.columns.last { x >= $0.x && x < $0.x + $0.width + TableLayout.gap }?.index
    }

    /// What a table makes of a mouse event.
    package enum MouseOutcome: Hashable, Sendable {
        /// A row was clicked and is selected now.
        case selected(Int)
        /// A row was clicked twice.
        case opened(Int)
        /// A column's title was clicked.
        case header(Int)
        case scrolled
        case ignored
    }

    /// The wheel moves the window by three rows, and so does the scrollbar; clicks select, twice open, and name the
    /// column in the header, whose arrows at the edges scroll the columns.
    package mutating func handle(_ mouse: MouseEvent, count: Int) -> MouseOutcome {
        if let offset = scrollbar.handle(mouse) {
            scroll(by: offset - top, count: count)
            return .scrolled
        }
        switch mouse.action {
        case .wheelUp:
            scroll(by: -3, count: count)
            return .scrolled
        case .wheelDown:
            scroll(by: 3, count: count)
            return .scrolled
        case .click, .doubleClick:
            guard mouse.button == .left else { return .ignored }
            if let key = arrows.first(where: { $0.place == mouse.position })?.key {
                return handle(key, count: count) ? .scrolled : .ignored
            }
            if let column = headerColumn(at: mouse.position) { return .header(column) }
            guard let row = row(at: mouse.position) else { return .ignored }
            select(row, count: count)
            return mouse.action == .click ? .selected(row) : .opened(row)
        case .drag, .release:
            return .ignored
        }
    }

    // MARK: Drawing

    /// The column at the left edge that shows marks.
    private static let margin = 1
    /// Content that has been narrower for one to two of these spans, in seconds, lets its column shrink.
    private static let widthSpan = 5.0

    /// Takes note of the widths in sight, and forgets those of two spans ago. O(columns).
    private mutating func note(_ visibleWidths: [Int], now: Double) {
        if now >= spanEnd {
            formerWidths = contentWidths
            contentWidths = visibleWidths
            spanEnd = now + TableView.widthSpan
        }
        for (index, width) in visibleWidths.enumerated() { contentWidths[index] = max(contentWidths[index], width) }
    }

    /// Draws the header into the first row of `rect` and the visible rows below, asking `row` once for each of them.
    ///
    /// - Parameters:
    ///   - count: all rows of the table. The selection and the window are cut to them.
    ///   - now: seconds from any start, by which columns shrink.
    ///   - row: the row at an index below `count`, and whether it is the selected one, which it cannot ask the table
    ///     while that is being drawn.
    package mutating func render(
        into frame: inout Frame, in rect: Rect, theme: Theme, count: Int, now: Double = 0,
        row: (_ index: Int, _ isSelected: Bool) -> TableRow
    ) {
        let (header, body) = rect.splitTop(1)
        if rect.size != shownSize { resetWidths() }
        shownSize = rect.size
        lastCount = count
        headerY = header.y
        let overflows = count > body.height
        bodyRect = overflows ? body.splitRight(1).rest : body
        selected = max(0, min(selected, count - 1))
        scroll(count: count, height: pageHeight)
        guard !bodyRect.isEmpty else { return }
        let window = visibleRows(count: count)
        let rows = window.map { row($0, $0 == selected) }
        var visibleWidths = Array(repeating: 0, count: columns.count)
        for row in rows {
            for (index, cell) in row.cells.prefix(columns.count).enumerated() {
                visibleWidths[index] = max(visibleWidths[index], DisplayText.width(cell.text))
            }
        }
        note(visibleWidths, now: now)
        let layout = TableLayout(
            columns: columns, contentWidths: zip(contentWidths, formerWidths).map { max($0, $1) },
            visibleWidths: visibleWidths, width: bodyRect.width - TableView.margin, offset: columnOffset,
            sorted: sortColumn)
        self.layout = layout
        renderHeader(into: &frame, in: header, theme: theme, layout: layout)
        for (offset, row) in rows.enumerated() {
            render(
                row, isSelected: window.lowerBound + offset == selected, into: &frame, in: bodyRect.row(offset),
                theme: theme, layout: layout)
        }
        scrollbar.render(
            into: &frame, in: body.splitRight(overflows ? 1 : 0).right, offset: top, visible: body.height, total: count,
            theme: theme)
    }

    private mutating func renderHeader(into frame: inout Frame, in rect: Rect, theme: Theme, layout: TableLayout) {
        frame.fill(rect, style: Style(background: theme[.header].background))
        for placed in layout.columns {
            let column = columns[placed.index]
            let isSorted = placed.index == sortColumn
            var title = column.title
            if isSorted {
                title = DisplayText.truncated(title, to: placed.width - 1) + (sortsDescending ? "↓" : "↑")
            }
            frame.putFitted(
                title, x: rect.x + TableView.margin + placed.x, y: rect.y, columns: placed.width,
                alignment: column.alignment, style: theme[isSorted ? .headerSorted : .header])
        }
        arrows = []
        func put(_ arrow: String, x: Int, _ key: Key) {
            frame.put(arrow, x: x, y: rect.y, style: theme[.dim])
            arrows.append((Point(x: x, y: rect.y), key))
        }
        if columnOffset > 0 { put("‹", x: rect.x, .left) }
        let last = layout.columns.last
        // The arrow of the column by which the rows are sorted is not written over.
        let isArrowThere = last?.index == sortColumn && last.map { TableView.margin + $0.x + $0.width } == rect.width
        if !isArrowThere, (last?.index ?? 0) < columns.count - 1 { put("›", x: rect.maxX - 1, .right) }
    }

    private func render(
        _ row: TableRow, isSelected: Bool, into frame: inout Frame, in rect: Rect, theme: Theme, layout: TableLayout
    ) {
        let base = row.isMarked ? theme[.marked].over(row.style) : row.style
        if !base.background.isDefault || base.attributes.contains(.reverse) { frame.fill(rect, style: base) }
        if row.isMarked { frame.put("▌", x: rect.x, y: rect.y, style: theme[.marked]) }
        for placed in layout.columns where placed.index < row.cells.count {
            let cell = row.cells[placed.index]
            let style = row.keepsCellStyles ? cell.style.map { $0.over(base) } ?? base : base
            let text =
                columns[placed.index].keepsEnd
                ? DisplayText.truncatedMiddle(cell.text, to: placed.width) : cell.text
            frame.putFitted(
                text, x: rect.x + TableView.margin + placed.x, y: rect.y, columns: placed.width,
                alignment: columns[placed.index].alignment, style: style)
        }
        if isSelected {
            // The cells keep their own colours where the selection has only a background to give.
            let selection = theme[.selection]
            frame.paint(rect, style: row.isMarked ? selection.foreground(.default).over(theme[.marked]) : selection)
            // What a cell has as a background, such as a flash, is news on the selected row, too.
            for placed in layout.columns where placed.index < row.cells.count && row.keepsCellStyles {
                guard let style = row.cells[placed.index].style, !style.background.isDefault else { continue }
                frame.paint(
                    Rect(x: rect.x + TableView.margin + placed.x, y: rect.y, width: placed.width, height: 1),
                    style: Style(foreground: style.foreground, background: style.background))
            }
        }
    }
}

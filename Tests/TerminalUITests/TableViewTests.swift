import TerminalUI
import Testing

@Suite struct TableViewTests {
    private static let columns = [
        TableColumn("NAME", minimum: 5), TableColumn("READY", alignment: .trailing),
        TableColumn("IP", minimum: 8, priority: 2), TableColumn("NODE", minimum: 6, flex: 1, priority: 1),
    ]

    private func row(_ index: Int, isSelected: Bool = false) -> TableRow {
        TableRow(cells: [
            TableCell("web-\(index)"), TableCell("1/1"), TableCell("10.0.0.\(index)"), TableCell("node-\(index % 3)"),
        ])
    }

    /// Draws a table of one row anew.
    private func redraw(_ table: inout TableView, _ frame: inout Frame) {
        frame = Frame(frame.size)
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 1, row: row)
    }

    @Test(arguments: [20, 24, 30, 40])
    func theSortedTitleHasRoomForItsArrow(width: Int) {
        let columns = [
            TableColumn("NAME", minimum: 6, isFixed: true), TableColumn("RESTARTS", minimum: 4, priority: 2),
            TableColumn("MESSAGE", minimum: 4, flex: 1),
        ]
        let layout = TableLayout(columns: columns, contentWidths: [20, 1, 30], width: width, sorted: 1)
        let restarts = layout.columns.first { $0.index == 1 }
        #expect(restarts?.width == 9, "by what the rows are sorted is always seen")
        #expect(layout.columns.reduce(-2) { $0 + $1.width + 2 } <= width)
    }

    @Test func shortNamesLeaveRoomToTheRest() {
        let columns = [
            TableColumn("NAMESPACE", minimum: 7, isFixed: true),
            TableColumn("NAME", minimum: 16, isFixed: true, keepsEnd: true), TableColumn("READY", minimum: 5),
        ]
        func widths(_ name: Int) -> [Int] {
            TableLayout(columns: columns, contentWidths: [11, name, 3], width: 30).columns.map(\.width)
        }
        #expect(widths(8) == [11, 9, 6] && widths(10) == [11, 10, 5])
        #expect(widths(30)[1] == 16, "what tells names apart stays")
    }

    @Test func drawing() {
        var table = TableView(columns: Self.columns)
        table.sortColumn = 0
        var frame = Frame(width: 44, height: 5)
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 3, row: row)
        #expect(
            grid(frame) == """
                | NAME↑   READY  IP        NODE              |
                | web-0     1/1  10.0.0.0  node-0            |
                | web-1     1/1  10.0.0.1  node-1            |
                | web-2     1/1  10.0.0.2  node-2            |
                |                                            |
                """)
        #expect(frame[1, 1].background == Theme.dark[.selection].background)
        #expect(frame[43, 1].background == Theme.dark[.selection].background)
        #expect(frame[1, 2].background == .default)
    }

    @Test func columnsGoByPriority() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 24, height: 2)
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 1, row: row)
        #expect(
            grid(frame) == """
                | NAME    READY  NODE    |
                | web-0     1/1  node-0  |
                """)
    }

    /// The room for the sign of order goes first, then content; a title is whole as long as there is anything else.
    @Test func titlesAreCutLast() {
        let columns = [
            TableColumn("NAME", minimum: 16, maximum: 63), TableColumn("READY", minimum: 5, maximum: 32),
            TableColumn("RESTARTS", minimum: 4, maximum: 18, priority: 2),
        ]
        func widths(_ width: Int) -> [Int] {
            TableLayout(columns: columns, contentWidths: [30, 3, 1], width: width).columns.map(\.width)
        }
        #expect(widths(60) == [30, 6, 9])
        #expect(widths(47) == [30, 5, 8])
        #expect(widths(40) == [23, 5, 8])
        #expect(widths(33) == [16, 5, 8])
        #expect(widths(30) == [16, 5, 5])
        // What is no longer in sight makes room before what is.
        let layout = TableLayout(
            columns: columns, contentWidths: [30, 17, 1], visibleWidths: [30, 3, 1], width: 47)
        #expect(layout.columns.map(\.width) == [30, 5, 8])
    }

    @Test func onlyVisibleRowsAreAskedFor() {
        var table = TableView(columns: Self.columns)
        var asked: [Int] = []
        var frame = Frame(width: 44, height: 5)
        table.select(149_999, count: 150_000)
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 150_000) { index, _ in
            asked.append(index)
            return row(index)
        }
        #expect(asked == [149_996, 149_997, 149_998, 149_999])
        #expect(table.selected == 149_999)
        #expect(table.row(at: Point(x: 3, y: 1)) == 149_996)
        #expect(table.row(at: Point(x: 3, y: 0)) == nil)
    }

    @Test func theWindowFollowsTheSelection() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 44, height: 5)
        func draw(_ count: Int) { table.render(into: &frame, in: frame.bounds, theme: .dark, count: count, row: row) }
        draw(10)
        for _ in 0..<4 { _ = table.handle(.down, count: 10) }
        #expect(table.top == 1 && table.selected == 4)
        _ = table.handle(.pageDown, count: 10)
        #expect(table.top == 5 && table.selected == 8)
        _ = table.handle(.character("G"), count: 10)
        #expect(table.top == 6 && table.selected == 9)
        _ = table.handle(.home, count: 10)
        #expect(table.top == 0 && table.selected == 0)
        _ = table.handle(.up, count: 10)
        #expect(table.selected == 0)
        table.scroll(by: 3, count: 10)
        #expect(table.top == 3 && table.selected == 3)
        // Rows that went away leave no hole and no selection beyond the end.
        table.select(9, count: 10)
        draw(2)
        #expect(table.top == 0 && table.selected == 1)
        draw(0)
        #expect(table.selected == 0)
        #expect(table.handle(.enter, count: 0) == false)
    }

    @Test func widthsGrowAndStay() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 60, height: 3)
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 1) { _, _ in
            TableRow(cells: [TableCell("a-much-longer-name")])
        }
        let wide = table.layout?.columns[0].width
        #expect(wide == 18)
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 1, row: row)
        #expect(table.layout?.columns[0].width == 18)
        table.resetWidths()
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 1, row: row)
        #expect(table.layout?.columns[0].width == 5)
    }

    /// What was wide is forgotten once it is gone for a while, and not a moment earlier.
    @Test func columnsShrinkAgain() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 60, height: 3)
        var name = "a-much-longer-name"
        func width(at time: Double) -> Int? {
            table.render(into: &frame, in: frame.bounds, theme: .dark, count: 1, now: time) { _, _ in
                TableRow(cells: [TableCell(name)])
            }
            return table.layout?.columns[0].width
        }
        #expect(width(at: 100) == 18 && width(at: 101) == 18)
        name = "web"
        #expect([102, 104.9, 105, 106, 109.9].map { width(at: $0) } == [18, 18, 18, 18, 18])
        #expect(width(at: 110) == 5)
        name = "a-longer-name"
        #expect(width(at: 111) == 13, "what grows is seen at once")
        name = "web"
        #expect(width(at: 112) == 13)
        table.sortColumn = 1
        #expect(width(at: 113) == 5, "other rows come into sight")
        name = "a-longer-name"
        _ = width(at: 114)
        name = "web"
        frame = Frame(width: 50, height: 3)
        #expect(width(at: 115) == 5, "everything moves anyway")
    }

    @Test func scrollingColumns() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 24, height: 2)
        func draw() { redraw(&table, &frame) }
        draw()
        #expect(table.layout?.hiddenCount == 1)
        _ = table.handle(.right, count: 1)
        draw()
        #expect(
            grid(frame) == """
                |‹NAME   IP        NODE  |
                | web-0  10.0.0.0  node-0|
                """)
        _ = table.handle(.right, count: 1)
        #expect(table.columnOffset == 1, "all to the right are visible")
        _ = table.handle(.left, count: 1)
        draw()
        #expect(table.columnOffset == 0)
    }

    @Test func fixedColumnsStayAndLeaveHalfOfTheWidth() {
        let columns = [
            TableColumn("NAMESPACE", minimum: 7, isFixed: true), TableColumn("NAME", minimum: 8, isFixed: true),
            TableColumn("READY"), TableColumn("STATUS"), TableColumn("NODE"),
        ]
        for (offset, shown) in [(1, [0, 1, 3, 4]), (2, [0, 1, 4])] {
            let layout = TableLayout(
                columns: columns, contentWidths: [20, 60, 3, 9, 6], width: 60, offset: offset)
            #expect(layout.columns.map(\.index) == shown)
            #expect(layout.columns[1].x + layout.columns[1].width == 30)
        }
    }

    @Test func marksAndRowStyles() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 44, height: 4)
        let theme = Theme.dark
        table.render(into: &frame, in: frame.bounds, theme: theme, count: 3) { index, _ in
            let cells = [TableCell("web-\(index)"), TableCell("0/1", style: theme[.error])]
            switch index {
            case 1: return TableRow(cells: cells, style: theme[.flash], isMarked: true)
            case 2: return TableRow(cells: cells, style: theme[.fade], keepsCellStyles: false)
            default: return TableRow(cells: cells)
            }
        }
        #expect(frame.character(x: 0, y: 2) == "▌")
        #expect(frame[1, 2].foreground == theme[.marked].foreground)
        #expect(frame[1, 2].background == theme[.flash].background)
        #expect(frame[11, 2].foreground == theme[.error].foreground)
        #expect(frame[40, 2].background == theme[.flash].background)
        #expect(frame[11, 3].foreground == theme[.fade].foreground)
    }

    @Test func onABackgroundWithItsOwnTextColourCellsKeepQuiet() {
        let theme = Theme(.dark, depth: .palette8)
        let row = TableRow(cells: [TableCell("ok", style: theme[.ok])], style: theme[.flash])
        #expect(!row.keepsCellStyles)
        #expect(TableRow(cells: [], style: Theme.dark[.flash]).keepsCellStyles)
    }

    @Test func headerClicks() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 44, height: 4)
        table.render(into: &frame, in: frame.bounds.inset(left: 2), theme: .dark, count: 1, row: row)
        #expect(table.headerColumn(at: Point(x: 3, y: 0)) == 0)
        #expect(table.headerColumn(at: Point(x: 10, y: 0)) == 1)
        #expect(table.headerColumn(at: Point(x: 10, y: 1)) == nil)
    }

    @Test func theMouse() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 44, height: 5)
        func handle(_ action: MouseEvent.Action, _ x: Int, _ y: Int) -> TableView.MouseOutcome {
            table.handle(MouseEvent(action, x: x, y: y), count: 20)
        }
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 20, row: row)
        #expect(handle(.wheelDown, 1, 1) == .scrolled)
        #expect(table.top == 3 && table.selected == 3)
        #expect(handle(.click, 4, 3) == .selected(5))
        #expect(handle(.doubleClick, 4, 3) == .opened(5))
        #expect(handle(.click, 4, 0) == .header(0))
        #expect(handle(.drag, 4, 3) == .ignored)
        #expect(table.handle(MouseEvent(.click, button: .right, x: 4, y: 0), count: 20) == .ignored)
    }

    /// Twenty rows, four of them in sight: the bar has four places.
    @Test func theScrollbarGoesWhereItIsPressedAndDrawn() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 44, height: 5)
        func handle(_ action: MouseEvent.Action, _ x: Int, _ y: Int) -> TableView.MouseOutcome {
            let outcome = table.handle(MouseEvent(action, x: x, y: y), count: 20)
            table.render(into: &frame, in: frame.bounds, theme: .dark, count: 20, row: row)
            return outcome
        }
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 20, row: row)
        #expect(handle(.click, 43, 4) == .scrolled && table.top == 16)
        #expect(handle(.drag, 20, 1) == .scrolled && table.top == 0, "beside the bar it is still held")
        #expect(handle(.drag, 43, 99) == .scrolled && table.top == 16)
        #expect(handle(.release, 43, 4) == .ignored)
        #expect(handle(.drag, 43, 1) == .ignored && table.top == 16, "let go")
        #expect(handle(.click, 4, 2) == .selected(17))
        #expect(handle(.drag, 43, 1) == .ignored, "a drag that began on a row")
        table.render(into: &frame, in: frame.bounds, theme: .dark, count: 3, row: row)
        #expect(table.handle(MouseEvent(.click, x: 43, y: 2), count: 3) == .selected(1), "there is no bar")
    }

    @Test func theArrowsInTheHeaderScrollTheColumns() {
        var table = TableView(columns: Self.columns)
        var frame = Frame(width: 24, height: 2)
        func draw() { redraw(&table, &frame) }
        draw()
        #expect(table.handle(MouseEvent(.click, x: 23, y: 0), count: 1) == .header(3), "no arrow there")
        _ = table.handle(.right, count: 1)
        draw()
        #expect(table.columnOffset == 1)
        #expect(table.handle(MouseEvent(.click, x: 0, y: 0), count: 1) == .scrolled)
        #expect(table.columnOffset == 0)
    }

    @Test(arguments: 1...70)
    func columnsNeverLeaveTheTable(width: Int) {
        for offset in 0...3 {
            let layout = TableLayout(
                columns: Self.columns, contentWidths: [30, 3, 12, 9], width: width, offset: offset)
            var end = -2
            for column in layout.columns {
                #expect(column.x == end + 2)
                #expect(column.width > 0)
                end = column.x + column.width
            }
            #expect(end <= width, "offset \(offset): \(layout)")
            #expect(layout.columns.first?.index == 0)
        }
    }
}

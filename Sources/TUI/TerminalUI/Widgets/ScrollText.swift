/// A pager: lines of styled text, scrolled, searched, wrapped or cut.
package struct ScrollText: Sendable {
    /// A place where the searched text stands.
    package struct Match: Hashable, Sendable {
        package var line: Int
        /// The first column, and how many.
        package var column: Int
        package var width: Int

        package init(line: Int, column: Int, width: Int) {
            self.line = line
            self.column = column
            self.width = width
        }
    }

    package private(set) var lines: [[Span]]
    /// Whether lines continue on the next row instead of being cut.
    package private(set) var wraps = false
    /// Whether lines go on wherever a row is full, for texts in which every column counts, and not before a word.
    private let breaksWords: Bool
    /// The first visible line, and the row of it when it is wrapped.
    package private(set) var top = 0
    private var topRow = 0
    /// Columns scrolled out on the left, when lines are cut.
    package private(set) var leftColumn = 0
    /// Stays at the end while lines are added.
    package var follows = false
    /// What is searched for; empty for nothing.
    package private(set) var query = ""
    package private(set) var matches: [Match] = []
    /// The match that was jumped to last.
    package private(set) var currentMatch: Int?
    private var view = Size(width: 80, height: 1)
    private var scrollbar = Scrollbar()

    package init(lines: [[Span]] = [], breaksWords: Bool = false) {
        self.lines = lines
        self.breaksWords = breaksWords
    }

    /// Plain text, split at line ends, with tabs expanded.
    package init(text: String, style: Style = .plain) {
        var rows = text.split(separator: "\n", omittingEmptySubsequences: false)
        if rows.last?.isEmpty == true { rows.removeLast() }
        self.init(lines: rows.map { [Span(DisplayText.expandingTabs(String($0)), style)] })
    }

    /// Replaces the text; the place in it and the search stay.
    package mutating func replace(lines: [[Span]]) {
        self.lines = lines
        findMatches()
        clampTop()
    }

    /// Adds lines at the end.
    package mutating func append(_ more: [[Span]]) {
        let first = lines.count
        lines += more
        if !query.isEmpty { findMatches(from: first) }
        if follows { scrollToEnd() }
    }

    // MARK: Keys

    /// Handles a key; false when it means nothing here.
    ///
    /// Arrows, j, k, page up and down, space, ctrl-f, ctrl-b, ctrl-d, ctrl-u, home, end, g and G scroll; w wraps; n and
    /// N go to the next and the previous match.
    package mutating func handle(_ key: Key) -> Bool {
        let page = max(1, view.height - 1)
        switch key {
        case .up, .character("k"): scroll(by: -1)
        case .down, .character("j"): scroll(by: 1)
        case .pageUp, .control("b"): scroll(by: -page)
        case .pageDown, .control("f"), .character(" "): scroll(by: page)
        case .control("u"): scroll(by: -max(1, page / 2))
        case .control("d"): scroll(by: max(1, page / 2))
        case .home, .character("g"):
            top = 0
            topRow = 0
            leftColumn = 0
            follows = false
        case .end, .character("G"): scrollToEnd()
        case .left: if !wraps { leftColumn = max(0, leftColumn - 8) }
        case .right: if !wraps { leftColumn = min(leftColumn + 8, max(0, widestVisible() - view.width / 2)) }
        case .character("w"): toggleWrap()
        case .character("n"): if !nextMatch() { return !query.isEmpty }
        case .character("N"): if !previousMatch() { return !query.isEmpty }
        default: return false
        }
        return true
    }

    /// The wheel scrolls by three rows, the scrollbar goes where it is pressed or drawn to; false for anything else.
    package mutating func handle(_ mouse: MouseEvent) -> Bool {
        if let line = scrollbar.handle(mouse) {
            follows = false
            top = line
            topRow = 0
            clampTop()
            return true
        }
        switch mouse.action {
        case .wheelUp: scroll(by: -3)
        case .wheelDown: scroll(by: 3)
        default: return false
        }
        return true
    }

    package mutating func toggleWrap() {
        wraps.toggle()
        topRow = 0
        leftColumn = 0
        clampTop()
    }

    // MARK: Scrolling

    /// Scrolls by rows of the screen, down when positive.
    package mutating func scroll(by rows: Int) {
        if rows < 0 { follows = false }
        var left = rows
        while left > 0, top < lines.count {
            let height = rowCount(top)
            let rest = height - 1 - topRow
            if rest >= left {
                topRow += left
                break
            }
            left -= rest + 1
            topRow = 0
            top += 1
        }
        while left < 0 {
            if topRow >= -left {
                topRow += left
                break
            }
            left += topRow + 1
            if top == 0 {
                topRow = 0
                break
            }
            top -= 1
            topRow = rowCount(top) - 1
        }
        clampTop()
    }

    package mutating func scrollToEnd() {
        top = lines.count
        topRow = 0
        clampTop()
    }

    /// Puts a line into view, a third from the top when it isn't yet.
    package mutating func reveal(line: Int) {
        if line >= top && line < top + max(1, view.height - 1) && !wraps { return }
        top = max(0, line)
        topRow = 0
        let above = view.height / 3
        clampTop()
        if top == line { scroll(by: -above) }
    }

    /// Keeps the last row at the bottom of the view, not above it. Walks back from the end over no more lines than fit.
    private mutating func clampTop() {
        var last = lines.count
        var room = view.height
        while last > 0, room > 0 {
            let height = rowCount(last - 1)
            if height > room {
                // The line that starts above the view.
                let row = height - room
                if (top, topRow) > (last - 1, row) {
                    top = last - 1
                    topRow = row
                }
                return
            }
            room -= height
            last -= 1
        }
        if (top, topRow) > (last, 0) {
            top = last
            topRow = 0
        }
    }

    private func rowCount(_ line: Int) -> Int { rowStarts(line, width: view.width).count }

    /// The columns at which the rows of a line begin.
    private func rowStarts(_ line: Int, width: Int) -> [Int] {
        guard wraps, self.width(line) > width else { return [0] }
        return DisplayText.rowStarts(
            of: lines[line].map(\.text).joined(), to: max(1, width), indent: indent(line, width: width),
            breaksWords: breaksWords)
    }

    /// The columns by which the rows of a line after its first are set in: to where its last column begins, which two
    /// spaces keep apart from the one before, or as far as the line itself where that leaves less than half of the
    /// room. So what `Tolerations:  a b c` says stays in a column of its own.
    private func indent(_ line: Int, width: Int) -> Int {
        if breaksWords { return 0 }
        var own: Int?
        var last = 0
        var column = 0
        var spaces = 0
        for span in lines[line] {
            CharacterWidth.forEachGlyph(in: span.text) { glyph in
                if glyph.scalar == " " {
                    spaces += 1
                } else {
                    own = own ?? column
                    if spaces > 1 { last = column }
                    spaces = 0
                }
                column += glyph.width
            }
        }
        return last <= width / 2 ? last : min(own ?? 0, width / 2)
    }

    /// The rows of all lines in a view of that width, its scrollbar included. O(text).
    package func height(width: Int) -> Int {
        lines.indices.reduce(0) { $0 + rowStarts($1, width: width - 1).count }
    }

    private func width(_ line: Int) -> Int {
        lines[line].reduce(0) { $0 + $1.width }
    }

    private func widestVisible() -> Int {
        lines[min(top, lines.count)..<min(lines.count, top + view.height)].reduce(0) { widest, line in
            max(widest, line.reduce(0) { $0 + $1.width })
        }
    }

    // MARK: Searching

    /// Searches without regard to the case of ASCII letters, and goes to the first match from the first visible line
    /// on.
    package mutating func search(_ text: String) {
        query = text
        findMatches()
        currentMatch = matches.firstIndex { $0.line >= top } ?? (matches.isEmpty ? nil : 0)
        if let currentMatch { reveal(line: matches[currentMatch].line) }
    }

    /// Goes to the next match, from the last one to the first; false when there is none.
    @discardableResult
    package mutating func nextMatch() -> Bool {
        step(by: 1)
    }

    @discardableResult
    package mutating func previousMatch() -> Bool {
        step(by: -1)
    }

    private mutating func step(by distance: Int) -> Bool {
        guard !matches.isEmpty else { return false }
        let index = ((currentMatch ?? -1) + distance + matches.count) % matches.count
        currentMatch = index
        reveal(line: matches[index].line)
        return true
    }

    private mutating func findMatches(from first: Int = 0) {
        if first == 0 { matches = [] }
        let wanted = Array(query.utf8.map(ScrollText.lowercased))
        guard !wanted.isEmpty else {
            currentMatch = nil
            return
        }
        for line in first..<lines.count {
            let text = lines[line].map(\.text).joined()
            for range in ScrollText.ranges(of: wanted, in: Array(text.utf8)) {
                let before = String(decoding: text.utf8.prefix(range.lowerBound), as: UTF8.self)
                let found = String(
                    decoding: text.utf8.prefix(range.upperBound).dropFirst(range.lowerBound), as: UTF8.self)
                matches.append(Match(line: line, column: DisplayText.width(before), width: DisplayText.width(found)))
            }
        }
        if let index = currentMatch, index >= matches.count { currentMatch = matches.isEmpty ? nil : 0 }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
    }

    private static func ranges(of wanted: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        while start + wanted.count <= text.count {
            var length = 0
            while length < wanted.count, lowercased(text[start + length]) == wanted[length] { length += 1 }
            if length == wanted.count {
                found.append(start..<start + length)
                start += length
            } else {
                start += 1
            }
        }
        return found
    }

    // MARK: Drawing

    /// Draws the visible lines, with a scrollbar at the right edge where there are more.
    package mutating func render(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let (body, bar) = rect.splitRight(1)
        view = body.size
        if follows { scrollToEnd() }
        clampTop()
        guard !body.isEmpty else { return }
        var y = body.y
        var line = top
        var row = topRow
        let firstMatch = firstMatchIndex(from: top)
        frame.clipped(to: body) { frame in
            while y < body.maxY, line < lines.count {
                let starts = rowStarts(line, width: body.width)
                while row < starts.count, y < body.maxY {
                    let skipped = wraps ? starts[row] : leftColumn
                    let end = row + 1 < starts.count ? starts[row + 1] - skipped : body.width
                    let x = body.x + (row > 0 ? indent(line, width: body.width) : 0)
                    frame.clipped(to: Rect(x: x, y: y, width: end, height: 1)) { frame in
                        frame.put(lines[line], x: x - skipped, y: y)
                        paintMatches(in: line, from: firstMatch, x: x - skipped, y: y, frame: &frame, theme: theme)
                    }
                    if !wraps && width(line) - leftColumn > body.width {
                        frame.put("›", x: body.maxX - 1, y: y, style: theme[.dim])
                    }
                    row += 1
                    y += 1
                }
                row = 0
                line += 1
            }
        }
        scrollbar.render(
            into: &frame, in: bar, offset: top, visible: body.height, total: lines.count, theme: theme)
    }

    private func paintMatches(
        in line: Int, from first: Int, x: Int, y: Int, frame: inout Frame, theme: Theme
    ) {
        var index = first
        while index < matches.count, matches[index].line <= line {
            let match = matches[index]
            if match.line == line {
                let style = index == currentMatch ? theme[.selection] : theme[.match]
                frame.paint(Rect(x: x + match.column, y: y, width: match.width, height: 1), style: style)
            }
            index += 1
        }
    }

    /// The first match at or after a line, by halving.
    private func firstMatchIndex(from line: Int) -> Int {
        var low = 0
        var high = matches.count
        while low < high {
            let middle = (low + high) / 2
            if matches[middle].line < line { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

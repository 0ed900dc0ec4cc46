/// A picture of the whole screen: a grid of cells that views draw into and a screen shows.
///
/// A value: copying it is cheap until one copy changes. Everything drawn is cut off at `clip`. Text drawn in a default
/// colour takes the colour of what it is drawn on, and keeps its reverse, so that text on a selected row needs no style
/// of its own.
package struct Frame: Sendable {
    package let width: Int
    package let height: Int
    /// Row by row from the top.
    var cells: [Cell]
    /// Characters of several scalars, by the key in their cells. A key is a hash of the text, so that cells of
    /// different frames compare.
    var clusters: [UInt32: String]
    /// Where drawing has an effect; always within the frame.
    package private(set) var clip: Rect

    package init(width: Int, height: Int, style: Style = .plain) {
        self.width = max(0, width)
        self.height = max(0, height)
        cells = [Cell](repeating: .blank(style), count: self.width * self.height)
        clusters = [:]
        clip = Rect(x: 0, y: 0, width: self.width, height: self.height)
    }

    package init(_ size: Size, style: Style = .plain) {
        self.init(width: size.width, height: size.height, style: style)
    }

    package var size: Size { Size(width: width, height: height) }
    package var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

    /// The cell at a position, which must be within the frame.
    package subscript(x: Int, y: Int) -> Cell {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "position outside the frame")
        return cells[y * width + x]
    }

    /// The character at a position as text; empty for the right half of a wide one.
    package func character(x: Int, y: Int) -> String {
        text(of: self[x, y])
    }

    func text(of cell: Cell) -> String {
        if cell.isContinuation { return "" }
        if cell.isCluster { return clusters[cell.glyph] ?? " " }
        return Unicode.Scalar(cell.glyph).map { String(Character($0)) } ?? " "
    }

    /// Draws with drawing cut off at `rect` as well.
    package mutating func clipped<Result>(
        to rect: Rect, _ body: (inout Frame) -> Result
    ) -> Result {
        let outer = clip
        clip = clip.intersection(rect)
        defer { clip = outer }
        return body(&self)
    }

    // MARK: Text

    /// Draws `text` from (x, y) to the right, cut off at `columns` and at the clip. Returns the columns it takes.
    @discardableResult
    package mutating func put(
        _ text: String, x: Int, y: Int, style: Style = .plain, columns: Int = .max
    ) -> Int {
        let room = max(0, columns)
        let limit = room < Int.max - max(0, x) ? x + room : Int.max
        let right = min(clip.maxX, limit)
        if y < clip.minY || y >= clip.maxY { return min(room, DisplayText.width(text)) }
        if DisplayText.printableASCIICount(text) != nil {
            putASCII(text, x: x, y: y, right: right, style: style)
            return min(room, text.utf8.count)
        }
        var column = x
        CharacterWidth.forEachGlyph(in: text) { glyph in
            put(glyph, x: column, y: y, right: right, style: style)
            column += glyph.width
        }
        return min(room, column - x)
    }

    /// Draws printable ASCII into a row within the clip, up to a column that is within it too.
    private mutating func putASCII(_ text: String, x: Int, y: Int, right: Int, style: Style) {
        let start = max(x, clip.minX)
        let end = min(right, x + text.utf8.count)
        guard start < end else { return }
        let row = y * width
        // A wide character may reach into the text from either side.
        if cells[row + start].width == 0 { detach(row + start, count: 1) }
        if cells[row + end - 1].width == 2 { detach(row + end - 1, count: 1) }
        cells.withUnsafeMutableBufferPointer { cells in
            var index = row + start
            for byte in text.utf8.dropFirst(start - x).prefix(end - start) {
                cells[index] = Cell(glyph: UInt32(byte), width: 1, style: style).drawn(over: cells[index])
                index += 1
            }
        }
    }

    /// Draws spans one after the other. Returns the columns they take.
    @discardableResult
    package mutating func put(_ spans: [Span], x: Int, y: Int, columns: Int = .max) -> Int {
        var used = 0
        for span in spans where used < columns {
            used += put(
                span.text, x: x + used, y: y, style: span.style, columns: columns == .max ? .max : columns - used)
        }
        return used
    }

    /// Draws `text` within `columns`, cut with an ellipsis when it is longer.
    package mutating func putFitted(
        _ text: String, x: Int, y: Int, columns: Int, alignment: Alignment = .leading, style: Style = .plain
    ) {
        if columns <= 0 || y < clip.minY || y >= clip.maxY { return }
        let textWidth = DisplayText.width(text)
        if textWidth > columns {
            put(DisplayText.truncated(text, to: columns), x: x, y: y, style: style, columns: columns)
        } else {
            put(text, x: x + alignment.leadingSpace(in: columns - textWidth), y: y, style: style)
        }
    }

    private mutating func put(_ glyph: Glyph, x: Int, y: Int, right: Int, style: Style) {
        guard x < right, x + glyph.width > clip.minX else { return }
        if glyph.width == 2 && (x + 1 >= right || x < clip.minX) {
            // Half of it is cut off: the visible half is blank.
            let column = x < clip.minX ? x + 1 : x
            place(.blank(style), x: column, y: y)
            return
        }
        let value = glyph.cluster.map { key(of: $0) } ?? glyph.scalar.value
        place(Cell(glyph: value, width: UInt8(glyph.width), style: style), x: x, y: y)
    }

    /// The key of a cluster: 31 bits of its FNV-1a hash, the next free one where another text has it already.
    private mutating func key(of cluster: String) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in cluster.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        var key = hash | Cell.clusterFlag
        while let other = clusters[key], other != cluster { key = (key &+ 1) | Cell.clusterFlag }
        clusters[key] = cluster
        return key
    }

    /// Puts a cell where the caller has checked the clip, letting the colours of what is there show through defaults.
    @inline(__always)
    mutating func place(_ cell: Cell, x: Int, y: Int) {
        let index = y * width + x
        let below = cells[index]
        let cell = cell.drawn(over: below)
        if below.width != 1 || cell.width != 1 { detach(index, count: Int(cell.width)) }
        cells[index] = cell
        if cell.width == 2 { cells[index + 1] = .continuation(cell.style) }
    }

    /// Blanks the outer halves of wide characters that are about to be overwritten in part.
    private mutating func detach(_ index: Int, count: Int) {
        if cells[index].width == 0 && index > 0 { blank(index - 1) }
        let last = index + count - 1
        if cells[last].width == 2 && last + 1 < cells.count { blank(last + 1) }
    }

    private mutating func blank(_ index: Int) {
        cells[index].glyph = 0x20
        cells[index].width = 1
    }

    // MARK: Areas

    /// Replaces everything in `rect` with `scalar` (one column wide) in `style`.
    package mutating func fill(_ rect: Rect, style: Style = .plain, with scalar: Unicode.Scalar = " ") {
        let area = rect.intersection(clip)
        if area.isEmpty { return }
        let cell = Cell(scalar, style)
        for y in area.minY..<area.maxY {
            let start = y * width
            if cells[start + area.minX].width == 0 && area.minX > 0 { blank(start + area.minX - 1) }
            if cells[start + area.maxX - 1].width == 2 && area.maxX < width { blank(start + area.maxX) }
            for index in start + area.minX..<start + area.maxX { cells[index] = cell }
        }
    }

    /// Lays `style` over what is in `rect`: its colours where it has any, its attributes in addition; characters stay.
    package mutating func paint(_ rect: Rect, style: Style) {
        let area = rect.intersection(clip)
        if area.isEmpty { return }
        for y in area.minY..<area.maxY {
            for index in y * width + area.minX..<y * width + area.maxX {
                cells[index].style = style.over(cells[index].style)
            }
        }
    }

    /// Copies `other` with its top left corner at `origin`.
    package mutating func draw(_ other: Frame, at origin: Point) {
        let area = Rect(x: origin.x, y: origin.y, width: other.width, height: other.height).intersection(clip)
        if area.isEmpty { return }
        fill(area)
        for y in area.minY..<area.maxY {
            for x in area.minX..<area.maxX {
                var cell = other.cells[(y - origin.y) * other.width + x - origin.x]
                if cell.isCluster { cell.glyph = key(of: other.text(of: cell)) }
                if (cell.width == 2 && x + 1 == area.maxX) || (cell.width == 0 && x == area.minX) {
                    cell.glyph = 0x20
                    cell.width = 1
                }
                cells[y * width + x] = cell
            }
        }
    }

    // MARK: Reading

    /// The text of a row, without trailing spaces.
    package func row(_ y: Int) -> String {
        var line = ""
        for x in 0..<width { line += character(x: x, y: y) }
        while line.utf8.last == 0x20 { line.unicodeScalars.removeLast() }
        return line
    }

    /// All rows, each ended by a newline, without trailing spaces.
    package var text: String {
        (0..<height).map { row($0) + "\n" }.joined()
    }
}

extension Frame: Equatable {
    /// Whether both show the same: size, characters, colours and attributes of every cell.
    package static func == (left: Frame, right: Frame) -> Bool {
        guard left.width == right.width, left.height == right.height, left.cells == right.cells else { return false }
        if left.clusters.isEmpty { return true }
        return left.cells.allSatisfy { !$0.isCluster || left.clusters[$0.glyph] == right.clusters[$0.glyph] }
    }
}

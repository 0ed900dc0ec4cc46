import CNCurses

/// Writes frames to ncurses: only rows that changed, and of those only the part that did.
struct CursesPainter {
    private let depth: ColorDepth
    private let isDirect: Bool
    private let pairLimit: Int
    /// What ncurses was given last.
    private var shown: Frame?
    /// Colour pairs by foreground and background.
    private var pairs: [UInt64: Int32] = [:]
    private var lastKey: UInt64 = 0
    private var lastPair: Int32 = 0
    private var ranOut = false
    private var run: [cnc_cell] = []

    init(depth: ColorDepth, isDirect: Bool, pairs: Int) {
        self.depth = depth
        self.isDirect = isDirect
        // ncurses keeps pair numbers of cells in 32 bits but allots memory up to the highest one used.
        pairLimit = min(pairs, 32_768)
    }

    /// Forgets what is on the terminal: the next frame is written wholly.
    mutating func forget() {
        shown = nil
        cnc_invalidate()
    }

    mutating func paint(_ frame: Frame, size: Size) {
        let columns = min(frame.width, size.width)
        let rows = min(frame.height, size.height)
        ranOut = false
        paintRows(frame, columns: columns, rows: rows)
        if ranOut {
            // Too many combinations of colours over time: start over with those of this frame.
            cnc_reset_pairs()
            pairs.removeAll()
            lastKey = 0
            lastPair = 0
            shown = nil
            paintRows(frame, columns: columns, rows: rows)
        }
        shown = frame
    }

    private mutating func paintRows(_ frame: Frame, columns: Int, rows: Int) {
        let old = shown.flatMap { $0.size == frame.size ? $0 : nil }
        for y in 0..<rows {
            let start = y * frame.width
            var first = 0
            var last = columns - 1
            if let old {
                while first < columns, same(frame, old, start + first) { first += 1 }
                if first == columns { continue }
                while last > first, same(frame, old, start + last) { last -= 1 }
            }
            // Both halves of a wide character are written together.
            while first > 0, frame.cells[start + first].isContinuation { first -= 1 }
            if let old { while first > 0, old.cells[start + first].isContinuation { first -= 1 } }
            while first > 0, frame.cells[start + first].isContinuation { first -= 1 }
            if last + 1 < columns, frame.cells[start + last].width == 2 { last += 1 }
            paintRun(frame, y: y, from: first, through: last)
        }
    }

    private func same(_ frame: Frame, _ old: Frame, _ index: Int) -> Bool {
        frame.cells[index] == old.cells[index]
    }

    private mutating func paintRun(_ frame: Frame, y: Int, from first: Int, through last: Int) {
        guard first <= last else { return }
        run.removeAll(keepingCapacity: true)
        var x = first
        while x <= last {
            let cell = frame.cells[y * frame.width + x]
            let cutOff = cell.width == 2 && x == last
            append(cell, of: frame, halved: cutOff)
            x += max(1, Int(cell.width))
        }
        cnc_put(Int32(first), Int32(y), run, Int32(run.count))
    }

    /// Appends the cell so that ncurses, which goes by the C library's widths, advances by exactly the cell's own.
    private mutating func append(_ cell: Cell, of frame: Frame, halved: Bool) {
        var output = cnc_cell()
        output.pair = pair(cell)
        output.attributes = UInt32(cell.attributes.rawValue)
        output.text.0 = 0x20
        if cell.isContinuation || halved {
            run.append(output)
            return
        }
        if cell.glyph < 0x7F {
            output.text.0 = cell.glyph
            run.append(output)
            return
        }
        var base = cell.glyph
        var marks: [UInt32] = []
        if cell.isCluster {
            let scalars = frame.text(of: cell).unicodeScalars
            base = scalars.first?.value ?? 0x3F
            marks = Self.marks(scalars)
        }
        let libraryWidth = Int(cnc_character_width(base))
        if libraryWidth == Int(cell.width) {
            output.text.0 = base
            if marks.count > 0 { output.text.1 = marks[0] }
            if marks.count > 1 { output.text.2 = marks[1] }
            if marks.count > 2 { output.text.3 = marks[2] }
            run.append(output)
            return
        }
        var filler = output
        output.text.0 = libraryWidth == 1 ? base : 0x3F
        run.append(output)
        if cell.width == 2 {
            filler.text.0 = 0x20
            run.append(filler)
        }
    }

    /// The marks that combine with the base in one terminal cell. Joined emoji show their first part only: terminals
    /// disagree on the width of the whole.
    private static func marks(_ scalars: String.UnicodeScalarView) -> [UInt32] {
        var marks: [UInt32] = []
        for scalar in scalars.dropFirst() {
            if scalar.value == 0x200D || marks.count == 3 { break }
            if (0xFE00...0xFE0F).contains(scalar.value) || cnc_character_width(scalar.value) != 0 { continue }
            marks.append(scalar.value)
        }
        return marks
    }

    // MARK: Colours

    private mutating func pair(_ cell: Cell) -> Int32 {
        if depth == .monochrome { return 0 }
        let foreground = number(cell.foreground)
        let background = number(cell.background)
        if foreground < 0 && background < 0 { return 0 }
        let key = UInt64(UInt32(bitPattern: foreground)) << 32 | UInt64(UInt32(bitPattern: background))
        if key == lastKey { return lastPair }
        var found = pairs[key] ?? 0
        if found == 0 {
            let next = pairs.count + 1
            guard next < pairLimit, cnc_define_pair(Int32(next), foreground, background) else {
                ranOut = true
                return 0
            }
            found = Int32(next)
            pairs[key] = found
        }
        lastKey = key
        lastPair = found
        return found
    }

    /// The terminal's number for a colour; -1 for its default.
    private func number(_ color: Color) -> Int32 {
        if color.isDefault { return -1 }
        if isDirect {
            // Descriptions with direct colour keep 0–7 for the palette.
            if let index = color.paletteIndex, index < 8 { return Int32(index) }
            let rgb = color.rgbValue ?? 0
            return rgb > 0 && rgb < 8 ? 8 : Int32(rgb)
        }
        return Int32(color.mapped(to: depth).paletteIndex ?? 7)
    }
}

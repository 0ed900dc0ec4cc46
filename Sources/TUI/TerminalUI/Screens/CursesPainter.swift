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
            let isBottom = y == rows - 1
            // How the last position is shown depends on the one before it.
            if isBottom && last + 3 >= columns { last = columns - 1 }
            paintRun(frame, y: y, from: first, through: last, isBottom: isBottom)
        }
    }

    private func same(_ frame: Frame, _ old: Frame, _ index: Int) -> Bool {
        frame.cells[index] == old.cells[index]
    }

    private mutating func paintRun(_ frame: Frame, y: Int, from first: Int, through last: Int, isBottom: Bool) {
        guard first <= last else { return }
        run.removeAll(keepingCapacity: true)
        var x = first
        while x <= last {
            let cell = frame.cells[y * frame.width + x]
            let isCutOff = cell.width == 2 && x == last
            // ncurses fills the last position of a screen by shifting the character before it, and tears a wide one.
            let isTorn = isBottom && x == frame.width - 1 && x > 0 && frame.cells[y * frame.width + x - 1].width == 0
            append(cell, of: frame, asBlank: isCutOff || isTorn)
            x += max(1, Int(cell.width))
        }
        cnc_put(Int32(first), Int32(y), run, Int32(run.count))
    }

    /// Appends the cell so that ncurses, which goes by the C library's widths, advances by exactly the cell's own.
    private mutating func append(_ cell: Cell, of frame: Frame, asBlank isBlank: Bool) {
        var output = cnc_cell()
        output.pair = pair(cell)
        output.attributes = UInt32(cell.attributes.rawValue)
        output.text.0 = 0x20
        if cell.isContinuation || isBlank {
            run.append(output)
            return
        }
        if cell.glyph < 0x7F {
            output.text.0 = cell.glyph
            run.append(output)
            return
        }
        if cell.isCluster, cnc_shows_clusters() {
            var scalars = frame.text(of: cell).unicodeScalars.map(\.value)
            if scalars.count > cnc_cell.capacity { scalars = Self.firstPart(scalars) }
            if scalars.count <= cnc_cell.capacity, Int(cnc_character_width(scalars[0])) == Int(cell.width) {
                output.set(scalars)
                run.append(output)
                return
            }
        }
        if !cell.isCluster, Int(cnc_character_width(cell.glyph)) == Int(cell.width) {
            output.text.0 = cell.glyph
            run.append(output)
            return
        }
        let groups = cell.isCluster ? Self.groups(frame.text(of: cell).unicodeScalars) : [[cell.glyph]]
        let widths = groups.map { Int(cnc_character_width($0[0])) }
        if widths.reduce(0, +) == Int(cell.width), !widths.contains(where: { $0 < 1 }) {
            for group in groups {
                output.set(group)
                run.append(output)
            }
            return
        }
        // The library would place what follows elsewhere: only the first part is shown, in as many cells as are its
        // due.
        output.set(widths[0] == 1 ? groups[0] : [0x3F])
        run.append(output)
        if cell.width == 2 {
            output.set([0x20])
            run.append(output)
        }
    }

    /// What stands for an emoji of which ncurses cannot keep the whole, such as a family or the flag of a country's
    /// part: the first of those that are joined, with its colour of skin, and the flag without the letters that follow
    /// it. Half of them would be another family, and half a name no flag.
    private static func firstPart(_ scalars: [UInt32]) -> [UInt32] {
        Array(scalars.prefix { !joins($0) })
    }

    /// Whether what follows is joined to what is before, and no mark on it: a joiner, or a letter of a flag's name.
    private static func joins(_ scalar: UInt32) -> Bool { scalar == 0x200D || (0xE0020...0xE007F).contains(scalar) }

    /// The parts of a cluster that terminals give cells of their own: a character and the marks that combine with it.
    ///
    /// Joined emoji show their first part only, since terminals disagree on the width of the whole, but for those that
    /// have told; what selects between text and emoji is left out for the same reason.
    private static func groups(_ scalars: String.UnicodeScalarView) -> [[UInt32]] {
        var groups: [[UInt32]] = []
        for scalar in scalars {
            let value = scalar.value
            if joins(value) || (0x1F3FB...0x1F3FF).contains(value), !groups.isEmpty { break }
            if (0xFE00...0xFE0F).contains(value) { continue }
            if groups.isEmpty || cnc_character_width(value) != 0 {
                groups.append([value])
            } else if groups[groups.count - 1].count < cnc_cell.capacity {
                groups[groups.count - 1].append(value)
            }
        }
        return groups.isEmpty ? [[0x3F]] : groups
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
        let color = color.mapped(to: depth)
        if color.isDefault { return -1 }
        if isDirect {
            // Descriptions with direct colour keep 0–7 for the palette.
            if let index = color.paletteIndex, index < 8 { return Int32(index) }
            let rgb = color.rgbValue ?? 0
            return rgb > 0 && rgb < 8 ? 8 : Int32(rgb)
        }
        return Int32(color.paletteIndex ?? 7)
    }
}

extension cnc_cell {
    /// The most scalars that ncurses keeps of one character.
    fileprivate static let capacity = 5

    /// Makes the text a character and what joins it.
    fileprivate mutating func set(_ scalars: [UInt32]) {
        withUnsafeMutableBytes(of: &text) { bytes in
            let text = bytes.bindMemory(to: UInt32.self)
            for index in text.indices { text[index] = index < scalars.count ? scalars[index] : 0 }
        }
    }
}

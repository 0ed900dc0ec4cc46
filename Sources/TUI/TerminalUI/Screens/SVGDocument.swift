/// A frame drawn as a standalone SVG: a plain background, one rectangle per run of background colour, one text per run
/// of style.
///
/// Every text says how long it is (`textLength`), so columns align whatever font a renderer finds; lines, blocks and
/// boxes are drawn as shapes, so that they join without gaps.
struct SVGDocument {
    private let frame: Frame
    private let cursor: Point?
    private let title: String?
    private let depth: ColorDepth
    private let defaultForeground: UInt32
    private let defaultBackground: UInt32

    // Lengths in hundredths of a pixel, so that no floating point is printed: DejaVu Sans Mono at 14 px advances 8.43
    // px.
    private static let cellWidth = 843
    private static let cellHeight = 1800
    private static let baseline = 1370
    private static let margin = 1200

    init(frame: Frame, cursor: Point?, variant: Theme.Variant, title: String?, colors: ColorDepth) {
        self.frame = frame
        self.cursor = cursor
        self.title = title
        depth = colors
        defaultForeground = variant == .dark ? 0xD3DAE1 : 0x24292F
        defaultBackground = variant == .dark ? 0x11161C : 0xFFFFFF
    }

    var text: String {
        let width = frame.width * Self.cellWidth + 2 * Self.margin
        let height = frame.height * Self.cellHeight + 2 * Self.margin
        var out = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="\(pixels(width))" height="\(pixels(height))" \
            viewBox="0 0 \(pixels(width)) \(pixels(height))">

            """
        if let title { out += "<title>\(escaped(title))</title>\n" }
        out += """
            <style>text{font-family:'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,monospace;font-size:14px;\
            white-space:pre}</style>
            <rect width="100%" height="100%" rx="8" fill="\(hex(defaultBackground))"/>

            """
        for y in 0..<frame.height { appendBackgrounds(y, to: &out) }
        for y in 0..<frame.height { appendCharacters(y, to: &out) }
        if let cursor, frame.bounds.contains(cursor) {
            let x = Self.margin + cursor.x * Self.cellWidth
            let y = Self.margin + cursor.y * Self.cellHeight
            out += "<rect x=\"\(pixels(x))\" y=\"\(pixels(y))\" width=\"\(pixels(Self.cellWidth))\" "
            out += "height=\"\(pixels(Self.cellHeight))\" fill=\"\(hex(defaultForeground))\" fill-opacity=\"0.6\"/>\n"
        }
        return out + "</svg>\n"
    }

    // MARK: Colours

    /// What a cell really shows: reverse exchanges the colours, dim takes the foreground half way to the background.
    private func colors(of cell: Cell) -> (foreground: UInt32, background: UInt32) {
        var foreground = cell.foreground.mapped(to: depth).rgbValue ?? defaultForeground
        var background = cell.background.mapped(to: depth).rgbValue ?? defaultBackground
        if cell.attributes.contains(.reverse) { swap(&foreground, &background) }
        if cell.attributes.contains(.dim) { foreground = blend(foreground, background) }
        return (foreground, background)
    }

    private func blend(_ color: UInt32, _ other: UInt32) -> UInt32 {
        var result: UInt32 = 0
        for shift: UInt32 in [16, 8, 0] {
            let value = (color >> shift & 0xFF) * 3 + (other >> shift & 0xFF) * 2
            result |= (value / 5) << shift
        }
        return result
    }

    private func appendBackgrounds(_ y: Int, to out: inout String) {
        var x = 0
        while x < frame.width {
            let color = colors(of: frame[x, y]).background
            var end = x + 1
            while end < frame.width, colors(of: frame[end, y]).background == color { end += 1 }
            if color != defaultBackground { out += rectangle(column: x, row: y, columns: end - x, color: color) }
            x = end
        }
    }

    // MARK: Characters

    private func appendCharacters(_ y: Int, to out: inout String) {
        var x = 0
        while x < frame.width {
            let cell = frame[x, y]
            if isBlank(cell) {
                x += 1
                continue
            }
            let foreground = colors(of: cell).foreground
            if let shape = BlockShape(cell.glyph) {
                // Neighbours with the same shape become one rectangle where the shape spans the cell's width.
                var end = x + 1
                while shape.joins, end < frame.width, frame[end, y].glyph == cell.glyph,
                    colors(of: frame[end, y]).foreground == foreground
                { end += 1 }
                appendShape(shape, column: x, columns: end - x, row: y, color: foreground, to: &out)
                x = end
                continue
            }
            var end = x
            var content = ""
            var pendingBlanks = 0
            var columns = 0
            while end < frame.width {
                let next = frame[end, y]
                if isBlank(next), next.attributes.contains(.underline) == cell.attributes.contains(.underline) {
                    // One space joins two words of a run; two and more would only make the file longer.
                    pendingBlanks += 1
                    if pendingBlanks > 1 { break }
                    end += 1
                    continue
                }
                guard isSameText(next, cell, foreground), BlockShape(next.glyph) == nil, isSimple(next) || end == x
                else { break }
                content += String(repeating: " ", count: pendingBlanks) + frame.text(of: next)
                columns += pendingBlanks + Int(next.width)
                pendingBlanks = 0
                end += max(1, Int(next.width))
                if !isSimple(next) { break }
            }
            out += textElement(content, column: x, row: y, columns: columns, cell: cell, color: foreground)
            x += max(1, columns)
        }
    }

    private func isBlank(_ cell: Cell) -> Bool {
        cell.isContinuation || (cell.glyph == 0x20 && !cell.attributes.contains(.underline))
    }

    /// Characters whose shape surely fits their column; others get an element of their own, so that they cannot shift
    /// the rest.
    private func isSimple(_ cell: Cell) -> Bool {
        cell.width == 1 && cell.glyph < 0x2000
    }

    private func isSameText(_ left: Cell, _ right: Cell, _ foreground: UInt32) -> Bool {
        !left.isContinuation && colors(of: left).foreground == foreground
            && left.attributes.subtracting([.dim, .reverse]) == right.attributes.subtracting([.dim, .reverse])
    }

    private func textElement(
        _ content: String, column: Int, row: Int, columns: Int, cell: Cell, color: UInt32
    ) -> String {
        let x = Self.margin + column * Self.cellWidth
        let y = Self.margin + row * Self.cellHeight + Self.baseline
        var element = "<text x=\"\(pixels(x))\" y=\"\(pixels(y))\" textLength=\"\(pixels(columns * Self.cellWidth))\" "
        element += "lengthAdjust=\"spacingAndGlyphs\" fill=\"\(hex(color))\""
        if cell.attributes.contains(.bold) { element += " font-weight=\"bold\"" }
        if cell.attributes.contains(.italic) { element += " font-style=\"italic\"" }
        if cell.attributes.contains(.underline) { element += " text-decoration=\"underline\"" }
        return element + ">\(escaped(content))</text>\n"
    }

    // MARK: Shapes

    private func rectangle(column: Int, row: Int, columns: Int, color: UInt32) -> String {
        box(
            x: Self.margin + column * Self.cellWidth, y: Self.margin + row * Self.cellHeight,
            width: columns * Self.cellWidth, height: Self.cellHeight, color: color)
    }

    private func box(x: Int, y: Int, width: Int, height: Int, color: UInt32) -> String {
        "<rect x=\"\(pixels(x))\" y=\"\(pixels(y))\" width=\"\(pixels(width))\" height=\"\(pixels(height))\" "
            + "fill=\"\(hex(color))\" shape-rendering=\"crispEdges\"/>\n"
    }

    private func appendShape(
        _ shape: BlockShape, column: Int, columns: Int, row: Int, color: UInt32, to out: inout String
    ) {
        let x = Self.margin + column * Self.cellWidth
        let y = Self.margin + row * Self.cellHeight
        switch shape {
        case .lower(let eighths):
            let height = Self.cellHeight * eighths / 8
            out += box(
                x: x, y: y + Self.cellHeight - height, width: columns * Self.cellWidth, height: height, color: color)
        case .left(let eighths):
            out += box(x: x, y: y, width: Self.cellWidth * eighths / 8, height: Self.cellHeight, color: color)
        case .line(let arms):
            let middleX = x + Self.cellWidth / 2
            let middleY = y + Self.cellHeight / 2
            var path = ""
            if columns > 1 {
                path = "M\(pixels(x)) \(pixels(middleY))H\(pixels(x + columns * Self.cellWidth))"
            } else {
                let horizontal = (
                    arms.contains(.left) ? x : middleX, arms.contains(.right) ? x + Self.cellWidth : middleX
                )
                let vertical = (arms.contains(.up) ? y : middleY, arms.contains(.down) ? y + Self.cellHeight : middleY)
                if horizontal.0 != horizontal.1 {
                    path += "M\(pixels(horizontal.0)) \(pixels(middleY))H\(pixels(horizontal.1))"
                }
                if vertical.0 != vertical.1 {
                    path += "M\(pixels(middleX)) \(pixels(vertical.0))V\(pixels(vertical.1))"
                }
            }
            out += "<path d=\"\(path)\" stroke=\"\(hex(color))\" stroke-width=\"1.2\" fill=\"none\"/>\n"
        case .corner(let arms):
            let middleX = x + Self.cellWidth / 2
            let middleY = y + Self.cellHeight / 2
            let edgeX = arms.contains(.left) ? x : x + Self.cellWidth
            let edgeY = arms.contains(.up) ? y : y + Self.cellHeight
            out += "<path d=\"M\(pixels(edgeX)) \(pixels(middleY))Q\(pixels(middleX)) \(pixels(middleY)) "
            out +=
                "\(pixels(middleX)) \(pixels(edgeY))\" stroke=\"\(hex(color))\" stroke-width=\"1.2\" fill=\"none\"/>\n"
        }
    }

    // MARK: Text

    /// Hundredths of a pixel as a decimal number.
    private func pixels(_ hundredths: Int) -> String {
        let rest = hundredths % 100
        if rest == 0 { return "\(hundredths / 100)" }
        return "\(hundredths / 100)." + (rest < 10 ? "0\(rest)" : rest % 10 == 0 ? "\(rest / 10)" : "\(rest)")
    }

    private func hex(_ color: UInt32) -> String {
        let digits = String(color, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // Not allowed in XML at all, even escaped.
            case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": result.unicodeScalars.append(CharacterWidth.replacement)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// The characters that are drawn as shapes rather than with a font.
private enum BlockShape: Equatable {
    struct Arms: OptionSet {
        let rawValue: Int
        static let left = Arms(rawValue: 1)
        static let right = Arms(rawValue: 2)
        static let up = Arms(rawValue: 4)
        static let down = Arms(rawValue: 8)
    }

    /// Filled from the bottom by eighths.
    case lower(Int)
    /// Filled from the left by eighths.
    case left(Int)
    /// Straight lines from the middle.
    case line(Arms)
    /// A rounded corner.
    case corner(Arms)

    init?(_ glyph: UInt32) {
        switch glyph {
        case 0x2581...0x2588: self = .lower(Int(glyph - 0x2580))
        case 0x2589...0x258F: self = .left(Int(0x2590 - glyph))
        case 0x2500: self = .line([.left, .right])
        case 0x2502: self = .line([.up, .down])
        case 0x250C: self = .line([.right, .down])
        case 0x2510: self = .line([.left, .down])
        case 0x2514: self = .line([.right, .up])
        case 0x2518: self = .line([.left, .up])
        case 0x251C: self = .line([.right, .up, .down])
        case 0x2524: self = .line([.left, .up, .down])
        case 0x252C: self = .line([.left, .right, .down])
        case 0x2534: self = .line([.left, .right, .up])
        case 0x253C: self = .line([.left, .right, .up, .down])
        case 0x256D: self = .corner([.right, .down])
        case 0x256E: self = .corner([.left, .down])
        case 0x256F: self = .corner([.left, .up])
        case 0x2570: self = .corner([.right, .up])
        default: return nil
        }
    }

    /// Whether cells side by side make one shape.
    var joins: Bool {
        switch self {
        case .lower: true
        case .line(let arms): arms == [.left, .right]
        default: false
        }
    }
}

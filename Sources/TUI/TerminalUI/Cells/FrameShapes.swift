/// The lines that a box is drawn with.
package enum Border: Hashable, Sendable {
    case rounded, plain, double, heavy, ascii

    /// Horizontal, vertical, then the corners: top left, top right, bottom left, bottom right.
    fileprivate var scalars: [Unicode.Scalar] {
        switch self {
        case .rounded: ["─", "│", "╭", "╮", "╰", "╯"]
        case .plain: ["─", "│", "┌", "┐", "└", "┘"]
        case .double: ["═", "║", "╔", "╗", "╚", "╝"]
        case .heavy: ["━", "┃", "┏", "┓", "┗", "┛"]
        case .ascii: ["-", "|", "+", "+", "+", "+"]
        }
    }
}

extension Frame {
    /// Draws one character, if the position is inside the clip; it must be one column wide.
    package mutating func put(_ scalar: Unicode.Scalar, x: Int, y: Int, style: Style = .plain) {
        if clip.contains(Point(x: x, y: y)) { place(Cell(scalar, style), x: x, y: y) }
    }

    /// A line to the right.
    package mutating func horizontalLine(
        x: Int, y: Int, length: Int, style: Style = .plain, scalar: Unicode.Scalar = "─"
    ) {
        for column in max(x, clip.minX)..<max(max(x, clip.minX), min(x + length, clip.maxX)) {
            put(scalar, x: column, y: y, style: style)
        }
    }

    /// A line downward.
    package mutating func verticalLine(
        x: Int, y: Int, length: Int, style: Style = .plain, scalar: Unicode.Scalar = "│"
    ) {
        for row in max(y, clip.minY)..<max(max(y, clip.minY), min(y + length, clip.maxY)) {
            put(scalar, x: x, y: row, style: style)
        }
    }

    /// The outline of `rect`, at least 2×2, with a title set into the top line and a footer into the bottom one, both
    /// cut to fit.
    package mutating func box(
        _ rect: Rect, border: Border = .rounded, style: Style = .plain, title: [Span] = [],
        titleAlignment: Alignment = .leading, footer: [Span] = [], footerAlignment: Alignment = .trailing
    ) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let scalars = border.scalars
        let right = rect.maxX - 1
        let bottom = rect.maxY - 1
        for y in [rect.y, bottom] {
            horizontalLine(x: rect.x + 1, y: y, length: rect.width - 2, style: style, scalar: scalars[0])
        }
        for x in [rect.x, right] {
            verticalLine(x: x, y: rect.y + 1, length: rect.height - 2, style: style, scalar: scalars[1])
        }
        put(scalars[2], x: rect.x, y: rect.y, style: style)
        put(scalars[3], x: right, y: rect.y, style: style)
        put(scalars[4], x: rect.x, y: bottom, style: style)
        put(scalars[5], x: right, y: bottom, style: style)
        putLegend(title, in: rect, y: rect.y, alignment: titleAlignment)
        putLegend(footer, in: rect, y: bottom, alignment: footerAlignment)
    }

    /// As `box`, with a title in one style and a space on each side of it.
    package mutating func box(
        _ rect: Rect, border: Border = .rounded, style: Style = .plain, title: String, titleStyle: Style,
        titleAlignment: Alignment = .leading
    ) {
        let spans = title.isEmpty ? [] : [Span(" \(title) ", titleStyle)]
        box(rect, border: border, style: style, title: spans, titleAlignment: titleAlignment)
    }

    private mutating func putLegend(_ spans: [Span], in rect: Rect, y: Int, alignment: Alignment) {
        let room = rect.width - 4
        if spans.isEmpty || room < 1 { return }
        let width = spans.reduce(0) { $0 + $1.width }
        var x = rect.x + 2 + alignment.leadingSpace(in: max(0, room - width))
        var left = room
        for span in spans where left > 0 {
            let spanWidth = span.width
            putFitted(span.text, x: x, y: y, columns: min(spanWidth, left), style: span.style)
            x += spanWidth
            left -= spanWidth
        }
    }

    /// The left-to-right blocks from nothing to full, by eighths.
    private static let horizontalEighths: [Unicode.Scalar] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

    /// The bottom-to-top blocks from nothing to full, by eighths.
    private static let verticalEighths: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// A horizontal bar in the first row of `rect`, filled to `fraction` (cut to 0…1) by eighths of a column.
    ///
    /// `filled` gives the bar its foreground; `track` is the style of the rest. A fraction above zero shows at least an
    /// eighth.
    package mutating func bar(in rect: Rect, fraction: Double, filled: Style, track: Style = .plain) {
        bar(in: rect, segments: [(fraction, filled)], track: track)
    }

    /// A bar of several parts one after the other, each with its fraction of the whole width and its style.
    package mutating func bar(
        in rect: Rect, segments: [(fraction: Double, style: Style)], track: Style = .plain
    ) {
        guard rect.width > 0, rect.height > 0 else { return }
        fill(rect.row(0), style: track)
        let total = rect.width * 8
        var start = 0
        var sum = 0.0
        for segment in segments {
            sum += segment.fraction.isFinite ? max(0, segment.fraction) : 0
            var end = Int((min(1, sum) * Double(total)).rounded())
            if segment.fraction > 0 && end == start && start < total { end = start + 1 }
            // A part begins where the last one ended; a column that holds the end of one and the start of the next
            // shows both.
            for column in start / 8..<max(start / 8, (end + 7) / 8) {
                let filledTo = min(8, end - column * 8)
                let x = rect.x + column
                guard clip.contains(Point(x: x, y: rect.y)) else { continue }
                if column * 8 < start {
                    let before = cells[rect.y * width + x]
                    var style = before.style
                    style.background = segment.style.foreground
                    cells[rect.y * width + x].style = style
                } else {
                    let scalar = Frame.horizontalEighths[max(0, filledTo)]
                    place(Cell(scalar, Style(foreground: segment.style.foreground)), x: x, y: rect.y)
                }
            }
            start = max(start, end)
        }
    }

    /// A line of little columns, the last value at the right edge, over the whole height of `rect`.
    ///
    /// - Parameter maximum: the value that reaches the top; the largest one shown when nil.
    package mutating func sparkline(in rect: Rect, values: [Double], maximum: Double? = nil, style: Style) {
        guard !rect.isEmpty, !values.isEmpty else { return }
        let shown = values.suffix(rect.width)
        let top = maximum ?? shown.max() ?? 0
        let left = rect.maxX - shown.count
        for (index, value) in shown.enumerated() {
            var level = 0
            if top > 0, value.isFinite, value > 0 {
                level = max(1, Int((min(1, value / top) * Double(rect.height * 8)).rounded()))
            }
            for row in 0..<rect.height {
                let part = max(0, min(8, level - row * 8))
                if part > 0 {
                    put(Frame.verticalEighths[part], x: left + index, y: rect.maxY - 1 - row, style: style)
                }
            }
        }
    }

    /// A vertical scrollbar in the first column of `rect`; nothing when all of the content is visible.
    package mutating func scrollbar(
        in rect: Rect, offset: Int, visible: Int, total: Int, thumb: Style, track: Style
    ) {
        guard rect.height > 0, rect.width > 0, total > visible, visible > 0 else { return }
        let length = max(1, min(rect.height, rect.height * visible / total))
        let free = rect.height - length
        let start = min(free, max(0, (offset * free + (total - visible) / 2) / (total - visible)))
        for row in 0..<rect.height {
            let isThumb = row >= start && row < start + length
            put(isThumb ? "█" : "│", x: rect.x, y: rect.y + row, style: isThumb ? thumb : track)
        }
    }
}

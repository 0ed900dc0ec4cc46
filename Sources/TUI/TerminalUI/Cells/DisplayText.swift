/// Measuring and cutting text by the columns it takes on a screen.
package enum DisplayText {
    /// The columns of `text`, in O(n); ASCII is counted without breaking it into characters.
    package static func width(_ text: String) -> Int {
        if let count = printableASCIICount(text) { return count }
        var total = 0
        CharacterWidth.forEachGlyph(in: text) { total += $0.width }
        return total
    }

    /// The number of bytes of `text` when all are printable ASCII, else nil.
    @inline(__always)
    static func printableASCIICount(_ text: String) -> Int? {
        let utf8 = text.utf8
        let fast = utf8.withContiguousStorageIfAvailable { bytes -> Int in
            for byte in bytes where byte < 0x20 || byte > 0x7E { return -1 }
            return bytes.count
        }
        if let fast { return fast < 0 ? nil : fast }
        for byte in utf8 where byte < 0x20 || byte > 0x7E { return nil }
        return utf8.count
    }

    /// `text` as cells show it: control characters replaced by their pictures.
    package static func visible(_ text: String) -> String {
        if printableASCIICount(text) != nil { return text }
        var result = ""
        CharacterWidth.forEachGlyph(in: text) { append($0, to: &result) }
        return result
    }

    /// `text` cut to at most `columns`, ending in `ellipsis` when something was cut off.
    ///
    /// A character of two columns that would be halved is left out, so the result may be one column short.
    package static func truncated(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
        if columns <= 0 { return "" }
        if width(text) <= columns { return text }
        let ellipsisWidth = width(ellipsis)
        if ellipsisWidth >= columns {
            return ellipsisWidth == columns ? ellipsis : prefix(text, columns: columns)
        }
        return prefix(text, columns: columns - ellipsisWidth) + ellipsis
    }

    /// As `truncated`, but keeps both ends of `text`, and of its end a little more.
    package static func truncatedMiddle(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
        let total = width(text)
        let room = columns - width(ellipsis)
        if total <= columns { return text }
        if room < 2 { return truncated(text, to: columns, ellipsis: ellipsis) }
        let head = room / 2
        let result = prefix(text, columns: head) + ellipsis + dropping(text, columns: total - (room - head))
        // An end that begins with a mark joins the ellipsis to something else.
        return width(result) <= columns ? result : truncated(text, to: columns, ellipsis: ellipsis)
    }

    /// The longest beginning of `text` that takes at most `columns`.
    package static func prefix(_ text: String, columns: Int) -> String {
        var used = 0
        var result = ""
        for character in text {
            var wide = 0
            CharacterWidth.forEachGlyph(of: character) { wide += $0.width }
            if used + wide > columns { break }
            used += wide
            result.append(character)
        }
        return result
    }

    /// `text` without its first `columns`; a wide character cut in half leaves a space in its place.
    private static func dropping(_ text: String, columns: Int) -> String {
        if columns <= 0 { return text }
        var skipped = 0
        var result = ""
        for character in text {
            if skipped >= columns {
                result.append(character)
                continue
            }
            CharacterWidth.forEachGlyph(of: character) { skipped += $0.width }
            if skipped > columns { result += String(repeating: " ", count: skipped - columns) }
        }
        return result
    }

    /// `text` in exactly `columns`: cut with an ellipsis, or filled up with spaces by `alignment`.
    package static func padded(_ text: String, to columns: Int, alignment: Alignment = .leading) -> String {
        let cut = truncated(text, to: columns)
        let room = columns - width(cut)
        if room <= 0 { return cut }
        let before = alignment.leadingSpace(in: room)
        return String(repeating: " ", count: before) + cut + String(repeating: " ", count: room - before)
    }

    /// `text` broken into lines of at most `columns` (at least 1), at spaces where there are any, else where it must.
    package static func wrapped(_ text: String, to columns: Int) -> [String] {
        let columns = max(1, columns)
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            var lineWidth = 0
            for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
                var rest = String(word)
                var restWidth = width(rest)
                if lineWidth > 0 && lineWidth + 1 + restWidth > columns {
                    lines.append(line)
                    line = ""
                    lineWidth = 0
                } else if !line.isEmpty {
                    line += " "
                    lineWidth += 1
                }
                while lineWidth + restWidth > columns {
                    let head = prefix(rest, columns: columns - lineWidth)
                    if head.isEmpty && lineWidth == 0 { break }
                    lines.append(line + head)
                    rest = String(rest.dropFirst(head.count))
                    restWidth = width(rest)
                    line = ""
                    lineWidth = 0
                }
                line += rest
                lineWidth += restWidth
            }
            lines.append(line)
        }
        return lines
    }

    /// The columns at which the rows of `text` begin when it is drawn in rows of `columns`, those after the first
    /// `indent` shorter: broken before words, and within one where it is longer than a row, or wherever a row is full
    /// when `breaksWords`.
    ///
    /// Spaces between rows belong to the row before, beyond its edge if need be. Those that the text begins with keep
    /// the first word with them. O(n). For example, `"the quick fox"` in rows of 8 begins at 0, 4 and 10, and nine
    /// letters in rows of 4 at 0, 4 and 8.
    package static func rowStarts(
        of text: String, to columns: Int, indent: Int = 0, breaksWords: Bool = false
    ) -> [Int] {
        var starts = [0]
        var room = columns
        var start = 0
        var column = 0
        var word = 0
        var hasWord = false
        CharacterWidth.forEachGlyph(in: text) { glyph in
            if glyph.scalar == " ", glyph.cluster == nil {
                column += glyph.width
                if hasWord { word = column }
                return
            }
            while column + glyph.width - start > room {
                let next = word > start && !breaksWords ? word : column
                if next == start { break }
                starts.append(next)
                start = next
                room = columns - indent
            }
            hasWord = true
            column += glyph.width
        }
        return starts
    }

    /// `text` with each tab replaced by the spaces that lead to the next multiple of `stop` columns.
    package static func expandingTabs(_ text: String, stop: Int = 8) -> String {
        guard text.utf8.contains(0x09) else { return text }
        var result = ""
        var column = 0
        for character in text {
            if character == "\t" {
                let count = stop - column % stop
                result += String(repeating: " ", count: count)
                column += count
            } else {
                result.append(character)
                CharacterWidth.forEachGlyph(of: character) { column += $0.width }
            }
        }
        return result
    }

    private static func append(_ glyph: Glyph, to text: inout String) {
        if let cluster = glyph.cluster {
            text += cluster
        } else {
            text.unicodeScalars.append(glyph.scalar)
        }
    }
}

/// Where text stands in a space wider than itself.
package enum Alignment: Hashable, Sendable {
    case leading, center, trailing

    /// The columns left free before the text, of `room` free ones.
    func leadingSpace(in room: Int) -> Int {
        switch self {
        case .leading: 0
        case .center: room / 2
        case .trailing: room
        }
    }
}

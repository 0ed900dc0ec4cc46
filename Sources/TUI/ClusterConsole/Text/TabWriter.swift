import TerminalUI

/// Lines whose cells, ended by tabs, stand under each other.
///
/// A column is a run of lines that have that cell, as in Go's `text/tabwriter` with a padding of two spaces, which
/// kubectl prints with:
///
///     Name:\tweb              Name:         web
///     Containers:       →     Containers:
///       nginx:                  nginx:
///         Image:\tnginx           Image:    nginx
///         Host Port:\t80          Host Port:  80
struct TabWriter {
    private var lines: [[String]] = []
    static let padding = 2

    /// Adds a line, or several; `indent` levels of two spaces go before each.
    mutating func line(_ text: String, indent: Int = 0) {
        let prefix = String(repeating: "  ", count: indent)
        for part in TabWriter.escaped(text).split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append((prefix + part).split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
        }
    }

    /// Escape and carriage return, which would steer a terminal, spelt as kubectl spells them.
    private static func escaped(_ text: String) -> String {
        if !text.utf8.contains(where: { $0 == 0x1B || $0 == 0x0D }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{1B}": result.append(contentsOf: "^[".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A label and its value.
    mutating func field(_ label: String, _ value: String, indent: Int = 0) {
        line("\(label):\t\(value)", indent: indent)
    }

    /// The aligned lines, without trailing spaces.
    func aligned() -> [String] {
        var widths = lines.map { Array(repeating: 0, count: max(0, $0.count - 1)) }
        let deepest = widths.reduce(0) { max($0, $1.count) }
        for column in 0..<deepest {
            var start = 0
            while start < lines.count {
                guard widths[start].count > column else {
                    start += 1
                    continue
                }
                var end = start
                var width = 0
                while end < lines.count, widths[end].count > column {
                    width = max(width, DisplayText.width(lines[end][column]))
                    end += 1
                }
                for line in start..<end { widths[line][column] = width + TabWriter.padding }
                start = end
            }
        }
        return lines.indices.map { index in
            var text = ""
            for (column, cell) in lines[index].enumerated() {
                text += column < widths[index].count ? DisplayText.padded(cell, to: widths[index][column]) : cell
            }
            while text.utf8.last == 0x20 { text.unicodeScalars.removeLast() }
            return text
        }
    }
}

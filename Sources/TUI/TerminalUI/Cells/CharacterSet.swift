/// Which characters a terminal can be trusted to show.
package enum TerminalCharacters: Hashable, Sendable {
    /// All of Unicode.
    case unicode
    /// What the fonts of the Linux console have: plain box drawing and a few blocks.
    case console
    /// Only ASCII.
    case ascii
}

extension Frame {
    /// The frame with every character that `characters` lacks replaced by the nearest one it has, column for column.
    package func restricted(to characters: TerminalCharacters) -> Frame {
        if characters == .unicode { return self }
        var result = self
        for index in cells.indices {
            let cell = cells[index]
            if cell.glyph < 0x7F && cell.width == 1 { continue }
            if cell.width == 0 {
                result.cells[index].glyph = 0x20
            } else if cell.isCluster {
                let base = text(of: cell).unicodeScalars.first ?? "?"
                result.cells[index].glyph = CharacterFolding.fold(base, to: characters).value
            } else if let scalar = Unicode.Scalar(cell.glyph) {
                result.cells[index].glyph = CharacterFolding.fold(scalar, to: characters).value
            }
            result.cells[index].width = 1
        }
        result.clusters = [:]
        return result
    }
}

/// What stands for a character where it cannot be shown.
enum CharacterFolding {
    static func fold(_ scalar: Unicode.Scalar, to characters: TerminalCharacters) -> Unicode.Scalar {
        if scalar.isASCII { return scalar }
        switch characters {
        case .unicode: return scalar
        case .console: return console(scalar)
        case .ascii: return ascii(scalar)
        }
    }

    private static func console(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "╭": "┌"
        case "╮": "┐"
        case "╰": "└"
        case "╯": "┘"
        case "─", "│", "┌", "┐", "└", "┘", "├", "┤", "┬", "┴", "┼", "█", "▄", "▀", "▌", "▐", "░", "▒", "▓": scalar
        case "═", "║", "╔", "╗", "╚", "╝": scalar
        case "▏", "▎", "▍": "▌"
        case "▋", "▊", "▉": "█"
        case "▁", "▂", "▃": "▄"
        case "▅", "▆", "▇": "█"
        case "\u{A0}"..."\u{FF}": scalar
        default: ascii(scalar)
        }
    }

    private static func ascii(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "─", "═", "━", "–", "—", "‐", "‑", "╌", "┄", "▔", "−": "-"
        case "│", "║", "┃", "▏", "▎", "▐", "╎", "┆": "|"
        case "╭", "╮", "╰", "╯", "┌", "┐", "└", "┘", "├", "┤", "┬", "┴", "┼": "+"
        case "╔", "╗", "╚", "╝", "┏", "┓", "┗", "┛", "╠", "╣", "╦", "╩", "╬": "+"
        case "█", "▉", "▊", "▓", "▒", "■": "#"
        case "▋", "▌", "▍", "▆", "▀": "="
        case "▇": "%"
        case "▅": "+"
        case "▄": "-"
        case "▃": ","
        case "▂": "."
        case "▁": "_"
        case "░", "·", "∙", "⋅": "."
        case "…", "≈", "～": "~"
        case "↑", "▲", "△", "⌃", "▴": "^"
        case "↓", "▼", "▽", "⌄", "▾": "v"
        case "←", "◀", "◂", "‹", "«", "⟨": "<"
        case "→", "▶", "▸", "›", "»", "❯", "⟩", "↳", "↦": ">"
        case "•", "●", "◉", "◆", "★", "✱": "*"
        case "○", "◌", "◇", "◯", "☐", "□": "o"
        case "✓", "✔", "☑": "+"
        case "✗", "✘", "✕", "×", "☒": "x"
        case "‘", "’", "′": "'"
        case "“", "”", "″": "\""
        case "±": "+"
        case "µ", "μ": "u"
        case "\u{A0}": " "
        default: "?"
        }
    }
}

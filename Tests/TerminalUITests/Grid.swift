import TerminalUI

/// A frame's rows between bars, so that golden frames show where their lines end.
func grid(_ frame: Frame) -> String {
    (0..<frame.height).map { y in
        "|" + (0..<frame.width).map { frame.character(x: $0, y: y) }.joined() + "|"
    }.joined(separator: "\n")
}

/// A reproducible sequence of numbers, for tests that try many inputs.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Pieces of text that are hard on anything that measures or cuts it.
let difficultPieces: [String] = [
    "a", "Z", "<", ">", "<<", "\n", "\r\n", "\t", "\u{1B}", "\u{1B}[31m", "\u{0}", "\u{7F}", "\u{9B}", "é", "e\u{301}",
    "\u{301}",
    "日", "한", "\u{1161}", "😀", "👨‍👩‍👧", "\u{200D}", "🇩", "🇩🇪", "❤️", "\u{FE0F}", "\u{202E}", "\u{200B}", "क्ष",
    "\u{600}", "🏽", " ", "<enter>", "<ctrl-", "<wait 5s>", "<wait >", "<f0>", "<alt-é>", "<lt", "<ESC>", "─", "…",
    "\u{FFFD}", "\u{10FFFF}", "&", "\"",
]

func difficultText(using generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
        text += difficultPieces.randomElement(using: &generator) ?? ""
    }
    return text
}

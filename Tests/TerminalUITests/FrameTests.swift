import TerminalUI
import Testing

@Suite struct FrameTests {
    private let red = Style(foreground: .red)

    @Test func textIsCutOffAtTheEdges() {
        var frame = Frame(width: 6, height: 3)
        frame.put("abcdef", x: 3, y: 0)
        frame.put("abcdef", x: -3, y: 1)
        frame.put("abcdef", x: 0, y: 7)
        frame.put("abcdef", x: 1, y: 2, columns: 2)
        #expect(
            grid(frame) == """
                |   abc|
                |def   |
                | ab   |
                """)
    }

    @Test func putReturnsTheColumnsItTakes() {
        var frame = Frame(width: 4, height: 1)
        #expect(frame.put("日本x", x: 0, y: 0) == 5)
        #expect(frame.put("abc", x: 0, y: 9) == 3)
        #expect(frame.put("abcdef", x: 0, y: 0, columns: 2) == 2)
        #expect(frame.put([Span("ab", red), Span("c")], x: 0, y: 0) == 3)
    }

    @Test func wideCharactersTakeTwoCells() {
        var frame = Frame(width: 5, height: 1)
        frame.put("日x", x: 1, y: 0, style: red)
        #expect(frame[1, 0].width == 2)
        #expect(frame[2, 0].isContinuation)
        #expect(frame[2, 0].foreground == .red)
        #expect(frame.character(x: 2, y: 0) == "")
        #expect(frame.character(x: 3, y: 0) == "x")
    }

    @Test func aHalfOfAWideCharacterIsBlank() {
        var frame = Frame(width: 4, height: 4)
        frame.put("a日", x: 2, y: 0)
        frame.put("日b", x: -1, y: 1)
        frame.put("日本", x: 0, y: 2)
        frame.put("x", x: 1, y: 2)
        frame.put("日本", x: 0, y: 3)
        frame.put("x", x: 2, y: 3)
        #expect(
            grid(frame) == """
                |  a |
                | b  |
                | x本|
                |日x |
                """)
    }

    @Test func aWideCharacterOverTheMiddleOfTwo() {
        var frame = Frame(width: 4, height: 1)
        frame.put("日本", x: 0, y: 0)
        frame.put("語", x: 1, y: 0)
        #expect(grid(frame) == "| 語 |")
        frame.put("日本", x: 0, y: 0)
        frame.fill(Rect(x: 1, y: 0, width: 2, height: 1), with: "-")
        #expect(grid(frame) == "| -- |")
    }

    @Test func clustersStayTogether() {
        var frame = Frame(width: 8, height: 1)
        frame.put("e\u{301}👨‍👩‍👧🇩🇪x", x: 0, y: 0)
        #expect(frame.character(x: 0, y: 0) == "e\u{301}")
        #expect(frame.character(x: 1, y: 0) == "👨‍👩‍👧")
        #expect(frame.character(x: 3, y: 0) == "🇩🇪")
        #expect(frame.character(x: 5, y: 0) == "x")
    }

    @Test func framesAreEqualWhenEveryCellIs() {
        var left = Frame(width: 6, height: 1)
        var right = Frame(width: 6, height: 1)
        left.put("e\u{301}日", x: 0, y: 0)
        right.put("👨‍👩‍👧", x: 0, y: 0)
        #expect(left != right)
        right.put("e\u{301}日", x: 0, y: 0)
        #expect(left == right)
        right.paint(Rect(x: 5, y: 0, width: 1, height: 1), style: red)
        #expect(left != right)
        #expect(Frame(width: 2, height: 3) != Frame(width: 3, height: 2))
    }

    @Test func defaultColoursShowWhatIsBelow() {
        var frame = Frame(width: 3, height: 1)
        frame.fill(frame.bounds, style: Style(foreground: .white, background: .blue, attributes: [.reverse, .bold]))
        frame.put("a", x: 0, y: 0)
        frame.put("b", x: 1, y: 0, style: red)
        #expect(frame[0, 0].style == Style(foreground: .white, background: .blue, attributes: .reverse))
        #expect(frame[1, 0].style == Style(foreground: .red, background: .blue, attributes: .reverse))
    }

    @Test func clippingNestsAndEnds() {
        var frame = Frame(width: 6, height: 2)
        frame.clipped(to: Rect(x: 1, y: 0, width: 3, height: 1)) { frame in
            frame.clipped(to: Rect(x: 0, y: 0, width: 2, height: 2)) { frame in
                frame.fill(frame.bounds, with: "#")
            }
            frame.put("yz", x: 3, y: 0)
            frame.put("no", x: 1, y: 1)
        }
        frame.put("w", x: 5, y: 1)
        #expect(
            grid(frame) == """
                | # y  |
                |     w|
                """)
    }

    @Test func boxes() {
        var frame = Frame(width: 16, height: 4)
        frame.box(
            frame.bounds, title: [Span(" Pods ", red), Span("[12345678] ")], footer: [Span(" 1/2 ")])
        #expect(
            grid(frame) == """
                |╭─ Pods [1234…─╮|
                |│              │|
                |│              │|
                |╰──────── 1/2 ─╯|
                """)
        #expect(frame[3, 0].foreground == .red)
        var plain = Frame(width: 5, height: 3)
        plain.box(plain.bounds, border: .ascii)
        #expect(grid(plain) == "|+---+|\n||   ||\n|+---+|")
    }

    @Test(
        arguments: [
            (0.0, "        "), (0.01, "▏       "), (0.5, "████    "), (0.5625, "████▌   "), (1.0, "████████"),
            (7.0, "████████"),
            (-1.0, "        "), (Double.nan, "        "), (0.984, "███████▉"),
        ] as [(Double, String)])
    func bars(fraction: Double, expected: String) {
        var frame = Frame(width: 8, height: 1)
        frame.bar(in: frame.bounds, fraction: fraction, filled: red)
        #expect(grid(frame) == "|\(expected)|")
    }

    @Test func barsOfSeveralParts() {
        var frame = Frame(width: 4, height: 1)
        frame.bar(in: frame.bounds, segments: [(0.375, red), (0.5, Style(foreground: .green))])
        // The second column holds half of each part, the last one half of the second and the track.
        #expect(grid(frame) == "|█▌█▌|")
        #expect(frame[1, 0].foreground == .red)
        #expect(frame[1, 0].background == .green)
        #expect(frame[3, 0].foreground == .green)
        #expect(frame[3, 0].background == .default)
    }

    @Test func sparklines() {
        var frame = Frame(width: 6, height: 2)
        frame.sparkline(in: frame.bounds.row(0), values: [9, 0, 1, 4, 8, 8], maximum: 8, style: red)
        frame.sparkline(in: frame.bounds.row(1), values: [1, 2], style: red)
        #expect(
            grid(frame) == """
                |█ ▁▄██|
                |    ▄█|
                """)
        var tall = Frame(width: 2, height: 2)
        tall.sparkline(in: tall.bounds, values: [12, 16], style: red)
        #expect(grid(tall) == "|▄█|\n|██|")
    }

    @Test(arguments: [(0, 0), (45, 2), (90, 4)])
    func scrollbars(offset: Int, thumbRow: Int) {
        var frame = Frame(width: 1, height: 5)
        frame.scrollbar(in: frame.bounds, offset: offset, visible: 10, total: 100, thumb: red, track: .plain)
        for y in 0..<5 { #expect(frame.character(x: 0, y: y) == (y == thumbRow ? "█" : "│")) }
    }

    @Test func drawingAFrameIntoAnother() {
        var small = Frame(width: 4, height: 1)
        small.put("e\u{301}日x", x: 0, y: 0, style: red)
        var frame = Frame(width: 5, height: 2)
        frame.fill(frame.bounds, with: ".")
        frame.draw(small, at: Point(x: 3, y: 0))
        frame.draw(small, at: Point(x: -2, y: 1))
        #expect(grid(frame) == "|...e\u{301} |\n| x...|")
    }

    @Test func asciiKeepsTheColumns() {
        var frame = Frame(width: 12, height: 3)
        frame.box(frame.bounds)
        frame.put("日é█▌…e\u{301}😀", x: 1, y: 1)
        let ascii = frame.restricted(to: .ascii)
        #expect(
            grid(ascii) == """
                |+----------+|
                |\("|? ?#=~e?  |")|
                |+----------+|
                """)
        #expect(grid(frame.restricted(to: .console)).hasPrefix("|┌──────────┐|"))
        #expect(frame.restricted(to: .unicode) == frame)
    }

    /// Whatever is drawn wherever, the frame stays sound: wide characters whole, one cell a column, nothing outside the
    /// clip.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func anythingDrawnAnywhereKeepsTheFrameSound(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var frame = Frame(width: 12, height: 4)
        for step in 0..<60 {
            let rect = Rect(
                x: .random(in: -6...14, using: &generator), y: .random(in: -2...5, using: &generator),
                width: .random(in: 0...16, using: &generator), height: .random(in: 0...5, using: &generator))
            let text = difficultText(using: &generator)
            let before = frame
            let clip = Rect(x: 2, y: 1, width: 7, height: 2)
            frame.clipped(to: clip) { frame in
                switch Int.random(in: 0...7, using: &generator) {
                case 0: frame.fill(rect, with: "#")
                case 1: frame.box(rect, title: text, titleStyle: .plain)
                case 2: frame.bar(in: rect, fraction: .random(in: 0...1, using: &generator), filled: .plain)
                case 3: frame.putFitted(text, x: rect.x, y: rect.y, columns: rect.width, alignment: .center)
                case 4: frame.draw(before, at: Point(x: rect.x, y: rect.y))
                case 5: frame.scrollbar(in: rect, offset: 3, visible: 2, total: 9, thumb: .plain, track: .plain)
                default: frame.put(text, x: rect.x, y: rect.y, columns: rect.width)
                }
            }
            for y in 0..<4 {
                var x = 0
                while x < 12 {
                    let width = Int(frame[x, y].width)
                    #expect(
                        width == 1 || (width == 2 && x < 11 && frame[x + 1, y].isContinuation),
                        "seed \(seed) step \(step)")
                    x += max(1, width)
                }
            }
            #expect(frame.row(0) == "" && frame.row(3) == "", "seed \(seed) step \(step)")
            #expect(
                frame.character(x: 11, y: 1) == " " && frame.character(x: 0, y: 2) == " ", "seed \(seed) step \(step)")
        }
    }
}

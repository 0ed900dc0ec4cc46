import TerminalUI
import Testing

@Suite struct ScreenTests {
    @Test func memoryKeepsTheFrameAndTheCursor() {
        let screen = MemoryScreen(size: Size(width: 6, height: 2))
        var frame = Frame(screen.size)
        frame.put("ab  ", x: 0, y: 0)
        screen.present(frame, cursor: Point(x: 2, y: 0))
        #expect(screen.text == "ab\n\n")
        #expect(screen.cursor == Point(x: 2, y: 0))
        #expect(screen.frame == frame)
        screen.resize(to: Size(width: 1, height: 3))
        #expect(screen.text == "a\n\n\n")
    }

    @Test func framesOfAnotherSizeAreCut() {
        let screen = MemoryScreen(size: Size(width: 3, height: 1))
        var frame = Frame(width: 5, height: 2)
        frame.put("abcde", x: 0, y: 0)
        screen.present(frame, cursor: nil)
        #expect(screen.text == "abc\n")
    }

    @Test func memoryShowsWhatTheTerminalCould() {
        let screen = MemoryScreen(size: Size(width: 4, height: 2), capabilities: Capabilities(characters: .ascii))
        var frame = Frame(screen.size)
        frame.box(frame.bounds)
        screen.present(frame, cursor: nil)
        #expect(screen.text == "+--+\n+--+\n")
    }

    @Test func svgIsWellFormedAndSaysEverything() throws {
        let screen = MemoryScreen(size: Size(width: 24, height: 5))
        var frame = Frame(screen.size)
        frame.box(frame.bounds, style: Style(foreground: .hex(0x123456)), title: "<a&b>", titleStyle: .plain.bold)
        frame.put("Running", x: 2, y: 1, style: Style(foreground: .green))
        frame.put(
            "web  \u{1B}x", x: 2, y: 2, style: Style(background: .rgb(1, 2, 3), attributes: [.underline, .italic]))
        frame.put("日本 e\u{301}", x: 2, y: 3, style: .plain.reverse.dim)
        frame.bar(in: Rect(x: 12, y: 1, width: 8, height: 1), fraction: 0.3, filled: Style(foreground: .red))
        screen.present(frame, cursor: Point(x: 1, y: 1))
        let svg = screen.svg(title: "a < b & c")
        #expect(try XMLCheck.elements(svg).filter { $0 == "svg" }.count == 1)
        #expect(svg.contains("<title>a &lt; b &amp; c</title>"))
        #expect(svg.contains("&lt;a&amp;b&gt;"))
        #expect(svg.contains("fill=\"#00cd00\">Running</text>"))
        #expect(svg.contains("fill=\"#010203\""))
        #expect(svg.contains("font-weight=\"bold\""))
        #expect(svg.contains("font-style=\"italic\""))
        #expect(svg.contains(">日</text>"))
        #expect(svg.contains("stroke=\"#123456\""))
        #expect(!svg.unicodeScalars.contains("\u{1B}"))
        // 24 columns of 8.43 and two margins of 12; 5 rows of 18.
        #expect(svg.contains("width=\"226.32\" height=\"114\""))
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func svgOfAnythingIsWellFormed(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let screen = MemoryScreen(size: Size(width: 30, height: 4))
        var frame = Frame(screen.size)
        for y in 0..<4 {
            let style = Style(
                foreground: .indexed(.random(in: 0...255, using: &generator)),
                attributes: TextAttributes(rawValue: .random(in: 0...31, using: &generator)))
            frame.put(difficultText(using: &generator), x: 1, y: y, style: style)
        }
        screen.present(frame, cursor: nil)
        #expect(throws: Never.self, "seed \(seed)") { try XMLCheck.elements(screen.svg(theme: .light)) }
    }
}

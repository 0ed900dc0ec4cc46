import TerminalUI
import Testing

@Suite struct ScrollTextTests {
    private func text(_ count: Int) -> ScrollText {
        ScrollText(text: (1...count).map { "line \($0)" }.joined(separator: "\n") + "\n")
    }

    private func draw(_ text: inout ScrollText, width: Int = 12, height: Int = 3) -> Frame {
        var frame = Frame(width: width, height: height)
        text.render(into: &frame, in: frame.bounds, theme: .dark)
        return frame
    }

    private func rows(_ text: inout ScrollText, width: Int = 12, height: Int = 3) -> [String] {
        let frame = draw(&text, width: width, height: height)
        return (0..<height).map { y in
            String((0..<width - 1).map { frame.character(x: $0, y: y) }.joined()).trimmed
        }
    }

    @Test func scrolling() {
        var pager = text(9)
        #expect(rows(&pager) == ["line 1", "line 2", "line 3"])
        #expect(pager.handle(.down) == true)
        #expect(rows(&pager) == ["line 2", "line 3", "line 4"])
        #expect(pager.handle(.pageDown) == true)
        #expect(rows(&pager) == ["line 4", "line 5", "line 6"])
        #expect(pager.handle(.character("G")) == true)
        #expect(rows(&pager) == ["line 7", "line 8", "line 9"])
        #expect(pager.handle(.down) == true)
        #expect(rows(&pager) == ["line 7", "line 8", "line 9"])
        #expect(pager.handle(.home) == true)
        #expect(rows(&pager) == ["line 1", "line 2", "line 3"])
        #expect(pager.handle(.enter) == false)
    }

    @Test func theScrollbarIsPressed() {
        var pager = text(9)
        _ = draw(&pager)
        #expect(pager.handle(MouseEvent(.click, x: 11, y: 2)) == true)
        #expect(rows(&pager) == ["line 7", "line 8", "line 9"])
        #expect(pager.handle(MouseEvent(.drag, x: 3, y: 1)) == true)
        #expect(rows(&pager) == ["line 4", "line 5", "line 6"])
        #expect(pager.handle(MouseEvent(.release, x: 3, y: 1)) == false)
        #expect(pager.handle(MouseEvent(.click, x: 3, y: 1)) == false)
    }

    @Test func shortTextsStayAtTheTop() {
        var pager = text(2)
        pager.scroll(by: 5)
        #expect(rows(&pager) == ["line 1", "line 2", ""])
    }

    @Test func cuttingAndScrollingSideways() {
        var pager = ScrollText(text: "0123456789abcdefghij\nshort")
        #expect(grid(draw(&pager, width: 12, height: 2)) == "|0123456789› |\n|short       |")
        _ = pager.handle(.right)
        #expect(rows(&pager)[0] == "89abcdefgh›")
        _ = pager.handle(.left)
        #expect(rows(&pager)[0] == "0123456789›")
    }

    @Test func wrapping() {
        var pager = ScrollText(text: "0123456789abcdefghij\nshort\nlast")
        _ = draw(&pager)
        _ = pager.handle(.character("w"))
        #expect(rows(&pager) == ["0123456789a", "bcdefghij", "short"])
        _ = pager.handle(.down)
        #expect(rows(&pager) == ["bcdefghij", "short", "last"])
        _ = pager.handle(.down)
        #expect(rows(&pager) == ["bcdefghij", "short", "last"])
        _ = pager.handle(.up)
        #expect(rows(&pager) == ["0123456789a", "bcdefghij", "short"])
    }

    @Test func wrappingBreaksBeforeWords() {
        var pager = ScrollText(text: "the quick brown fox\n  jumps over the lazy dog\nabcdefghijklmnop q")
        _ = draw(&pager)
        pager.toggleWrap()
        #expect(
            rows(&pager, height: 8) == [
                "the quick", "brown fox", "  jumps", "  over the", "  lazy dog", "abcdefghijk", "lmnop q", "",
            ])
        #expect(pager.height(width: 12) == 7)
        _ = draw(&pager, height: 2)
        _ = pager.handle(.down)
        #expect(rows(&pager, height: 2) == ["brown fox", "  jumps"])
        // What is found is shown where it stands, and nothing beside the row that ends before it.
        pager.search("lazy")
        let frame = draw(&pager, height: 7)
        #expect(frame.row(4).hasPrefix("  lazy dog"))
        #expect(frame[2, 4].background == Theme.dark[.selection].background)
        #expect(frame[10, 3].background == .default && frame[1, 4].background == .default)
    }

    @Test func whatStandsInColumnsStaysInThem() {
        var pager = ScrollText(text: "Key:  one two three four\n  Warning  Failed  the text is long")
        _ = draw(&pager, width: 18, height: 8)
        pager.toggleWrap()
        #expect(
            rows(&pager, width: 18, height: 6) == [
                "Key:  one two", "      three four", "  Warning  Failed", "  the text is", "  long", "",
            ])
    }

    @Test func whereEveryColumnCountsRowsAreFull() {
        var pager = ScrollText(lines: [[Span("  key: "), Span("some words here")]], breaksWords: true)
        _ = draw(&pager)
        pager.toggleWrap()
        #expect(rows(&pager) == ["  key: some", "words here", ""])
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func wrappedRowsHoldTheWholeTextAndNoMore(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let text = difficultText(using: &generator)
            let width = Int.random(in: 2...12, using: &generator)
            var frame = Frame(width: DisplayText.width(text), height: 1)
            frame.put(text, x: 0, y: 0)
            for breaksWords in [false, true] {
                let starts = DisplayText.rowStarts(of: text, to: width, breaksWords: breaksWords)
                for (start, end) in zip(starts, starts.dropFirst() + [frame.width]) {
                    #expect(start < end || text.isEmpty || frame.width == 0, "seed \(seed)")
                    let beyond = (min(start + width, end)..<end).map { frame.character(x: $0, y: 0) }
                    #expect(beyond.allSatisfy { $0 == " " }, "seed \(seed): \(text.debugDescription) in \(width)")
                }
            }
        }
    }

    @Test func searching() {
        var pager = ScrollText(text: "alpha\nBeta alpha\ngamma\nALPHA beta\nend")
        _ = draw(&pager)
        pager.search("alpha")
        #expect(pager.matches.map(\.line) == [0, 1, 3])
        #expect(pager.matches[1] == ScrollText.Match(line: 1, column: 5, width: 5))
        #expect(pager.currentMatch == 0)
        let frame = draw(&pager)
        #expect(frame[0, 0].background == Theme.dark[.selection].background)
        #expect(frame[5, 1].background == Theme.dark[.match].background)
        #expect(frame[4, 1].background == .default)
        _ = pager.handle(.character("n"))
        _ = pager.handle(.character("n"))
        #expect(pager.currentMatch == 2)
        #expect(rows(&pager).contains("ALPHA beta"))
        _ = pager.handle(.character("n"))
        #expect(pager.currentMatch == 0)
        _ = pager.handle(.character("N"))
        #expect(pager.currentMatch == 2)
        pager.search("")
        #expect(pager.matches.isEmpty)
        #expect(pager.handle(.character("n")) == false)
    }

    @Test func matchesBehindWideCharacters() {
        var pager = ScrollText(text: "日本 web")
        pager.search("WEB")
        #expect(pager.matches == [ScrollText.Match(line: 0, column: 5, width: 3)])
    }

    @Test func following() {
        var pager = text(5)
        pager.follows = true
        #expect(rows(&pager) == ["line 3", "line 4", "line 5"])
        pager.append([[Span("line 6")]])
        #expect(rows(&pager) == ["line 4", "line 5", "line 6"])
        _ = pager.handle(.up)
        pager.append([[Span("line 7")]])
        #expect(rows(&pager) == ["line 3", "line 4", "line 5"])
    }

    @Test func replacingKeepsThePlace() {
        var pager = text(20)
        _ = draw(&pager)
        pager.scroll(by: 10)
        pager.replace(lines: (1...15).map { [Span("new \($0)")] })
        #expect(rows(&pager) == ["new 11", "new 12", "new 13"])
        pager.replace(lines: [[Span("one")]])
        #expect(rows(&pager) == ["one", "", ""])
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func thePlaceStaysInTheText(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var pager = ScrollText(lines: (0..<20).map { _ in [Span(difficultText(using: &generator))] })
        let keys: [Key] = [
            .up, .down, .pageUp, .pageDown, .home, .end, .left, .right, .character("w"), .character("n"),
        ]
        pager.search("a")
        for _ in 0..<100 {
            _ = pager.handle(keys.randomElement(using: &generator) ?? .up)
            _ = draw(
                &pager, width: .random(in: 1...9, using: &generator), height: .random(in: 1...5, using: &generator))
            #expect((0..<20).contains(pager.top), "seed \(seed)")
        }
    }
}

extension String {
    /// Without the spaces at its end.
    var trimmed: String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}

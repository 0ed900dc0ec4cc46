import TerminalUI
import Testing

@Suite struct CharacterWidthTests {
    @Test(
        arguments: [
            ("a", 1), ("é", 1), ("e\u{301}", 1), ("─", 1), ("█", 1), ("…", 1), ("✓", 1), ("ж", 1), ("α", 1),
            ("日", 2), ("本", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｱ", 1), ("Ａ", 2), ("　", 2),
            ("😀", 2), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("❤", 1), ("❤️", 2), ("1️⃣", 2), ("🏴‍☠️", 2), ("⚡", 2),
            ("\u{20000}", 2), ("\u{1FAE8}", 2),
            ("क्ष", 2), ("नि", 2), ("ก็", 1), ("שָׁ", 1),
            ("\u{301}", 1), ("\u{FE0F}\u{301}", 1), ("\u{200D}\u{FE0F}", 0), ("\u{200B}", 0), ("\u{FEFF}", 0),
            ("\u{AD}", 0),
            ("\t", 1), ("\u{1B}", 1), ("\u{7F}", 1), ("\u{9B}", 1), ("\r\n", 2), ("\u{202E}", 1),
        ] as [(String, Int)])
    func width(text: String, columns: Int) {
        #expect(DisplayText.width(text) == columns, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
    }

    @Test func controlCharactersBecomePictures() {
        #expect(DisplayText.visible("a\u{1B}[31mb\u{7}\n\u{7F}") == "a␛[31mb␇␊␡")
        #expect(DisplayText.visible("\u{9B}31m\u{202E}x") == "\u{FFFD}31m\u{FFFD}x")
        #expect(DisplayText.visible("line\r\nend") == "line␍␊end")
    }

    @Test func aFrameNeverHoldsControlCharacters() {
        var frame = Frame(width: 40, height: 1)
        frame.put("\u{0}\u{1B}]0;t\u{7}\u{8}\u{90}\u{2028}e\u{301}\u{1B}\r\n", x: 0, y: 0)
        for scalar in frame.row(0).unicodeScalars {
            #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
        }
    }

    @Test func aTowerOfMarksIsCut() {
        var frame = Frame(width: 3, height: 1)
        frame.put("a" + String(repeating: "\u{301}", count: 500) + "b", x: 0, y: 0)
        #expect(frame.character(x: 0, y: 0).unicodeScalars.count == 12)
        #expect(frame.character(x: 1, y: 0) == "b")
    }

    @Test(
        arguments: [
            ("kubernetes", 10, "kubernetes"), ("kubernetes", 9, "kubernet…"), ("kubernetes", 1, "…"),
            ("kubernetes", 0, ""),
            ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 2, "…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ] as [(String, Int, String)])
    func truncation(text: String, columns: Int, expected: String) {
        #expect(DisplayText.truncated(text, to: columns) == expected)
        #expect(DisplayText.width(DisplayText.truncated(text, to: columns)) <= columns)
    }

    @Test func truncationOfTheHead() {
        #expect(DisplayText.truncatedHead("registry.example.com/app:v1", to: 10) == "…om/app:v1")
        #expect(DisplayText.truncatedHead("short", to: 10) == "short")
    }

    @Test func padding() {
        #expect(DisplayText.padded("ab", to: 5) == "ab   ")
        #expect(DisplayText.padded("ab", to: 5, alignment: .trailing) == "   ab")
        #expect(DisplayText.padded("ab", to: 5, alignment: .center) == " ab  ")
        #expect(DisplayText.padded("日本語", to: 5) == "日本…")
        #expect(DisplayText.padded("日本語", to: 4) == "日… ")
    }

    @Test func wrapping() {
        #expect(DisplayText.wrapped("the quick brown fox", to: 10) == ["the quick", "brown fox"])
        #expect(DisplayText.wrapped("abcdefghij k", to: 4) == ["abcd", "efgh", "ij k"])
        #expect(DisplayText.wrapped("one\n\ntwo", to: 10) == ["one", "", "two"])
        #expect(DisplayText.wrapped("日本語", to: 4) == ["日本", "語"])
        #expect(DisplayText.wrapped("", to: 4) == [""])
    }

    @Test func tabs() {
        #expect(DisplayText.expandingTabs("a\tb") == "a       b")
        #expect(DisplayText.expandingTabs("日本語語\tb", stop: 8) == "日本語語        b")
    }
}

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

    @Test(
        arguments: [
            ("pod/web-689b9c4cb6-tnx7j", 16, "pod/web…b6-tnx7j"), ("web", 3, "web"), ("webs", 2, "w…"),
            ("webs", 3, "w…s"), ("日本語日本", 7, "日… 本"), ("abc", 0, ""),
        ] as [(String, Int, String)])
    func truncationOfTheMiddle(text: String, columns: Int, expected: String) {
        #expect(DisplayText.truncatedMiddle(text, to: columns) == expected)
    }

    /// Whatever is written, what is measured is what is drawn, and no part is wider than the whole.
    @Test(arguments: UInt64(1)...40)
    func textOfAnyScalarsIsDrawnAsWideAsItIsMeasured(seed: UInt64) {
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        // Emoji, what joins, colours and flags them, marks, keycaps, tags, wide and narrow letters, controls.
        let pool: [UInt32] = [
            0x1F468, 0x1F469, 0x1F467, 0x200D, 0x200D, 0xFE0F, 0xFE0E, 0x1F3FD, 0x1F1E9, 0x1F1EA, 0x1F1FA, 0x2764,
            0x1F3F4,
            0x2620, 0xE0067, 0xE007F, 0x31, 0x20E3, 0x301, 0x483, 0x65E5, 0xD55C, 0x1161, 0x915, 0x94D, 0x937, 0x61,
            0x20,
            0x1B, 0x0A, 0x202E, 0x200B,
        ]
        for _ in 0..<50 {
            var text = ""
            for _ in 0...next(12) {
                let value = next(4) == 0 ? UInt32(next(0x1FFFF)) : pool[next(pool.count)]
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
            let width = DisplayText.width(text)
            var frame = Frame(width: width + 4, height: 1)
            frame.put(String(repeating: "#", count: width + 4), x: 0, y: 0)
            #expect(frame.put(text, x: 1, y: 0) == width)
            #expect(frame.character(x: 0, y: 0) == "#", "\(seed): \(text.unicodeScalars.map(\.value))")
            #expect(frame.character(x: width + 1, y: 0) == "#", "\(seed): \(text.unicodeScalars.map(\.value))")
            for columns in 0...width {
                #expect(DisplayText.width(DisplayText.prefix(text, columns: columns)) <= columns)
                #expect(DisplayText.width(DisplayText.truncated(text, to: columns)) <= columns)
                #expect(DisplayText.width(DisplayText.truncatedMiddle(text, to: columns)) <= max(columns, 0))
            }
        }
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

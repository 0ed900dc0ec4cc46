import TerminalUI
import Testing

@Suite struct TextFieldTests {
    private func field(_ text: String, keys: String) throws -> TextField {
        var field = TextField(text: text)
        for step in try KeySequence(parsing: keys).steps {
            if case .key(let key) = step { #expect(field.handle(key) == true, "\(key)") }
        }
        return field
    }

    @Test(
        arguments: [
            ("", "abc", "abc", 3), ("abc", "<left><left>x", "axbc", 2), ("abc", "<home>x<end>y", "xabcy", 5),
            ("abc", "<backspace>", "ab", 2), ("abc", "<home><backspace>", "abc", 0), ("abc", "<home><delete>", "bc", 0),
            ("one two  three", "<ctrl-w>", "one two  ", 9), ("one two  ", "<ctrl-w>", "one ", 4),
            ("abcd", "<left><left><ctrl-k>", "ab", 2), ("abcd", "<left><ctrl-u>", "d", 0),
            ("abcd", "<ctrl-a>x<ctrl-e>y", "xabcdy", 6),
            ("one two", "<alt-b>x<ctrl-a><alt-f>-", "one- xtwo", 4), ("日本", "<left>x", "日x本", 2),
            ("👨‍👩‍👧a", "<left><backspace>", "a", 0),
        ] as [(String, String, String, Int)])
    func editing(text: String, keys: String, result: String, cursor: Int) throws {
        let field = try field(text, keys: keys)
        #expect(field.text == result)
        #expect(field.cursor == cursor)
    }

    @Test func otherKeysAreNotTaken() {
        var field = TextField(text: "a")
        for key in [Key.enter, .escape, .up, .tab, .function(1), .control("c")] { #expect(field.handle(key) == false) }
        #expect(field.text == "a")
    }

    @Test func pastedText() {
        var field = TextField(text: "[]")
        _ = field.handle(.left)
        field.insert("a\nb\u{1B}\tc")
        #expect(field.text == "[a b c]")
        #expect(field.cursor == 6)
    }

    @Test func aMarkJoinsTheCharacterBefore() {
        var field = TextField(text: "e")
        _ = field.handle(.character("\u{301}"))
        #expect(field.text == "é")
        #expect(field.cursor == 1)
    }

    @Test func scrolling() throws {
        var field = TextField(text: "abcdefghij")
        var frame = Frame(width: 6, height: 1)
        #expect(field.render(into: &frame, in: frame.bounds) == Point(x: 5, y: 0))
        #expect(grid(frame) == "|‹ghij |")
        for _ in 0..<7 { _ = field.handle(.left) }
        #expect(field.render(into: &frame, in: frame.bounds) == Point(x: 0, y: 0))
        #expect(grid(frame) == "|‹efgh›|")
        _ = field.handle(.home)
        #expect(field.render(into: &frame, in: frame.bounds) == Point(x: 0, y: 0))
        #expect(grid(frame) == "|abcde›|")
    }

    @Test func placeholders() {
        var field = TextField()
        var frame = Frame(width: 6, height: 1)
        #expect(field.render(into: &frame, in: frame.bounds, placeholder: "nginx:1.27") == Point(x: 0, y: 0))
        #expect(grid(frame) == "|nginx…|")
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func theCursorStaysInsideWhateverIsTyped(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var field = TextField()
        let keys: [Key] = [
            .left, .right, .home, .end, .backspace, .delete, .control("w"), .control("k"), .alt("b"), .alt("f"),
        ]
        for _ in 0..<80 {
            if Bool.random(using: &generator) {
                field.insert(difficultText(using: &generator))
            } else {
                _ = field.handle(keys.randomElement(using: &generator) ?? .left)
            }
            #expect((0...field.text.count).contains(field.cursor), "seed \(seed)")
            var frame = Frame(width: 7, height: 1)
            let cursor = field.render(into: &frame, in: frame.bounds)
            #expect(cursor.map { frame.bounds.contains($0) } == true, "seed \(seed)")
        }
    }
}

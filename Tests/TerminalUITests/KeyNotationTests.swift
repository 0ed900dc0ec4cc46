import TerminalUI
import Testing

@Suite struct KeyNotationTests {
    @Test func reading() throws {
        let sequence = try KeySequence(parsing: ":po<enter>é<lt>x<ctrl-d><alt-X><F12><wait 1m30s><ESC> <space>\n\t")
        #expect(
            sequence.steps == [
                .key(.character(":")), .key(.character("p")), .key(.character("o")), .key(.enter),
                .key(.character("é")),
                .key(.character("<")), .key(.character("x")), .key(.control("d")), .key(.alt("X")), .key(.function(12)),
                .wait(nanoseconds: 90_000_000_000), .key(.escape), .key(.character(" ")), .key(.character(" ")),
                .key(.enter),
                .key(.tab),
            ])
    }

    @Test func everyKeyHasASpelling() throws {
        var keys: [Key] = [
            .enter, .escape, .tab, .backtab, .backspace, .delete, .insert, .up, .down, .left, .right, .home, .end,
            .pageUp,
            .pageDown, .shiftUp, .shiftDown, .character("<"), .character(">"), .character(" "), .alt("<"), .alt(" "),
            .alt("x"),
            .alt(">"), .control("@"), .control("\\"), .control("_"), .character("日"),
        ]
        keys += (1...24).map { .function($0) }
        for key in keys {
            #expect(try KeySequence(parsing: key.notation).steps == [.key(key)], "\(key)")
        }
        let sequence = KeySequence(keys.map { .key($0) })
        #expect(try KeySequence(parsing: sequence.description) == sequence)
    }

    @Test(
        arguments: [
            ("<wait 5s>", 5_000_000_000), ("<wait 500ms>", 500_000_000), ("<wait 1.5s>", 1_500_000_000),
            ("<wait 2h3m>", 7_380_000_000_000),
            ("<wait 0>", 0), ("<wait 10us>", 10_000), ("<wait .5h>", 1_800_000_000_000), ("<WAIT 7ns>", 7),
        ] as [(String, Int64)])
    func pauses(text: String, nanoseconds: Int64) throws {
        let sequence = try KeySequence(parsing: text)
        #expect(sequence.steps == [.wait(nanoseconds: nanoseconds)])
        #expect(try KeySequence(parsing: sequence.description) == sequence)
    }

    @Test(
        arguments: [
            ("ab<entr>", 2, "<entr>"), ("<", 0, "<"), ("x<down", 1, "<down"), ("<<lt>", 0, "<"), ("<>", 0, "<>"),
            ("a<wait>", 1, "<wait>"),
            ("<wait 5>", 0, "<wait 5>"), ("<wait 5x>", 0, "<wait 5x>"),
            ("<wait 99999999999h>", 0, "<wait 99999999999h>"),
            ("<ctrl-1>", 0, "<ctrl-1>"), ("<alt-ab>", 0, "<alt-ab>"), ("<alt->", 0, "<alt->"), ("<f25>", 0, "<f25>"),
            ("<f0>", 0, "<f0>"),
            ("ok\u{9B}", 2, "U+9B"), ("<wait -5s>", 0, "<wait -5s>"),
        ] as [(String, Int, String)])
    func mistakesNameTheirPlace(text: String, position: Int, found: String) {
        let error = #expect(throws: KeyNotationError.self) { try KeySequence(parsing: text) }
        #expect(error?.position == position)
        #expect(error?.found == found)
        #expect(error?.description.hasPrefix("at character \(position + 1), \"\(found)\": expected ") == true)
    }

    @Test func theMessageSaysWhatIsExpected() {
        let error = #expect(throws: KeyNotationError.self) { try KeySequence(parsing: "a<wait 5>") }
        #expect(
            error?.description
                == "at character 2, \"<wait 5>\": expected a pause such as <wait 5s>, <wait 500ms> or <wait 1m30s>")
    }

    /// Nothing crashes, and what is read prints to something that reads the same.
    @Test(arguments: 0..<400 as Range<UInt64>)
    func anyTextIsReadOrRefused(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let text = difficultText(using: &generator)
            guard let sequence = try? KeySequence(parsing: text) else { continue }
            let printed = sequence.description
            #expect(
                (try? KeySequence(parsing: printed)) == sequence, "seed \(seed): \(text.debugDescription) → \(printed)")
        }
    }

    @Test func labelsForHelp() {
        #expect(Key.control("d").label == "ctrl-d")
        #expect(Key.character(" ").label == "space")
        #expect(Key.character("<").label == "<")
        #expect(Key.enter.label == "enter")
        #expect(Key.shiftDown.label == "shift-down")
    }
}

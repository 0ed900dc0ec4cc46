import ClusterConsole
import ClusterCore
import Foundation
import Testing

/// The regular expressions of the filter bar.
@Suite struct RowPatternTests {
    @Test(arguments: [
        ("web-[0-9]+", "default web-7 1/1", true), ("web-[0-9]+$", "web-7 Running", false),
        ("^kube", "kube-system a", true),
        ("^a", "kube-system a", false), ("WEB", "web", true), ("web", "WEB", true), ("[a-f]+[^a-f]", "CAFE", false),
        ("[a-f]+[^a-f]", "CAFES", true), ("(web|db)-1", "db-1", true), ("(web|db)-1", "cache-1", false),
        ("a{2,3}b", "ab", false), ("a{2,3}b", "aaab", true), ("^a{2}$", "aaa", false), ("a{2,}", "aaaaa", true),
        ("x*", "", true), ("colou?r", "color", true), (#"1\.29"#, "nginx:1x29", false), (#"1\.29"#, "nginx:1.29", true),
        (#"\d+/\d+"#, "web 2/3", true), (#"\bweb\b"#, "my web app", true), (#"\bweb\b"#, "website", false),
        (#"\Bweb"#, "website", false), (#"[\w-]+\s+\S"#, "web-1 x", true), ("[[:digit:]]{3}", "a12b", false),
        ("[[:digit:]]{3}", "a123b", true), ("(?i:web)(?:-1)", "WEB-1", true), ("(?P<name>w)eb", "web", true),
        (".", "", false), ("a.c", "aéc", true), ("É", "café", true), ("[^é]$", "café", false), ("a|", "zzz", true),
        ("()", "", true), ("(a*)*b", "aaab", true), ("(a*)*$", "b", true), ("{", "a{b", true), ("a{,2}", "a{,2}", true),
        ("[]a]", "]", true), ("[a-]", "-", true), (#"\x41"#, "a", true), ("^$", "", true), ("^$", "a", false),
    ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try RowPattern(pattern).matches(text) == expected)
    }

    /// In the words of Go, which k9s' users know.
    @Test(arguments: [
        ("web(", "missing closing ): `web(`"), ("web)", "unexpected ): `web)`"), ("[a", "missing closing ]: `[a`"),
        ("*a", "missing argument to repetition operator: `*`"), ("a**", "invalid nested repetition operator: `**`"),
        ("a{3,2}", "invalid repeat count: `{3,2}`"), ("a{1001}", "invalid repeat count: `{1001}`"),
        ("[z-a]", "invalid character class range: `z-a`"), (#"a\"#, "trailing backslash at end of expression: ``"),
        (#"\y"#, #"invalid escape sequence: `\y`"#), ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
        ("(?<", "invalid named capture: `(?<`"), ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("((a{500}){500}){500}", "expression too large"),
    ])
    func saysWhatIsWrong(pattern: String, message: String) {
        #expect(throws: FilterProblem(message)) { try RowPattern(pattern) }
    }

    @Test func depthIsBounded() throws {
        #expect(throws: FilterProblem("expression nests too deeply")) {
            try RowPattern(String(repeating: "(", count: 100_000))
        }
        #expect(
            try RowPattern(String(repeating: "(", count: 150) + "a" + String(repeating: ")", count: 150)).matches("a"))
    }

    /// What makes a backtracking matcher run for years.
    @Test func noPatternRunsAway() throws {
        #expect(try !RowPattern("(a+)+$").matches(String(repeating: "a", count: 5000) + "!"))
        #expect(try RowPattern("(a?){200}a{200}").matches(String(repeating: "a", count: 200)))
    }

    /// Against the regular expressions of Foundation, where both read the same syntax.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func agreesWithAnotherMatcher(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func pattern(_ depth: Int) -> String {
            let atoms = ["a", "b", "A", "-", ".", "[ab]", "[^a]", "[a-c]", #"\d"#, #"\w"#, #"\b"#, "1"]
            switch depth > 3 ? 0 : random.below(9) {
            case 0...3: return atoms[random.below(atoms.count)]
            case 4: return pattern(depth + 1) + pattern(depth + 1)
            case 5: return "(" + pattern(depth + 1) + "|" + pattern(depth + 1) + ")"
            case 6: return "(" + pattern(depth + 1) + ")" + ["*", "+", "?", "{1,2}"][random.below(4)]
            case 7: return "^" + pattern(depth + 1)
            default: return pattern(depth + 1) + "$"
            }
        }
        let letters = Array("abcAB-1 ")
        for _ in 0..<400 {
            let text = pattern(0)
            let ours = try RowPattern(text)
            let other = try NSRegularExpression(pattern: text, options: .caseInsensitive)
            for _ in 0..<8 {
                let line = String((0..<random.below(9)).map { _ in letters[random.below(8)] })
                let expected = other.firstMatch(in: line, range: NSRange(location: 0, length: line.utf16.count)) != nil
                #expect(ours.matches(line) == expected, "seed \(seed): \(text) in “\(line)”")
            }
        }
    }
}

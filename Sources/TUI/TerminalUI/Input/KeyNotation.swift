/// One step of a key sequence.
package enum KeyStep: Hashable, Sendable {
    case key(Key)
    /// A pause.
    case wait(nanoseconds: Int64)
}

/// Why a key sequence could not be read.
package struct KeyNotationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Characters before the offending part, from 0.
    package let position: Int
    /// The offending part as written.
    package let found: String
    package let expected: String

    package var description: String {
        "at character \(position + 1), \"\(found)\": expected \(expected)"
    }
}

/// Keys written as text, as `drydock frame --keys` takes them.
///
/// Characters stand for themselves; special keys are named in angle brackets, in any case:
///
///     :pods<enter>/web<enter><down><down>d<wait 5s><esc>
///
/// `<enter>` `<esc>` `<tab>` `<backtab>` `<backspace>` `<delete>` `<insert>` `<up>` `<down>` `<left>` `<right>`
/// `<shift-up>` `<shift-down>` `<home>` `<end>` `<pgup>` `<pgdn>` `<space>` `<lt>` (a literal `<`) `<gt>`
/// `<f1>`…`<f24>` `<ctrl-d>` `<alt-x>` `<wait 1m30s>`. A line feed typed as is means enter, a tab the tab key.
package struct KeySequence: Hashable, Sendable, CustomStringConvertible {
    package var steps: [KeyStep]

    package init(_ steps: [KeyStep]) {
        self.steps = steps
    }

    package init(parsing text: String) throws(KeyNotationError) {
        steps = []
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character != "<" {
                steps.append(try KeySequence.plain(character, at: index))
                index += 1
                continue
            }
            var end = index + 1
            while end < characters.count, characters[end] != ">", characters[end] != "<" { end += 1 }
            guard end < characters.count, characters[end] == ">" else {
                throw KeyNotationError(
                    position: index, found: String(characters[index..<min(end, index + 20)]),
                    expected: "a key name closed by \">\", or <lt> for a literal \"<\"")
            }
            let name = String(characters[index + 1..<end])
            steps.append(try KeySequence.named(name, at: index))
            index = end + 1
        }
    }

    /// The sequence in the notation; parsing it gives the same sequence back.
    package var description: String {
        steps.map(KeySequence.notation).joined()
    }

    // MARK: Reading

    private static func plain(_ character: Character, at position: Int) throws(KeyNotationError) -> KeyStep {
        if character == "\r\n" { return .key(.enter) }
        if let code = character.asciiValue, code < 0x20 || code == 0x7F, let key = Key(controlCode: code) {
            return .key(key)
        }
        // One that would melt into its neighbours, such as a lone accent, has no spelling of its own.
        let text = String(character)
        guard DisplayText.width(text) > 0, !character.unicodeScalars.contains(where: isControl),
            ("x" + text).count == 2, (text + "<").count == 2
        else {
            let hex = character.unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }
            throw KeyNotationError(
                position: position, found: hex.joined(separator: " "), expected: "a character that a key can type")
        }
        return .key(.character(character))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
    }

    /// Names in the order in which they are printed first; later ones for the same key are other spellings.
    private static let names: [(name: String, key: Key)] = [
        ("enter", .enter), ("esc", .escape), ("tab", .tab), ("backtab", .backtab), ("backspace", .backspace),
        ("delete", .delete), ("insert", .insert), ("up", .up), ("down", .down), ("left", .left), ("right", .right),
        ("home", .home), ("end", .end), ("pgup", .pageUp), ("pgdn", .pageDown), ("shift-up", .shiftUp),
        ("shift-down", .shiftDown), ("space", .character(" ")), ("lt", .character("<")), ("gt", .character(">")),
        ("return", .enter), ("cr", .enter), ("escape", .escape), ("shift-tab", .backtab), ("bs", .backspace),
        ("del", .delete), ("ins", .insert), ("pageup", .pageUp), ("pagedown", .pageDown),
    ]

    private static func named(_ written: String, at position: Int) throws(KeyNotationError) -> KeyStep {
        let name = written.lowercased()
        if let match = names.first(where: { $0.name == name }) { return .key(match.key) }
        if name == "wait" || name.hasPrefix("wait ") {
            guard let nanoseconds = TimeSpan.parse(String(name.dropFirst(5))) else {
                throw KeyNotationError(
                    position: position, found: "<\(written)>",
                    expected: "a pause such as <wait 5s>, <wait 500ms> or <wait 1m30s>")
            }
            return .wait(nanoseconds: nanoseconds)
        }
        if name.hasPrefix("f"), let number = Int(name.dropFirst()), (1...24).contains(number), name.utf8.count <= 3 {
            return .key(.function(number))
        }
        for prefix in ["ctrl-", "c-"] where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            if rest == "space" { return .key(.control("@")) }
            if rest.count == 1, let code = rest.first?.asciiValue, let key = controlKey(code) { return .key(key) }
            throw KeyNotationError(
                position: position, found: "<\(written)>",
                expected: "ctrl- and one of a–z @ [ \\ ] ^ _, such as <ctrl-d>")
        }
        for prefix in ["alt-", "m-"] where name.hasPrefix(prefix) {
            // The letter's case is part of the key.
            let rest = String(written.dropFirst(prefix.count))
            if let special = names.first(where: { $0.name == rest.lowercased() }),
                case .character(let character) = special.key
            {
                return .key(.alt(character))
            }
            if rest.count == 1, let character = rest.first, case .key(.character) = try plain(character, at: position) {
                return .key(.alt(character))
            }
            throw KeyNotationError(
                position: position, found: "<\(written)>", expected: "alt- and one character, such as <alt-x>")
        }
        throw KeyNotationError(
            position: position, found: "<\(written)>",
            expected:
                "a key name such as <enter>, <esc>, <down>, <ctrl-d>, <f1>, <alt-x>, <wait 5s>, or <lt> for a literal \"<\""
        )
    }

    /// The key that ctrl with `code` sends, spelled as the terminal sees it: ctrl-m is enter.
    private static func controlKey(_ code: UInt8) -> Key? {
        switch code {
        case 0x61...0x7A: Key(controlCode: code - 0x60)
        case 0x40, 0x5B...0x5F: Key(controlCode: code - 0x40)
        default: nil
        }
    }

    // MARK: Printing

    private static func notation(_ step: KeyStep) -> String {
        switch step {
        case .wait(let nanoseconds): return "<wait \(TimeSpan.format(nanoseconds))>"
        case .key(let key): return key.notation
        }
    }

    fileprivate static func name(of key: Key) -> String? {
        names.first { $0.key == key }?.name
    }
}

extension Key {
    /// The key as `KeySequence` writes it.
    package var notation: String {
        switch self {
        case .character("<"): "<lt>"
        case .character(let character): String(character)
        case .function(let number): "<f\(number)>"
        case .control(let character): "<ctrl-\(character)>"
        case .alt(" "): "<alt-space>"
        case .alt("<"): "<alt-lt>"
        case .alt(">"): "<alt-gt>"
        case .alt(let character): "<alt-\(character)>"
        default: "<\(KeySequence.name(of: self) ?? "?")>"
        }
    }

    /// The key as help shows it: `ctrl-d`, `enter`, `j`.
    package var label: String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        default: String(notation.dropFirst().dropLast())
        }
    }
}

/// Spans of time written as Go and Kubernetes do: `1h30m`, `5s`, `1.5s`, `250ms`.
private enum TimeSpan {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
        ("ns", 1),
    ]

    /// Nanoseconds, or nil when `text` is not a span of time or is too long for 64 bits.
    static func parse(_ text: String) -> Int64? {
        var rest = Substring(text)
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        if rest == "0" { return 0 }
        if rest.isEmpty { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let whole = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(whole.count)
            var fraction: Substring = ""
            if rest.first == "." {
                rest = rest.dropFirst()
                fraction = rest.prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(fraction.count)
            }
            let unitName = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unitName.count)
            guard !whole.isEmpty || !fraction.isEmpty, fraction.count <= 9,
                let unit = units.first(where: { $0.name == unitName })?.nanoseconds,
                let value = whole.isEmpty ? 0 : Int64(whole)
            else { return nil }
            var part = value.multipliedReportingOverflow(by: unit)
            if part.overflow { return nil }
            var scale: Int64 = 1
            var digits: Int64 = 0
            for digit in fraction {
                digits = digits * 10 + Int64(digit.wholeNumberValue ?? 0)
                scale *= 10
            }
            // Multiplied in two steps, since an hour's nanoseconds times nine digits pass 64 bits.
            let below = unit / scale * digits + unit % scale * digits / scale
            part = part.partialValue.addingReportingOverflow(below)
            if part.overflow { return nil }
            let sum = total.addingReportingOverflow(part.partialValue)
            if sum.overflow { return nil }
            total = sum.partialValue
        }
        return total
    }

    static func format(_ nanoseconds: Int64) -> String {
        if nanoseconds <= 0 { return "0s" }
        var rest = nanoseconds
        var text = ""
        for unit in units where rest >= unit.nanoseconds {
            text += "\(rest / unit.nanoseconds)\(unit.name)"
            rest %= unit.nanoseconds
        }
        return text
    }
}

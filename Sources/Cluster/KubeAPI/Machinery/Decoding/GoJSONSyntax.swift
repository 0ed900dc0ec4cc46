/// What Go's JSON decoder says of bytes that are no JSON. It looks them through before it reads anything, so that a
/// mistake of grammar comes before all others.
///
/// Follows Go's encoding/json/scanner.go, whose steps these are.
struct GoJSONSyntax {
    /// Nil for bytes that are one value of JSON. O(n).
    static func problem(_ bytes: [UInt8]) -> String? {
        var syntax = GoJSONSyntax()
        for byte in bytes {
            if let problem = syntax.step(byte) { return problem }
        }
        // As if a space followed, which ends a number.
        if let problem = syntax.step(UInt8(ascii: " ")) { return problem }
        return syntax.state == .end ? nil : "unexpected end of JSON input"
    }

    private enum State: Equatable {
        case value, valueOrArrayEnd, key, keyOrObjectEnd, colon, afterMember, afterElement, end
        case string, escape
        case hexadecimal(left: Int)
        case minus, zero, digits, point, fraction, exponent, exponentSign, exponentDigits
        /// A word such as `true`, and how much of it has come.
        case word(StaticWord, Int)
    }

    private enum StaticWord: String { case `true`, `false`, null }
    private enum Holder { case object, array }

    private static let mostDepth = 10_000

    private var state = State.value
    private var depth: [Holder] = []
    /// Whether the string that is being read is a key.
    private var isKey = false

    private mutating func step(_ byte: UInt8) -> String? {
        switch state {
        case .value, .valueOrArrayEnd:
            if GoJSONSyntax.isSpace(byte) { return nil }
            if state == .valueOrArrayEnd, byte == UInt8(ascii: "]") { return close(.array) }
            return begin(byte)
        case .key, .keyOrObjectEnd:
            if GoJSONSyntax.isSpace(byte) { return nil }
            if state == .keyOrObjectEnd, byte == UInt8(ascii: "}") { return close(.object) }
            guard byte == UInt8(ascii: "\"") else { return invalid(byte, "looking for beginning of object key string") }
            isKey = true
            state = .string
        case .colon:
            if GoJSONSyntax.isSpace(byte) { return nil }
            guard byte == UInt8(ascii: ":") else { return invalid(byte, "after object key") }
            state = .value
        case .afterMember:
            switch byte {
            case UInt8(ascii: ","): state = .key
            case UInt8(ascii: "}"): return close(.object)
            default: return GoJSONSyntax.isSpace(byte) ? nil : invalid(byte, "after object key:value pair")
            }
        case .afterElement:
            switch byte {
            case UInt8(ascii: ","): state = .value
            case UInt8(ascii: "]"): return close(.array)
            default: return GoJSONSyntax.isSpace(byte) ? nil : invalid(byte, "after array element")
            }
        case .end: return GoJSONSyntax.isSpace(byte) ? nil : invalid(byte, "after top-level value")
        case .string, .escape, .hexadecimal: return stepInString(byte)
        case .word(let word, let count): return step(byte, in: word, count)
        default: return stepInNumber(byte)
        }
        return nil
    }

    // MARK: Values

    private mutating func begin(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "{"): return open(.object, .keyOrObjectEnd)
        case UInt8(ascii: "["): return open(.array, .valueOrArrayEnd)
        case UInt8(ascii: "\""):
            isKey = false
            state = .string
        case UInt8(ascii: "-"): state = .minus
        case UInt8(ascii: "0"): state = .zero
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .digits
        case UInt8(ascii: "t"): state = .word(.true, 1)
        case UInt8(ascii: "f"): state = .word(.false, 1)
        case UInt8(ascii: "n"): state = .word(.null, 1)
        default: return invalid(byte, "looking for beginning of value")
        }
        return nil
    }

    private mutating func open(_ holder: Holder, _ next: State) -> String? {
        depth.append(holder)
        state = next
        return depth.count > GoJSONSyntax.mostDepth ? "exceeded max depth" : nil
    }

    private mutating func close(_ holder: Holder) -> String? {
        depth.removeLast()
        finishValue()
        return nil
    }

    private mutating func finishValue() {
        switch depth.last {
        case .object: state = .afterMember
        case .array: state = .afterElement
        case nil: state = .end
        }
    }

    private mutating func step(_ byte: UInt8, in word: StaticWord, _ count: Int) -> String? {
        let letters = Array(word.rawValue.utf8)
        guard byte == letters[count] else {
            let expected = Character(Unicode.Scalar(letters[count]))
            return invalid(byte, "in literal \(word.rawValue) (expecting '\(expected)')")
        }
        if count + 1 == letters.count { finishValue() } else { state = .word(word, count + 1) }
        return nil
    }

    private mutating func stepInString(_ byte: UInt8) -> String? {
        switch state {
        case .escape:
            switch byte {
            case UInt8(ascii: "u"): state = .hexadecimal(left: 4)
            case _ where "bfnrt\\/\"".utf8.contains(byte): state = .string
            default: return invalid(byte, "in string escape code")
            }
        case .hexadecimal(let left):
            guard Character(Unicode.Scalar(byte)).isHexDigit, byte < 0x80 else {
                return invalid(byte, "in \\u hexadecimal character escape")
            }
            state = left > 1 ? .hexadecimal(left: left - 1) : .string
        default:
            switch byte {
            case UInt8(ascii: "\\"): state = .escape
            case UInt8(ascii: "\"") where isKey: state = .colon
            case UInt8(ascii: "\""): finishValue()
            default: return byte < 0x20 ? invalid(byte, "in string literal") : nil
            }
        }
        return nil
    }

    private mutating func stepInNumber(_ byte: UInt8) -> String? {
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        switch state {
        case .minus:
            guard isDigit else { return invalid(byte, "in numeric literal") }
            state = byte == UInt8(ascii: "0") ? .zero : .digits
            return nil
        case .point:
            guard isDigit else { return invalid(byte, "after decimal point in numeric literal") }
            state = .fraction
            return nil
        case .exponent where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"):
            state = .exponentSign
            return nil
        case .exponent, .exponentSign:
            guard isDigit else { return invalid(byte, "in exponent of numeric literal") }
            state = .exponentDigits
            return nil
        case .digits where isDigit, .fraction where isDigit, .exponentDigits where isDigit: return nil
        case .zero where byte == UInt8(ascii: "."), .digits where byte == UInt8(ascii: "."):
            state = .point
            return nil
        case .zero, .digits, .fraction:
            if byte | 0x20 == UInt8(ascii: "e") {
                state = .exponent
                return nil
            }
        default: break
        }
        // What is no part of the number comes after it.
        finishValue()
        return step(byte)
    }

    // MARK: Words

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private func invalid(_ byte: UInt8, _ place: String) -> String {
        let character: String
        switch byte {
        case UInt8(ascii: "'"): character = #"\'"#
        case UInt8(ascii: "\""): character = "\""
        default: character = String(GoText.quoted(String(Unicode.Scalar(byte))).dropFirst().dropLast())
        }
        return "invalid character '\(character)' \(place)"
    }
}

// Booleans, numbers and strings.

extension JSONReader {
    public mutating func bool() -> Bool {
        switch peek() {
        case UInt8(ascii: "t") where literal("true"): return true
        case UInt8(ascii: "f") where literal("false"): return false
        default:
            if !null() { expected("a boolean") }
            return false
        }
    }

    /// A whole number in `range`.
    public mutating func int(in range: ClosedRange<Int> = Int.min...Int.max) -> Int {
        var unit = peek()
        let start = position
        let negative = unit == UInt8(ascii: "-")
        if negative {
            position &+= 1
            unit = position < end ? base[position] : 0
        }
        guard unit &- UInt8(ascii: "0") < 10 else {
            position = start
            if !null() { expected("an integer") }
            return 0
        }
        let digits = position
        var value = 0
        var overflow = false
        while position < end {
            let digit = base[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if position &- digits < 18 {
                value = value &* 10 &+ (negative ? -Int(digit) : Int(digit))
            } else {
                let (scaled, tooBig) = value.multipliedReportingOverflow(by: 10)
                let (sum, tooBigger) = scaled.addingReportingOverflow(negative ? -Int(digit) : Int(digit))
                overflow = overflow || tooBig || tooBigger
                value = sum
            }
            position &+= 1
        }
        if position < end {
            switch base[position] {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                position = start
                fail("expected an integer, found a number \(numberText())")
                return 0
            default: break
            }
        }
        if overflow || !range.contains(value) || base[digits] == UInt8(ascii: "0") && position &- digits > 1 {
            position = start
            fail("expected an integer, found a number \(numberText())")
            return 0
        }
        return value
    }

    public mutating func int32() -> Int { int(in: Int(Int32.min)...Int(Int32.max)) }

    public mutating func double() -> Double {
        let start = position
        let text = numberText()
        if failed || text.isEmpty { return 0 }
        guard let value = Double(text), value.isFinite else {
            position = start
            fail("expected a number, found a number \(text)")
            return 0
        }
        return value
    }

    /// A number as it is written; empty for `null` and on failure.
    public mutating func numberText() -> String {
        let first = peek()
        guard first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10 else {
            if !null() { expected("a number") }
            return ""
        }
        let start = position
        guard scanNumber() else { return "" }
        return String(decoding: UnsafeBufferPointer(start: base + start, count: position &- start), as: UTF8.self)
    }

    /// Moves over a number that stands at the cursor, by JSON's grammar.
    mutating func scanNumber() -> Bool {
        if base[position] == UInt8(ascii: "-") { position &+= 1 }
        let whole = position
        guard scanDigits() else { return false }
        if base[whole] == UInt8(ascii: "0"), position &- whole > 1 {
            position = whole &+ 1
            expected("the end of a number that starts with 0")
            return false
        }
        if position < end, base[position] == UInt8(ascii: ".") {
            position &+= 1
            guard scanDigits() else { return false }
        }
        if position < end, base[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < end, base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            guard scanDigits() else { return false }
        }
        return true
    }

    /// Moves over at least one digit.
    @inline(__always)
    private mutating func scanDigits() -> Bool {
        let start = position
        while position < end, base[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
        if position == start { expected("a digit") }
        return position > start
    }

    /// A string, unescaped; invalid UTF-8 becomes U+FFFD, as Go's decoder does.
    public mutating func string() -> String {
        guard peek() == UInt8(ascii: "\"") else {
            if !null() { expected("a string") }
            return ""
        }
        position &+= 1
        let start = position
        skipPlain()
        if position < end {
            if base[position] == UInt8(ascii: "\"") {
                let text = UnsafeBufferPointer(start: base + start, count: position &- start)
                position &+= 1
                return String(decoding: text, as: UTF8.self)
            }
            return unescaped(start)
        }
        fail("unterminated string")
        return ""
    }

    /// Gives `body` the bytes of a string as they stand in the input, or unescaped if need be; none for `null` and on
    /// failure. For values that are parsed from strings.
    @inline(__always)
    public mutating func withString<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if peek() == UInt8(ascii: "\"") {
            let start = position &+ 1
            position = start
            skipPlain()
            if position < end, base[position] == UInt8(ascii: "\"") {
                let text = UnsafeBufferPointer(start: base + start, count: position &- start)
                position &+= 1
                return body(text)
            }
            position = start &- 1
        }
        return withUnescapedString(body)
    }

    @inline(never)
    private mutating func withUnescapedString<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = string()
        return text.withUTF8(body)
    }

    /// Moves to the next quote, backslash or control character of a string, eight bytes at a time.
    @inline(__always)
    mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while position &+ 8 <= end {
            let word = UInt64(
                littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
            // The lowest marked byte is exact; bytes above it may be marked by a borrow.
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let marks =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highs
            if marks != 0 {
                position &+= marks.trailingZeroBitCount >> 3
                return
            }
            position &+= 8
        }
        while position < end {
            switch base[position] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20: return
            default: position &+= 1
            }
        }
    }

    mutating func unescaped(_ start: Int) -> String {
        var bytes = [UInt8](UnsafeBufferPointer(start: base + start, count: position - start))
        while position < end {
            let unit = base[position]
            position += 1
            switch unit {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard position < end else { break }
                let escape = base[position]
                position += 1
                switch escape {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(escape)
                case UInt8(ascii: "n"): bytes.append(0x0A)
                case UInt8(ascii: "r"): bytes.append(0x0D)
                case UInt8(ascii: "t"): bytes.append(0x09)
                case UInt8(ascii: "b"): bytes.append(0x08)
                case UInt8(ascii: "f"): bytes.append(0x0C)
                case UInt8(ascii: "u"):
                    guard let scalar = unicodeEscape() else { return "" }
                    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                default:
                    position -= 1
                    fail("invalid escape in a string")
                    return ""
                }
            case 0..<0x20:
                position -= 1
                fail("a control character in a string must be escaped")
                return ""
            default:
                let plain = position - 1
                skipPlain()
                bytes.append(contentsOf: UnsafeBufferPointer(start: base + plain, count: position - plain))
            }
        }
        fail("unterminated string")
        return ""
    }

    /// The scalar of a `\u` escape whose `u` is consumed, a surrogate pair taken together; a lone surrogate is U+FFFD.
    private mutating func unicodeEscape() -> Unicode.Scalar? {
        guard let first = hexadecimal() else { return nil }
        if first & 0xFC00 == 0xD800, position + 1 < end, base[position] == UInt8(ascii: "\\"),
            base[position + 1] == UInt8(ascii: "u")
        {
            let saved = position
            position += 2
            guard let second = hexadecimal() else { return nil }
            if second & 0xFC00 == 0xDC00 {
                return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
            }
            position = saved
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let unit = position < end ? base[position] : 0
            let digit: UInt8
            switch unit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = unit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = unit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = unit - UInt8(ascii: "A") + 10
            default:
                fail("invalid \\u escape in a string")
                return nil
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

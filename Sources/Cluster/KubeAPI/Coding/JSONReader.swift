/// Why a JSON text could not be read, and where.
package struct JSONFailure: Error, Equatable, Sendable {
    /// What is wrong, as in "expected a string, found a number".
    package var message: String
    /// Where in the input, in bytes from its start.
    package var offset: Int
    /// The path of the field, as in `spec.containers[0].image`; empty at the top.
    package var path: String
}

/// The name of a member: its bytes in the input and their hash, which generated decoders switch on.
package struct JSONKey {
    package let hash: UInt64
    let start: UnsafePointer<UInt8>
    let count: Int

    @inline(__always)
    package func `is`(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        let other = name.utf8Start
        var index = 0
        while index < count {
            if start[index] != other[index] { return false }
            index &+= 1
        }
        return true
    }

    package var text: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

    /// FNV-1a, 64 bits. The generator computes the same.
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}

/// A pull reader over JSON bytes, for generated decoders.
///
/// The first failure sticks: from then on every loop ends and every value is empty, so that decoders need no
/// error handling of their own; whoever started the read looks at `failure` once. Unknown members are skipped and
/// their offsets kept, for field validation.
package struct JSONReader: ~Copyable {
    private let base: UnsafePointer<UInt8>
    private let end: Int
    private var position = 0
    private var depth = 0
    /// An escaped key is unescaped into here, which must outlive the `JSONKey` that points to it.
    private var scratch: UnsafeMutableBufferPointer<UInt8>?
    /// The first thing that went wrong: a message and an offset; the path is worked out from the offset when asked for.
    private var firstFailure: (message: String, offset: Int)?
    /// Offsets of the names of members that no field of the schema has.
    package private(set) var unknownFields: [Int] = []
    /// A number is read as what type, for failures.
    private static let maximumDepth = 1000

    /// The caller keeps `bytes` alive while the reader lives.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
    }

    deinit { scratch?.deallocate() }

    package var failed: Bool { firstFailure != nil }

    /// The first failure, with its path; O(n) when there is one.
    package var failure: JSONFailure? {
        guard let firstFailure else { return nil }
        let path = JSONPath.path(to: firstFailure.offset, in: UnsafeBufferPointer(start: base, count: end))
        return JSONFailure(message: firstFailure.message, offset: firstFailure.offset, path: path)
    }

    /// The paths of the unknown fields, as in `spec.replica`; O(n) each.
    package var unknownFieldPaths: [String] {
        unknownFields.map { JSONPath.path(to: $0, in: UnsafeBufferPointer(start: base, count: end)) }
    }

    @inline(never)
    package mutating func fail(_ message: String) {
        if firstFailure == nil { firstFailure = (message, min(position, end)) }
        position = end
    }

    // MARK: Scanning

    @inline(__always)
    private mutating func skipSpace() {
        while position < end {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position &+= 1
            default: return
            }
        }
    }

    /// The next byte that is not space, not consumed; 0 at the end.
    @inline(__always)
    private mutating func peek() -> UInt8 {
        skipSpace()
        return position < end ? base[position] : 0
    }

    /// What stands at the cursor, in words, for failures.
    private mutating func found() -> String {
        switch peek() {
        case 0 where position >= end: "the end of the input"
        case UInt8(ascii: "{"): "an object"
        case UInt8(ascii: "["): "an array"
        case UInt8(ascii: "\""): "a string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): "a boolean"
        case UInt8(ascii: "n"): "null"
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): "a number"
        default: "the character \(String(reflecting: Character(Unicode.Scalar(base[position]))))"
        }
    }

    @inline(never)
    private mutating func expected(_ what: String) {
        let found = found()
        fail("expected \(what), found \(found)")
    }

    private mutating func literal(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= end else { return false }
        for index in 0..<count where base[position + index] != text.utf8Start[index] { return false }
        position += count
        return true
    }

    /// Consumes a `null` if one stands here.
    @inline(__always)
    package mutating func null() -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        if literal("null") { return true }
        expected("a value")
        return false
    }

    /// Consumes the opening of an object. False for `null` (an empty value) and on failure.
    package mutating func beginObject() -> Bool {
        if peek() == UInt8(ascii: "{") {
            position &+= 1
            depth &+= 1
            if depth > JSONReader.maximumDepth {
                fail("exceeded max depth")
                return false
            }
            return true
        }
        if !null() { expected("an object") }
        return false
    }

    /// The name of the next member, its colon consumed, or nil after the last, whose bracket is consumed.
    @inline(__always)
    package mutating func nextKey() -> JSONKey? {
        var unit = peek()
        if unit == UInt8(ascii: ","), !follows(UInt8(ascii: "{")) {
            position &+= 1
            unit = peek()
        } else if unit == UInt8(ascii: "}") {
            position &+= 1
            depth &-= 1
            return nil
        } else if unit == UInt8(ascii: "\""), !follows(UInt8(ascii: "{")) {
            expected("',' or '}'")
            return nil
        }
        guard unit == UInt8(ascii: "\"") else {
            if !failed { expected("a field name") }
            return nil
        }
        position &+= 1
        let start = position
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        while position < end {
            let unit = base[position]
            if unit <= UInt8(ascii: "\"") {
                if unit == UInt8(ascii: "\"") {
                    let key = JSONKey(hash: hash, start: base + start, count: position &- start)
                    position &+= 1
                    if !colon() { return nil }
                    return key
                }
                if unit < 0x20 {
                    fail("a control character in a string must be escaped")
                    return nil
                }
            } else if unit == UInt8(ascii: "\\") {
                return escapedKey(start)
            }
            hash = (hash ^ UInt64(unit)) &* 0x100_0000_01b3
            position &+= 1
        }
        fail("unterminated string")
        return nil
    }

    /// Whether the cursor stands behind a bracket, space aside: tells the first member or element from the others, so
    /// that no state is kept per level.
    @inline(__always)
    private func follows(_ bracket: UInt8) -> Bool {
        if position > 0, base[position &- 1] > 0x20 { return base[position &- 1] == bracket }
        return followsAcrossSpace(bracket)
    }

    @inline(never)
    private func followsAcrossSpace(_ bracket: UInt8) -> Bool {
        var before = position &- 1
        while before >= 0, base[before] <= 0x20 { before &-= 1 }
        return before >= 0 && base[before] == bracket
    }

    @inline(__always)
    private mutating func colon() -> Bool {
        if peek() == UInt8(ascii: ":") {
            position &+= 1
            return true
        }
        expected("':' after a field name")
        return false
    }

    private mutating func escapedKey(_ start: Int) -> JSONKey? {
        position = start - 1
        let text = Array(string().utf8)
        guard !failed, colon() else { return nil }
        scratch?.deallocate()
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(text.count, 1))
        _ = copy.initialize(from: text)
        scratch = copy
        let start = copy.baseAddress.map { UnsafePointer($0) } ?? base
        return JSONKey(hash: JSONKey.hash(text), start: start, count: text.count)
    }

    /// Consumes the opening of an array. False for `null` and on failure.
    package mutating func beginArray() -> Bool {
        if peek() == UInt8(ascii: "[") {
            position &+= 1
            depth &+= 1
            if depth > JSONReader.maximumDepth {
                fail("exceeded max depth")
                return false
            }
            return true
        }
        if !null() { expected("an array") }
        return false
    }

    /// Whether another element follows; consumes the comma before it or the bracket after the last.
    package mutating func nextElement() -> Bool {
        switch peek() {
        case UInt8(ascii: "]"):
            position &+= 1
            depth &-= 1
            return false
        case UInt8(ascii: ",") where !follows(UInt8(ascii: "[")):
            position &+= 1
            if peek() == UInt8(ascii: "]") {
                expected("a value")
                return false
            }
            return true
        default:
            if failed { return false }
            if position < end, base[position] != UInt8(ascii: ","), follows(UInt8(ascii: "[")) { return true }
            expected("',' or ']'")
            return false
        }
    }

    /// The end of the whole text: only space may follow.
    package mutating func finish() {
        if !failed, peek() != 0 || position < end { expected("the end of the input") }
    }

    // MARK: Values

    package mutating func bool() -> Bool {
        switch peek() {
        case UInt8(ascii: "t") where literal("true"): return true
        case UInt8(ascii: "f") where literal("false"): return false
        default:
            if !null() { expected("a boolean") }
            return false
        }
    }

    /// A whole number in `range`.
    package mutating func int(in range: ClosedRange<Int> = Int.min...Int.max) -> Int {
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

    package mutating func int32() -> Int { int(in: Int(Int32.min)...Int(Int32.max)) }

    package mutating func double() -> Double {
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
    package mutating func numberText() -> String {
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
    private mutating func scanNumber() -> Bool {
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
            if position < end, base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") { position &+= 1 }
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
    package mutating func string() -> String {
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
    package mutating func withString<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
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
    private mutating func skipPlain() {
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

    private mutating func unescaped(_ start: Int) -> String {
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

    /// Skips a member's value that no field takes, and remembers where it was.
    package mutating func unknown(_ key: JSONKey) {
        unknownFields.append(position)
        skip()
    }

    /// Skips one value of any type, without building it. Its syntax is checked, and nothing else.
    package mutating func skip() {
        switch peek() {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"):
            guard beginObject() else { return }
            while nextKey() != nil { skip() }
        case UInt8(ascii: "["):
            guard beginArray() else { return }
            while nextElement() { skip() }
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = bool()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = scanNumber()
        default: if !null() { expected("a value") }
        }
    }

    private mutating func skipString() {
        position &+= 1
        let start = position
        skipPlain()
        if position < end, base[position] == UInt8(ascii: "\"") {
            position &+= 1
        } else {
            _ = unescaped(start)
        }
    }

    /// What the next value is, without consuming it.
    package mutating func nextIsString() -> Bool { peek() == UInt8(ascii: "\"") }
    package mutating func nextIsObject() -> Bool { peek() == UInt8(ascii: "{") }
    package mutating func nextIsArray() -> Bool { peek() == UInt8(ascii: "[") }
    package mutating func nextIsBool() -> Bool {
        let unit = peek()
        return unit == UInt8(ascii: "t") || unit == UInt8(ascii: "f")
    }
    /// Whether the number at the cursor is written without fraction and exponent and fits 64 bits.
    package mutating func nextIsInteger() -> Bool {
        _ = peek()
        var index = position
        if index < end, base[index] == UInt8(ascii: "-") { index += 1 }
        let digits = index
        while index < end, base[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        guard index > digits, index - digits < 19 else { return false }
        if index < end {
            switch base[index] {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return false
            default: break
            }
        }
        return true
    }
}

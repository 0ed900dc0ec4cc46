/// Why a JSON text could not be read, and where.
public struct JSONFailure: Error, Equatable, Sendable {
    /// What is wrong, as in "expected a string, found a number".
    public var message: String
    /// Where in the input, in bytes from its start.
    public var offset: Int
    /// The path of the field, as in `spec.containers[0].image`; empty at the top.
    public var path: String
}

/// The name of a member, in the input or unescaped in the reader's scratch; gone with the next key.
public struct JSONKey {
    let start: UnsafePointer<UInt8>
    public let count: Int

    /// Compares whole words; for a literal the compiler folds it to a few instructions.
    @inline(__always)
    public func `is`(_ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard count == length else { return false }
        let mine = UnsafeRawPointer(start)
        let other = UnsafeRawPointer(name.utf8Start)
        if length >= 8 {
            var index = 0
            while index &+ 8 < length {
                if Self.differ(mine, other, index, as: UInt64.self) { return false }
                index &+= 8
            }
            return !Self.differ(mine, other, length &- 8, as: UInt64.self)
        }
        if length >= 4 {
            return !Self.differ(mine, other, 0, as: UInt32.self)
                && !Self.differ(mine, other, length &- 4, as: UInt32.self)
        }
        if length >= 2 {
            return !Self.differ(mine, other, 0, as: UInt16.self)
                && !Self.differ(mine, other, length &- 2, as: UInt16.self)
        }
        return length == 0 || start[0] == name.utf8Start[0]
    }

    @inline(__always)
    private static func differ<Word: FixedWidthInteger & BitwiseCopyable>(
        _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ offset: Int, as: Word.Type
    ) -> Bool {
        (left + offset).loadUnaligned(as: Word.self) != (right + offset).loadUnaligned(as: Word.self)
    }

    public var text: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }
}

/// A pull reader over JSON bytes, for generated decoders.
///
/// The first failure sticks: from then on every loop ends and every value is empty, so that decoders need no
/// error handling of their own; whoever started the read looks at `failure` once. Unknown members are skipped and
/// their offsets kept, for field validation.
public struct JSONReader: ~Copyable {
    let base: UnsafePointer<UInt8>
    let end: Int
    var position = 0
    var depth = 0
    /// An escaped key is unescaped into here, which must outlive the `JSONKey` that points to it.
    private var scratch: UnsafeMutableBufferPointer<UInt8>?
    /// The first thing that went wrong: a message and an offset; the path is worked out from the offset when asked for.
    private var firstFailure: (message: String, offset: Int)?
    /// Offsets of the names of members that no field of the schema has.
    public internal(set) var unknownFields: [Int] = []
    /// Deeper nesting fails, so that no input overflows the stack.
    private static let maximumDepth = 1000

    /// The caller keeps `bytes` alive while the reader lives.
    public init(_ bytes: UnsafeBufferPointer<UInt8>) {
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
    }

    deinit { scratch?.deallocate() }

    public var failed: Bool { firstFailure != nil }

    /// The first failure, with its path; O(n) when there is one.
    public var failure: JSONFailure? {
        guard let firstFailure else { return nil }
        let path = JSONPath.path(to: firstFailure.offset, in: UnsafeBufferPointer(start: base, count: end))
        return JSONFailure(message: firstFailure.message, offset: firstFailure.offset, path: path)
    }

    /// The paths of the unknown fields, as in `spec.replica`; O(n) each.
    public var unknownFieldPaths: [String] {
        unknownFields.map { JSONPath.path(to: $0, in: UnsafeBufferPointer(start: base, count: end)) }
    }

    @inline(never)
    public mutating func fail(_ message: String) {
        if firstFailure == nil { firstFailure = (message, min(position, end)) }
        position = end
    }

    // MARK: Scanning

    @inline(__always)
    mutating func skipSpace() {
        while position < end {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position &+= 1
            default: return
            }
        }
    }

    /// The next byte that is not space, not consumed; 0 at the end.
    @inline(__always)
    mutating func peek() -> UInt8 {
        skipSpace()
        return position < end ? base[position] : 0
    }

    /// What stands at the cursor, in words, for failures.
    mutating func found() -> String {
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
    mutating func expected(_ what: String) {
        let found = found()
        fail("expected \(what), found \(found)")
    }

    mutating func literal(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= end else { return false }
        for index in 0..<count where base[position + index] != text.utf8Start[index] { return false }
        position += count
        return true
    }

    /// Consumes a `null` if one stands here.
    @inline(__always)
    public mutating func null() -> Bool { peek() == UInt8(ascii: "n") && nullLiteral() }

    @inline(never)
    private mutating func nullLiteral() -> Bool {
        if literal("null") { return true }
        expected("a value")
        return false
    }

    /// Consumes the opening of an object. False for `null` (an empty value) and on failure.
    public mutating func beginObject() -> Bool {
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
    @inline(never)
    public mutating func nextKey() -> JSONKey? {
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
        skipPlain()
        guard position < end else {
            fail("unterminated string")
            return nil
        }
        switch base[position] {
        case UInt8(ascii: "\""):
            let key = JSONKey(start: base + start, count: position &- start)
            position &+= 1
            return colon() ? key : nil
        case UInt8(ascii: "\\"): return escapedKey(start)
        default:
            fail("a control character in a string must be escaped")
            return nil
        }
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
        return JSONKey(start: start, count: text.count)
    }

    /// Consumes the opening of an array. False for `null` and on failure.
    public mutating func beginArray() -> Bool {
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
    public mutating func nextElement() -> Bool {
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
    public mutating func finish() {
        if !failed, peek() != 0 || position < end { expected("the end of the input") }
    }
}

/// Appends JSON to one growing buffer, spelled as Go's `encoding/json` spells it (the API server's encoder): no spaces,
/// `<`, `>` and `&` escaped, U+2028 and U+2029 escaped.
///
/// A comma is owed whenever the last byte is not an opening bracket or a colon, so that no state is kept per level.
public struct JSONWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    /// Bytes written so far.
    public private(set) var count = 0

    public init(capacity: Int = 4096) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// The bytes written so far, copied out. O(n).
    public var bytes: [UInt8] { [UInt8](UnsafeBufferPointer(start: base, count: count)) }

    /// The text written so far, copied out. O(n).
    public var text: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }

    /// Forgets what was written and keeps the buffer.
    public mutating func removeAll() { count = 0 }

    /// Calls `body` with the bytes written so far, without a copy.
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: base, count: count))
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count &+ more > capacity { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let bigger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: bigger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = bigger
    }

    @inline(__always)
    private mutating func byte(_ value: UInt8) {
        reserve(1)
        base[count] = value
        count &+= 1
    }

    /// Writes `literal` as it is.
    @inline(__always)
    public mutating func raw(_ literal: StaticString) {
        let length = literal.utf8CodeUnitCount
        reserve(length)
        (base + count).update(from: literal.utf8Start, count: length)
        count &+= length
    }

    /// Writes bytes that are JSON already.
    public mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        (base + count).update(from: start, count: bytes.count)
        count &+= bytes.count
    }

    /// Writes bytes that are JSON already.
    public mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { raw($0) } }

    @inline(__always)
    private mutating func comma() {
        guard count > 0 else { return }
        switch base[count &- 1] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: byte(UInt8(ascii: ","))
        }
    }

    public mutating func beginObject() { byte(UInt8(ascii: "{")) }
    public mutating func endObject() { byte(UInt8(ascii: "}")) }
    public mutating func beginArray() { byte(UInt8(ascii: "[")) }
    public mutating func endArray() { byte(UInt8(ascii: "]")) }
    /// Goes before every element of an array.
    public mutating func element() { comma() }

    /// Writes a member's name given as `"name":`, quotes and colon included.
    @inline(__always)
    public mutating func key(_ quoted: StaticString) {
        comma()
        raw(quoted)
    }

    /// Writes a member's name that comes from data.
    public mutating func key(named name: String) {
        comma()
        string(name)
        byte(UInt8(ascii: ":"))
    }

    public mutating func null() { raw("null") }
    public mutating func bool(_ value: Bool) { if value { raw("true") } else { raw("false") } }

    public mutating func int(_ value: Int) {
        reserve(20)
        var magnitude = value.magnitude
        if magnitude < 10 {
            if value < 0 { byte(UInt8(ascii: "-")) }
            byte(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude))
            return
        }
        if value < 0 { byte(UInt8(ascii: "-")) }
        let start = count
        while magnitude > 0 {
            let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
            base[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: remainder)
            count &+= 1
            magnitude = quotient
        }
        var low = start
        var high = count &- 1
        while low < high {
            (base[low], base[high]) = (base[high], base[low])
            low &+= 1
            high &-= 1
        }
    }

    /// Writes the shortest decimal that reads back as the same number, spelled as Go spells it: without a point for
    /// whole numbers, with an exponent below 1e-6 and from 1e21 on.
    public mutating func double(_ value: Double) {
        if value.rounded(.towardZero) == value, value.magnitude < 1e15 {
            int(Int(value))
            return
        }
        guard value.isFinite else {
            null()
            return
        }
        if value < 0 { byte(UInt8(ascii: "-")) }
        var digits: [UInt8] = []
        var exponent = 0
        var point: Int?
        var text = value.magnitude.description.utf8[...]
        if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(Substring(text[text.index(after: mark)...]))) ?? 0
            text = text[..<mark]
        }
        for unit in text {
            if unit == UInt8(ascii: ".") { point = digits.count } else { digits.append(unit) }
        }
        // The number is 0.digits × 10^exponent.
        exponent += point ?? digits.count
        while digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if exponent > 21 || exponent < -5 {
            byte(digits[0])
            if digits.count > 1 { byte(UInt8(ascii: ".")) }
            for unit in digits.dropFirst() { byte(unit) }
            byte(UInt8(ascii: "e"))
            byte(UInt8(ascii: exponent > 0 ? "+" : "-"))
            int(abs(exponent - 1))
        } else if exponent <= 0 {
            raw("0.")
            for _ in 0..<(-exponent) { byte(UInt8(ascii: "0")) }
            for unit in digits { byte(unit) }
        } else {
            for index in 0..<max(exponent, digits.count) {
                if index == exponent { byte(UInt8(ascii: ".")) }
                byte(index < digits.count ? digits[index] : UInt8(ascii: "0"))
            }
        }
    }

    /// Writes a quoted, escaped string. O(length).
    public mutating func string(_ value: String) {
        let isWritten: Void? = value.utf8.withContiguousStorageIfAvailable { quoted($0) }
        if isWritten != nil { return }
        var copy = value
        copy.withUTF8 { quoted($0) }
    }

    /// Writes plain characters between quotes; the caller knows that none needs an escape.
    @inline(__always)
    public mutating func plainString(capacity: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        reserve(capacity &+ 2)
        base[count] = UInt8(ascii: "\"")
        let length = body(base + (count &+ 1))
        base[count &+ 1 &+ length] = UInt8(ascii: "\"")
        count &+= length &+ 2
    }

    /// Copies eight bytes at a time and stops at those that need an escape. The quotes and eight bytes of slack are
    /// reserved beforehand, so that whole words may be stored.
    private mutating func quoted(_ text: UnsafeBufferPointer<UInt8>) {
        let length = text.count
        reserve(length &+ 16)
        base[count] = UInt8(ascii: "\"")
        count &+= 1
        guard let start = text.baseAddress else {
            byte(UInt8(ascii: "\""))
            return
        }
        var index = 0
        while index &+ 8 <= length {
            let word = UInt64(littleEndian: UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self))
            UnsafeMutableRawPointer(base + count).storeBytes(of: word.littleEndian, as: UInt64.self)
            let marks = JSONWriter.marks(word)
            if marks == 0 {
                index &+= 8
                count &+= 8
                continue
            }
            let plain = marks.trailingZeroBitCount &>> 3
            index &+= plain
            count &+= plain
            special(text, &index)
            reserve(length &- index &+ 16)
        }
        while index < length {
            let unit = start[index]
            if JSONWriter.isPlain(unit) {
                base[count] = unit
                count &+= 1
                index &+= 1
            } else {
                special(text, &index)
                reserve(length &- index &+ 16)
            }
        }
        byte(UInt8(ascii: "\""))
    }

    /// A high bit for every byte of a word that is no plain character; those above the lowest may be wrong.
    @inline(__always)
    private static func marks(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // `"` and `&` differ in one bit, `<` and `>` in another.
        let quotes = (word & ~(ones &* 0x04)) ^ (ones &* 0x22)
        let angles = (word & ~(ones &* 0x02)) ^ (ones &* 0x3C)
        let backslash = word ^ (ones &* 0x5C)
        let separator = word ^ (ones &* 0xE2)
        let found =
            ((quotes &- ones) & ~quotes) | ((angles &- ones) & ~angles) | ((backslash &- ones) & ~backslash)
            | ((separator &- ones) & ~separator) | ((word &- ones &* 0x20) & ~word)
        return found & (ones &* 0x80)
    }

    /// Writes one character that is not plain.
    @inline(never)
    private mutating func special(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        let unit = text[index]
        if unit == 0xE2 {
            let isSeparator = index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8
            if isSeparator {
                if text[index + 2] == 0xA8 { raw("\\u2028") } else { raw("\\u2029") }
                index += 3
            } else {
                byte(unit)
                index += 1
            }
        } else {
            escape(unit)
            index += 1
        }
    }

    @inline(__always)
    private static func isPlain(_ unit: UInt8) -> Bool {
        switch unit {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), 0xE2:
            false
        default: unit >= 0x20
        }
    }

    private mutating func escape(_ unit: UInt8) {
        switch unit {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        case 0x08: raw("\\b")
        case 0x0C: raw("\\f")
        default:
            raw("\\u00")
            byte(JSONWriter.hexadecimal(unit >> 4))
            byte(JSONWriter.hexadecimal(unit & 15))
        }
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

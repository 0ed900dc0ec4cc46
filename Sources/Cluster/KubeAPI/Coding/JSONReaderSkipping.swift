// Moving over what no field takes, and looking at what comes.

extension JSONReader {
    /// Skips a member's value that no field takes, and remembers where it was.
    public mutating func unknown(_ key: JSONKey) {
        unknownFields.append(position)
        skip()
    }

    /// Reads a value whose unknown fields nobody is told of.
    mutating func withoutUnknownFields<Value>(_ read: (inout JSONReader) -> Value) -> Value {
        let known = unknownFields.count
        let value = read(&self)
        unknownFields.removeSubrange(known...)
        return value
    }

    /// Skips one value of any type, without building it. Its syntax is checked, and nothing else.
    public mutating func skip() {
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

    /// Skips one value of any type, and gives its text.
    public mutating func skippedText() -> UnsafeBufferPointer<UInt8> {
        _ = peek()
        let start = position
        skip()
        return UnsafeBufferPointer(start: base + start, count: failed ? 0 : position &- start)
    }

    /// What the next value is, without consuming it.
    public mutating func nextIsString() -> Bool { peek() == UInt8(ascii: "\"") }
    public mutating func nextIsObject() -> Bool { peek() == UInt8(ascii: "{") }
    public mutating func nextIsArray() -> Bool { peek() == UInt8(ascii: "[") }
    public mutating func nextIsBool() -> Bool {
        let unit = peek()
        return unit == UInt8(ascii: "t") || unit == UInt8(ascii: "f")
    }
    /// Whether the number at the cursor is written without fraction and exponent and fits 64 bits.
    public mutating func nextIsInteger() -> Bool {
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

/// Why bytes are not the message that they should be, and where.
public struct ProtobufFailure: Error, Equatable, Sendable {
    /// What is wrong, as in "unexpected end of a message".
    public var message: String
    /// Where in the input, in bytes from its start.
    public var offset: Int

    public init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}

/// Reads protobuf messages from bytes in memory. Any bytes may come in: lengths are checked before anything is read or
/// allocated, and after a failure every read gives an empty value at once.
///
/// Of a field that comes twice the last one holds, but for lists and maps, which grow. Unknown fields are skipped.
public struct ProtobufReader: ~Copyable {
    private let base: UnsafePointer<UInt8>
    /// Of the whole input.
    private let total: Int
    /// Of the message that is being read.
    private var end: Int
    private var position = 0
    /// The field at the cursor, and how it is written.
    private(set) var number = 0
    private(set) var wireType: UInt64 = 0
    /// Of the message that is being read; schemas hold schemas.
    private var depth = 0
    /// Deeper nesting fails, so that no input overflows the stack, and what is read can be written as JSON and read
    /// again: a list's message is two levels there.
    private static let maximumDepth = 400
    public private(set) var failure: ProtobufFailure?

    /// The caller keeps `bytes` alive while the reader lives.
    public init(_ bytes: UnsafeBufferPointer<UInt8>) {
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        total = bytes.count
        end = bytes.count
    }

    @inline(never)
    public mutating func fail(_ message: String) {
        if failure == nil { failure = ProtobufFailure(message: message, offset: min(position, total)) }
        position = total
        end = total
    }

    // MARK: Fields and messages

    /// The number of the next field; 0 at the end of the message and after a failure.
    @inline(__always)
    public mutating func nextField() -> Int {
        if position >= end { return 0 }
        let tag = varint()
        wireType = tag & 7
        number = Int(truncatingIfNeeded: (tag & 0xFFFF_FFFF) >> 3)
        if number == 0, failure == nil { fail("illegal tag 0") }
        return number
    }

    @inline(__always)
    private mutating func varint() -> UInt64 {
        if position < end, base[position] < 0x80 {
            let value = UInt64(base[position])
            position &+= 1
            return value
        }
        return longVarint()
    }

    @inline(never)
    private mutating func longVarint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let unit = base[position]
            position &+= 1
            value |= UInt64(unit & 0x7F) << shift
            if unit < 0x80 { return value }
            shift &+= 7
            if shift >= 64 {
                fail("integer overflow")
                return 0
            }
        }
        fail("unexpected end of a message")
        return 0
    }

    @inline(__always)
    private mutating func expect(_ type: UInt64) -> Bool {
        if wireType == type { return true }
        wrongWireType()
        return false
    }

    @inline(never)
    private mutating func wrongWireType() {
        if failure == nil { fail("wrong wire type \(wireType)") }
    }

    /// The length of what follows, which lies within the message; nil on failure.
    @inline(__always)
    private mutating func length() -> Int? {
        guard expect(2) else { return nil }
        let length = varint()
        guard length <= UInt64(truncatingIfNeeded: max(end &- position, 0)) else {
            if failure == nil { fail("unexpected end of a message") }
            return nil
        }
        return Int(truncatingIfNeeded: length)
    }

    /// Narrows the reader to the message at the cursor; gives what `endMessage` takes to widen it again.
    public mutating func beginMessage() -> Int {
        let outer = end
        depth &+= 1
        if depth > Self.maximumDepth {
            fail("exceeded max depth")
        } else if let length = length() {
            end = position &+ length
        }
        return outer
    }

    public mutating func endMessage(_ outer: Int) {
        depth &-= 1
        end = failure == nil ? outer : total
    }

    public mutating func message<Value: ProtobufCodable>(_: Value.Type = Value.self) -> Value {
        let outer = beginMessage()
        let value = Value(protobuf: &self)
        endMessage(outer)
        return value
    }

    /// Nil for a message that says nothing: Go holds such a field as a plain value, which is always written.
    public mutating func plainMessage<Value: ProtobufCodable>(_: Value.Type) -> Value? {
        let value: Value = message()
        return value == Value() ? nil : value
    }

    /// Skips the value of the field at the cursor.
    @inline(never)
    public mutating func skip() {
        switch wireType {
        case 0: _ = varint()
        case 1: move(8)
        case 2: if let length = length() { position &+= length }
        case 3: skipGroup()
        case 5: move(4)
        default: wrongWireType()
        }
    }

    private mutating func move(_ count: Int) {
        if count <= end &- position { position &+= count } else { fail("unexpected end of a message") }
    }

    /// Groups are of proto1's days, and nest; they are counted, so that no input overflows the stack.
    private mutating func skipGroup() {
        var depth = 1
        while depth > 0 {
            guard nextField() != 0 else {
                if failure == nil { fail("unexpected end of a group") }
                return
            }
            switch wireType {
            case 3: depth += 1
            case 4: depth -= 1
            default: skip()
            }
        }
    }

    /// Whether another element of the list `list` follows. Consumes its tag if so.
    @inline(__always)
    mutating func repeats(_ list: Int, _ type: UInt64) -> Bool {
        guard position < end else { return false }
        let saved = position
        if nextField() == list, wireType == type { return true }
        if failure == nil { position = saved }
        return false
    }

    // MARK: Scalars

    @inline(never)
    public mutating func string() -> String {
        guard let length = length() else { return "" }
        let value = String(decoding: UnsafeBufferPointer(start: base + position, count: length), as: UTF8.self)
        position &+= length
        return value
    }

    /// Nil for an empty string: Go holds such a field as a plain value, which is always written.
    @inline(never)
    public mutating func plainString() -> String? {
        guard let length = length(), length > 0 else { return nil }
        let value = String(decoding: UnsafeBufferPointer(start: base + position, count: length), as: UTF8.self)
        position &+= length
        return value
    }

    @inline(__always)
    public mutating func int() -> Int {
        guard expect(0) else { return 0 }
        return Int(truncatingIfNeeded: varint())
    }

    /// The lower 32 bits, as Go takes them.
    @inline(__always)
    public mutating func int32() -> Int { Int(Int32(truncatingIfNeeded: int())) }

    public mutating func plainInt() -> Int? {
        let value = int()
        return value == 0 ? nil : value
    }

    public mutating func plainInt32() -> Int? {
        let value = int32()
        return value == 0 ? nil : value
    }

    public mutating func bool() -> Bool { int() != 0 }

    public mutating func plainBool() -> Bool? { int() != 0 ? true : nil }

    public mutating func double() -> Double {
        guard expect(1) else { return 0 }
        guard end &- position >= 8 else {
            fail("unexpected end of a message")
            return 0
        }
        let bits = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
        position &+= 8
        return Double(bitPattern: UInt64(littleEndian: bits))
    }

    public mutating func plainDouble() -> Double? {
        let value = double()
        return value == 0 ? nil : value
    }

    public mutating func bytes() -> Base64Data {
        guard let length = length() else { return Base64Data() }
        let value = Base64Data([UInt8](UnsafeBufferPointer(start: base + position, count: length)))
        position &+= length
        return value
    }

    /// Calls `body` with the bytes of the field at the cursor; nil on failure.
    public mutating func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        guard let length = length() else { return nil }
        let result = body(UnsafeBufferPointer(start: base + position, count: length))
        position &+= length
        return result
    }

    // MARK: Lists

    public mutating func strings(_ list: inout [String]) {
        gather(&list) { reader in reader.string() }
    }

    public mutating func messages<Value: ProtobufCodable>(_ list: inout [Value]) {
        gather(&list) { reader in reader.message() }
    }

    public mutating func quantities(_ list: inout [Quantity]) {
        gather(&list) { reader in reader.quantity() }
    }

    public mutating func raws(_ list: inout [JSONValue]) {
        gather(&list) { reader in reader.raw() }
    }

    public mutating func ints(_ list: inout [Int]) { numbers(&list) { Int(truncatingIfNeeded: $0) } }

    public mutating func bools(_ list: inout [Bool]) { numbers(&list) { $0 != 0 } }

    /// One number, or several packed into one field.
    @inline(__always)
    private mutating func numbers<Number>(_ list: inout [Number], _ value: (UInt64) -> Number) {
        if wireType == 0 {
            list.append(value(varint()))
            return
        }
        let outer = beginMessage()
        while position < end { list.append(value(varint())) }
        endMessage(outer)
    }

    public mutating func wrappedStrings(_ list: inout [String]) {
        let outer = beginMessage()
        while case let field = nextField(), field != 0 {
            if field == 1 { strings(&list) } else { skip() }
        }
        endMessage(outer)
    }

    /// Elements of short lists are gathered on the stack, so that the list is allocated once and has no slack.
    private static var shortList: Int { 8 }

    @inline(__always)
    private mutating func gather<Element>(_ list: inout [Element], _ read: (inout ProtobufReader) -> Element) {
        let (field, type) = (number, wireType)
        withUnsafeTemporaryAllocation(of: Element.self, capacity: Self.shortList) { buffer in
            guard let start = buffer.baseAddress else { return }
            var hasMore = true
            while hasMore {
                var count = 0
                repeat {
                    (start + count).initialize(to: read(&self))
                    count += 1
                    hasMore = repeats(field, type)
                } while hasMore && count < Self.shortList
                if list.isEmpty, !hasMore { list.reserveCapacity(count) }
                for index in 0..<count { list.append((start + index).move()) }
            }
        }
    }
}

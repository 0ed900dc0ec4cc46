/// Writes Kubernetes' protobuf encoding into one buffer, from its end to its front.
///
/// A message begins with its length, which is known once its fields stand; so fields are written last first, and
/// nothing is measured beforehand or moved afterwards. What is written, and what is left out, is what upstream's
/// generated `Marshal` methods write: plain values always, pointers when they are set, the entries of maps sorted by
/// key, numbers of a list one by one (proto2 has no packing).
///
///     writer.string(2, "b")      //                     12 01 62
///     writer.string(1, "a")      // 0a 01 61 12 01 62
///     writer.finishMessage(3, 0) // 1a 06 0a 01 61 12 01 62
public struct ProtobufWriter: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Where the first byte stands.
    private var start: Int

    public init(capacity: Int = 4096) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
        start = self.capacity
    }

    deinit { base.deallocate() }

    /// Bytes written so far.
    public var count: Int { capacity &- start }

    /// The bytes written so far, copied out. O(n).
    public var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    /// Calls `body` with the bytes written so far, without a copy.
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: base + start, count: capacity &- start))
    }

    /// Forgets what was written and keeps the buffer.
    public mutating func removeAll() { start = capacity }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if more > start { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let written = capacity - start
        let bigger = max(capacity * 2, written + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: bigger)
        (moved + (bigger - written)).update(from: base + start, count: written)
        base.deallocate()
        base = moved
        start = bigger - written
        capacity = bigger
    }

    // MARK: Pieces

    @inline(__always)
    private mutating func byte(_ value: UInt8) {
        start &-= 1
        base[start] = value
    }

    /// The caller has reserved ten bytes.
    @inline(__always)
    private mutating func varint(_ value: UInt64) {
        if value < 0x80 {
            byte(UInt8(truncatingIfNeeded: value))
        } else {
            longVarint(value)
        }
    }

    private mutating func longVarint(_ value: UInt64) {
        let size = (70 &- value.leadingZeroBitCount) / 7
        start &-= size
        var rest = value
        for index in 0..<(size &- 1) {
            base[start &+ index] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
        }
        base[start &+ size &- 1] = UInt8(truncatingIfNeeded: rest)
    }

    @inline(__always)
    private mutating func tag(_ number: Int, _ wireType: UInt64) {
        varint(UInt64(truncatingIfNeeded: number) << 3 | wireType)
    }

    /// Writes bytes as they are.
    public mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        start &-= bytes.count
        (base + start).update(from: source, count: bytes.count)
    }

    /// Writes bytes as they are.
    public mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { raw($0) } }

    /// Puts the head of a message before all that was written since `count` was `end`.
    public mutating func finishMessage(_ number: Int, _ end: Int) {
        let length = count &- end
        reserve(20)
        varint(UInt64(truncatingIfNeeded: length))
        tag(number, 2)
    }

    // MARK: Scalars

    public mutating func string(_ number: Int, _ value: String) {
        let end = count
        text(value)
        finishMessage(number, end)
    }

    public mutating func string(_ number: Int, _ value: String?) {
        if let value { string(number, value) }
    }

    /// A value that Go holds without a pointer is written when it is empty, too.
    public mutating func plainString(_ number: Int, _ value: String?) {
        if let value {
            string(number, value)
        } else {
            reserve(20)
            byte(0)
            tag(number, 2)
        }
    }

    private mutating func text(_ value: String) {
        let isWritten: Void? = value.utf8.withContiguousStorageIfAvailable { raw($0) }
        if isWritten != nil { return }
        var copy = value
        copy.withUTF8 { raw($0) }
    }

    public mutating func int(_ number: Int, _ value: Int) {
        reserve(20)
        varint(UInt64(bitPattern: Int64(value)))
        tag(number, 0)
    }

    public mutating func int(_ number: Int, _ value: Int?) {
        if let value { int(number, value) }
    }

    public mutating func plainInt(_ number: Int, _ value: Int?) { int(number, value ?? 0) }

    public mutating func bool(_ number: Int, _ value: Bool) { int(number, value ? 1 : 0) }

    public mutating func bool(_ number: Int, _ value: Bool?) {
        if let value { int(number, value ? 1 : 0) }
    }

    public mutating func plainBool(_ number: Int, _ value: Bool?) { int(number, value == true ? 1 : 0) }

    public mutating func double(_ number: Int, _ value: Double) {
        reserve(20)
        start &-= 8
        UnsafeMutableRawPointer(base + start).storeBytes(of: value.bitPattern.littleEndian, as: UInt64.self)
        tag(number, 1)
    }

    public mutating func double(_ number: Int, _ value: Double?) {
        if let value { double(number, value) }
    }

    public mutating func plainDouble(_ number: Int, _ value: Double?) { double(number, value ?? 0) }

    public mutating func bytes(_ number: Int, _ value: Base64Data) {
        let end = count
        raw(value.bytes)
        finishMessage(number, end)
    }

    public mutating func bytes(_ number: Int, _ value: Base64Data?) {
        if let value { bytes(number, value) }
    }

    // MARK: Messages

    public mutating func message<Value: ProtobufCodable>(_ number: Int, _ value: Value) {
        let end = count
        value.encode(protobuf: &self)
        finishMessage(number, end)
    }

    public mutating func message<Value: ProtobufCodable>(_ number: Int, _ value: Value?) {
        if let value { message(number, value) }
    }

    public mutating func messages<Value: ProtobufCodable>(_ number: Int, _ values: [Value]) {
        var index = values.count
        while index > 0 {
            index &-= 1
            message(number, values[index])
        }
    }

    public mutating func strings(_ number: Int, _ values: [String]) {
        for value in values.reversed() { string(number, value) }
    }

    public mutating func ints(_ number: Int, _ values: [Int]) {
        for value in values.reversed() { int(number, value) }
    }

    public mutating func bools(_ number: Int, _ values: [Bool]) {
        for value in values.reversed() { bool(number, value) }
    }

    /// A list in a message of its own, left out when there is none.
    public mutating func wrappedStrings(_ number: Int, _ values: [String]) {
        if values.isEmpty { return }
        let end = count
        strings(1, values)
        finishMessage(number, end)
    }
}

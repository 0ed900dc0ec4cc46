/// A value with a direct coder: no intermediate tree, no reflection.
public protocol JSONCodable: Equatable, Sendable, SendableMetatype {
    /// The empty value, which is Go's zero value.
    init()
    /// Reads a value. `null` gives the empty value. After a failure, which the reader keeps, the value is of no use.
    init(from reader: inout JSONReader)
    func encode(into writer: inout JSONWriter)
}

extension JSONCodable {
    /// Decodes a whole text.
    public static func decode(_ bytes: some ContiguousBytesView) throws(JSONFailure) -> Self {
        try decodeReportingUnknownFields(bytes).value
    }

    /// Decodes a whole text, and tells the paths of the fields that the schema does not have (they are dropped).
    public static func decodeReportingUnknownFields(
        _ bytes: some ContiguousBytesView
    ) throws(JSONFailure) -> (value: Self, unknownFields: [String]) {
        let result: Result<(value: Self, unknownFields: [String]), JSONFailure> = bytes.withBytes { buffer in
            var reader = JSONReader(buffer)
            let value = Self(from: &reader)
            reader.finish()
            if let failure = reader.failure { return .failure(failure) }
            return .success((value, reader.unknownFieldPaths))
        }
        return try result.get()
    }

    /// The value as JSON.
    public var json: [UInt8] {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.bytes
    }

    /// The value as JSON text.
    public var jsonText: String {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.text
    }
}

/// Bytes that lie in one piece of memory.
public protocol ContiguousBytesView {
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
}

extension [UInt8]: ContiguousBytesView {
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeBufferPointer(body)
    }
}

extension String: ContiguousBytesView {
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var copy = self
        return copy.withUTF8(body)
    }
}

extension JSONReader {
    /// Elements of short lists are gathered on the stack, so that the list is allocated once and has no slack.
    private static var shortList: Int { 8 }

    /// An array of values; absent, `null` and empty are one, as in Kubernetes' storage.
    @inline(never)
    public mutating func array<Element: JSONCodable>(_: Element.Type = Element.self) -> [Element] {
        guard beginArray() else { return [] }
        return gather { reader in Element(from: &reader) }
    }

    @inline(never)
    public mutating func strings() -> [String] {
        guard beginArray() else { return [] }
        return gather { reader in reader.string() }
    }

    @inline(__always)
    private mutating func gather<Element>(_ read: (inout JSONReader) -> Element) -> [Element] {
        if !nextElement() { return [] }
        return withUnsafeTemporaryAllocation(of: Element.self, capacity: Self.shortList) { buffer in
            guard let start = buffer.baseAddress else { return [] }
            var count = 0
            var isLast = false
            repeat {
                (start + count).initialize(to: read(&self))
                count += 1
                isLast = !nextElement()
            } while !isLast && count < Self.shortList
            var elements: [Element] = []
            elements.reserveCapacity(isLast ? count : count * 2)
            for index in 0..<count { elements.append((start + index).move()) }
            while !isLast {
                elements.append(read(&self))
                isLast = !nextElement()
            }
            return elements
        }
    }

    @inline(never)
    public mutating func map<Value: JSONCodable>(_: Value.Type = Value.self) -> StringMap<Value> {
        guard beginObject(), var key = nextKey() else { return StringMap() }
        return withUnsafeTemporaryAllocation(
            of: (key: String, value: Value).self, capacity: Self.shortList
        ) { buffer in
            guard let start = buffer.baseAddress else { return StringMap() }
            var count = 0
            var isLast = false
            repeat {
                let name = key.text
                (start + count).initialize(to: (name, Value(from: &self)))
                count += 1
                if let next = nextKey() { key = next } else { isLast = true }
            } while !isLast && count < Self.shortList
            var entries: [(key: String, value: Value)] = []
            entries.reserveCapacity(isLast ? count : count * 2)
            for index in 0..<count { entries.append((start + index).move()) }
            while !isLast {
                let name = key.text
                entries.append((name, Value(from: &self)))
                if let next = nextKey() { key = next } else { isLast = true }
            }
            return StringMap(read: entries)
        }
    }
}

// Fields that Go holds as plain values: zero is no more than absence, and becomes nil.
extension JSONReader {
    @inline(never)
    public mutating func plainString() -> String? {
        let value = string()
        return value.isEmpty ? nil : value
    }

    public mutating func plainInt() -> Int? {
        let value = int()
        return value == 0 ? nil : value
    }

    public mutating func plainInt32() -> Int? {
        let value = int32()
        return value == 0 ? nil : value
    }

    public mutating func plainBool() -> Bool? { bool() ? true : nil }

    public mutating func plainDouble() -> Double? {
        let value = double()
        return value == 0 ? nil : value
    }

    public mutating func plain<Value: JSONCodable>(_: Value.Type) -> Value? {
        if null() { return nil }
        let value = Value(from: &self)
        return value == Value() ? nil : value
    }
}

extension JSONWriter {
    public mutating func array<Element: JSONCodable>(_ elements: [Element]) {
        beginArray()
        for value in elements {
            element()
            value.encode(into: &self)
        }
        endArray()
    }

    public mutating func map<Value: JSONCodable>(_ map: StringMap<Value>) {
        beginObject()
        for (name, value) in map {
            key(named: name)
            value.encode(into: &self)
        }
        endObject()
    }
}

extension String: JSONCodable {
    public init(from reader: inout JSONReader) { self = reader.string() }
    public func encode(into writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: JSONCodable {
    public init(from reader: inout JSONReader) { self = reader.bool() }
    public func encode(into writer: inout JSONWriter) { writer.bool(self) }
}

extension Int: JSONCodable {
    public init(from reader: inout JSONReader) { self = reader.int() }
    public func encode(into writer: inout JSONWriter) { writer.int(self) }
}

extension Double: JSONCodable {
    public init(from reader: inout JSONReader) { self = reader.double() }
    public func encode(into writer: inout JSONWriter) { writer.double(self) }
}

extension Array: JSONCodable where Element: JSONCodable {
    public init(from reader: inout JSONReader) { self = reader.array() }
    public func encode(into writer: inout JSONWriter) { writer.array(self) }
}

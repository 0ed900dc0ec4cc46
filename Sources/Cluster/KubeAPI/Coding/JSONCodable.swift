/// A value with a direct coder: no intermediate tree, no reflection.
package protocol JSONCodable: Equatable, Sendable, SendableMetatype {
    /// Reads a value. `null` gives the empty value. After a failure, which the reader keeps, the value is of no use.
    init(from reader: inout JSONReader)
    func encode(into writer: inout JSONWriter)
}

extension JSONCodable {
    /// Decodes a whole text.
    package static func decode(_ bytes: some ContiguousBytesView) throws(JSONFailure) -> Self {
        try decodeReportingUnknownFields(bytes).value
    }

    /// Decodes a whole text, and tells the paths of the fields that the schema does not have (they are dropped).
    package static func decodeReportingUnknownFields(
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
    package var json: [UInt8] {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.bytes
    }

    /// The value as JSON text.
    package var jsonText: String {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.text
    }
}

/// Bytes that lie in one piece of memory.
package protocol ContiguousBytesView {
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
}

extension [UInt8]: ContiguousBytesView {
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeBufferPointer(body)
    }
}

extension String: ContiguousBytesView {
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var copy = self
        return copy.withUTF8(body)
    }
}

extension JSONReader {
    /// An array of values; absent, `null` and empty are one, as in Kubernetes' storage.
    package mutating func array<Element: JSONCodable>(_: Element.Type = Element.self) -> [Element] {
        var elements: [Element] = []
        guard beginArray() else { return elements }
        while nextElement() { elements.append(Element(from: &self)) }
        return elements
    }

    package mutating func strings() -> [String] {
        var elements: [String] = []
        guard beginArray() else { return elements }
        while nextElement() { elements.append(string()) }
        return elements
    }

    package mutating func map<Value: JSONCodable>(_: Value.Type = Value.self) -> StringMap<Value> {
        var map = StringMap<Value>()
        guard beginObject() else { return map }
        while let key = nextKey() {
            let name = key.text
            map.insert(name, Value(from: &self))
        }
        return map
    }
}

extension JSONWriter {
    package mutating func array<Element: JSONCodable>(_ elements: [Element]) {
        beginArray()
        for value in elements {
            element()
            value.encode(into: &self)
        }
        endArray()
    }

    package mutating func map<Value: JSONCodable>(_ map: StringMap<Value>) {
        beginObject()
        for (name, value) in map {
            key(named: name)
            value.encode(into: &self)
        }
        endObject()
    }
}

extension String: JSONCodable {
    package init(from reader: inout JSONReader) { self = reader.string() }
    package func encode(into writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: JSONCodable {
    package init(from reader: inout JSONReader) { self = reader.bool() }
    package func encode(into writer: inout JSONWriter) { writer.bool(self) }
}

extension Int: JSONCodable {
    package init(from reader: inout JSONReader) { self = reader.int() }
    package func encode(into writer: inout JSONWriter) { writer.int(self) }
}

extension Double: JSONCodable {
    package init(from reader: inout JSONReader) { self = reader.double() }
    package func encode(into writer: inout JSONWriter) { writer.double(self) }
}

extension Array: JSONCodable where Element: JSONCodable {
    package init(from reader: inout JSONReader) { self = reader.array() }
    package func encode(into writer: inout JSONWriter) { writer.array(self) }
}

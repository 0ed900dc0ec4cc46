import KubeAPI

/// A protobuf message under construction.
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func delimited(_ number: Int, _ content: some Collection<UInt8>) {
        varint(number << 3 | 2)
        varint(content.count)
        bytes.append(contentsOf: content)
    }

    mutating func message(_ number: Int, _ message: ProtobufMessage) { delimited(number, message.bytes) }

    mutating func string(_ number: Int, _ value: JSONValue?) {
        guard let text = value?.stringValue, !text.isEmpty else { return }
        delimited(number, Array(text.utf8))
    }

    mutating func strings(_ number: Int, _ value: JSONValue?) {
        for element in value?.arrayValue ?? [] {
            if let text = element.stringValue { delimited(number, Array(text.utf8)) }
        }
    }

    mutating func bool(_ number: Int, _ value: JSONValue?) {
        guard value?.boolValue == true else { return }
        varint(number << 3)
        varint(1)
    }

    /// The members of an object whose names begin with `x-`, each a `NamedAny`, whose value is YAML; JSON is YAML.
    mutating func extensions(_ number: Int, of value: JSONValue) {
        for (name, value) in value.objectValue ?? [:] where name.hasPrefix("x-") {
            var any = ProtobufMessage()
            any.string(2, .string(String(decoding: value.json, as: UTF8.self) + "\n"))
            message(number, .named(name, any))
        }
    }

    /// One of the pairs of which gnostic makes maps, so that their order is kept.
    static func named(_ name: String, _ value: ProtobufMessage) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.string(1, .string(name))
        message.message(2, value)
        return message
    }

    /// A message of nothing but another one, as one of several that it could be.
    static func holding(_ number: Int, _ value: ProtobufMessage) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.message(number, value)
        return message
    }

    /// A message of nothing but pairs.
    static func pairs(_ value: JSONValue?, _ make: (JSONValue) -> ProtobufMessage) -> ProtobufMessage {
        var message = ProtobufMessage()
        for (name, member) in value?.objectValue ?? [:] { message.message(1, .named(name, make(member))) }
        return message
    }
}

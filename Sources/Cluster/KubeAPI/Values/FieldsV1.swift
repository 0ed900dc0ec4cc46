/// `metav1.FieldsV1`: the fields that a manager owns, as JSON. Kept as the text that came in, without spaces, because
/// the order of its members has a meaning that a map by name would lose; most of the time it is only passed on.
public struct FieldsV1: Hashable, Sendable {
    /// One JSON value, spelled as `JSONWriter` spells it.
    public let json: [UInt8]

    /// No fields.
    public init() { json = [0x7B, 0x7D] }

    /// Takes JSON that is spelled well already.
    public init(trusted json: [UInt8]) { self.json = json }

    /// Nil for bytes that are no JSON. O(n).
    public init?(json bytes: UnsafeBufferPointer<UInt8>) {
        var reader = JSONReader(bytes)
        self.init(from: &reader)
        reader.finish()
        if reader.failed { return nil }
    }

    /// Without spaces between values, and with those characters escaped that Go's encoder escapes.
    private static func compact(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var isInString = false
        var isEscaped = false
        for unit in text {
            switch unit {
            case 0x20, 0x0A, 0x0D, 0x09: if isInString { result.append(unit) }
            case UInt8(ascii: "<"): result += Array("\\u003c".utf8)
            case UInt8(ascii: ">"): result += Array("\\u003e".utf8)
            case UInt8(ascii: "&"): result += Array("\\u0026".utf8)
            default:
                if unit == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
                result.append(unit)
            }
            isEscaped = unit == UInt8(ascii: "\\") && !isEscaped
        }
        return result
    }
}

extension FieldsV1: JSONCodable {
    public init(from reader: inout JSONReader) {
        let text = reader.skippedText()
        json = text.isEmpty ? [0x7B, 0x7D] : FieldsV1.compact(text)
    }

    public func encode(into writer: inout JSONWriter) { writer.raw(json) }
}

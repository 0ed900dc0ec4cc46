/// Bytes that JSON carries as standard base64, such as a secret's values.
public struct Base64Data: Hashable, Sendable {
    public var bytes: [UInt8]

    public init() { bytes = [] }
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Standard base64 with padding.
    public var base64: String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let first = bytes[index]
            let second = index + 1 < bytes.count ? bytes[index + 1] : 0
            let third = index + 2 < bytes.count ? bytes[index + 2] : 0
            text.append(Self.alphabet[Int(first >> 2)])
            text.append(Self.alphabet[Int((first & 3) << 4 | second >> 4)])
            text.append(
                index + 1 < bytes.count ? Self.alphabet[Int((second & 15) << 2 | third >> 6)] : UInt8(ascii: "="))
            text.append(index + 2 < bytes.count ? Self.alphabet[Int(third & 63)] : UInt8(ascii: "="))
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads standard base64 with padding; line breaks are ignored, as Go does.
    public init?(base64 text: String) {
        var result: [UInt8] = []
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        for unit in text.utf8 where unit != 0x0A && unit != 0x0D {
            let value: UInt8
            switch unit {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = unit - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = unit - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = unit - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "=") where digits >= 2:
                padding += 1
                value = 0
            default: return nil
            }
            if padding > 0, unit != UInt8(ascii: "=") { return nil }
            group = group << 6 | UInt32(value)
            digits += 1
            if digits == 4 {
                result.append(UInt8(truncatingIfNeeded: group >> 16))
                if padding < 2 { result.append(UInt8(truncatingIfNeeded: group >> 8)) }
                if padding < 1 { result.append(UInt8(truncatingIfNeeded: group)) }
                if padding > 2 { return nil }
                group = 0
                digits = 0
            }
        }
        guard digits == 0 else { return nil }
        bytes = result
    }

    /// How Go begins to say that text is no base64.
    public static let complaint = "illegal base64 data at input byte "

    /// The byte at which Go's decoder gives up on text that is no standard base64: the character that is wrong, or the
    /// start of the last group of four where the text ends within it. Follows Go `encoding/base64` `decodeQuantum`.
    ///
    /// Worked through: of `hunter2!` it is byte 7; of `YWRtaW4`, whose padding is missing, byte 4.
    static func offence(in text: String) -> Int {
        let units = Array(text.utf8)
        func skipLines(_ position: inout Int) {
            while position < units.count, units[position] == 0x0A || units[position] == 0x0D { position += 1 }
        }
        var position = 0
        while true {
            // How many digits of the group there are.
            var digits = 0
            while digits < 4 {
                // Go counts back as many bytes as there are digits, line breaks or not.
                if position == units.count { return position - digits }
                let unit = units[position]
                position += 1
                if alphabet.contains(unit) {
                    digits += 1
                } else if unit == UInt8(ascii: "="), digits >= 2 {
                    if digits == 2 {
                        skipLines(&position)
                        if position == units.count { return position }
                        if units[position] != UInt8(ascii: "=") { return position - 1 }
                        position += 1
                    }
                    skipLines(&position)
                    return position
                } else if unit != 0x0A, unit != 0x0D {
                    return position - 1
                }
            }
        }
    }
}

extension Base64Data: JSONCodable {
    public init(from reader: inout JSONReader) {
        let text = reader.string()
        if let data = Base64Data(base64: text) {
            self = data
        } else {
            reader.fail("\(Base64Data.complaint)\(Base64Data.offence(in: text))")
            self.init()
        }
    }

    public func encode(into writer: inout JSONWriter) { writer.string(base64) }
}

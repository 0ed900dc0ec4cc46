/// What Go says of text that is not base64, which authors of Secrets meet: `illegal base64 data at input byte 4`.
/// Follows Go's encoding/base64 `Encoding.Decode`, strict about its padding and lenient about line ends.
enum Base64Complaint {
    /// The complaint about the string that a failure stands behind; nil for any other failure.
    static func message(_ failure: JSONFailure, in document: [UInt8]) -> String? {
        guard failure.message == "expected base64 data", let text = string(endingAt: failure.offset, of: document),
            let position = firstIllegalByte(of: text)
        else { return nil }
        return "illegal base64 data at input byte \(position)"
    }

    /// The string whose closing quote is before the offset, spaces aside.
    private static func string(endingAt offset: Int, of document: [UInt8]) -> String? {
        let quote = UInt8(ascii: "\"")
        guard offset <= document.count else { return nil }
        var offset = offset
        while offset > 0, [0x20, 0x0A, 0x0D, 0x09].contains(document[offset - 1]) { offset -= 1 }
        guard offset > 1, document[offset - 1] == quote else { return nil }
        var start = offset - 2
        while start > 0, document[start] != quote || isEscaped(start, in: document) { start -= 1 }
        guard document[start] == quote, case .string(let text)? = try? JSONValue.decode(Array(document[start..<offset]))
        else { return nil }
        return text
    }

    private static func isEscaped(_ index: Int, in document: [UInt8]) -> Bool {
        var backslashes = 0
        while backslashes < index, document[index - 1 - backslashes] == UInt8(ascii: "\\") { backslashes += 1 }
        return backslashes % 2 == 1
    }

    /// Where a decoder that takes four digits at a time stops. For example, `abc?` stops at byte 3, and `abcde`, which
    /// ends amid four, at byte 4, where those begin.
    static func firstIllegalByte(of text: String) -> Int? {
        let bytes = Array(text.utf8)
        func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        var index = 0
        var digits = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isLineEnd(byte) { continue }
            if CharacterSets.isAlphanumeric(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/") {
                digits = (digits + 1) % 4
                continue
            }
            guard byte == UInt8(ascii: "="), digits >= 2 else { return index - 1 }
            func skipLineEnds() { while index < bytes.count, isLineEnd(bytes[index]) { index += 1 } }
            skipLineEnds()
            if digits == 2 {
                if index == bytes.count { return bytes.count }
                if bytes[index] != UInt8(ascii: "=") { return index - 1 }
                index += 1
                skipLineEnds()
            }
            return index < bytes.count ? index : nil
        }
        return digits == 0 ? nil : bytes.count - digits
    }
}

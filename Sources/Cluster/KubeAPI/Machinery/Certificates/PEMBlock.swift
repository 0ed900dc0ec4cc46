/// A block of a text in PEM (RFC 7468).
struct PEMBlock {
    let label: String
    let bytes: [UInt8]

    /// The first block that can be read, of whatever label. Follows Go's `pem.Decode`. O(bytes).
    static func first(in pem: [UInt8]) -> PEMBlock? {
        let lines = pem.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self).trimmingTrailingWhitespace }
        // What begins anew takes the place of what has not ended, so that no line is read twice.
        var open: (label: String, body: Int)?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----") {
                open = (String(line.dropFirst("-----BEGIN ".count).dropLast("-----".count)), index + 1)
            } else if let (label, start) = open, line == "-----END \(label)-----" {
                open = nil
                // Headers have a colon, and an empty line after them.
                let body = lines[start..<index].drop { $0.contains(":") }.joined().filter { !$0.isWhitespace }
                if let data = Base64Data(base64: body) { return PEMBlock(label: label, bytes: data.bytes) }
            }
        }
        return nil
    }
}

extension String {
    fileprivate var trimmingTrailingWhitespace: String {
        var text = Substring(self)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}

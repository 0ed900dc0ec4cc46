import KubeAPI

/// Reads the subject of a PKCS #10 request (RFC 2986) in PEM, as far as the organizations, which become groups.
enum CertificateRequestText {
    private static let begin = "-----BEGIN CERTIFICATE REQUEST-----"
    private static let end = "-----END CERTIFICATE REQUEST-----"
    /// 2.5.4.10, `organizationName`, in DER.
    private static let organization: [UInt8] = [0x55, 0x04, 0x0A]

    /// Empty for a text that cannot be read. O(bytes).
    static func organizations(_ pem: [UInt8]) -> [String] {
        let text = String(decoding: pem, as: UTF8.self)
        guard let start = range(of: begin, in: text), let stop = range(of: end, in: text),
            start.upperBound <= stop.lowerBound
        else { return [] }
        let body = text[start.upperBound..<stop.lowerBound].filter { !$0.isWhitespace }
        guard let data = Base64Data(base64: String(body)) else { return [] }
        // CertificationRequest { CertificationRequestInfo { version, subject, … }, … }
        var request = DERReader(data.bytes[...])
        guard let whole = request.next(0x30) else { return [] }
        var outer = DERReader(whole)
        guard let information = outer.next(0x30) else { return [] }
        var fields = DERReader(information)
        guard fields.next(0x02) != nil, let subject = fields.next(0x30) else { return [] }
        var found: [String] = []
        var names = DERReader(subject)
        while let set = names.next(0x31) {
            var entries = DERReader(set)
            while let entry = entries.next(0x30) {
                var pair = DERReader(entry)
                guard let type = pair.next(0x06), let value = pair.next(nil) else { continue }
                if type.elementsEqual(organization) { found.append(String(decoding: value, as: UTF8.self)) }
            }
        }
        return found
    }

    private static func range(of part: String, in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(part) { return index..<text.index(index, offsetBy: part.count) }
            index = text.index(after: index)
        }
        return nil
    }
}

/// Walks the elements of a sequence in DER.
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The content of the next element, if it has this tag; of any tag for nil. Nil at the end and for what is broken.
    mutating func next(_ tag: UInt8?) -> ArraySlice<UInt8>? {
        guard let first = rest.popFirst(), tag == nil || first == tag, var length = rest.popFirst().map(Int.init) else {
            return nil
        }
        if length >= 0x80 {
            let count = length & 0x7F
            guard count > 0, count <= 4, rest.count >= count else { return nil }
            length = 0
            for _ in 0..<count { length = length << 8 | Int(rest.removeFirst()) }
        }
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}

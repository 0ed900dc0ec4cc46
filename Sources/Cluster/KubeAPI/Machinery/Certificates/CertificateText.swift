/// What a certificate (RFC 5280) in PEM says of itself.
public struct CertificateText: Sendable {
    /// When it ends.
    public let notAfter: Time

    /// Of the first certificate in the text; nil for a text that cannot be read. O(bytes).
    public init?(pem: [UInt8]) {
        guard let block = PEMBlock.first(in: pem), block.label == "CERTIFICATE" else { return nil }
        // Certificate { TBSCertificate { [0] version, serial, algorithm, issuer, validity { from, to }, … }, … }
        var certificate = DERReader(block.bytes[...])
        guard let whole = certificate.next(0x30) else { return nil }
        var outer = DERReader(whole)
        guard let information = outer.next(0x30) else { return nil }
        var fields = DERReader(information)
        if fields.nextTag == 0xA0 { _ = fields.next(0xA0) }
        guard fields.next(0x02) != nil, fields.next(0x30) != nil, fields.next(0x30) != nil,
            let validity = fields.next(0x30)
        else { return nil }
        var times = DERReader(validity)
        guard times.next(nil) != nil, let tag = times.nextTag, let text = times.next(nil),
            let end = CertificateText.time(tag, String(decoding: text, as: UTF8.self))
        else { return nil }
        notAfter = end
    }

    /// `UTCTime`, `260101000000Z`, whose years are 1950 to 2049, or `GeneralizedTime`, `20260101000000Z`.
    private static func time(_ tag: UInt8, _ text: String) -> Time? {
        var digits = text
        if tag == 0x17 { digits = (text < "50" ? "20" : "19") + text } else if tag != 0x18 { return nil }
        let units = Array(digits.utf8)
        guard units.count == 15 else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: units[range], as: UTF8.self) }
        return Time(
            rfc3339: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z")
    }
}

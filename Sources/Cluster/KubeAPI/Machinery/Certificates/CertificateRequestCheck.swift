/// Whether bytes are a PKCS #10 request (RFC 2986) in PEM, by its structure: every element that such a request has is
/// there, is of its type and ends where it says. What is signed, and whether the signature is right, is not looked at.
///
/// The complaints are those of Go's `encoding/pem`, `encoding/asn1` and `crypto/x509`, which upstream passes on:
/// kubernetes pkg/apis/certificates `ParseCSR`.
public enum CertificateRequestCheck {
    /// What is wrong; nil for a request. O(bytes).
    public static func complaint(pem: [UInt8]) -> String? {
        guard let block = PEMBlock.first(in: pem), block.label == "CERTIFICATE REQUEST" else {
            return "PEM block type must be CERTIFICATE REQUEST"
        }
        do throws(Complaint) {
            let end = try read(request, block.bytes[...], at: 0)
            return end == block.bytes.count ? nil : "asn1: syntax error: trailing data"
        } catch {
            return error.message
        }
    }

    private struct Complaint: Error {
        let message: String
    }

    /// An element as it should be: its tag, Go's name of the type that takes it, and what is in it.
    private struct Element {
        let tag: UInt8
        let name: String
        var parts: [Element] = []
        var isOptional = false
    }

    private static let anything: UInt8 = 0
    private static let algorithm = Element(
        tag: 0x30, name: "AlgorithmIdentifier",
        parts: [
            Element(tag: 0x06, name: "ObjectIdentifier"), Element(tag: anything, name: "RawValue", isOptional: true),
        ])
    private static let bits = Element(tag: 0x03, name: "BitString")
    private static let request = Element(
        tag: 0x30, name: "certificateRequest",
        parts: [
            Element(
                tag: 0x30, name: "tbsCertificateRequest",
                parts: [
                    Element(tag: 0x02, name: "int"), Element(tag: anything, name: "RawValue"),
                    Element(tag: 0x30, name: "publicKeyInfo", parts: [algorithm, bits]),
                    Element(tag: 0xA0, name: ""),
                ]),
            algorithm, bits,
        ])

    /// Reads one element from an offset on; gives the offset behind it.
    private static func read(_ element: Element, _ bytes: ArraySlice<UInt8>, at start: Int) throws(Complaint) -> Int {
        if start == bytes.endIndex {
            if element.isOptional { return start }
            throw Complaint(message: "asn1: syntax error: sequence truncated")
        }
        let (tag, length, content) = try header(bytes, at: start)
        if element.tag != anything, tag != element.tag {
            if element.isOptional { return start }
            throw mismatch(element, tag, length, content - start)
        }
        guard length <= bytes.endIndex - content else { throw Complaint(message: "asn1: syntax error: data truncated") }
        let end = content + length
        var position = content
        for part in element.parts { position = try read(part, bytes[..<end], at: position) }
        return end
    }

    /// The tag, the length and where the content begins.
    private static func header(
        _ bytes: ArraySlice<UInt8>, at start: Int
    ) throws(Complaint) -> (tag: UInt8, length: Int, content: Int) {
        var position = start + 1
        func next() throws(Complaint) -> Int {
            guard position < bytes.endIndex else {
                throw Complaint(message: "asn1: syntax error: truncated tag or length")
            }
            defer { position += 1 }
            return Int(bytes[position])
        }
        let first = try next()
        if first < 0x80 { return (bytes[start], first, position) }
        if first == 0x80 { throw Complaint(message: "asn1: syntax error: indefinite length found (not DER)") }
        var length = 0
        for _ in 0..<(first & 0x7F) {
            let byte = try next()
            if length >= 1 << 23 { throw Complaint(message: "asn1: structure error: length too large") }
            length = length << 8 | byte
            if length == 0 { throw Complaint(message: "asn1: structure error: superfluous leading zeros in length") }
        }
        if length < 0x80 { throw Complaint(message: "asn1: structure error: non-minimal length") }
        return (bytes[start], length, position)
    }

    /// As Go prints a value of its internal types.
    private static func mismatch(_ element: Element, _ tag: UInt8, _ length: Int, _ offset: Int) -> Complaint {
        let found = "{class:\(tag >> 6) tag:\(tag & 0x1F) length:\(length) isCompound:\(tag & 0x20 != 0)}"
        let parameters =
            "{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> "
            + "stringType:0 timeType:0 set:false omitEmpty:false}"
        return Complaint(
            message: "asn1: structure error: tags don't match (\(element.tag & 0x1F) vs \(found)) \(parameters) "
                + "\(element.name) @\(offset)")
    }
}

import KubeAPI
import TestSupport
import Testing

/// What a request for a certificate is refused for, in Go's words.
@Suite struct CertificateRequestTests {
    private static let body = CertificateSamples.mallory.split(separator: "\n").dropFirst().dropLast()
        .joined(separator: "\n")

    private func complaint(_ body: String, label: String = "CERTIFICATE REQUEST") -> String? {
        let text = "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
        return CertificateRequestCheck.complaint(pem: Array(text.utf8))
    }

    @Test func requests() {
        #expect(complaint(Self.body) == nil)
        #expect(complaint(Self.body, label: "NEW CERTIFICATE REQUEST") == Self.noRequest)
        #expect(complaint("not base64!") == Self.noRequest)
        #expect(CertificateRequestCheck.complaint(pem: []) == Self.noRequest)
        let start = "-----BEGIN CERTIFICATE REQUEST-----"
        #expect(CertificateRequestCheck.complaint(pem: Array(start.utf8)) == Self.noRequest)
    }

    private static let noRequest = "PEM block type must be CERTIFICATE REQUEST"

    @Test(arguments: [
        ([0x30] as [UInt8], "asn1: syntax error: truncated tag or length"),
        ([0x30, 0x05, 0x00], "asn1: syntax error: data truncated"),
        ([0x30, 0x00], "asn1: syntax error: sequence truncated"),
        ([0x30, 0x80], "asn1: syntax error: indefinite length found (not DER)"),
        (
            [0x0D, 0x01, 0x00],
            "asn1: structure error: tags don't match (16 vs {class:0 tag:13 length:1 isCompound:false}) "
                + "{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> "
                + "stringType:0 timeType:0 set:false omitEmpty:false} certificateRequest @2"
        ),
    ])
    func structure(bytes: [UInt8], message: String) {
        #expect(complaint(Base64Data(bytes).base64) == message)
    }

    @Test func nothingMayFollow() throws {
        let data = try #require(Base64Data(base64: Self.body))
        #expect(complaint(Base64Data(data.bytes + [0]).base64) == "asn1: syntax error: trailing data")
        #expect(complaint(Base64Data(Array(data.bytes.dropLast())).base64) == "asn1: syntax error: data truncated")
    }
}

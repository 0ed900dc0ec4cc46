/// Whom a PKCS #10 request (RFC 2986) in PEM wants a certificate for.
public struct CertificateRequestText: Sendable {
    /// The parts of a name that Kubernetes reads; the raw values end their object identifiers `2.5.4.x`.
    public enum Attribute: UInt8, Sendable {
        case commonName = 3
        case serialNumber = 5
        case country = 6
        case locality = 7
        case province = 8
        case streetAddress = 9
        case organization = 10
        case organizationalUnit = 11
        case postalCode = 17
    }

    private var subject: [(attribute: Attribute, value: String)] = []
    public private(set) var dnsNames: [String] = []
    public private(set) var emailAddresses: [String] = []
    public private(set) var uris: [String] = []
    public private(set) var addresses: [String] = []

    /// 1.2.840.113549.1.9.14, `extensionRequest`, in DER.
    private static let extensionRequest: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E]
    /// 2.5.29.17, `subjectAltName`, in DER.
    private static let alternativeNames: [UInt8] = [0x55, 0x1D, 0x11]

    /// Nil for a text that cannot be read. O(bytes).
    public init?(pem: [UInt8]) {
        guard let block = PEMBlock.first(in: pem), block.label == "CERTIFICATE REQUEST" else { return nil }
        // CertificationRequest { CertificationRequestInfo { version, subject, key, [0] attributes }, … }
        var request = DERReader(block.bytes[...])
        guard let whole = request.next(0x30) else { return nil }
        var outer = DERReader(whole)
        guard let information = outer.next(0x30) else { return nil }
        var fields = DERReader(information)
        guard fields.next(0x02) != nil, let names = fields.next(0x30) else { return nil }
        readSubject(names)
        if fields.next(0x30) != nil, let attributes = fields.next(0xA0) { readAttributes(attributes) }
    }

    /// The values of a part of the subject, in their order.
    public func values(of attribute: Attribute) -> [String] {
        subject.filter { $0.attribute == attribute }.map(\.value)
    }

    private mutating func readSubject(_ bytes: ArraySlice<UInt8>) {
        var names = DERReader(bytes)
        while let set = names.next(0x31) {
            var entries = DERReader(set)
            while let entry = entries.next(0x30) {
                var pair = DERReader(entry)
                guard let type = pair.next(0x06), let value = pair.next(nil) else { continue }
                guard type.count == 3, type.starts(with: [0x55, 0x04]), let last = type.last,
                    let attribute = Attribute(rawValue: last)
                else { continue }
                subject.append((attribute, String(decoding: value, as: UTF8.self)))
            }
        }
    }

    private mutating func readAttributes(_ bytes: ArraySlice<UInt8>) {
        var attributes = DERReader(bytes)
        while let attribute = attributes.next(0x30) {
            var parts = DERReader(attribute)
            guard let type = parts.next(0x06), type.elementsEqual(Self.extensionRequest),
                let values = parts.next(0x31)
            else { continue }
            var value = DERReader(values)
            guard let list = value.next(0x30) else { continue }
            var extensions = DERReader(list)
            while let entry = extensions.next(0x30) {
                var parts = DERReader(entry)
                guard let type = parts.next(0x06), type.elementsEqual(Self.alternativeNames) else { continue }
                // Whether it is critical, which has a default.
                if parts.nextTag == 0x01 { _ = parts.next(0x01) }
                if let content = parts.next(0x04) { readAlternativeNames(content) }
            }
        }
    }

    private mutating func readAlternativeNames(_ bytes: ArraySlice<UInt8>) {
        var outer = DERReader(bytes)
        guard let list = outer.next(0x30) else { return }
        var names = DERReader(list)
        while let tag = names.nextTag, let value = names.next(nil) {
            switch tag {
            case 0x81: emailAddresses.append(String(decoding: value, as: UTF8.self))
            case 0x82: dnsNames.append(String(decoding: value, as: UTF8.self))
            case 0x86: uris.append(String(decoding: value, as: UTF8.self))
            case 0x87 where value.count == 4 || value.count == 16:
                addresses.append(IPAddressValue(bytes: Array(value)).description)
            default: break
            }
        }
    }
}

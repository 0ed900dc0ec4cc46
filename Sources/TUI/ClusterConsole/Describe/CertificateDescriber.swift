import ClusterCore
import KubeAPI

extension DescribeWriter {
    mutating func describe(_ request: CertificateSigningRequest) {
        let spec = request.spec
        identity(request, isNamespaced: false)
        field("Labels", DescribeWriter.inline(request.labels))
        field("Annotations", DescribeWriter.inline(request.annotations))
        field("CreationTimestamp", request.metadata.creationTimestamp?.rfc1123 ?? "")
        field("Requesting User", spec.username ?? "")
        if !spec.signerName.isEmpty { field("Signer", spec.signerName) }
        if let seconds = spec.expirationSeconds {
            field("Requested Duration", Interval.seconds(seconds).humanDuration)
        }
        field("Status", DescribeWriter.state(of: request.status))
        guard let text = CertificateRequestText(pem: spec.request.bytes) else { return }
        line("Subject:")
        // Of these two the last counts, as in Go's `pkix.Name`.
        line("\tCommon Name:\t\(text.values(of: .commonName).last ?? "")")
        line("\tSerial Number:\t\(text.values(of: .serialNumber).last ?? "")")
        names("Organization", text.values(of: .organization))
        names("Organizational Unit", text.values(of: .organizationalUnit))
        names("Country", text.values(of: .country))
        names("Locality", text.values(of: .locality))
        names("Province", text.values(of: .province))
        names("StreetAddress", text.values(of: .streetAddress))
        names("PostalCode", text.values(of: .postalCode))
        let alternatives = [
            ("DNS Names", text.dnsNames), ("Email Addresses", text.emailAddresses), ("URIs", text.uris),
            ("IP Addresses", text.addresses),
        ]
        if alternatives.allSatisfy(\.1.isEmpty) { return }
        line("Subject Alternative Names:")
        for (title, values) in alternatives { names(title, values) }
    }

    private mutating func names(_ title: String, _ values: [String]) {
        for (index, value) in values.enumerated() { line("\t" + (index == 0 ? title + ":" : "") + "\t" + value) }
    }

    private static func state(of status: CertificateSigningRequestStatus) -> String {
        let types = status.conditions.map(\.type)
        var state = types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending"
        if types.contains("Failed") { state += ",Failed" }
        if let certificate = status.certificate, !certificate.bytes.isEmpty { state += ",Issued" }
        return state
    }
}

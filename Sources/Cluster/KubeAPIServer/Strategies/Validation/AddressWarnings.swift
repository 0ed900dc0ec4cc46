import KubeAPI

/// Addresses and blocks of addresses in a form that is still accepted somewhere.
/// Follows apimachinery pkg/util/validation/ip.go `GetWarningsForIP` and `GetWarningsForCIDR`.
enum AddressWarnings {
    /// Nothing for what is no address: that is validation's to say.
    static func of(_ text: String, _ path: String) -> [String] {
        guard let address = IPAddressValue(text) else { return [] }
        let canonical = address.description
        if address.isMapped || IPAddressValue.hasLeadingZeros(text) {
            return [
                "\(path): non-standard IP address \(GoText.quoted(text)) will be considered invalid in a future "
                    + "Kubernetes release: use \(GoText.quoted(canonical))"
            ]
        }
        if canonical == text { return [] }
        return [
            "\(path): IPv6 address \(GoText.quoted(text)) should be in RFC 5952 canonical format "
                + "(\(GoText.quoted(canonical)))"
        ]
    }

    /// The same for a block such as `10.0.0.0/8`.
    static func ofBlock(_ text: String, _ path: String) -> [String] {
        guard let block = CIDRValue(text) else { return [] }
        let value = GoText.quoted(text)
        let canonical = GoText.quoted(block.description)
        var warnings: [String] = []
        if block.network.bytes != block.address.bytes {
            let bits = block.address.isMapped ? 128 : block.address.bitCount
            warnings.append(
                "\(path): CIDR value \(value) is ambiguous in this context (should be \(canonical) or "
                    + "\(GoText.quoted("\(block.address)/\(bits)"))?)")
        }
        if block.address.isMapped || CIDRValue.hasLeadingZeros(text) {
            warnings.append(
                "\(path): non-standard CIDR value \(value) will be considered invalid in a future Kubernetes release: "
                    + "use \(canonical)")
        }
        if warnings.isEmpty, block.description != text {
            warnings.append(
                "\(path): IPv6 CIDR value \(value) should be in RFC 5952 canonical format (\(canonical))")
        }
        return warnings
    }
}

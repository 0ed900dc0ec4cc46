import KubeAPI

/// Addresses in a form that is still accepted.
/// Follows apimachinery pkg/util/validation/ip.go `GetWarningsForIP` and `GetWarningsForCIDR`.
enum AddressWarnings {
    static func of(_ text: String, _ path: String) -> [String] {
        guard let address = IPAddressValue(text) else { return [] }
        let canonical = address.description
        if address.isIPv6 {
            return canonical == text
                ? [] : ["\(path): IPv6 address \"\(text)\" should be in RFC 5952 canonical format (\"\(canonical)\")"]
        }
        return canonical == text ? [] : nonStandard(text, path, canonical)
    }

    /// Blocks of addresses: with bits below the prefix, with leading zeros, or IPv6 written otherwise than it should
    /// be.
    static func of(range text: String, _ path: String) -> [String] {
        guard let block = CIDRValue(text) else { return [] }
        let canonical = block.description
        var warnings: [String] = []
        if block.network != block.address {
            let single = "\(block.address)/\(block.address.bitCount)"
            warnings.append(
                "\(path): CIDR value \"\(text)\" is ambiguous in this context (should be \"\(canonical)\" or \"\(single)\"?)"
            )
        }
        let parts = text.split(separator: "/")
        let hasLeadingZero = parts.last?.hasPrefix("0") == true && parts.last != "0"
        let isWellFormed = block.address.isIPv6 || parts.first.map(String.init) == block.address.description
        if !isWellFormed || hasLeadingZero {
            warnings.append(
                "\(path): non-standard CIDR value \"\(text)\" will be considered invalid in a future Kubernetes release: "
                    + "use \"\(canonical)\"")
        }
        if warnings.isEmpty, block.address.isIPv6, canonical != text {
            warnings.append(
                "\(path): IPv6 CIDR value \"\(text)\" should be in RFC 5952 canonical format (\"\(canonical)\")")
        }
        return warnings
    }

    private static func nonStandard(_ text: String, _ path: String, _ better: String) -> [String] {
        [
            "\(path): non-standard IP address \"\(text)\" will be considered invalid in a future Kubernetes release: "
                + "use \"\(better)\""
        ]
    }
}

// DNS names. Follows apimachinery `pkg/util/validation/validation.go`.

extension Validation {
    private static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    private static let labelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character"
    private static let subdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character"
    private static let underscoreLabelPattern = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
    private static let underscoreSubdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must "
        + "start and end with an alphanumeric character"
    private static let dns1035Message =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        + "character, and end with an alphanumeric character"
    private static let wildcardMessage =
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
        + "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"

    public static let labelMaximum = 63
    public static let subdomainMaximum = 253

    /// At most 63 of `a-z0-9-`, alphanumeric at both ends.
    public static func dns1123Label(_ value: String) -> [String] {
        var errors: [String] = []
        if value.utf8.count > labelMaximum { errors.append(maximumLengthError(labelMaximum)) }
        if !isLabel(value.utf8) {
            if isSubdomain(value.utf8) {
                errors.append("must not contain dots")
            } else {
                errors.append(patternError(labelMessage, labelPattern, "my-name", "123-abc"))
            }
        }
        return errors
    }

    /// At most 253 characters: labels joined by dots.
    public static func dns1123Subdomain(_ value: String) -> [String] {
        var errors: [String] = []
        if value.utf8.count > subdomainMaximum { errors.append(maximumLengthError(subdomainMaximum)) }
        if !isSubdomain(value.utf8) {
            errors.append(patternError(subdomainMessage, "\(labelPattern)(\\.\(labelPattern))*", "example.com"))
        }
        return errors
    }

    /// The same with underscores, as in the search domains of a pod.
    public static func dns1123SubdomainWithUnderscore(_ value: String) -> [String] {
        var errors: [String] = []
        if value.utf8.count > subdomainMaximum { errors.append(maximumLengthError(subdomainMaximum)) }
        let isValid = value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            isLabel($0.first == UInt8(ascii: "_") ? $0.dropFirst() : $0, alsoInside: UInt8(ascii: "_"))
        }
        if !isValid {
            let pattern = "\(underscoreLabelPattern)(\\.\(underscoreLabelPattern))*"
            errors.append(patternError(underscoreSubdomainMessage, pattern, "example.com"))
        }
        return errors
    }

    /// A label that starts with a letter, as the names of services had to.
    public static func dns1035Label(_ value: String) -> [String] {
        var errors: [String] = []
        if value.utf8.count > labelMaximum { errors.append(maximumLengthError(labelMaximum)) }
        if !isLabel(value.utf8) || !(value.utf8.first.map(CharacterSets.isLower) ?? false) {
            errors.append(patternError(dns1035Message, "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123"))
        }
        return errors
    }

    /// As in `*.example.com`.
    public static func wildcardDNS1123Subdomain(_ value: String) -> [String] {
        var errors: [String] = []
        if value.utf8.count > subdomainMaximum { errors.append(maximumLengthError(subdomainMaximum)) }
        if !value.hasPrefix("*.") || !isSubdomain(value.utf8.dropFirst(2)) {
            let pattern = "\\*\\.\(labelPattern)(\\.\(labelPattern))*"
            errors.append(patternError(wildcardMessage, pattern, "*.example.com"))
        }
        return errors
    }

    @inline(__always)
    static func isLabel(_ bytes: some BidirectionalCollection<UInt8>, alsoInside extra: UInt8 = UInt8(ascii: "-"))
        -> Bool
    {
        guard let first = bytes.first, let last = bytes.last, CharacterSets.isLowerOrDigit(first),
            CharacterSets.isLowerOrDigit(last)
        else { return false }
        return bytes.allSatisfy { CharacterSets.isLowerOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == extra }
    }

    @inline(__always)
    static func isSubdomain(_ bytes: some Sequence<UInt8>) -> Bool {
        var isStart = true
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                if isStart || previous == UInt8(ascii: "-") { return false }
                isStart = true
            } else if CharacterSets.isLowerOrDigit(byte) {
                isStart = false
            } else if byte == UInt8(ascii: "-"), !isStart {
                isStart = false
            } else {
                return false
            }
            previous = byte
        }
        return !isStart && previous != UInt8(ascii: "-")
    }
}

// MARK: Names of objects

/// How the names of a kind are checked: gives the complaints about a name, or about a prefix of generated names.
/// Follows apimachinery `pkg/api/validation/generic.go`.
public typealias NameCheck = @Sendable (_ name: String, _ isPrefix: Bool) -> [String]

extension Validation {
    /// Names of pods, deployments and most kinds.
    public static let nameIsDNSSubdomain: NameCheck = { name, isPrefix in
        dns1123Subdomain(isPrefix ? maskTrailingDash(name) : name)
    }

    /// Names of namespaces and services.
    public static let nameIsDNSLabel: NameCheck = { name, isPrefix in
        dns1123Label(isPrefix ? maskTrailingDash(name) : name)
    }

    /// Names that only have to fit a path of a URL, as roles and bindings have.
    public static let nameIsPathSegment: NameCheck = { name, isPrefix in
        isPrefix ? pathSegmentPrefix(name) : pathSegmentName(name)
    }

    /// A generated name's prefix may end in a dash, which a name may not. Upstream puts an `a` for the last two.
    private static func maskTrailingDash(_ name: String) -> String {
        name.utf8.count > 1 && name.hasSuffix("-") ? String(name.dropLast(2)) + "a" : name
    }

    /// Not `.` or `..`, without `/` and `%`. Follows apimachinery `pkg/api/validation/path/name.go`.
    public static func pathSegmentName(_ name: String) -> [String] {
        if name == "." || name == ".." { return ["may not be '\(name)'"] }
        return pathSegmentPrefix(name)
    }

    /// Without `/` and `%`: what a name that is made of a prefix may begin with.
    public static func pathSegmentPrefix(_ name: String) -> [String] {
        // Events are named by it, the most numerous of all objects.
        let isPlain = name.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "%") }
        }
        if isPlain == true { return [] }
        return ["/", "%"].filter { name.contains($0) }.map { "may not contain '\($0)'" }
    }
}

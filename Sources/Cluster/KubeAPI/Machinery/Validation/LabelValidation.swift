// Label keys and values, the most often checked of all. Follows apimachinery `pkg/api/validate/content/kube.go`.

extension Validation {
    private static let labelKeyPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
    private static let labelKeyMessage =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
    private static let labelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        + "and end with an alphanumeric character"
    private static let labelMaximumLength = 63

    /// An optional domain, a slash, and a name of at most 63 bytes: `app`, `example.com/name`.
    public static func labelKey(_ value: String) -> [String] {
        if isPlainLabelKey(value) || isPrefixedLabelKey(value) { return [] }
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        var errors: [String] = []
        if parts.count > 2 {
            let error = patternError(labelKeyMessage, labelKeyPattern, "MyName", "my.name", "123-abc")
            return [
                "a valid label key \(error) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        if parts.count == 2 {
            if parts[0].isEmpty {
                errors.append("prefix part " + emptyError)
            } else {
                errors += dns1123Subdomain(String(parts[0])).map { "prefix part " + $0 }
            }
        }
        let name = parts[parts.count - 1]
        if name.isEmpty {
            errors.append("name part " + emptyError)
        } else if name.utf8.count > labelMaximumLength {
            errors.append("name part " + maximumBytesError(labelMaximumLength))
        }
        if !isLabelName(name.utf8) {
            errors.append(
                "name part " + patternError(labelKeyMessage, labelKeyPattern, "MyName", "my.name", "123-abc"))
        }
        return errors
    }

    /// The old name of `labelKey`, for what is not a label: finalizers, resource names.
    public static func qualifiedName(_ value: String) -> [String] { labelKey(value) }

    /// At most 63 bytes; may be empty.
    public static func labelValue(_ value: String) -> [String] {
        if value.isEmpty || value.utf8.count <= labelMaximumLength && isLabelName(value.utf8) { return [] }
        var errors: [String] = []
        if value.utf8.count > labelMaximumLength { errors.append(maximumBytesError(labelMaximumLength)) }
        if !isLabelName(value.utf8) {
            errors.append(
                patternError(labelValueMessage, "(\(labelKeyPattern))?", "MyValue", "my_value", "12345"))
        }
        return errors
    }

    /// Alphanumeric at both ends, with `-_.` between.
    @inline(__always)
    private static func isLabelName(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last, CharacterSets.isAlphanumeric(first),
            CharacterSets.isAlphanumeric(last)
        else { return false }
        return bytes.allSatisfy { CharacterSets.isAlphanumeric($0) || CharacterSets.isOne(of: "-_.", $0) }
    }

    /// A key without a domain, the common case.
    private static func isPlainLabelKey(_ value: String) -> Bool {
        value.utf8.count <= labelMaximumLength && isLabelName(value.utf8)
    }

    /// A key with a domain, as in `example.com/key`.
    private static func isPrefixedLabelKey(_ value: String) -> Bool {
        let bytes = value.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let prefix = bytes[..<slash]
        let name = bytes[bytes.index(after: slash)...]
        return prefix.count <= subdomainMaximum && isSubdomain(prefix) && name.count <= labelMaximumLength
            && isLabelName(name)
    }

    /// Every label of an object. Follows apimachinery `pkg/apis/meta/v1/validation`.
    public static func labels(_ labels: StringMap<String>, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in labels {
            errors += labelName(key, path)
            errors += labelValue(value).map { .invalid(path, value, $0) }
        }
        return errors
    }

    /// The complaints about a label's key, at its place.
    public static func labelName(_ name: String, _ path: FieldPath) -> [FieldError] {
        labelKey(name).map { .invalid(path, name, $0) }
    }
}

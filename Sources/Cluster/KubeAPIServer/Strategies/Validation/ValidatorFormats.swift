import KubeAPI

// Formats that many kinds have: labels, selectors, addresses, paths.

extension Validator {
    mutating func labels(_ name: String, _ labels: StringMap<String>) {
        for (key, value) in labels {
            check(.child(name), key, Validation.labelKey(key))
            check(.child(name), value, Validation.labelValue(value))
        }
    }

    mutating func annotations(_ name: String, _ annotations: StringMap<String>) {
        var size = 0
        for (key, value) in annotations {
            check(.child(name), key, Validation.labelKey(key.lowercased()))
            size += key.utf8.count + value.utf8.count
        }
        if size > Validation.annotationsMaximumSize {
            tooLong(.child(name), maximum: Validation.annotationsMaximumSize)
        }
    }

    mutating func labelSelector(_ name: String, _ selector: LabelSelector?) {
        guard let selector else { return }
        field(name) { $0.labelSelector(selector) }
    }

    mutating func labelSelector(_ selector: LabelSelector) {
        labels("matchLabels", selector.matchLabels)
        each("matchExpressions", selector.matchExpressions) { validator, expression, _ in
            validator.requirement(expression)
        }
    }

    /// What a selector requires of a label. Follows apimachinery `ValidateLabelSelectorRequirement`.
    mutating func requirement(_ expression: LabelSelectorRequirement, mayBeUnknown: Bool = false) {
        comparison(expression.operator, of: expression.values, mayBeUnknown: mayBeUnknown)
        check("key", expression.key, Validation.labelKey(expression.key))
        for (index, value) in expression.values.enumerated() {
            check(.element("values", index), value, Validation.labelValue(value))
        }
    }

    /// How a selector compares, and what with: two ways need values, and two take none.
    mutating func comparison(_ comparison: String, of values: [String], mayBeUnknown: Bool) {
        switch comparison {
        case "In", "NotIn":
            if values.isEmpty { required("values", "must be specified when `operator` is 'In' or 'NotIn'") }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                forbidden("values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
            }
        default: if !mayBeUnknown { invalid("operator", comparison, "not a valid selector operator") }
        }
    }

    /// An address that all programs read alike.
    mutating func ip(_ place: Place, _ value: String) { check(place, value, Validation.strictIP(value)) }

    /// A block of addresses that all programs read alike.
    mutating func cidr(_ place: Place, _ value: String) { check(place, value, Validation.strictCIDR(value)) }

    /// An address that endpoints and services may have: not loopback, link-local or unspecified.
    mutating func nonSpecialIP(_ place: Place, _ value: String) {
        guard let address = IPAddressValue(value) else { return invalid(place, value, "must be a valid IP address") }
        let bytes = address.bytes
        if bytes.allSatisfy({ $0 == 0 }) { invalid(place, value, "may not be unspecified (\(value))") }
        let isLoopback = address.isIPv6 ? bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1 : bytes[0] == 127
        if isLoopback { invalid(place, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)") }
        let isLinkLocal =
            address.isIPv6 ? bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 : bytes[0] == 169 && bytes[1] == 254
        if isLinkLocal { invalid(place, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)") }
        let isMulticast =
            address.isIPv6
            ? bytes[0] == 0xFF && bytes[1] & 0x0F == 2 : bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0
        if isMulticast {
            invalid(place, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
        }
    }

    // MARK: Paths

    mutating func pathWithoutBacksteps(_ place: Place, _ path: String) {
        if FilePaths.hasBackstep(path) { invalid(place, path, "must not contain '..'") }
    }

    mutating func relativePath(_ place: Place, _ path: String) {
        if path.hasPrefix("/") { invalid(place, path, "must be a relative path") }
        pathWithoutBacksteps(place, path)
    }

    mutating func relativeUnreservedPath(_ place: Place, _ path: String) {
        relativePath(place, path)
        if path.hasPrefix(".."), !path.hasPrefix("../") { invalid(place, path, "must not start with '..'") }
    }

    mutating func fileMode(_ place: Place, _ mode: Int?) {
        if let mode, !(0...0o777).contains(mode) {
            invalid(place, mode, "must be a number between 0 and 0777 (octal), both inclusive")
        }
    }

    /// An amount, or a percentage of something.
    mutating func positiveIntOrPercent(_ place: Place, _ value: IntOrString) {
        switch value {
        case .string(let text): check(place, value, Validation.percent(text))
        case .int(let number): nonnegative(place, number)
        }
    }

    /// A percentage may not go beyond 100.
    mutating func notMoreThan100Percent(_ place: Place, _ value: IntOrString) {
        if let percent = value.percentage, percent > 100 { invalid(place, value, "must not be greater than 100%") }
    }
}

enum FilePaths {
    static func hasBackstep(_ path: String) -> Bool {
        guard path.contains("..") else { return false }
        return path.split(separator: "/").contains("..")
    }

    /// Whether a path is `/` in the end, as `/a/..` is.
    static func isRoot(_ path: String) -> Bool {
        guard path.hasPrefix("/") else { return false }
        var depth = 0
        for part in path.split(separator: "/") where part != "." {
            depth = part == ".." ? max(0, depth - 1) : depth + 1
        }
        return depth == 0
    }
}

extension IntOrString {
    /// The number before the percent sign; nil for anything that is no percentage.
    var percentage: Int? {
        guard case .string(let text) = self, text.hasSuffix("%"), Validation.percent(text).isEmpty else { return nil }
        return Int(text.dropLast())
    }

    /// A number as it is, a percentage as the number before its sign; 0 for anything else.
    var numberOrPercentage: Int {
        if case .int(let number) = self { return number }
        return percentage ?? 0
    }
}

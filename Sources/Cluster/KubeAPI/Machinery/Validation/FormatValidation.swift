// Ports, users, variables, paths and other small formats.
// Follows apimachinery `pkg/util/validation/validation.go` and kubernetes `pkg/apis/core/validation`.

extension Validation {
    public static let negativeError = "must be greater than or equal to 0"

    /// Both ends belong to the range.
    public static func inRange(_ value: Int, _ low: Int, _ high: Int) -> [String] {
        low...high ~= value ? [] : [rangeError(low, high)]
    }

    public static func portNumber(_ port: Int) -> [String] { inRange(port, 1, 65535) }
    public static func userID(_ id: Int) -> [String] { inRange(id, 0, 0xFFFF_FFFF) }
    public static func groupID(_ id: Int) -> [String] { inRange(id, 0, 0xFFFF_FFFF) }

    /// A complaint when the number is below zero.
    public static func nonNegative(_ value: Int, _ path: FieldPath) -> [FieldError] {
        value < 0 ? [.invalid(path, value, negativeError)] : []
    }

    /// A port's name: at most 15 of `a-z0-9-` with a letter among them.
    public static func portName(_ name: String) -> [String] {
        let bytes = name.utf8
        var errors: [String] = []
        if bytes.count > 15 { errors.append(maximumLengthError(15)) }
        if bytes.isEmpty || !bytes.allSatisfy({ CharacterSets.isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }) {
            errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !bytes.contains(where: CharacterSets.isLower) { errors.append("must contain at least one letter (a-z)") }
        if name.contains("--") { errors.append("must not contain consecutive hyphens") }
        if name.hasPrefix("-") || name.hasSuffix("-") { errors.append("must not begin or end with a hyphen") }
        return errors
    }

    /// As in `25%`.
    public static func percent(_ value: String) -> [String] {
        let digits = value.utf8.dropLast()
        if value.hasSuffix("%"), !digits.isEmpty, digits.allSatisfy(CharacterSets.isDigit) { return [] }
        let message = "a valid percent string must be a numeric string followed by an ending '%'"
        return [patternError(message, "[0-9]+%", "1%", "93%")]
    }

    /// The name of a header, as in `X-Header-Name`.
    public static func httpHeaderName(_ value: String) -> [String] {
        let isValid = value.utf8.allSatisfy { CharacterSets.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        if isValid, !value.isEmpty { return [] }
        let message = "a valid HTTP header must consist of alphanumeric characters or '-'"
        return [patternError(message, "[-A-Za-z0-9]+", "X-Header-Name")]
    }

    /// The name of an environment variable: printable ASCII without `=`.
    public static func environmentVariableName(_ value: String) -> [String] {
        if value.isEmpty { return ["environment variable name " + emptyError] }
        let isValid = value.utf8.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "=") }
        return isValid
            ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
    }

    /// A variable's name in C, as names of devices' attributes are.
    public static func cIdentifier(_ value: String) -> [String] {
        let isWord = { CharacterSets.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
        if let first = value.utf8.first, !CharacterSets.isDigit(first), value.utf8.allSatisfy(isWord) { return [] }
        let message =
            "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric "
            + "characters or '_'"
        return [patternError(message, "[A-Za-z_][A-Za-z0-9_]*", "my_name", "MY_NAME", "MyName")]
    }

    /// Why a condition has the status that it has, in one word.
    public static func conditionReason(_ value: String) -> [String] {
        let isWord = { CharacterSets.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
        let isInside = { isWord($0) || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":") }
        let isLetter = { CharacterSets.isLower($0) || CharacterSets.isUpper($0) }
        if let first = value.utf8.first, let last = value.utf8.last, isLetter(first), isWord(last),
            value.utf8.allSatisfy(isInside)
        {
            return []
        }
        let message =
            "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric "
            + "characters or '_,:', and must end with an alphanumeric character or '_'"
        return [
            patternError(
                message, "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?", "my_name", "MY_NAME", "MyName", "ReasonA,ReasonB",
                "ReasonA:ReasonB")
        ]
    }

    /// Whether a version is as semver.org 2.0.0 has them, such as `1.2.3-alpha.1+build.5`.
    public static func isSemanticVersion(_ value: String) -> Bool {
        func parts(_ text: Substring) -> [Substring] { text.split(separator: ".", omittingEmptySubsequences: false) }
        func isNumber(_ part: Substring) -> Bool {
            !part.isEmpty && part.utf8.allSatisfy(CharacterSets.isDigit) && (part == "0" || part.first != "0")
        }
        func isBuild(_ part: Substring) -> Bool {
            !part.isEmpty && part.utf8.allSatisfy { CharacterSets.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
        // What stands for a number among the words before a release has no leading zero either.
        func isWord(_ part: Substring) -> Bool {
            isNumber(part) || isBuild(part) && !part.utf8.allSatisfy(CharacterSets.isDigit)
        }
        let whole = value.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        if whole.count == 2, !parts(whole[1]).allSatisfy(isBuild) { return false }
        let release = whole[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        if release.count == 2, !parts(release[1]).allSatisfy(isWord) { return false }
        let numbers = parts(release[0])
        return numbers.count == 3 && numbers.allSatisfy(isNumber)
    }

    /// A key of a ConfigMap or Secret.
    public static func configMapKey(_ value: String) -> [String] {
        var errors: [String] = []
        if value.utf8.count > subdomainMaximum { errors.append(maximumLengthError(subdomainMaximum)) }
        let isValid = value.utf8.allSatisfy { CharacterSets.isAlphanumeric($0) || CharacterSets.isOne(of: "-._", $0) }
        if !isValid || value.isEmpty {
            let message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
            errors.append(patternError(message, "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"))
        }
        switch value {
        case ".", "..": errors.append("must not be '\(value)'")
        case _ where value.hasPrefix(".."): errors.append("must not start with '..'")
        default: break
        }
        return errors
    }

    private static let httpPathPattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

    /// The characters that a path of a URL may have.
    public static func isHTTPPath(_ value: String) -> Bool {
        !value.isEmpty
            && value.utf8.allSatisfy {
                CharacterSets.isAlphanumeric($0) || CharacterSets.isOne(of: "/-._~%!$&'()*+,;=:", $0)
            }
    }

    /// A domain, a slash and a path, as the names of signers have: `example.com/path`.
    public static func domainPrefixedPath(_ value: String, _ path: FieldPath) -> [FieldError] {
        if value.isEmpty { return [.required(path)] }
        let parts = value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return [.invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")")]
        }
        var errors = dns1123Subdomain(parts[0]).map { FieldError.invalid(path, parts[0], $0) }
        if !isHTTPPath(parts[1]) {
            errors.append(.invalid(path, parts[1], patternError("Invalid path", httpPathPattern)))
        }
        return errors
    }

    /// A domain of at least two labels; one dot may end it.
    public static func fullyQualifiedDomainName(_ value: String, _ path: FieldPath) -> [FieldError] {
        if value.isEmpty { return [.required(path)] }
        let name = value.hasSuffix(".") ? String(value.dropLast()) : value
        let errors = dns1123Subdomain(name)
        if !errors.isEmpty { return [.invalid(path, name, errors.joined(separator: ","))] }
        let labels = name.split(separator: ".")
        if labels.count < 2 {
            return [.invalid(path, name, "should be a domain with at least two segments separated by dots")]
        }
        for label in labels.map(String.init) {
            let errors = dns1123Label(label)
            if !errors.isEmpty { return [.invalid(path, label, errors.joined(separator: ","))] }
        }
        return []
    }
}

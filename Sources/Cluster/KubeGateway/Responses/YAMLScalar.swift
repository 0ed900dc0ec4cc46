import KubeAPI

/// What a scalar of YAML means where there is no tag: a number, a boolean, null, or the text.
///
/// Read by hand, as regular expressions, which the parser's own rules are, take most of the time of reading a large
/// file. Unlike those rules, `y` and `n` are booleans, and `22:80` is text rather than a number to base 60.
///
/// Follows sigs.k8s.io/yaml `goyaml.v2/resolve.go`, by which kubectl and the API server read YAML.
enum YAMLScalar {
    private static let tagPrefix = "tag:yaml.org,2002:"

    /// - Parameters:
    ///   - isPlain: Whether it stands without quotes and not as a block.
    ///   - tag: Its tag in full; empty where it has none.
    static func value(_ text: String, isPlain: Bool, tag: String) -> JSONValue {
        if tag.isEmpty { return isPlain ? resolved(text) : .string(text) }
        switch tag.dropFirst(tag.hasPrefix(tagPrefix) ? tagPrefix.count : 0) {
        case "null", "bool", "int", "float": return resolved(text)
        default: return .string(text)
        }
    }

    /// The name that a key is for JSON: `8080` and `0x1F90` both are `8080`, `yes` is `true`. Nil of null, which is
    /// none.
    static func name(_ text: String, isPlain: Bool) -> String? {
        guard isPlain else { return text }
        switch resolved(text) {
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .double(let value):
            // Go writes keys in 32 bits.
            let short = Float(value)
            guard 1e-4..<1e6 ~= short.magnitude else { return text }
            return short.rounded(.towardZero) == short ? String(Int(short)) : short.description
        case .null: return nil
        default: return text
        }
    }

    /// Whether a key stands for what its value holds: `<<: *defaults`.
    static func isMerge(_ text: String, isPlain: Bool) -> Bool { isPlain && text == "<<" }

    /// Whether a plain scalar of this text reads back as text.
    static func isText(_ text: String) -> Bool {
        guard case .string = resolved(text) else { return false }
        return YAMLResolution.isText(text)
    }

    private static func resolved(_ text: String) -> JSONValue {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            let isSplit = text.utf8.contains(UInt8(ascii: "_")) && (first != UInt8(ascii: ".") || isGrouped(text))
            let digits = isSplit ? without(text) : text
            return integer(digits) ?? float(digits) ?? .string(text)
        case _ where text.utf8.count > 5: return .string(text)
        default: return word(text)
        }
    }

    /// Whether each underscore is between two digits. What begins with a point is read as Go reads it, which minds
    /// that.
    private static func isGrouped(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false }
        return parts.dropLast().allSatisfy { isDigit($0.last) } && parts.dropFirst().allSatisfy { isDigit($0.first) }
    }

    private static func without(_ text: String) -> String { String(text.filter { $0 != "_" }) }

    private static func word(_ text: String) -> JSONValue {
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        case "~", "null", "Null", "NULL": .null
        default: .string(text)
        }
    }

    /// As Go's `ParseInt` of base 0 reads it: decimal, or with `0x`, `0b`, `0o` or, for octal, `0` before it.
    private static func integer(_ text: String) -> JSONValue? {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        var radix = 10
        if rest.first == UInt8(ascii: "0"), rest.count > 1 {
            rest = rest.dropFirst()
            // In lower case.
            switch rest.first.map({ $0 | 0x20 }) {
            case UInt8(ascii: "x"): radix = 16
            case UInt8(ascii: "b"): radix = 2
            case UInt8(ascii: "o"): radix = 8
            default: radix = 0
            }
            if radix == 0 { radix = 8 } else { rest = rest.dropFirst() }
        }
        guard let start = rest.first, start != UInt8(ascii: "-"), start != UInt8(ascii: "+") else { return nil }
        let digits = Substring(rest)
        if let value = Int((isNegative ? "-" : "") + digits, radix: radix) { return .int(value) }
        guard !isNegative, let value = UInt64(digits, radix: radix) else { return nil }
        return .double(Double(value))
    }

    /// `1.5`, `.5`, `1.`, `1e3` and such: what Go takes for a number in YAML.
    private static func float(_ text: String) -> JSONValue? {
        var rest = text.utf8[...]
        var plain = ""
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            if sign == UInt8(ascii: "-") { plain = "-" }
            rest = rest.dropFirst()
        }
        func digits() -> Substring {
            let found = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            rest = rest[found.endIndex...]
            return Substring(found)
        }
        let whole = digits()
        var fraction: Substring = ""
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits()
        }
        if whole.isEmpty, fraction.isEmpty { return nil }
        plain += (whole.isEmpty ? "0" : whole) + "." + (fraction.isEmpty ? "0" : fraction)
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            plain += "e"
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                if sign == UInt8(ascii: "-") { plain += "-" }
                rest = rest.dropFirst()
            }
            let exponent = digits()
            if exponent.isEmpty { return nil }
            plain += exponent
        }
        guard rest.isEmpty, let number = Double(plain), number.isFinite else { return nil }
        return .double(number)
    }
}

/// Text as Go's `strconv` and `fmt` write it, for messages that must read as upstream's.
public enum GoText {
    /// A quoted string, as `%q` writes it. Follows `strconv.Quote`.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0B}": result += "\\v"
            default:
                if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else if scalar.value < 0x20 || scalar.value == 0x7F {
                    result += "\\x" + hexadecimal(scalar.value, width: 2)
                } else if scalar.value < 0x10000 {
                    result += "\\u" + hexadecimal(scalar.value, width: 4)
                } else {
                    result += "\\U" + hexadecimal(scalar.value, width: 8)
                }
            }
        }
        return result + "\""
    }

    /// Letters, marks, numbers, punctuation, symbols and the plain space. Follows `unicode.IsPrint`.
    public static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    /// A list of strings as `%#v` writes it: `[]string{"a", "b"}`.
    public static func literal(_ strings: [String]) -> String {
        "[]string{" + strings.map(quoted).joined(separator: ", ") + "}"
    }

    private static func hexadecimal(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

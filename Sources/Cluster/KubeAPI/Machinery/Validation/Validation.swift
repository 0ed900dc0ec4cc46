/// Upstream's checks of names and formats. A check gives the complaints about a value, none when it is valid, in
/// upstream's words; scanning is by bytes, without regular expressions.
/// Follows apimachinery `pkg/util/validation/validation.go` and `pkg/api/validate/content`.
public enum Validation {
    public static let emptyError = "must be non-empty"
    public static let immutableError = "field is immutable"

    /// As in `must be between 1 and 65535, inclusive`.
    public static func rangeError(_ low: Int, _ high: Int) -> String {
        "must be between \(low) and \(high), inclusive"
    }

    /// Of names, which count characters.
    public static func maximumLengthError(_ length: Int) -> String { "must be no more than \(length) characters" }

    /// The same for label keys and values, which count bytes.
    public static func maximumBytesError(_ length: Int) -> String { "must be no more than \(length) bytes" }

    /// What a value should look like, with examples and the pattern.
    public static func patternError(_ message: String, _ pattern: String, _ examples: String...) -> String {
        if examples.isEmpty { return "\(message) (regex used for validation is '\(pattern)')" }
        // Upstream puts a comma and a space after every example, and spaces around every "or".
        let list = examples.map { "'\($0)', " }.joined(separator: " or ")
        return "\(message) (e.g. \(list)regex used for validation is '\(pattern)')"
    }
}

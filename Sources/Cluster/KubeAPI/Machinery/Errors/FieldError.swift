/// What is wrong with one field. Follows apimachinery `pkg/util/validation/field/errors.go`.
public struct FieldError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of mistake; the raw value is the type of the cause that a client gets.
    public enum Kind: String, Sendable {
        case notFound = "FieldValueNotFound"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case tooFew = "FieldValueTooFew"
        case internalError = "InternalError"
        case typeInvalid = "FieldValueTypeInvalid"

        /// As in `Required value`.
        public var text: String {
            switch self {
            case .notFound: "Not found"
            case .required: "Required value"
            case .duplicate: "Duplicate value"
            case .invalid, .typeInvalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .tooFew: "Too few"
            case .internalError: "Internal error"
            }
        }
    }

    public let kind: Kind
    /// The path, as in `spec.containers[0].image`.
    public let field: String
    /// The bad value as it is printed: strings quoted, numbers plain, anything else as JSON. Nil when it is left out.
    public let badValue: String?
    public let detail: String

    private init(_ kind: Kind, _ path: FieldPath, _ badValue: String?, _ detail: String) {
        self.kind = kind
        field = path.description
        self.badValue = badValue
        self.detail = detail
    }

    /// As in `Invalid value: -1: must be greater than or equal to 0`.
    public var body: String {
        var text = kind.text
        if let badValue { text += ": " + badValue }
        if !detail.isEmpty { text += ": " + detail }
        return text
    }

    /// As in `spec.replicas: Invalid value: -1: must be greater than or equal to 0`.
    public var description: String { field + ": " + body }

    /// Several errors in one line: `[a, b]`, each text once; a single one without brackets.
    public static func aggregate(_ errors: [FieldError]) -> String {
        var texts: [String] = []
        var seen: Set<String> = []
        for error in errors {
            let text = error.description
            if seen.insert(text).inserted { texts.append(text) }
        }
        return texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
    }

    /// A value as upstream prints it in a message.
    private static func printed(_ value: (some JSONCodable)?) -> String {
        switch value {
        case nil: "null"
        case let text as String: GoText.quoted(text)
        case let value?: GoValueText.text(value) ?? value.jsonText
        }
    }
}

// MARK: The kinds of mistake

extension FieldError {
    /// An empty string, list or null where a value is needed.
    public static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
        FieldError(.required, path, nil, detail)
    }

    /// A malformed value: no match, out of bounds, immutable. Nil prints as `null`.
    public static func invalid(_ path: FieldPath, _ value: (some JSONCodable)?, _ detail: String) -> FieldError {
        FieldError(.invalid, path, printed(value), detail)
    }

    /// A malformed value that is not told.
    public static func invalid(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(.invalid, path, nil, detail)
    }

    /// A value whose type does not fit the schema.
    public static func typeInvalid(_ path: FieldPath, _ value: (some JSONCodable)?, _ detail: String) -> FieldError {
        FieldError(.typeInvalid, path, printed(value), detail)
    }

    /// A value that names something that does not exist.
    public static func notFound(
        _ path: FieldPath, _ value: (some JSONCodable)?, _ detail: String = ""
    ) -> FieldError {
        FieldError(.notFound, path, printed(value), detail)
    }

    /// A value that must be unique and is not.
    public static func duplicate(
        _ path: FieldPath, _ value: (some JSONCodable)?, _ detail: String = ""
    ) -> FieldError {
        FieldError(.duplicate, path, printed(value), detail)
    }

    /// A value that is not one of `supported`, which are listed in the order given (upstream sorts most of them).
    public static func notSupported(
        _ path: FieldPath, _ value: (some JSONCodable)?, supported: [String]
    ) -> FieldError {
        let list = supported.map(GoText.quoted).joined(separator: ", ")
        return FieldError(.notSupported, path, printed(value), supported.isEmpty ? "" : "supported values: " + list)
    }

    /// A well-formed value that is not permitted here.
    public static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(.forbidden, path, nil, detail)
    }

    /// More than `maximum` bytes; a negative maximum is not told.
    public static func tooLong(_ path: FieldPath, maximum: Int) -> FieldError {
        let detail =
            maximum < 0 ? "value is too long" : "may not be more than \(maximum) byte\(maximum == 1 ? "" : "s")"
        return FieldError(.tooLong, path, nil, detail)
    }

    /// More than `maximum` items; a negative count or maximum is not told.
    public static func tooMany(_ path: FieldPath, actual: Int, maximum: Int) -> FieldError {
        let detail =
            maximum < 0 ? "has too many items" : "must have at most \(maximum) item\(maximum == 1 ? "" : "s")"
        return FieldError(.tooMany, path, actual < 0 ? nil : "\(actual)", detail)
    }

    /// Fewer than `minimum` items; a negative count or minimum is not told.
    public static func tooFew(_ path: FieldPath, actual: Int, minimum: Int) -> FieldError {
        let detail =
            minimum < 0 ? "has too few items" : "must have at least \(minimum) item\(minimum == 1 ? "" : "s")"
        return FieldError(.tooFew, path, actual < 0 ? nil : "\(actual)", detail)
    }

    /// A failure that is not the user's.
    public static func internalError(_ path: FieldPath, _ message: String) -> FieldError {
        FieldError(.internalError, path, nil, message)
    }
}

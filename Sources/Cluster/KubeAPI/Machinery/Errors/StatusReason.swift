/// Why a request failed, as a client can tell it apart.
/// Follows `metav1.StatusReason` of apimachinery `pkg/apis/meta/v1/types.go`.
public enum StatusReason: String, Sendable {
    case unknown = ""
    case unauthorized = "Unauthorized"
    case forbidden = "Forbidden"
    case notFound = "NotFound"
    case alreadyExists = "AlreadyExists"
    case conflict = "Conflict"
    case gone = "Gone"
    case invalid = "Invalid"
    case serverTimeout = "ServerTimeout"
    case timeout = "Timeout"
    case tooManyRequests = "TooManyRequests"
    case badRequest = "BadRequest"
    case methodNotAllowed = "MethodNotAllowed"
    case notAcceptable = "NotAcceptable"
    case requestEntityTooLarge = "RequestEntityTooLarge"
    case unsupportedMediaType = "UnsupportedMediaType"
    case internalError = "InternalError"
    case expired = "Expired"
    case serviceUnavailable = "ServiceUnavailable"
}

/// Causes within a failure that are not about a field.
/// Follows `metav1.CauseType`; the types of field causes are `FieldError.Kind`.
public enum StatusCauseType {
    public static let fieldManagerConflict = "FieldManagerConflict"
    public static let resourceVersionTooLarge = "ResourceVersionTooLarge"
    /// On a namespace's contents: the namespace is being deleted.
    public static let namespaceTerminating = "NamespaceTerminating"
    /// On an eviction: a disruption budget forbids it.
    public static let disruptionBudget = "DisruptionBudget"
}

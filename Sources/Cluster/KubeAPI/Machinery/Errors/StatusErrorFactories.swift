// The failures of the API, with upstream's messages. Follows apimachinery `pkg/api/errors/errors.go`.

extension StatusError {
    /// 404: `pods "web" not found`.
    public static func notFound(resource: GroupResource, name: String) -> StatusError {
        StatusError(
            reason: .notFound, code: 404, message: "\(resource) \(GoText.quoted(name)) not found", resource: resource,
            name: name)
    }

    /// 404: `pods "web" not found`.
    public static func notFound(kind: ResourceKind, name: String) -> StatusError {
        notFound(resource: kind.groupResource, name: name)
    }

    /// 409: `pods "web" already exists`.
    public static func alreadyExists(resource: GroupResource, name: String) -> StatusError {
        StatusError(
            reason: .alreadyExists, code: 409, message: "\(resource) \(GoText.quoted(name)) already exists",
            resource: resource, name: name)
    }

    /// 409: `pods "web" already exists`.
    public static func alreadyExists(kind: ResourceKind, name: String) -> StatusError {
        alreadyExists(resource: kind.groupResource, name: name)
    }

    /// 409: no free name was found for a `generateName`.
    public static func generateNameConflict(
        kind: ResourceKind, name: String, retryAfterSeconds: Int = 1
    ) -> StatusError {
        let resource = kind.groupResource
        return StatusError(
            reason: .alreadyExists, code: 409,
            message: "\(resource) \(GoText.quoted(name)) already exists, the server was not able to generate "
                + "a unique name for the object",
            resource: resource, name: name, retryAfterSeconds: retryAfterSeconds)
    }

    /// 401. An empty message reads `not authorized`.
    public static func unauthorized(_ message: String = "") -> StatusError {
        StatusError(reason: .unauthorized, code: 401, message: message.isEmpty ? "not authorized" : message)
    }

    /// 403: `pods "web" is forbidden: …`; without a name `pods is forbidden: …`.
    public static func forbidden(resource: GroupResource, name: String, message: String) -> StatusError {
        let subject = name.isEmpty ? "\(resource)" : "\(resource) \(GoText.quoted(name))"
        return StatusError(
            reason: .forbidden, code: 403, message: "\(subject) is forbidden: \(message)", resource: resource,
            name: name)
    }

    /// 403: `pods "web" is forbidden: …`.
    public static func forbidden(kind: ResourceKind, name: String, message: String) -> StatusError {
        forbidden(resource: kind.groupResource, name: name, message: message)
    }

    /// 403 for a request that is about no resource: `forbidden: …`.
    public static func forbidden(_ message: String) -> StatusError {
        StatusError(
            reason: .forbidden, code: 403, message: "forbidden: \(message)", resource: GroupResource(resource: ""))
    }

    /// What an update with an old resource version is told.
    public static let objectModified =
        "the object has been modified; please apply your changes to the latest version and try again"

    /// 409: `Operation cannot be fulfilled on pods "web": …`.
    public static func conflict(
        resource: GroupResource, name: String, message: String = objectModified
    ) -> StatusError {
        StatusError(
            reason: .conflict, code: 409,
            message: "Operation cannot be fulfilled on \(resource) \(GoText.quoted(name)): \(message)",
            resource: resource, name: name)
    }

    /// 409: `Operation cannot be fulfilled on pods "web": …`.
    public static func conflict(
        kind: ResourceKind, name: String, message: String = objectModified
    ) -> StatusError {
        conflict(resource: kind.groupResource, name: name, message: message)
    }

    /// 410, reason Gone.
    public static func gone(_ message: String) -> StatusError {
        StatusError(reason: .gone, code: 410, message: message)
    }

    /// 410, reason Expired.
    public static func resourceExpired(_ message: String) -> StatusError {
        StatusError(reason: .expired, code: 410, message: message)
    }

    /// 410 for a watch whose start is compacted away: `too old resource version: 5 (10)`.
    public static func tooOldResourceVersion(requested: Int, oldest: Int) -> StatusError {
        resourceExpired("too old resource version: \(requested) (\(oldest))")
    }

    /// 504 for a revision that is still to come. Follows apiserver `pkg/storage/errors.go`.
    public static func tooLargeResourceVersion(
        requested: Int, current: Int, retryAfterSeconds: Int = 1
    ) -> StatusError {
        var error = timeout(
            "Too large resource version: \(requested), current: \(current)", retryAfterSeconds: retryAfterSeconds)
        var cause = StatusCause()
        cause.reason = StatusCauseType.resourceVersionTooLarge
        cause.message = "Too large resource version"
        error.causes = [cause]
        return error
    }

    /// 422 with a cause for each error: `Pod "web" is invalid: spec.containers: Required value`; several errors stand
    /// in brackets, each text once.
    public static func invalid(kind: GroupResource, name: String, errors: [FieldError]) -> StatusError {
        let causes = errors.map { error in
            var cause = StatusCause()
            cause.reason = error.kind.rawValue
            cause.message = error.body
            cause.field = error.field
            return cause
        }
        var message = "\(kind) \(GoText.quoted(name)) is invalid"
        if !errors.isEmpty { message += ": " + FieldError.aggregate(errors) }
        return StatusError(
            reason: .invalid, code: 422, message: message, resource: kind, name: name, causes: causes)
    }

    /// 422: `Pod "web" is invalid: …`, with a cause for each error.
    public static func invalid(kind: ResourceKind, name: String, errors: [FieldError]) -> StatusError {
        let info = kind.info
        return invalid(kind: GroupResource(group: info.group, resource: info.name), name: name, errors: errors)
    }

    /// 400.
    public static func badRequest(_ message: String) -> StatusError {
        StatusError(reason: .badRequest, code: 400, message: message)
    }

    /// 429.
    public static func tooManyRequests(_ message: String, retryAfterSeconds: Int = 0) -> StatusError {
        var error = StatusError(
            reason: .tooManyRequests, code: 429, message: message, retryAfterSeconds: retryAfterSeconds)
        error.hasDetails = true
        return error
    }

    /// 503.
    public static func serviceUnavailable(_ message: String) -> StatusError {
        StatusError(reason: .serviceUnavailable, code: 503, message: message)
    }

    /// 405: `patch is not supported on resources of kind "bindings"`.
    public static func methodNotSupported(kind: ResourceKind, action: String) -> StatusError {
        methodNotSupported(resource: kind.groupResource, action: action)
    }

    /// 405: `patch is not supported on resources of kind "bindings"`.
    public static func methodNotSupported(resource: GroupResource, action: String) -> StatusError {
        StatusError(
            reason: .methodNotAllowed, code: 405,
            message: "\(action) is not supported on resources of kind \(GoText.quoted(resource.description))",
            resource: resource)
    }

    /// 500, reason ServerTimeout: the server gave up, another try may work.
    public static func serverTimeout(kind: ResourceKind, operation: String, retryAfterSeconds: Int) -> StatusError {
        let resource = kind.groupResource
        return StatusError(
            reason: .serverTimeout, code: 500,
            message: "The \(operation) operation against \(resource) could not be completed at this time, "
                + "please try again.",
            resource: resource, name: operation, retryAfterSeconds: retryAfterSeconds)
    }

    /// 500: `Internal error occurred: …`.
    public static func internalError(_ message: String) -> StatusError {
        var cause = StatusCause()
        cause.message = message
        return StatusError(
            reason: .internalError, code: 500, message: "Internal error occurred: \(message)", causes: [cause])
    }

    /// 504: `Timeout: …`.
    public static func timeout(_ message: String, retryAfterSeconds: Int = 0) -> StatusError {
        var error = StatusError(
            reason: .timeout, code: 504, message: "Timeout: \(message)", retryAfterSeconds: retryAfterSeconds)
        error.hasDetails = true
        return error
    }

    /// 413: `Request entity too large: …`.
    public static func requestEntityTooLarge(_ message: String) -> StatusError {
        StatusError(
            reason: .requestEntityTooLarge, code: 413, message: "Request entity too large: \(message)")
    }

    /// 415. Follows apiserver `handlers/negotiation/errors.go`.
    public static func unsupportedMediaType(accepted: [String]) -> StatusError {
        let types = accepted.joined(separator: ", ")
        return StatusError(
            reason: .unsupportedMediaType, code: 415,
            message: "the body of the request was in an unknown format - accepted media types include: \(types)")
    }

    /// 406. Follows apiserver `handlers/negotiation/errors.go`.
    public static func notAcceptable(accepted: [String]) -> StatusError {
        let types = accepted.joined(separator: ", ")
        return StatusError(
            reason: .notAcceptable, code: 406, message: "only the following media types are accepted: \(types)")
    }
}

/// A request that failed, with what `metav1.Status` tells a client: reason, code, message and causes.
/// Follows apimachinery `pkg/api/errors/errors.go`.
public struct StatusError: Error, Equatable, Sendable, CustomStringConvertible {
    public var reason: StatusReason
    /// The HTTP status code.
    public var code: Int
    public var message: String
    /// The API group of what the failure is about; empty for the core group.
    public var group: String
    /// The resource in the plural (`pods`); in `invalid` errors the kind (`Pod`).
    public var kind: String
    public var name: String
    public var uid: String
    public var causes: [StatusCause]
    /// Seconds to wait before another try; 0 when nothing is suggested.
    public var retryAfterSeconds: Int
    /// Where a list whose token expired may go on with the newest state; empty for all other failures.
    public var continuation = ""
    /// Whether the reply carries details at all; some failures have none.
    var hasDetails: Bool

    public init(
        reason: StatusReason, code: Int, message: String, resource: GroupResource? = nil, name: String = "",
        causes: [StatusCause] = [], retryAfterSeconds: Int = 0
    ) {
        self.reason = reason
        self.code = code
        self.message = message
        group = resource?.group ?? ""
        kind = resource?.resource ?? ""
        self.name = name
        uid = ""
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
        hasDetails = resource != nil || !causes.isEmpty || retryAfterSeconds != 0
    }

    /// The failure that a server's reply tells. A reason that is not known reads as `unknown`.
    public init(status: Status) {
        reason = StatusReason(rawValue: status.reason ?? "") ?? .unknown
        code = status.code ?? 0
        message = status.message ?? ""
        let details = status.details
        group = details?.group ?? ""
        kind = details?.kind ?? ""
        name = details?.name ?? ""
        uid = details?.uid ?? ""
        causes = details?.causes ?? []
        retryAfterSeconds = details?.retryAfterSeconds ?? 0
        continuation = status.metadata.continue ?? ""
        hasDetails = details != nil
    }

    /// The reply that a client gets.
    public var status: Status {
        var status = Status()
        status.status = "Failure"
        status.message = message
        status.reason = reason == .unknown ? nil : reason.rawValue
        status.code = code
        if !continuation.isEmpty { status.metadata.continue = continuation }
        if hasDetails || !uid.isEmpty {
            var details = StatusDetails()
            details.name = name.isEmpty ? nil : name
            details.group = group.isEmpty ? nil : group
            details.kind = kind.isEmpty ? nil : kind
            details.uid = uid.isEmpty ? nil : uid
            details.causes = causes
            details.retryAfterSeconds = retryAfterSeconds == 0 ? nil : retryAfterSeconds
            status.details = details
        }
        return status
    }

    public var description: String { message }

    /// Whether a cause of this type is among the causes.
    public func hasCause(_ type: String) -> Bool { causes.contains { $0.reason == type } }
}

// MARK: Telling failures apart

extension StatusError {
    /// A reason that is not known leaves the decision to the code.
    private func `is`(_ reason: StatusReason, code: Int) -> Bool {
        self.reason == reason || self.reason == .unknown && self.code == code
    }

    public var isNotFound: Bool { `is`(.notFound, code: 404) }
    public var isAlreadyExists: Bool { reason == .alreadyExists }
    public var isConflict: Bool { `is`(.conflict, code: 409) }
    public var isInvalid: Bool { `is`(.invalid, code: 422) }
    public var isGone: Bool { `is`(.gone, code: 410) }
    public var isForbidden: Bool { `is`(.forbidden, code: 403) }
    public var isTooManyRequests: Bool { reason == .tooManyRequests || code == 429 }
}

/// A resource without its version, as messages name it: `pods`, `deployments.apps`.
public struct GroupResource: Hashable, Sendable, CustomStringConvertible {
    /// Empty for the core group.
    public var group: String
    /// The plural, or for kinds their name.
    public var resource: String

    public init(group: String = "", resource: String) {
        self.group = group
        self.resource = resource
    }

    public var description: String { group.isEmpty ? resource : resource + "." + group }
}

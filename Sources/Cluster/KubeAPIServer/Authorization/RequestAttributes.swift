import KubeAPI
import KubeClient

/// Who wants to do what: all that authorization knows of a request.
///
/// `GET /api/v1/namespaces/shop/pods/web/log` is the verb `get` on the resource `pods`, subresource `log`, name `web`,
/// in the namespace `shop`; `GET /healthz` is the verb `get` on a path.
///
/// Follows apiserver pkg/authorization/authorizer `Attributes`.
package struct RequestAttributes: Equatable, Sendable {
    package var user: UserInfo
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` and others for resources; the
    /// method in lower case for paths.
    package var verb: String
    /// Empty for cluster-scoped requests, and for lists over all namespaces.
    package var namespace = ""
    /// Empty for the core group.
    package var apiGroup = ""
    package var apiVersion = ""
    package var resource = ""
    package var subresource = ""
    /// Empty if the request is about no one object, as a create or a list.
    package var name = ""
    /// What else than a resource is asked for: `/healthz`. Empty for resources.
    package var path = ""
    package var isResourceRequest = true
    /// What a list, watch or deletecollection is narrowed to; node authorization looks at it.
    package var fieldSelector: [FieldSelectorRequirement] = []
    package var labelSelector: [LabelSelectorRequirement] = []

    /// A request for a resource of a served kind.
    package init(
        _ user: UserInfo, verb: String, _ kind: ResourceKind, subresource: String = "", namespace: String = "",
        name: String = ""
    ) {
        self.user = user
        self.verb = verb
        let info = kind.info
        apiGroup = info.group
        apiVersion = info.version
        resource = info.plural
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }

    /// A request for a resource that need not be served: `signers`, `users`.
    package init(
        _ user: UserInfo, verb: String, apiGroup: String, apiVersion: String = "*", resource: String,
        subresource: String = "", namespace: String = "", name: String = ""
    ) {
        self.user = user
        self.verb = verb
        self.apiGroup = apiGroup
        self.apiVersion = apiVersion
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }

    /// A request for a path.
    package init(_ user: UserInfo, verb: String, path: String) {
        self.user = user
        self.verb = verb
        self.path = path
        isResourceRequest = false
    }

    /// As rules name it: `pods`, `pods/log`.
    var combinedResource: String { subresource.isEmpty ? resource : resource + "/" + subresource }

    /// What a user is told who may not do this, for `reason`, which may be empty.
    ///
    /// Follows apiserver pkg/endpoints/handlers/responsewriters/errors.go `Forbidden`.
    package func forbidden(_ reason: String) -> StatusError {
        let user = GoText.quoted(user.username ?? "")
        var message: String
        if isResourceRequest {
            message =
                "User \(user) cannot \(verb) resource \(GoText.quoted(combinedResource)) in API group "
                + GoText.quoted(apiGroup)
            message += namespace.isEmpty ? " at the cluster scope" : " in the namespace \(GoText.quoted(namespace))"
        } else {
            message = "User \(user) cannot \(verb) path \(GoText.quoted(path))"
        }
        message = RequestAttributes.sanitized(message)
        if !reason.isEmpty { message += ": " + reason }
        if !isResourceRequest || resource.isEmpty { return .forbidden(message) }
        return .forbidden(
            resource: GroupResource(group: apiGroup, resource: resource), name: name, message: message)
    }

    /// The message may be shown by a browser.
    private static func sanitized(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// What an authorizer says to a request.
package struct AuthorizationDecision: Equatable, Sendable {
    package let isAllowed: Bool
    /// Why; empty if there is nothing to say.
    package let reason: String

    static func allowed(_ reason: String = "") -> AuthorizationDecision {
        AuthorizationDecision(isAllowed: true, reason: reason)
    }

    /// Not allowed here; another authorizer may still allow it.
    static func noOpinion(_ reason: String = "") -> AuthorizationDecision {
        AuthorizationDecision(isAllowed: false, reason: reason)
    }
}

import KubeAPI
import KubeCluster

/// What access control judges a request by.
///
/// Follows apiserver pkg/authorization/authorizer/interfaces.go `Attributes`.
struct AuthorizationAttributes: Sendable {
    let user: UserInfo
    let info: RequestInfo
}

/// The seam to access control: every request passes here before anything else is made of it.
struct Authorization: Sendable {
    enum Decision: Sendable {
        case allowed
        /// Why not, if there is more to say than that nothing allows it.
        case denied(reason: String)
    }

    /// A pure function over a snapshot.
    typealias Authorizer = @Sendable (AuthorizationAttributes, ClusterSnapshot) -> Decision

    let authorizer: Authorizer

    /// - Throws: `forbidden` (403).
    func check(_ request: GatewayRequest, _ snapshot: ClusterSnapshot) throws(StatusError) {
        let attributes = AuthorizationAttributes(user: request.user, info: request.info)
        if case .denied(let reason) = authorizer(attributes, snapshot) {
            throw Authorization.forbidden(attributes, reason)
        }
    }

    /// In upstream's words: `pods "web" is forbidden: User "jane" cannot get resource "pods" in API group "" in the
    /// namespace "default"`.
    ///
    /// Follows apiserver pkg/endpoints/handlers/responsewriters/errors.go `ForbiddenStatusError`.
    private static func forbidden(_ attributes: AuthorizationAttributes, _ reason: String) -> StatusError {
        let info = attributes.info
        let user = GoText.quoted(attributes.user.username ?? "")
        guard info.isResource else {
            var message = "User \(user) cannot \(info.verb) path \(GoText.quoted(info.path))"
            if !reason.isEmpty { message += ": \(reason)" }
            return .forbidden(message)
        }
        let resource = info.subresource.isEmpty ? info.resource : info.resource + "/" + info.subresource
        var message =
            "User \(user) cannot \(info.verb) resource \(GoText.quoted(resource)) in API group "
            + GoText.quoted(info.group)
        message +=
            info.namespace.isEmpty
            ? " at the cluster scope" : " in the namespace \(GoText.quoted(info.namespace))"
        if !reason.isEmpty { message += ": \(reason)" }
        return .forbidden(resource: info.groupResource, name: info.name, message: message)
    }
}

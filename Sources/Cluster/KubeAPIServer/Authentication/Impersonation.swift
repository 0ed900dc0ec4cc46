import KubeAPI

/// One user acting as another: every part of the other identity is a right of its own, the verb `impersonate`.
///
/// Follows apiserver pkg/endpoints/filters/impersonation.
struct Impersonating {
    private let user: UserInfo
    private let wanted: Credentials.Impersonation

    init(_ user: UserInfo, _ wanted: Credentials.Impersonation) {
        self.user = user
        self.wanted = wanted
    }

    /// Who the user then is; itself if it wants to be nobody else.
    ///
    /// - Throws: `forbidden`; `internalError`, as upstream's, for groups without a user.
    func user(_ authorizer: Authorizer<some ObjectView>) throws(StatusError) -> UserInfo {
        if wanted.isEmpty { return user }
        if wanted.user.isEmpty {
            throw .internalError("requested [\(requests.joined(separator: " "))] without impersonating a user")
        }
        var other = UserInfo()
        other.username = wanted.user
        other.groups = wanted.groups
        if let account = ServiceAccountNames.split(wanted.user) {
            try check(authorizer, "", "serviceaccounts", namespace: account.namespace, name: account.name)
            if wanted.groups.isEmpty { other.groups = ServiceAccountNames.groups(namespace: account.namespace) }
        } else {
            try check(authorizer, "", "users", name: wanted.user)
        }
        for group in wanted.groups { try check(authorizer, "", "groups", name: group) }
        for (key, values) in wanted.extra {
            for value in values {
                try check(authorizer, Impersonating.group, "userextras", subresource: key, name: value)
            }
            other.extra[key] = values
        }
        if !wanted.uid.isEmpty {
            try check(authorizer, Impersonating.group, "uids", name: wanted.uid)
            other.uid = wanted.uid
        }
        if wanted.user != Authenticator.anonymousName { return Authenticator.authenticated(other) }
        if !other.isMember(of: "system:unauthenticated") { other.groups.append("system:unauthenticated") }
        return other
    }

    private static let group = "authentication.k8s.io"

    private func check(
        _ authorizer: Authorizer<some ObjectView>, _ apiGroup: String, _ resource: String, subresource: String = "",
        namespace: String = "", name: String
    ) throws(StatusError) {
        try authorizer.check(
            RequestAttributes(
                user, verb: "impersonate", apiGroup: apiGroup, apiVersion: apiGroup.isEmpty ? "" : "v1",
                resource: resource, subresource: subresource, namespace: namespace, name: name))
    }

    /// As Go prints the references that upstream makes of the headers: kind, name, version, field.
    private var requests: [String] {
        wanted.groups.map { "{Group  \($0)    }" }
            + wanted.extra.flatMap { entry in
                entry.value.map { "{UserExtra  \($0)  \(Impersonating.group)/v1  \(entry.key)}" }
            }
            + (wanted.uid.isEmpty ? [] : ["{UID  \(wanted.uid)  \(Impersonating.group)/v1  }"])
    }
}

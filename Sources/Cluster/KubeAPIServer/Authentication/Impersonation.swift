import KubeAPI

/// One user acting as another. Every part of the other identity is a right of its own: the verb `impersonate`, or, for
/// who may act as another for some requests alone, `impersonate:MODE` together with `impersonate-on:MODE:VERB` on what
/// is asked for. The first mode that allows it counts, the narrow ones before the old one.
///
/// Follows apiserver pkg/endpoints/filters/impersonation `constrained_impersonation.go` and `mode.go`
/// (KEP-5284), without the memory of the mode that succeeded last: refusals are those of the first mode that the other
/// identity fits.
package struct Impersonating {
    private let user: UserInfo
    private let wanted: Credentials.Impersonation

    package init(_ user: UserInfo, _ wanted: Credentials.Impersonation) {
        self.user = user
        self.wanted = wanted
    }

    /// Who the user then is; itself if it wants to be nobody else.
    ///
    /// - Parameter request: What the user asks for.
    /// - Throws: `forbidden`; `badRequest` for groups and the like without a user.
    package func user(
        _ authorizer: Authorizer<some ObjectView>, for request: () -> RequestAttributes
    ) throws(StatusError) -> UserInfo {
        if wanted.isEmpty { return user }
        if wanted.user.isEmpty { throw .badRequest("requested \(goSyntax) without impersonating a user name") }
        var request = request()
        request.user = user
        var refusal: StatusError?
        for mode in ImpersonationMode.allCases where mode.fits(wanted, user) {
            let check = ImpersonationCheck(user, wanted, mode, authorizer)
            do throws(StatusError) {
                return try check.user(for: request)
            } catch {
                refusal = refusal ?? error
            }
        }
        throw refusal ?? .internalError("all impersonation modes failed")
    }

    /// As Go prints the identity that upstream makes of the headers.
    private var goSyntax: String {
        let extra = wanted.extra.map { GoText.quoted($0.key) + ":" + GoText.literal($0.value) }.joined(separator: ", ")
        let groups = wanted.groups.isEmpty ? "[]string(nil)" : GoText.literal(wanted.groups)
        return "&user.DefaultInfo{Name:\"\", UID:\(GoText.quoted(wanted.uid)), Groups:\(groups), "
            + "Extra:map[string][]string" + (wanted.extra.isEmpty ? "(nil)" : "{\(extra)}") + "}"
    }
}

/// The ways in which users act as others, in the order in which they are tried.
private enum ImpersonationMode: String, CaseIterable {
    /// A service account acts as the node on which its pod runs.
    case associatedNode = "associated-node"
    case arbitraryNode = "arbitrary-node"
    case serviceAccount = "serviceaccount"
    /// All who are neither nodes nor service accounts.
    case userInfo = "user-info"
    /// Without regard to what is asked for.
    case legacy = ""

    func fits(_ wanted: Credentials.Impersonation, _ user: UserInfo) -> Bool {
        let isNameAlone = wanted.groups.isEmpty && wanted.uid.isEmpty && wanted.extra.isEmpty
        let node = ImpersonationMode.nodeName(wanted.user)
        let isAccount = ServiceAccountNames.split(wanted.user) != nil
        switch self {
        case .associatedNode:
            return isNameAlone && node != nil && ServiceAccountNames.split(user.username ?? "") != nil
                && user.extra["authentication.kubernetes.io/node-name"] == node.map { [$0] }
        case .arbitraryNode: return isNameAlone && node != nil
        case .serviceAccount: return isNameAlone && isAccount
        case .userInfo: return node == nil && !isAccount
        case .legacy: return true
        }
    }

    static func nodeName(_ username: String) -> String? {
        let prefix = "system:node:"
        guard username.utf8.starts(with: prefix.utf8) else { return nil }
        let name = String(username.dropFirst(prefix.count))
        return Validation.dns1123Subdomain(name).isEmpty ? name : nil
    }
}

/// Whether a user may act as another in one of the modes.
private struct ImpersonationCheck<View: ObjectView> {
    private let user: UserInfo
    private let wanted: Credentials.Impersonation
    private let mode: ImpersonationMode
    private let authorizer: Authorizer<View>

    init(
        _ user: UserInfo, _ wanted: Credentials.Impersonation, _ mode: ImpersonationMode, _ authorizer: Authorizer<View>
    ) {
        self.user = user
        self.wanted = wanted
        self.mode = mode
        self.authorizer = authorizer
    }

    private static var group: String { "authentication.k8s.io" }
    /// So many groups or values are asked for as `*` first.
    private static var many: Int { 4 }

    private var isConstrained: Bool { mode != .legacy }

    /// - Throws: `forbidden`.
    func user(for request: RequestAttributes) throws(StatusError) -> UserInfo {
        if isConstrained {
            var request = request
            request.verb = "impersonate-on:\(mode.rawValue):\(request.verb)"
            try authorizer.check(request)
        }
        var other = UserInfo()
        other.username = wanted.user
        other.groups = wanted.groups
        try checkName(&other)
        if !wanted.uid.isEmpty {
            try authorizer.check(attributes("uids", wanted.uid))
            other.uid = wanted.uid
        }
        try checkGroups()
        try checkExtra()
        other.extra = wanted.extra
        if wanted.user != Authenticator.anonymousName { return Authenticator.authenticated(other) }
        if !other.isMember(of: "system:unauthenticated") { other.groups.append("system:unauthenticated") }
        return other
    }

    private func attributes(_ resource: String, _ name: String, isIdentity: Bool = false) -> RequestAttributes {
        let verb = isConstrained ? "impersonate:" + mode.rawValue : "impersonate"
        let group = isIdentity && !isConstrained ? "" : ImpersonationCheck.group
        return RequestAttributes(
            user, verb: verb, apiGroup: group, apiVersion: "v1", resource: resource, name: name)
    }

    /// Nodes and service accounts have groups of their own.
    private func checkName(_ other: inout UserInfo) throws(StatusError) {
        var name = attributes("users", wanted.user, isIdentity: true)
        if isConstrained, let node = ImpersonationMode.nodeName(wanted.user) {
            name.resource = "nodes"
            name.name = mode == .associatedNode ? "*" : node
            other.groups = ["system:nodes"]
        }
        if let account = ServiceAccountNames.split(wanted.user) {
            name.resource = "serviceaccounts"
            name.namespace = account.namespace
            name.name = account.name
            if wanted.groups.isEmpty { other.groups = ServiceAccountNames.groups(namespace: account.namespace) }
        }
        try authorizer.check(name)
    }

    private func checkGroups() throws(StatusError) {
        if isConstrained {
            if wanted.groups.contains("") {
                throw attributes("groups", "", isIdentity: true)
                    .forbidden("impersonating the empty string group is not allowed")
            }
            if wanted.groups.contains(UserInfo.privilegedGroup) {
                throw attributes("groups", UserInfo.privilegedGroup, isIdentity: true)
                    .forbidden("impersonating the \(UserInfo.privilegedGroup) group is not allowed")
            }
            if wanted.groups.count >= ImpersonationCheck.many,
                authorizer.decide(attributes("groups", "*", isIdentity: true)).isAllowed
            {
                return
            }
        }
        for group in wanted.groups { try authorizer.check(attributes("groups", group, isIdentity: true)) }
    }

    private func checkExtra() throws(StatusError) {
        if wanted.extra.isEmpty { return }
        var extra = attributes("userextras", "")
        if isConstrained {
            if let problem = wanted.extra.lazy.compactMap({ ImpersonationCheck.problem($0.key, $0.value) }).first {
                throw extra.forbidden(problem)
            }
            if wanted.extra.reduce(0, { $0 + $1.value.count }) >= ImpersonationCheck.many {
                extra.subresource = "*"
                extra.name = "*"
                if authorizer.decide(extra).isAllowed { return }
            }
        }
        for (key, values) in wanted.extra {
            extra.subresource = key
            for value in values {
                extra.name = value
                try authorizer.check(extra)
            }
        }
    }

    /// Why a user who acts for some requests alone cannot have such an extra; nil if it can.
    private static func problem(_ key: String, _ values: [String]) -> String? {
        if key.isEmpty { return "impersonating the empty string key in extra is not allowed" }
        let errors = Validation.domainPrefixedPath(key, FieldPath("extra").child("key")).map(\.description)
        if !errors.isEmpty {
            let text = errors.count == 1 ? errors[0] : "[" + errors.joined(separator: ", ") + "]"
            return "impersonating an invalid key in extra is not allowed: " + text
        }
        if key != key.lowercased() {
            return "impersonating a non-lowercase key in extra is not allowed: \(GoText.quoted(key))"
        }
        if values.isEmpty { return "impersonating empty values in extra is not allowed" }
        return values.contains("") ? "impersonating the empty string value in extra is not allowed" : nil
    }
}

import KubeAPI

/// One user acting as another: with the rights to be that other and to do just this as that other, or with the right to
/// be it and do whatever it may.
///
/// A pod on node-1 whose service account wants to list pods as `system:node:node-1` is first asked for
/// `impersonate-on:associated-node:list` on pods and `impersonate:associated-node` on all nodes, then for
/// `impersonate-on:arbitrary-node:list` on pods and `impersonate:arbitrary-node` on that node, and last for
/// `impersonate` on the user. One mode must give all; if none does, the first refusal is told.
///
/// Simpler than upstream: it begins with the mode that last let the same user through, so that another refusal may be
/// the first.
///
/// Follows apiserver pkg/endpoints/filters/impersonation, with ConstrainedImpersonation, which 1.36 has on.
struct Impersonating {
    private let user: UserInfo
    private let wanted: Credentials.Impersonation
    /// What is to be done as the other.
    private let request: RequestAttributes

    init(_ user: UserInfo, as wanted: Credentials.Impersonation, asking request: RequestAttributes) {
        self.user = user
        self.wanted = wanted
        var request = request
        request.user = user
        self.request = request
    }

    /// Who the user then is.
    ///
    /// - Throws: `forbidden`; `badRequest` for groups and the like without a user.
    func user(_ authorizer: Authorizer<some ObjectView>) throws(StatusError) -> UserInfo {
        if wanted.user.isEmpty {
            throw .badRequest("requested \(wanted.goText) without impersonating a user name")
        }
        var refusal: StatusError?
        for mode in ImpersonationMode.constrained where mode.applies(to: wanted, by: user) {
            do throws(StatusError) {
                var action = request
                action.verb = "impersonate-on:\(mode.rawValue):\(request.verb)"
                try authorizer.check(action)
                return try user(authorizer, mode)
            } catch {
                refusal = refusal ?? error
            }
        }
        do throws(StatusError) { return try user(authorizer, .unrestricted) } catch { throw refusal ?? error }
    }

    private func user(_ authorizer: Authorizer<some ObjectView>, _ mode: ImpersonationMode) throws(StatusError)
        -> UserInfo
    {
        var other = UserInfo()
        other.username = wanted.user
        other.groups = wanted.groups
        if mode != .unrestricted, let node = ImpersonationMode.node(wanted.user) {
            // The right to be the node that one is on is asked for once, for whatever node that is.
            try authorizer.check(right(mode, mode.group, "nodes", mode == .associatedNode ? "*" : node))
            other.groups = ["system:nodes"]
        } else if let account = ServiceAccountNames.split(wanted.user) {
            var right = right(mode, mode.group, "serviceaccounts", account.name)
            right.namespace = account.namespace
            try authorizer.check(right)
            if wanted.groups.isEmpty { other.groups = ServiceAccountNames.groups(namespace: account.namespace) }
        } else {
            try authorizer.check(right(mode, mode.group, "users", wanted.user))
        }
        if !wanted.uid.isEmpty {
            try authorizer.check(right(mode, ImpersonationMode.authentication, "uids", wanted.uid))
            other.uid = wanted.uid
        }
        try checkGroups(authorizer, mode)
        try checkExtra(authorizer, mode)
        for (key, values) in wanted.extra { other.extra[key] = values }
        if wanted.user != Authenticator.anonymousName { return Authenticator.authenticated(other) }
        if !other.isMember(of: "system:unauthenticated") { other.groups.append("system:unauthenticated") }
        return other
    }

    private func right(_ mode: ImpersonationMode, _ group: String, _ resource: String, _ name: String)
        -> RequestAttributes
    {
        RequestAttributes(user, verb: mode.verb, apiGroup: group, apiVersion: "v1", resource: resource, name: name)
    }

    /// From so many on, the right to be in any group, or to have anything extra, is asked for first.
    private static let many = 4

    private func checkGroups(_ authorizer: Authorizer<some ObjectView>, _ mode: ImpersonationMode) throws(StatusError) {
        func right(_ name: String) -> RequestAttributes { self.right(mode, mode.group, "groups", name) }
        if mode != .unrestricted {
            if wanted.groups.contains("") {
                throw right("").forbidden("impersonating the empty string group is not allowed")
            }
            if wanted.groups.contains(UserInfo.privilegedGroup) {
                throw right(UserInfo.privilegedGroup).forbidden(
                    "impersonating the \(UserInfo.privilegedGroup) group is not allowed")
            }
            if wanted.groups.count >= Impersonating.many, authorizer.decide(right("*")).isAllowed { return }
        }
        for group in wanted.groups { try authorizer.check(right(group)) }
    }

    private func checkExtra(_ authorizer: Authorizer<some ObjectView>, _ mode: ImpersonationMode) throws(StatusError) {
        func right(_ key: String, _ value: String) -> RequestAttributes {
            var right = self.right(mode, ImpersonationMode.authentication, "userextras", value)
            right.subresource = key
            return right
        }
        if mode != .unrestricted {
            if let mistake = wanted.extraMistake { throw right("", "").forbidden(mistake) }
            let count = wanted.extra.reduce(0) { $0 + $1.value.count }
            if count >= Impersonating.many, authorizer.decide(right("*", "*")).isAllowed { return }
        }
        for (key, values) in wanted.extra {
            for value in values { try authorizer.check(right(key, value)) }
        }
    }
}

/// The rights by which one may act as another.
///
/// Follows apiserver pkg/endpoints/filters/impersonation/mode.go.
private enum ImpersonationMode: String {
    /// A service account as the node that its pod is on.
    case associatedNode = "associated-node"
    case arbitraryNode = "arbitrary-node"
    case serviceAccount = "serviceaccount"
    /// Whoever is neither a node nor a service account.
    case userInfo = "user-info"
    /// Whoever may act as another may do all that the other may: what there was before the others.
    case unrestricted = ""

    /// Those that look at what is to be done, in the order in which they are tried.
    static let constrained: [ImpersonationMode] = [.associatedNode, .arbitraryNode, .serviceAccount, .userInfo]

    static let authentication = "authentication.k8s.io"

    var verb: String { self == .unrestricted ? "impersonate" : "impersonate:" + rawValue }
    /// The group of users, groups and service accounts.
    var group: String { self == .unrestricted ? "" : ImpersonationMode.authentication }

    func applies(to wanted: Credentials.Impersonation, by user: UserInfo) -> Bool {
        let node = ImpersonationMode.node(wanted.user)
        let account = ServiceAccountNames.split(wanted.user)
        // Of nodes and service accounts the server knows what else they are.
        let isNameOnly = wanted.groups.isEmpty && wanted.uid.isEmpty && wanted.extra.isEmpty
        switch self {
        case .associatedNode:
            guard isNameOnly, let node, ServiceAccountNames.split(user.username ?? "") != nil else { return false }
            return user.extra["authentication.kubernetes.io/node-name"] == [node]
        case .arbitraryNode: return isNameOnly && node != nil
        case .serviceAccount: return isNameOnly && account != nil
        case .userInfo: return node == nil && account == nil
        case .unrestricted: return true
        }
    }

    /// The node that a user's name is of; nil if it is none's.
    static func node(_ username: String) -> String? {
        let prefix = "system:node:"
        guard username.utf8.starts(with: prefix.utf8) else { return nil }
        let name = String(username.dropFirst(prefix.count))
        return Validation.dns1123Subdomain(name).isEmpty ? name : nil
    }
}

extension Credentials.Impersonation {
    /// Why what is extra may not be taken on in a constrained mode; nil if it may.
    fileprivate var extraMistake: String? {
        for (key, values) in extra {
            if key.isEmpty { return "impersonating the empty string key in extra is not allowed" }
            let errors = Validation.domainPrefixedPath(key, FieldPath("extra").child("key"))
            if !errors.isEmpty {
                return "impersonating an invalid key in extra is not allowed: \(FieldError.aggregate(errors))"
            }
            if key != key.lowercased() {
                return "impersonating a non-lowercase key in extra is not allowed: \(GoText.quoted(key))"
            }
            if values.contains("") { return "impersonating the empty string value in extra is not allowed" }
        }
        return nil
    }

    /// As Go's `%#v` prints the user that upstream makes of the headers.
    fileprivate var goText: String {
        let fields = extra.map { GoText.quoted($0.key) + ":" + Self.goText($0.value) }
        let extraText = "map[string][]string" + (fields.isEmpty ? "(nil)" : "{\(fields.joined(separator: ", "))}")
        return "&user.DefaultInfo{Name:\(GoText.quoted(user)), UID:\(GoText.quoted(uid)), "
            + "Groups:\(Self.goText(groups)), Extra:\(extraText)}"
    }

    private static func goText(_ texts: [String]) -> String {
        "[]string" + (texts.isEmpty ? "(nil)" : "{\(texts.map(GoText.quoted).joined(separator: ", "))}")
    }
}

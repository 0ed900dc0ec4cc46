import KubeAPI
import KubeClient

/// Who may do what, as kube-apiserver decides it with `--authorization-mode=Node,RBAC`: the group `system:masters`
/// everything, nodes what their pods need, all others what roles grant them. Nobody is ever denied for good: what no
/// authorizer allows is forbidden.
///
/// A value over an immutable policy and a view of the cluster: the same on the core, over the store, and on any thread,
/// over a snapshot.
///
///     let authorizer = Authorizer(policy: policy.updated(to: snapshot), view: snapshot)
///     try authorizer.check(RequestAttributes(user, verb: "list", .pod, namespace: "shop"))
///
/// Follows kubernetes pkg/kubeapiserver/authorizer/config.go and apiserver pkg/authorization/union/union.go.
package struct Authorizer<View: ObjectView> {
    package let policy: AccessPolicy
    package let view: View

    package init(policy: AccessPolicy, view: View) {
        self.policy = policy
        self.view = view
    }

    /// Asks who is beyond all rules, then the authorizer of nodes, then the roles: the first that allows decides.
    /// Follows kubernetes pkg/kubeapiserver/authorizer with the modes Node and RBAC.
    package func decide(_ attributes: RequestAttributes) -> AuthorizationDecision {
        if attributes.user.isPrivileged { return .allowed() }
        let node = NodeAuthorizer(view: view).decide(attributes)
        if node.isAllowed { return node }
        let role = policy.decide(attributes)
        if role.isAllowed { return role }
        return .noOpinion([node.reason, role.reason].filter { !$0.isEmpty }.joined(separator: "\n"))
    }

    /// - Throws: `forbidden`, with upstream's words for what was asked.
    package func check(_ attributes: RequestAttributes) throws(StatusError) {
        let decision = decide(attributes)
        if !decision.isAllowed { throw attributes.forbidden(decision.reason) }
    }
}

extension UserInfo {
    /// The group whose members may do everything, whatever roles there are.
    static let privilegedGroup = "system:masters"

    var isPrivileged: Bool { isMember(of: UserInfo.privilegedGroup) }

    func isMember(of group: String) -> Bool {
        for candidate in groups where equalUTF8(candidate, group) { return true }
        return false
    }

    /// Whether the user is a node, and which: nil if it is none, empty if it does not say which.
    ///
    /// Follows kubernetes pkg/auth/nodeidentifier/default.go.
    var nodeName: String? {
        guard let username, username.utf8.starts(with: UserInfo.nodePrefix.utf8), isMember(of: "system:nodes")
        else { return nil }
        return String(decoding: username.utf8.dropFirst(UserInfo.nodePrefix.utf8.count), as: UTF8.self)
    }

    private static let nodePrefix = "system:node:"
}

/// The names by which service accounts are users and groups.
///
/// Follows apiserver pkg/authentication/serviceaccount/util.go.
package enum ServiceAccountNames {
    private static let prefix = "system:serviceaccount:"
    private static let allGroup = "system:serviceaccounts"

    /// Whether a user is one of kube-controller-manager's controllers, which each have an account.
    static func isController(_ user: UserInfo) -> Bool {
        let account = split(user.username ?? "")
        return account?.namespace == "kube-system" && account?.name != "kube-proxy" && account?.name != "coredns"
    }

    package static func username(namespace: String, name: String) -> String { "\(prefix)\(namespace):\(name)" }

    /// The groups of a namespace's service accounts, without `system:authenticated`.
    package static func groups(namespace: String) -> [String] { [allGroup, allGroup + ":" + namespace] }

    /// The service account of a user's name; nil if it is none's.
    package static func split(_ username: String) -> (namespace: String, name: String)? {
        guard username.utf8.starts(with: prefix.utf8) else { return nil }
        let parts = username.dropFirst(prefix.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Validation.dns1123Label(String(parts[0])).isEmpty,
            Validation.dns1123Subdomain(String(parts[1])).isEmpty
        else { return nil }
        return (String(parts[0]), String(parts[1]))
    }
}

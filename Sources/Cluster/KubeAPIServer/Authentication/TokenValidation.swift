import KubeAPI
import KubeClient

/// Why a token that we signed is not accepted.
struct TokenFailure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

/// What a token says against what there is: it ends with its time and with what it is bound to.
///
/// Follows kubernetes pkg/serviceaccount/claims.go `Validate` and legacy.go.
extension TokenClaims {
    /// How much clocks may differ, in seconds.
    private static let leeway = 60

    func validate(_ view: some ObjectView, token: String, now: Time) throws(TokenFailure) {
        if let notBefore, now.seconds + TokenClaims.leeway < notBefore {
            throw TokenFailure("service account token is not valid yet")
        }
        if let expires, now.seconds - TokenClaims.leeway > expires {
            throw TokenFailure("service account token has expired")
        }
        if let issuedAt, now.seconds + TokenClaims.leeway < issuedAt {
            throw TokenFailure(
                "service account token claims could not be validated due to unexpected validation error")
        }
        if subject != ServiceAccountNames.username(namespace: namespace, name: serviceAccount.name) {
            throw TokenFailure("sub claim is invalid")
        }
        guard let account = view.object(key(.serviceAccount, serviceAccount.name)) else {
            throw TokenFailure("serviceaccounts \(GoText.quoted(serviceAccount.name)) not found")
        }
        if isDeleted(account, now) {
            throw TokenFailure("service account \(namespace)/\(serviceAccount.name) has been deleted")
        }
        if !equalUTF8(account.uid, serviceAccount.uid) {
            throw TokenFailure(
                isLegacy
                    ? "ServiceAccount UID (\(account.uid)) does not match claim (\(serviceAccount.uid))"
                    : "service account UID (\(account.uid)) does not match claim (\(serviceAccount.uid))")
        }
        if let secret { try validateSecret(secret, view, token, now) }
        if let pod {
            try validateBound(.pod, pod, view, now) { found in
                "pod UID (\(found)) does not match service account pod ref claim (\(pod.uid))"
            }
        } else if let node {
            // A pod's token ends with the pod; only a token bound to a node ends with the node.
            try validateBound(.node, node, view, now) { found in
                "node UID (\(found)) does not match service account node ref claim (\(node.uid))"
            }
        }
    }

    private func validateSecret(
        _ secret: Reference, _ view: some ObjectView, _ token: String, _ now: Time
    ) throws(TokenFailure) {
        if !isLegacy {
            return try validateBound(.secret, secret, view, now) { found in
                "secret UID (\(found)) does not match service account secret ref claim (\(secret.uid))"
            }
        }
        guard let found = view.object(key(.secret, secret.name))?.as(Secret.self), !isDeleted(found.boxed, now) else {
            throw TokenFailure("service account token has been invalidated")
        }
        if found.data["token"]?.bytes != Array(token.utf8) {
            throw TokenFailure("service account token does not match server's copy")
        }
    }

    private func validateBound(
        _ kind: ResourceKind, _ reference: Reference, _ view: some ObjectView, _ now: Time,
        mismatch: (_ found: String) -> String
    ) throws(TokenFailure) {
        guard let found = view.object(key(kind, reference.name)), !isDeleted(found, now) else {
            throw TokenFailure("service account token has been invalidated")
        }
        if !equalUTF8(found.uid, reference.uid) { throw TokenFailure(mismatch(found.uid)) }
    }

    private func key(_ kind: ResourceKind, _ name: String) -> ObjectKey {
        ObjectKey(kind, namespace: kind.info.isNamespaced ? namespace : "", name: name)
    }

    private func isDeleted(_ object: KubeObject, _ now: Time) -> Bool {
        guard let deletion = object.metadata.deletionTimestamp else { return false }
        return deletion.seconds < now.seconds - TokenClaims.leeway
    }

    /// Follows apiserver pkg/authentication/serviceaccount/util.go `UserInfo`.
    var user: UserInfo {
        var user = UserInfo()
        user.username = ServiceAccountNames.username(namespace: namespace, name: serviceAccount.name)
        user.uid = serviceAccount.uid
        user.groups = ServiceAccountNames.groups(namespace: namespace)
        let prefix = "authentication.kubernetes.io/"
        if let pod {
            user.extra[prefix + "pod-name"] = [pod.name]
            user.extra[prefix + "pod-uid"] = [pod.uid]
        }
        if !identifier.isEmpty { user.extra[Authenticator.credentialExtra] = ["JTI=" + identifier] }
        if let node {
            user.extra[prefix + "node-name"] = [node.name]
            if !node.uid.isEmpty { user.extra[prefix + "node-uid"] = [node.uid] }
        }
        return user
    }
}

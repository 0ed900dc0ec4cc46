import KubeAPI
import KubeClient

/// The `token` subresource of service accounts: makes a token for one, bound to a pod, a secret or a node.
///
/// Follows kubernetes pkg/registry/core/serviceaccount/storage/token.go.
extension APIServer {
    /// What the kubelet asks for by default, which older client libraries would outlive; see `extendedLifetime`.
    private static let warnOnlyLifetime = 3607
    /// How long such a token really lives: a year, in seconds.
    private static let extendedLifetime = 365 * 24 * 3600
    private static let shortestLifetime = 600
    private static let longestLifetime = 1 << 32

    /// Answers a request for a token, which is nowhere kept.
    ///
    /// - Throws: `notFound`, `invalid`, `badRequest`, `conflict` (another UID), `forbidden` (NodeRestriction).
    package func createToken(
        _ tokenRequest: TokenRequest, for account: ObjectKey, _ request: Request
    ) throws(StatusError) -> TokenRequest {
        var answer = tokenRequest
        if let namespace = answer.metadata.namespace, !namespace.isEmpty, namespace != account.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        let given = answer.metadata.name ?? ""
        if !given.isEmpty, given != account.name {
            throw APIServer.invalidToken(
                account.name,
                .invalid(
                    FieldPath("metadata").child("name"), given,
                    "must match the service account name if specified"))
        }
        answer.metadata.name = account.name
        answer.metadata.namespace = account.namespace
        answer.metadata.creationTimestamp = now
        let lifetime = answer.spec.expirationSeconds ?? 3600
        answer.spec.expirationSeconds = lifetime
        if let problem = APIServer.lifetimeProblem(lifetime) {
            throw APIServer.invalidToken(
                account.name, .invalid(FieldPath("spec").child("expirationSeconds"), lifetime, problem))
        }
        try NodeRestriction.checkToken(tokenRequest, account, store, request)
        guard let found = store.object(account) else { throw .notFound(kind: .serviceAccount, name: account.name) }
        let wanted = answer.metadata.uid ?? ""
        if !wanted.isEmpty, wanted != found.uid {
            throw .conflict(
                resource: GroupResource(group: "authentication.k8s.io", resource: "TokenRequest"), name: account.name,
                message: "the UID in the token request (\(wanted)) does not match the UID of the service account "
                    + "(\(found.uid))")
        }
        answer.metadata.uid = found.uid
        var claims = TokenClaims()
        claims.namespace = account.namespace
        claims.serviceAccount = TokenClaims.Reference(name: account.name, uid: found.uid)
        if let reference = answer.spec.boundObjectRef { try bind(&claims, to: reference) }
        if answer.spec.audiences.isEmpty { answer.spec.audiences = authenticator.audiences }
        let issued = (request.wallTime ?? now).seconds
        var expires = issued + lifetime
        if claims.pod != nil, lifetime == APIServer.warnOnlyLifetime,
            answer.spec.audiences == authenticator.audiences
        {
            claims.warnAfter = expires
            expires = issued + APIServer.extendedLifetime
        }
        claims.issuer = authenticator.issuer
        claims.subject = ServiceAccountNames.username(namespace: account.namespace, name: account.name)
        claims.audiences = answer.spec.audiences
        claims.issuedAt = issued
        claims.notBefore = issued
        claims.expires = expires
        claims.identifier = nextUID()
        answer.status = TokenRequestStatus()
        answer.status.token = authenticator.signer.sign(claims.json)
        // Whoever asked renews the token in time, and is not told that it lives on for those who do not.
        answer.status.expirationTimestamp = Time(seconds: issued + lifetime)
        return answer
    }

    private func bind(_ claims: inout TokenClaims, to reference: BoundObjectReference) throws(StatusError) {
        let name = reference.name ?? ""
        let kind: ResourceKind
        switch (Catalogue.split(apiVersion: reference.apiVersion ?? "").group, reference.kind ?? "") {
        case ("", "Pod"): kind = .pod
        case ("", "Secret"): kind = .secret
        case ("", "Node"): kind = .node
        default:
            let (group, version) = Catalogue.split(apiVersion: reference.apiVersion ?? "")
            throw .badRequest(
                "cannot bind token to object of type \(group)/\(version), Kind=\(reference.kind ?? "")")
        }
        let key = ObjectKey(kind, namespace: kind.info.isNamespaced ? claims.namespace : "", name: name)
        guard let object = store.object(key) else { throw .notFound(kind: kind, name: name) }
        let bound = TokenClaims.Reference(name: name, uid: object.uid)
        if let pod = object.as(Pod.self) {
            if pod.spec.serviceAccountName ?? "" != claims.serviceAccount.name {
                throw .badRequest(
                    "cannot bind token for serviceaccount \(GoText.quoted(claims.serviceAccount.name)) to pod running "
                        + "with different serviceaccount name.")
            }
            claims.pod = bound
            if let node = pod.spec.nodeName, !node.isEmpty {
                let uid = store.object(ObjectKey(.node, name: node))?.uid ?? ""
                claims.node = TokenClaims.Reference(name: node, uid: uid)
            }
        } else if kind == .secret {
            claims.secret = bound
        } else {
            claims.node = bound
        }
        if let wanted = reference.uid, !wanted.isEmpty, wanted != object.uid {
            throw .conflict(
                resource: GroupResource(resource: kind.info.name), name: name,
                message: "the UID in the bound object reference (\(wanted)) does not match the UID in record. "
                    + "The object might have been deleted and then recreated")
        }
    }

    private static func lifetimeProblem(_ seconds: Int) -> String? {
        if seconds < shortestLifetime { return "may not specify a duration less than 10 minutes" }
        if seconds > longestLifetime { return "may not specify a duration larger than 2^32 seconds" }
        return nil
    }

    private static func invalidToken(_ name: String, _ error: FieldError) -> StatusError {
        .invalid(
            kind: GroupResource(group: "authentication.k8s.io", resource: "TokenRequest"), name: name, errors: [error])
    }
}

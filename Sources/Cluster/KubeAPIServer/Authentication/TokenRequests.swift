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
        try APIServer.checkNamespace(answer, account)
        // Admission comes before the account is looked up.
        try NodeRestriction.checkToken(tokenRequest, account, store, request)
        try setIdentity(&answer, account)
        answer.metadata.creationTimestamp = now
        let lifetime = try APIServer.setLifetime(&answer)
        var claims = TokenClaims()
        claims.namespace = account.namespace
        claims.serviceAccount = TokenClaims.Reference(name: account.name, uid: answer.metadata.uid ?? "")
        if let reference = answer.spec.boundObjectRef { try bind(&claims, to: reference) }
        if answer.spec.audiences.isEmpty { answer.spec.audiences = authenticator.audiences }
        let issued = (request.wallTime ?? now).seconds
        claims.expires = issued + lifetime
        if claims.pod != nil, lifetime == APIServer.warnOnlyLifetime,
            answer.spec.audiences == authenticator.audiences
        {
            claims.warnAfter = claims.expires
            claims.expires = issued + APIServer.extendedLifetime
        }
        claims.issuer = authenticator.issuer
        claims.subject = ServiceAccountNames.username(namespace: account.namespace, name: account.name)
        claims.audiences = answer.spec.audiences
        claims.issuedAt = issued
        claims.notBefore = issued
        claims.identifier = nextUID()
        answer.status = TokenRequestStatus()
        answer.status.token = authenticator.signer.sign(claims.json)
        // Whoever asked renews the token in time, and is not told that it lives on for those who do not.
        answer.status.expirationTimestamp = Time(seconds: issued + lifetime)
        return answer
    }

    private static func checkNamespace(_ request: TokenRequest, _ account: ObjectKey) throws(StatusError) {
        if let namespace = request.metadata.namespace, !namespace.isEmpty, namespace != account.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// The request is for the account of its path, whether it names it or not; it must be there, and be the one that is
    /// meant.
    private func setIdentity(_ answer: inout TokenRequest, _ account: ObjectKey) throws(StatusError) {
        let given = answer.metadata.name ?? ""
        if !given.isEmpty, given != account.name {
            throw APIServer.invalidToken(
                account.name,
                .invalid(
                    FieldPath("metadata").child("name"), given,
                    "must match the service account name if specified"))
        }
        guard let found = store.object(account) else { throw .notFound(kind: .serviceAccount, name: account.name) }
        let wanted = answer.metadata.uid ?? ""
        if !wanted.isEmpty, wanted != found.uid {
            throw .conflict(
                resource: GroupResource(group: "authentication.k8s.io", resource: "TokenRequest"), name: account.name,
                message: "the UID in the token request (\(wanted)) does not match the UID of the service account "
                    + "(\(found.uid))")
        }
        answer.metadata.name = account.name
        answer.metadata.namespace = account.namespace
        answer.metadata.uid = found.uid
    }

    /// For how many seconds the token is asked for; an hour by default. What is wrong with that is said without a name,
    /// though by then the request has the account's.
    private static func setLifetime(_ answer: inout TokenRequest) throws(StatusError) -> Int {
        let lifetime = answer.spec.expirationSeconds ?? 3600
        answer.spec.expirationSeconds = lifetime
        guard let problem = lifetimeProblem(lifetime) else { return lifetime }
        throw invalidToken("", .invalid(FieldPath("spec").child("expirationSeconds"), lifetime, problem))
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

import KubeAPI
import KubeClient

/// Finds out who a client is: by its certificate, its token, or not at all. A value, the same on the core and off it.
///
/// Follows kubernetes pkg/kubeapiserver/authenticator/config.go and apiserver pkg/authentication/request/union.
package struct Authenticator: Sendable {
    private static let clusterIssuer = "https://kubernetes.default.svc." + BootstrapNames.clusterDomain

    /// Who issues the tokens of service accounts; what `/.well-known/openid-configuration` names.
    package var issuer = Authenticator.clusterIssuer
    /// The audiences that stand for this API server; a token for none of them does not open it.
    package var audiences = [Authenticator.clusterIssuer]
    package var signer: any TokenSigner
    package var staticTokens = StaticTokens()
    /// Whether a client without credentials is `system:anonymous`, rather than refused.
    package var allowsAnonymous = true

    package init(signer: any TokenSigner = FixedTokenSigner()) {
        self.signer = signer
    }

    /// A token that was accepted, or why it was not.
    package struct TokenResult: Equatable, Sendable {
        /// Nil if the token was not accepted.
        package var user: UserInfo?
        /// Those of the wanted audiences that the token is for.
        package var audiences: [String] = []
        /// As TokenReview tells it; empty if there is nothing to say.
        package var error = ""
        /// The secret that the token is kept in, if it is; also if the token is not accepted because it is marked.
        package var legacyUse: LegacyTokenUse?
    }

    /// Who the client is, before it acts as anybody else.
    ///
    /// - Parameters:
    ///   - now: The time at which the token is judged: the client's, not the cluster's.
    ///   - noteUse: Told of the secret whose token is used.
    /// - Throws: `unauthorized`.
    package func authenticate(
        _ credentials: Credentials, view: some ObjectView, now: Time, noteUse: (LegacyTokenUse) -> Void = { _ in }
    ) throws(StatusError) -> UserInfo {
        if let certificate = credentials.certificate, !certificate.commonName.isEmpty {
            return Authenticator.authenticated(Authenticator.user(of: certificate))
        }
        if let token = credentials.bearerToken, !token.isEmpty {
            let result = review(token, audiences: audiences, view: view, now: now)
            if let use = result.legacyUse { noteUse(use) }
            if let user = result.user { return user }
            throw .unauthorized("Unauthorized")
        }
        if !allowsAnonymous { throw .unauthorized("Unauthorized") }
        return Authenticator.anonymous
    }

    /// Who the client is and acts as.
    ///
    /// - Parameter request: What it asks for: asked for only if it acts as another.
    /// - Throws: `unauthorized`; `forbidden` if it may not act as it wants to.
    package func authenticate(
        _ credentials: Credentials, _ authorizer: Authorizer<some ObjectView>, now: Time,
        for request: () -> RequestAttributes, noteUse: (LegacyTokenUse) -> Void = { _ in }
    ) throws(StatusError) -> UserInfo {
        let user = try authenticate(credentials, view: authorizer.view, now: now, noteUse: noteUse)
        return try Impersonating(user, credentials.impersonation).user(authorizer, for: request)
    }

    package static var anonymous: UserInfo {
        var user = UserInfo()
        user.username = anonymousName
        user.groups = ["system:unauthenticated"]
        return user
    }

    static let anonymousName = "system:anonymous"

    /// With the group that all have whose name is known.
    ///
    /// Follows apiserver pkg/authentication/group/authenticated_group_adder.go.
    static func authenticated(_ user: UserInfo) -> UserInfo {
        if user.isMember(of: "system:authenticated") || user.isMember(of: "system:unauthenticated") { return user }
        var user = user
        user.groups.append("system:authenticated")
        return user
    }

    private static func user(of certificate: Credentials.Certificate) -> UserInfo {
        var user = UserInfo()
        user.username = certificate.commonName
        user.groups = certificate.organizations
        if !certificate.fingerprint.isEmpty {
            user.extra[credentialExtra] = ["X509SHA256=" + certificate.fingerprint]
        }
        return user
    }

    static let credentialExtra = "authentication.kubernetes.io/credential-id"

    // MARK: Tokens

    /// Whose a token is, and for which of the wanted audiences.
    package func review(
        _ token: String, audiences wanted: [String], view: some ObjectView, now: Time
    ) -> TokenResult {
        if let user = staticTokens.user(token) ?? BootstrapTokens.user(token, view: view, now: now) {
            // Such a token is for this API server alone.
            let accepted = wanted.filter { audiences.contains($0) }
            if accepted.isEmpty { return TokenResult(error: "[invalid bearer token]") }
            return TokenResult(user: Authenticator.authenticated(user), audiences: accepted)
        }
        guard let payload = signer.verify(token), let claims = TokenClaims(json: payload),
            claims.isLegacy ? claims.issuer == TokenClaims.legacyIssuer : claims.issuer == issuer
        else { return TokenResult(error: "invalid bearer token") }
        do throws(TokenFailure) {
            let held = claims.audiences.isEmpty && claims.isLegacy ? audiences : claims.audiences
            let accepted = held.filter { wanted.contains($0) }
            if accepted.isEmpty {
                throw TokenFailure(
                    "token audiences \(RuleCoverage.text(held)) is invalid for the target audiences "
                        + RuleCoverage.text(wanted))
            }
            try claims.validate(view, token: token, now: now)
            let use = LegacyTokenUse(of: claims, view)
            if let use, use.isMarkedInvalid {
                return TokenResult(error: "[invalid bearer token, \(use.refusal)]", legacyUse: use)
            }
            return TokenResult(
                user: Authenticator.authenticated(claims.user), audiences: accepted, legacyUse: use)
        } catch {
            return TokenResult(error: "[invalid bearer token, \(error.message)]")
        }
    }
}

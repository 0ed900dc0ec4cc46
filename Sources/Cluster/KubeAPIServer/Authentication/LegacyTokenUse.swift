import KubeAPI
import KubeClient

/// A token that is kept in a secret has been used. Such tokens have no end; so that those that nobody needs can be
/// found, their secrets carry the day of the last use, by the cluster's clock.
///
/// Follows kubernetes pkg/serviceaccount/legacy.go.
package struct LegacyTokenUse: Equatable, Sendable {
    private let secret: ObjectKey
    private let uid: String
    private let account: String
    private let lastUsed: String?
    /// Whether the secret says that its token is not to be used.
    let isMarkedInvalid: Bool
    /// Whether the service account names the secret, as those do for which a token was made unasked.
    private let isOfAccount: Bool

    /// Nil for claims of any other token. They have been found to be good.
    init?(of claims: TokenClaims, _ view: some ObjectView) {
        guard claims.isLegacy, let name = claims.secret?.name else { return nil }
        secret = ObjectKey(.secret, namespace: claims.namespace, name: name)
        guard let found = view.object(secret) else { return nil }
        uid = found.uid
        account = claims.serviceAccount.name
        let labels = found.metadata.labels
        lastUsed = labels[LegacyTokenLabels.lastUsed]
        isMarkedInvalid = labels[LegacyTokenLabels.invalidSince]?.isEmpty == false
        let owner = view.get(ServiceAccount.self, namespace: claims.namespace, name: account)
        isOfAccount = owner?.secrets.contains { $0.name == name } ?? false
    }

    /// Whether the secret does not tell of this day yet. The next day is as good: clocks differ.
    package func isNews(at now: Time) -> Bool {
        let tomorrow = Time(seconds: now.seconds + 86_400)
        return lastUsed != now.date && lastUsed != tomorrow.date
    }

    /// What the client is told of it; nil for nothing.
    package var warning: String? {
        if isMarkedInvalid || !isOfAccount { return nil }
        return "Use tokens from the TokenRequest API or manually created secret-based tokens instead of "
            + "auto-generated secret-based tokens."
    }

    var refusal: String {
        "the token in secret \(secret.namespacedName) for service account \(secret.namespace)/\(account) has been "
            + "marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove "
            + "the '\(LegacyTokenLabels.invalidSince)' label from the secret to temporarily allow use of this token"
    }

    fileprivate func label(_ server: APIServer, _ now: Time) throws(StatusError) {
        let author = "kube-apiserver"
        let requester = Requester(author: author, user: Requester.user(of: author), isTrusted: true)
        _ = try server.mutate(secret, nil, Request(requester)) { object in
            var labels = object.metadata.labels
            if object.uid != uid || labels[LegacyTokenLabels.lastUsed] == now.date { return nil }
            labels[LegacyTokenLabels.lastUsed] = now.date
            var metadata = object.metadata
            metadata.labels = labels
            return object.with(metadata: metadata)
        }
    }
}

extension APIServer {
    /// Writes down that a secret's token has been used today, if that is not known yet.
    package func record(_ use: LegacyTokenUse) {
        guard use.isNews(at: now) else { return }
        // A secret that is gone, or cannot be written, keeps no day; the request goes on, as upstream's does.
        do throws(StatusError) { try use.label(self, now) } catch { return }
    }
}

import KubeAPI
import KubeClient

/// Fills secrets of the type `kubernetes.io/service-account-token` with a token for the service account that they
/// name, and removes them with it; a service account's reference to such a secret goes with the secret.
///
/// Follows kubernetes pkg/controller/serviceaccount/tokens_controller.go.
package final class ServiceAccountTokenController: Controller, Reconciler, ChangeHandler {
    package static let component = "serviceaccount-token-controller"
    private static let nameAnnotation = "kubernetes.io/service-account.name"
    private static let uidAnnotation = "kubernetes.io/service-account.uid"

    /// A token secret, and the service account that it is of.
    package struct Item: Hashable, Sendable {
        let secret: ObjectKey
        let uid: String
        /// Namespace and name.
        let account: String
        let accountName: String
        /// Empty if the secret does not tell.
        let accountUID: String
    }

    private let context: ComponentContext
    private let signer: any TokenSigner
    private let certificate: String
    private lazy var worker: Worker<ServiceAccountTokenController> = Worker(
        self, client: context.client, loop: context.loop)
    /// The token secrets of each service account, by its namespace and name, each in order.
    private var secrets: [String: [String]] = [:]

    /// - Parameter certificate: What verifies the API server, in PEM.
    package init(_ context: ComponentContext, signer: any TokenSigner, certificate: String) {
        self.context = context
        self.signer = signer
        self.certificate = certificate
    }

    package func start() {
        context.client.watch(ServiceAccount.self, .all, self)
        context.client.watch(Secret.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .serviceAccount {
            if change.verb == .update { return }
            for name in secrets[change.key.namespacedName] ?? [] {
                let key = ObjectKey(.secret, namespace: change.key.namespace, name: name)
                if let item = context.client.get(Secret.self, key).flatMap(item) {
                    worker.add(item, cause: change.revision)
                }
            }
            return
        }
        let old = change.old(Secret.self).flatMap(item)
        let new = change.new(Secret.self).flatMap(item)
        if let old, old.account != new?.account { secrets[old.account]?.removeAll { $0 == change.key.name } }
        if let old, change.verb == .delete { worker.add(old, cause: change.revision) }
        if let new {
            if old?.account != new.account {
                secrets[new.account, default: []].append(change.key.name)
                secrets[new.account]?.sort(by: precedesUTF8)
            }
            worker.add(new, cause: change.revision)
        }
    }

    /// Nil for other secrets than those of tokens.
    private func item(_ secret: Secret) -> Item? {
        guard secret.isServiceAccountToken, let name = secret.annotations[Self.nameAnnotation], !name.isEmpty
        else { return nil }
        return Item(
            secret: secret.key, uid: secret.uid, account: secret.namespace + "/" + name, accountName: name,
            accountUID: secret.annotations[Self.uidAnnotation] ?? "")
    }

    package func sync(_ item: Item) throws(StatusError) {
        guard let secret = context.client.get(Secret.self, item.secret), secret.uid == item.uid else {
            return try removeReference(item)
        }
        guard let item = self.item(secret), secret.metadata.deletionTimestamp == nil else { return }
        guard let account = account(item) else { return try remove(secret) }
        let isComplete =
            secret.data["token"]?.bytes.isEmpty == false && secret.data["namespace"]?.bytes.isEmpty == false
            && secret.data["ca.crt"]?.bytes == Array(certificate.utf8)
        if isComplete, item.accountUID == account.uid { return }
        do throws(StatusError) {
            try context.client.mutate(Secret.self, item.secret) { secret in
                secret.data["ca.crt"] = Base64Data(Array(certificate.utf8))
                if secret.data["namespace"]?.bytes.isEmpty ?? true {
                    secret.data["namespace"] = Base64Data(Array(secret.namespace.utf8))
                }
                if secret.data["token"]?.bytes.isEmpty ?? true {
                    secret.data["token"] = Base64Data(Array(token(account, secret.name).utf8))
                }
                secret.metadata.annotations[Self.uidAnnotation] = account.uid
            }
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    /// The service account that a secret means; nil if it is gone, or another of its name is there.
    private func account(_ item: Item) -> ServiceAccount? {
        let account = context.client.get(
            ServiceAccount.self, namespace: item.secret.namespace, name: item.accountName)
        guard let account, item.accountUID.isEmpty || item.accountUID == account.uid else { return nil }
        return account
    }

    /// A service account that names a secret which is gone forgets it.
    private func removeReference(_ item: Item) throws(StatusError) {
        let name = item.secret.name
        guard let account = account(item), account.secrets.contains(where: { $0.name == name }) else { return }
        do throws(StatusError) {
            try context.client.mutate(ServiceAccount.self, account.key) { current in
                if current.uid == account.uid { current.secrets.removeAll { $0.name == name } }
            }
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    /// Follows kubernetes pkg/serviceaccount/legacy.go `LegacyClaims`.
    private func token(_ account: ServiceAccount, _ secret: String) -> String {
        let prefix = "kubernetes.io/serviceaccount/"
        let claims: StringMap<JSONValue> = [
            "iss": "kubernetes/serviceaccount",
            prefix + "namespace": .string(account.namespace), prefix + "secret.name": .string(secret),
            prefix + "service-account.name": .string(account.name),
            prefix + "service-account.uid": .string(account.uid),
            "sub": .string("system:serviceaccount:\(account.namespace):\(account.name)"),
        ]
        return signer.sign(JSONValue.object(claims).json)
    }

    private func remove(_ secret: Secret) throws(StatusError) {
        do throws(StatusError) {
            _ = try context.client.delete(secret.key, DeleteOptions(uid: secret.uid))
        } catch {
            if !error.isNotFound && !error.isConflict { throw error }
        }
    }
}

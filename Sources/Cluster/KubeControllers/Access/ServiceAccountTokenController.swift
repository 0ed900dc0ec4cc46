import KubeAPI
import KubeClient

/// Fills secrets of the type `kubernetes.io/service-account-token` with a token for the service account that they
/// name, and removes them with it.
///
/// Follows kubernetes pkg/controller/serviceaccount/tokens_controller.go.
package final class ServiceAccountTokenController: Reconciler, ChangeHandler {
    package static let component = "serviceaccount-token-controller"
    private static let nameAnnotation = "kubernetes.io/service-account.name"
    private static let uidAnnotation = "kubernetes.io/service-account.uid"

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
                worker.add(
                    ObjectKey(.secret, namespace: change.key.namespace, name: name), cause: change.revision)
            }
            return
        }
        let old = change.old(Secret.self).flatMap(account)
        let new = change.new(Secret.self).flatMap(account)
        if let old, old != new { secrets[old]?.removeAll { $0 == change.key.name } }
        if let new {
            if old != new {
                secrets[new, default: []].append(change.key.name)
                secrets[new]?.sort { compareUTF8($0, $1) < 0 }
            }
            worker.add(change.key, cause: change.revision)
        }
    }

    /// The service account of a token secret, as namespace and name; nil for other secrets.
    private func account(_ secret: Secret) -> String? {
        guard secret.isServiceAccountToken, let name = secret.annotations[Self.nameAnnotation], !name.isEmpty
        else { return nil }
        return secret.namespace + "/" + name
    }

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let secret = context.client.get(Secret.self, key), account(secret) != nil,
            secret.metadata.deletionTimestamp == nil
        else { return }
        let name = secret.annotations[Self.nameAnnotation] ?? ""
        let uid = secret.annotations[Self.uidAnnotation] ?? ""
        guard let account = context.client.get(ServiceAccount.self, namespace: key.namespace, name: name),
            uid.isEmpty || uid == account.uid
        else { return try remove(secret) }
        let isComplete =
            secret.data["token"]?.bytes.isEmpty == false && secret.data["namespace"]?.bytes.isEmpty == false
            && secret.data["ca.crt"]?.bytes == Array(certificate.utf8)
        if isComplete, uid == account.uid { return }
        do throws(StatusError) {
            try context.client.mutate(Secret.self, key) { secret in
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

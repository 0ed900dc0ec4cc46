import KubeAPI
import KubeClient

/// Keeps the ConfigMap with the certificate that verifies the API server in every namespace: pods mount it.
///
/// Follows kubernetes `pkg/controller/certificates/rootcacertpublisher/publisher.go`.
package final class RootCACertPublisher: Controller, Reconciler, ChangeHandler {
    package static let component = "root-ca-cert-publisher"
    private static let configMapName = "kube-root-ca.crt"
    private static let descriptionAnnotation = "kubernetes.io/description"
    private static let description =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
        + "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
        + "Kubernetes clusters."

    private let context: ComponentContext
    private let certificate: String
    private lazy var worker: Worker<RootCACertPublisher> = Worker(self, client: context.client, loop: context.loop)

    /// - Parameter certificate: The certificate, or several, in PEM.
    package init(_ context: ComponentContext, certificate: String) {
        self.context = context
        self.certificate = certificate
    }

    package func start() {
        context.client.watch(ConfigMap.self, .all, self)
        context.client.watch(Namespace.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .configMap {
            if change.verb == .create || change.key.name != Self.configMapName { return }
            worker.add(change.key.namespace, cause: change.revision)
        } else if let namespace = change.new(Namespace.self),
            change.verb == .create || namespace.status.phase == "Active"
        {
            worker.add(namespace.name, cause: change.revision)
        }
    }

    package func sync(_ namespace: String) throws(StatusError) {
        let key = ObjectKey(.configMap, namespace: namespace, name: Self.configMapName)
        guard var configMap = context.client.get(ConfigMap.self, key) else { return try create(key) }
        let data: StringMap<String> = ["ca.crt": certificate]
        if configMap.data == data,
            configMap.metadata.annotations[Self.descriptionAnnotation]?.isEmpty == false
        {
            return
        }
        configMap.data = data
        configMap.metadata.annotations[Self.descriptionAnnotation] = Self.description
        try context.client.update(configMap)
    }

    private func create(_ key: ObjectKey) throws(StatusError) {
        var configMap = ConfigMap(name: key.name, namespace: key.namespace)
        configMap.metadata.annotations[Self.descriptionAnnotation] = Self.description
        configMap.data = ["ca.crt": certificate]
        do throws(StatusError) {
            try context.client.create(configMap)
        } catch {
            // The namespace is gone, or going.
            if !error.isNotFound && !error.hasCause(StatusCauseType.namespaceTerminating) { throw error }
        }
    }
}

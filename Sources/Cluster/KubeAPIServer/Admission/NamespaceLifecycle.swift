import KubeAPI
import KubeStore

/// Objects are created only in namespaces that exist and are not going away; three namespaces stay for ever.
///
/// Follows apiserver pkg/admission/plugin/namespace/lifecycle/admission.go.
final class NamespaceLifecycle: AdmissionPlugin {
    let name = "NamespaceLifecycle"
    private let store: ObjectStore
    private static let immortal = ["default", "kube-system", "kube-public"]

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        switch operation {
        case .create: kind.info.isNamespaced && kind != .localSubjectAccessReview
        case .update: false
        case .delete: kind == .namespace
        }
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        let name = attributes.key.namespace
        guard let found = store.object(ObjectKey(.namespace, name: name)), let namespace = found.as(Namespace.self)
        else { throw .notFound(kind: .namespace, name: name) }
        guard namespace.status.phase == "Terminating" else { return }
        var error = attributes.forbidden(
            "unable to create new content in namespace \(name) because it is being terminated", object)
        var cause = StatusCause()
        cause.reason = StatusCauseType.namespaceTerminating
        cause.message = "namespace \(name) is being terminated"
        cause.field = "metadata.namespace"
        error.causes.append(cause)
        throw error
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard attributes.operation == .delete, NamespaceLifecycle.immortal.contains(attributes.key.name) else { return }
        throw attributes.forbidden("this namespace may not be deleted")
    }
}

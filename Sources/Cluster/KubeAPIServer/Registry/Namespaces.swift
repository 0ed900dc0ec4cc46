import KubeAPI
import KubeClient

/// What is particular about namespaces: they end by their own finalizers, in `spec`.
///
/// Follows kubernetes pkg/registry/core/namespace/storage/storage.go.
enum Namespaces {
    /// The namespace as it is when its deletion begins; nil if it is time to remove it.
    static func terminating(_ object: KubeObject, now: Time) throws(StatusError) -> KubeObject? {
        guard var namespace = object.as(Namespace.self) else { preconditionFailure("not a namespace") }
        if namespace.metadata.deletionTimestamp == nil {
            namespace.metadata.deletionTimestamp = now
            namespace.status.phase = "Terminating"
            return namespace.boxed
        }
        if !namespace.spec.finalizers.isEmpty {
            throw .conflict(
                kind: .namespace, name: namespace.name,
                message: "The system is ensuring all content is removed from this namespace.  Upon completion, "
                    + "this namespace will automatically be purged by the system.")
        }
        return nil
    }
}

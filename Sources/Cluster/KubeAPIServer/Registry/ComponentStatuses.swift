import KubeAPI
import KubeClient

/// `componentstatuses`, deprecated since 1.19 and still asked for: the health of the control plane's parts, which live
/// and die with this process.
///
/// Follows kubernetes pkg/registry/core/componentstatus/rest.go.
struct ComponentStatuses: ComputedResource {
    var kind: ResourceKind { .componentStatus }

    private static let names = ["controller-manager", "etcd-0", "scheduler"]

    func object(namespace: String, name: String, in snapshot: Snapshot) -> KubeObject? {
        guard ComponentStatuses.names.contains(name) else { return nil }
        var component = ComponentStatus(name: name)
        var condition = ComponentCondition()
        condition.type = "Healthy"
        condition.status = "True"
        condition.message = "ok"
        component.conditions = [condition]
        return component.boxed
    }

    /// Upstream fails with a status of 500 here; a name that a client made up is no fault of the server's.
    func absence(namespace: String, name: String, in snapshot: Snapshot) -> StatusError {
        .notFound(kind: kind, name: name)
    }

    func forEach(namespace: String?, in snapshot: Snapshot, _ body: (KubeObject) -> Bool) {
        for name in ComponentStatuses.names {
            if let object = object(namespace: "", name: name, in: snapshot), !body(object) { return }
        }
    }
}

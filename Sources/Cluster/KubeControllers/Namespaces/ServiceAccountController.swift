import KubeAPI
import KubeClient

/// Gives every active namespace its `default` service account, and gives it back when it is deleted.
///
/// Follows kubernetes `pkg/controller/serviceaccount/serviceaccounts_controller.go`.
package final class ServiceAccountController: Controller, Reconciler, ChangeHandler {
    package static let component = "service-account-controller"
    package static let accountName = "default"

    private let context: ComponentContext
    private lazy var worker: Worker<ServiceAccountController> = Worker(
        self, client: context.client, loop: context.loop)

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        context.client.watch(ServiceAccount.self, .all, self)
        context.client.watch(Namespace.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .namespace {
            if change.new != nil { worker.add(change.key.name, cause: change.revision) }
        } else if change.verb == .delete {
            worker.add(change.key.namespace, cause: change.revision)
        }
    }

    package func sync(_ name: String) throws(StatusError) {
        guard let namespace = context.client.get(Namespace.self, name: name), namespace.status.phase == "Active",
            context.client.get(ServiceAccount.self, namespace: name, name: Self.accountName) == nil
        else { return }
        do throws(StatusError) {
            try context.client.create(ServiceAccount(name: Self.accountName, namespace: name))
        } catch {
            if !error.hasCause(StatusCauseType.namespaceTerminating) { throw error }
        }
    }
}

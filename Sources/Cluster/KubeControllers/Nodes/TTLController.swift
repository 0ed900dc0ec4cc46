import KubeAPI
import KubeClient

/// Tells kubelets, by an annotation of their nodes, for how many seconds they may keep Secrets and ConfigMaps that they
/// have read: the longer, the larger the cluster is.
///
/// The sizes overlap, so that a cluster that wavers between two does not rewrite its nodes again and again. For
/// example, 100 nodes stay at 0 s; the 101st makes it 15 s, and only with fewer than 90 it is 0 s again. A node is
/// brought up to date when it changes next.
/// Follows kubernetes `pkg/controller/ttl/ttl_controller.go`.
package final class TTLController: Controller, Reconciler, ChangeHandler {
    package static let component = "ttl-controller"
    package static let annotation = "node.alpha.kubernetes.io/ttl"

    /// Cluster sizes at which a value is taken up and given up.
    private static let steps: [(from: Int, to: Int, seconds: Int)] = [
        (0, 100, 0), (90, 500, 15), (450, 1000, 30), (900, 2000, 60), (1800, .max, 300),
    ]

    private let context: ComponentContext
    private lazy var worker: Worker<TTLController> = Worker(self, client: context.client, loop: context.loop)
    private var nodes = 0
    private var step = 0

    package init(_ context: ComponentContext) { self.context = context }

    package func start() { context.client.watch(Node.self, .all, self) }

    package func handle(_ change: Change) {
        switch change.verb {
        case .create:
            nodes += 1
            if nodes > TTLController.steps[step].to { step += 1 }
        case .delete:
            nodes -= 1
            if nodes < TTLController.steps[step].from { step -= 1 }
            return
        case .update: break
        }
        if change.new?.metadata.annotations[TTLController.annotation] != value {
            worker.add(change.key.name, cause: change.revision)
        }
    }

    private var value: String { String(TTLController.steps[step].seconds) }

    package func sync(_ name: String) throws(StatusError) {
        let value = value
        do throws(StatusError) {
            try context.client.mutate(Node.self, ObjectKey(.node, name: name)) { node in
                node.metadata.annotations[TTLController.annotation] = value
            }
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}

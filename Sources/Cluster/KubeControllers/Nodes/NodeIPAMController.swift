import KubeAPI
import KubeClient

/// Gives every node a range of addresses for its pods.
///
/// Follows kubernetes `pkg/controller/nodeipam/ipam/range_allocator.go`.
package final class NodeIPAMController: Controller, Reconciler, ChangeHandler {
    package static let component = "node-ipam-controller"

    private let context: ComponentContext
    private var pool: CIDRPool
    private lazy var worker: Worker<NodeIPAMController> = Worker(self, client: context.client, loop: context.loop)

    /// - Parameters:
    ///   - pool: The range of the whole cluster, cut into those of nodes: 10.244.0.0/16 in 256 parts is kubeadm's
    ///     usual one; larger clusters take a larger one.
    package init(_ context: ComponentContext, pool: CIDRPool) {
        self.context = context
        self.pool = pool
    }

    package func start() {
        // Ranges that are in use come first: none of them may be handed out again.
        context.client.forEach(.node, namespace: nil) { object in
            if let node = object.as(Node.self) { occupy(node) }
            return true
        }
        context.client.watch(Node.self, .all, self)
    }

    package func handle(_ change: Change) {
        guard let node = change.new(Node.self) else {
            for cidr in change.old(Node.self)?.spec.podCIDRs ?? [] { pool.release(cidr) }
            return
        }
        if change.verb == .create || node.spec.podCIDRs.isEmpty { worker.add(node.name, cause: change.revision) }
    }

    private func occupy(_ node: Node) {
        for cidr in node.spec.podCIDRs { pool.occupy(cidr) }
    }

    package func sync(_ name: String) throws(StatusError) {
        guard let node = context.client.get(Node.self, name: name), !node.metadata.isBeingDeleted else { return }
        if !node.spec.podCIDRs.isEmpty { return occupy(node) }
        guard let cidr = pool.allocate() else {
            let status = "CIDRNotAvailable"
            context.recorder.event(node, .normal, status, "Node \(name) status is now: \(status)")
            throw .internalError(
                "failed to allocate cidr from cluster cidr at idx:0: CIDR allocation failed; "
                    + "there are no remaining CIDRs left to allocate in the accepted range")
        }
        do throws(StatusError) {
            try context.client.mutate(Node.self, node.key) { node in
                node.spec.podCIDR = cidr
                node.spec.podCIDRs = [cidr]
            }
        } catch {
            pool.release(cidr)
            throw error
        }
    }
}

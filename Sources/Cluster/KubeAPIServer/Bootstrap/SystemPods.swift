import ClusterCore
import KubeAPI
import KubeClient

/// Makes the control plane's mirror pods on its node, which the node's kubelet makes upstream.
final class SystemPods: ChangeHandler {
    private let kubelet: LocalClient
    private let kubeadm: LocalClient
    private let controlPlaneNode: String

    init(_ server: APIServer, controlPlaneNode: String) {
        kubelet = LocalClient(
            server, component: "kubelet", user: Requester.user(of: "kubelet", node: controlPlaneNode))
        kubeadm = LocalClient(server, component: Requester.bootstrapAuthor)
        self.controlPlaneNode = controlPlaneNode
    }

    /// From now on the node gets its pods when it appears. The store keeps this object alive.
    func start() {
        kubelet.watch(Node.self, .all, self)
    }

    func handle(_ change: Change) {
        guard change.verb == .create, let node = change.new(Node.self), node.name == controlPlaneNode else { return }
        kubelet.cause = change.revision
        markControlPlane(node, change.revision)
        for pod in ControlPlanePods.pods(on: node, now: kubelet.server.loop.now) { create(pod) }
    }

    /// Labels the node as kubeadm does: the node itself may not. Not tainted, and not excluded from load balancers,
    /// since it works like the others, as the only node of a cluster of kind does: `--nodes 5` are five that take pods.
    private func markControlPlane(_ node: Node, _ cause: Revision) {
        kubeadm.cause = cause
        do throws(StatusError) {
            try kubeadm.mutate(Node.self, node.key) { $0.metadata.labels["node-role.kubernetes.io/control-plane"] = "" }
        } catch {
            precondition(error.isNotFound, "the control plane's node cannot be labelled: \(error.message)")
        }
    }

    private func create(_ pod: Pod) {
        do throws(StatusError) {
            try kubelet.create(pod)
        } catch {
            // A node that comes back finds its mirror pods there.
            precondition(error.isAlreadyExists || error.isForbidden, "a system pod was refused: \(error.message)")
        }
    }
}

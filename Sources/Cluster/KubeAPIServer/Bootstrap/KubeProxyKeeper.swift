import ClusterCore
import KubeAPI
import KubeClient

/// Looks after kube-proxy's DaemonSet while nothing else does: a pod that goes is made again, and the status counts the
/// pods that there are. A new template is seen, and not rolled out.
///
/// Follows kubernetes pkg/controller/daemon/daemon_controller.go (`updateDaemonSetStatus`).
final class KubeProxyKeeper: ChangeHandler, EventTarget {
    /// The changes of so long a time are counted at once: on thousands of nodes the pods start at about the same time.
    private static let pause = Interval.milliseconds(100)
    private static let key = ObjectKey(.daemonSet, namespace: "kube-system", name: "kube-proxy")

    private let client: LocalClient
    private var isDue = false

    init(_ server: APIServer) { client = LocalClient(server, component: "daemonset-controller") }

    /// The store keeps this object alive.
    func start() {
        client.watch(Node.self, .all, self)
        client.watch(Pod.self, .namespace(Self.key.namespace), self)
        client.watch(DaemonSet.self, .object(namespace: Self.key.namespace, name: Self.key.name), self)
    }

    func handle(_ change: Change) {
        switch change.kind {
        case .pod:
            guard let pod = change.new(Pod.self) ?? change.old(Pod.self), isOwned(pod) else { return }
            if change.verb == .delete { replace(pod, cause: change.revision) }
        case .node:
            // Whether it is there, and whether its labels are those that are asked for.
            if let old = change.old(Node.self), let new = change.new(Node.self), old.labels == new.labels { return }
        default: break
        }
        client.cause = change.revision
        if isDue { return }
        isDue = true
        client.server.loop.schedule(after: Self.pause, self)
    }

    func fire(_: UInt64) {
        isDue = false
        guard let daemonSet = client.get(DaemonSet.self, Self.key) else { return }
        let status = status(of: daemonSet)
        if status == daemonSet.status { return }
        do throws(StatusError) {
            try client.mutate(DaemonSet.self, Self.key, .status) { $0.status = status }
        } catch {
            // It has gone meanwhile, or is changed: then there is another turn.
        }
    }

    private func isOwned(_ pod: Pod) -> Bool {
        pod.metadata.ownerReferences.contains { $0.kind == "DaemonSet" && $0.name == Self.key.name }
    }

    private func replace(_ pod: Pod, cause: Revision) {
        guard let node = pod.spec.nodeName, let daemonSet = client.get(DaemonSet.self, Self.key),
            daemonSet.metadata.deletionTimestamp == nil, client.get(Node.self, name: node) != nil
        else { return }
        client.cause = cause
        do throws(StatusError) {
            try client.create(KubeProxyObjects.pod(of: daemonSet, on: node))
        } catch {
            // The namespace may be going away with the cluster.
        }
    }

    /// What the pods on the nodes come to. O(nodes and pods of the namespace).
    private func status(of daemonSet: DaemonSet) -> DaemonSetStatus {
        let selector = daemonSet.spec.template.spec.nodeSelector
        var wanted: Set<String> = []
        var others: Set<String> = []
        for node in client.list(Node.self) {
            if selector.allSatisfy({ node.labels[$0.key] == $0.value }) {
                wanted.insert(node.name)
            } else {
                others.insert(node.name)
            }
        }
        let generation = daemonSet.annotations["deprecated.daemonset.template.generation"]
        var scheduled: Set<String> = []
        var misplaced: Set<String> = []
        var ready = 0
        var updated = 0
        for pod in client.list(Pod.self, namespace: Self.key.namespace) where isOwned(pod) {
            guard let node = pod.spec.nodeName else { continue }
            if others.contains(node) {
                misplaced.insert(node)
            } else if wanted.contains(node), scheduled.insert(node).inserted {
                if pod.status.conditions.contains(where: { $0.type == "Ready" && $0.status == "True" }) { ready += 1 }
                if pod.labels["pod-template-generation"] == generation { updated += 1 }
            }
        }
        var status = daemonSet.status
        status.desiredNumberScheduled = wanted.count
        status.currentNumberScheduled = scheduled.count
        status.numberMisscheduled = misplaced.count
        status.numberReady = ready
        status.numberAvailable = ready == 0 ? nil : ready
        status.numberUnavailable = wanted.count == ready ? nil : wanted.count - ready
        status.updatedNumberScheduled = updated == 0 ? nil : updated
        status.observedGeneration = daemonSet.metadata.generation
        return status
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// Looks after kube-proxy's DaemonSet while nothing else does: a pod that goes is made again, and the status counts the
/// pods that there are. A new template is seen, and not rolled out.
///
/// Follows kubernetes pkg/controller/daemon/daemon_controller.go (`updateDaemonSetStatus`).
final class KubeProxyKeeper: ChangeHandler, EventTarget {
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
            guard let pod = change.new(Pod.self) ?? change.old(Pod.self), Self.isOwned(pod) else { return }
        case .node:
            // Whether it is there, and whether its labels are those that are asked for.
            if let old = change.old(Node.self), let new = change.new(Node.self), old.labels == new.labels { return }
        default: break
        }
        client.cause = change.revision
        if isDue { return }
        isDue = true
        // The changes of so long a time are counted at once: on thousands of nodes the pods start at about one time.
        let pause = Interval.milliseconds(100 + client.count(.node, namespace: nil) / 50)
        client.server.loop.schedule(after: pause, self)
    }

    func fire(_: UInt64) {
        isDue = false
        guard let daemonSet = client.get(DaemonSet.self, Self.key) else { return }
        let count = Count(daemonSet, client.list(Node.self), client.list(Pod.self, namespace: Self.key.namespace))
        if daemonSet.metadata.deletionTimestamp == nil {
            for node in count.missing { create(KubeProxyObjects.pod(of: daemonSet, on: node)) }
        }
        let status = count.status
        if status == daemonSet.status { return }
        do throws(StatusError) {
            try client.mutate(DaemonSet.self, Self.key, .status) { $0.status = status }
        } catch {
            // It has gone meanwhile, or is changed: then there is another turn.
        }
    }

    private func create(_ pod: Pod) {
        do throws(StatusError) {
            try client.create(pod)
        } catch {
            // The namespace may be going away with the cluster.
        }
    }

    fileprivate static func isOwned(_ pod: Pod) -> Bool {
        pod.metadata.ownerReferences.contains { $0.kind == "DaemonSet" && $0.name == key.name }
    }
}

/// What the nodes and the pods on them come to. O(nodes and pods).
private struct Count {
    private(set) var status: DaemonSetStatus
    /// Nodes that want a pod and have none, in their order.
    private(set) var missing: [String] = []

    init(_ daemonSet: DaemonSet, _ nodes: [Node], _ pods: [Pod]) {
        let selector = daemonSet.spec.template.spec.nodeSelector
        let generation = daemonSet.annotations["deprecated.daemonset.template.generation"]
        var isWanted: [String: Bool] = [:]
        for node in nodes { isWanted[node.name] = selector.allSatisfy { node.labels[$0.key] == $0.value } }
        var scheduled: Set<String> = []
        var misplaced: Set<String> = []
        var ready = 0
        var updated = 0
        for pod in pods where KubeProxyKeeper.isOwned(pod) {
            guard let node = pod.spec.nodeName, let isWanted = isWanted[node] else { continue }
            if !isWanted {
                misplaced.insert(node)
            } else if scheduled.insert(node).inserted {
                if pod.status.conditions.contains(where: { $0.type == "Ready" && $0.status == "True" }) { ready += 1 }
                if pod.labels["pod-template-generation"] == generation { updated += 1 }
            }
        }
        let wanted = nodes.map(\.name).filter { isWanted[$0] == true }
        missing = wanted.filter { !scheduled.contains($0) }
        status = daemonSet.status
        status.desiredNumberScheduled = wanted.count
        status.currentNumberScheduled = scheduled.count
        status.numberMisscheduled = misplaced.count
        status.numberReady = ready
        status.numberAvailable = ready == 0 ? nil : ready
        status.numberUnavailable = wanted.count == ready ? nil : wanted.count - ready
        status.updatedNumberScheduled = updated == 0 ? nil : updated
        status.observedGeneration = daemonSet.metadata.generation
    }
}

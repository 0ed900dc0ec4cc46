import ClusterCore
import KubeAPI
import KubeClient

/// Looks after kube-proxy's DaemonSet while nothing else does: each node that is to have a pod has one, a pod that goes
/// or ends is made again, and the status counts the pods that there are. A new template is seen, and not rolled out.
///
/// A failed pod is deleted at once, the next on its node a second later, then two, and so on up to a quarter of an
/// hour: a kubelet that rejects the pod would otherwise be asked again and again.
///
/// Follows kubernetes pkg/controller/daemon/daemon_controller.go (`podsShouldBeOnNode`, `updateDaemonSetStatus`).
final class KubeProxyKeeper: ChangeHandler, EventTarget {
    private static let key = ObjectKey(.daemonSet, namespace: "kube-system", name: "kube-proxy")

    private let client: LocalClient
    private let recorder: EventRecorder
    /// Nil as long as there is no DaemonSet.
    private var tally: KubeProxyTally?
    private var isDue = false
    /// The nodes that the next turn looks at.
    private var pending: Set<String> = []
    private var backoff = BackoffTable<String>(initial: .seconds(1), maximum: .minutes(15))
    /// The nodes whose failed pod waits for the end of its back-off.
    private var waiting: Set<String> = []

    init(_ server: APIServer) {
        client = LocalClient(server, component: "daemonset-controller")
        recorder = EventRecorder(client: client, loop: server.loop, component: "daemonset-controller")
    }

    /// The store keeps this object alive.
    func start() {
        // The nodes' news may come before the DaemonSet's.
        if let daemonSet = client.get(DaemonSet.self, Self.key) { recount(daemonSet) }
        client.watch(Node.self, .all, self)
        client.watch(Pod.self, .namespace(Self.key.namespace), self)
        client.watch(DaemonSet.self, .object(namespace: Self.key.namespace, name: Self.key.name), self)
    }

    // MARK: News

    func handle(_ change: Change) {
        switch change.kind {
        case .node: handleNode(change)
        case .pod: handlePod(change)
        default:
            guard let daemonSet = change.new(DaemonSet.self) else { return tally = nil }
            if tally?.isCounted(for: daemonSet) != true { recount(daemonSet) }
            takeTurn(after: change)
        }
    }

    private func handleNode(_ change: Change) {
        guard let new = change.new(Node.self) else {
            guard let old = change.old(Node.self) else { return }
            backoff.reset(old.name)
            if tally?.remove(old) == true { takeTurn(after: change) }
            return
        }
        if let old = change.old(Node.self), old.labels == new.labels { return }
        let isCountChanged = tally?.put(new) == true
        let isUnsettled = tally?.isUnsettled(new.name) == true
        if !isCountChanged && !isUnsettled { return }
        takeTurn(after: change)
        if !isUnsettled { return }
        // A new node need not wait for the turn.
        if change.verb == .create { tend(new.name) } else { pending.insert(new.name) }
    }

    private func handlePod(_ change: Change) {
        guard let pod = change.new(Pod.self) ?? change.old(Pod.self), Self.isOwned(pod), let node = pod.spec.nodeName
        else { return }
        let isCountChanged = change.new == nil ? tally?.remove(pod, from: node) : tally?.put(pod, on: node)
        let isUnsettled = tally?.isUnsettled(node) == true
        if isUnsettled { pending.insert(node) }
        if isUnsettled || isCountChanged == true { takeTurn(after: change) }
    }

    /// O(nodes and pods): only for another DaemonSet.
    private func recount(_ daemonSet: DaemonSet) {
        var tally = KubeProxyTally(daemonSet)
        for node in client.list(Node.self) { tally.put(node) }
        for pod in client.list(Pod.self, namespace: Self.key.namespace) where Self.isOwned(pod) {
            if let node = pod.spec.nodeName { tally.put(pod, on: node) }
        }
        self.tally = tally
        pending = Set(tally.unsettled)
        // What failed under the old template says nothing about the new one.
        backoff = BackoffTable(initial: backoff.initial, maximum: backoff.maximum)
    }

    private static func isOwned(_ pod: Pod) -> Bool {
        pod.metadata.ownerReferences.contains { $0.kind == "DaemonSet" && $0.name == key.name }
    }

    // MARK: Turns

    private func takeTurn(after change: Change) {
        client.cause = change.revision
        takeTurn()
    }

    private func takeTurn() {
        if isDue { return }
        isDue = true
        // The changes of so long a time are counted at once: on thousands of nodes the pods start at about one time.
        let pause = Interval.milliseconds(100 + client.count(.node, namespace: nil) / 50)
        client.server.loop.schedule(after: pause, self)
    }

    func fire(_: UInt64) {
        isDue = false
        let nodes = pending.sorted(by: precedesUTF8)
        pending.removeAll(keepingCapacity: true)
        for node in nodes { tend(node) }
        guard let tally, let daemonSet = client.get(DaemonSet.self, Self.key) else { return }
        var status = daemonSet.status
        tally.apply(to: &status)
        if status == daemonSet.status { return }
        do throws(StatusError) {
            try client.mutate(DaemonSet.self, Self.key, .status) { $0.status = status }
        } catch {
            // It has gone meanwhile, or is changed: then there is another turn.
        }
    }

    // MARK: Pods

    /// Makes the node's pod, or deletes what is too much there. Goes by the store, of which the tally may lag behind.
    private func tend(_ node: String) {
        guard let tally, tally.isUnsettled(node), let daemonSet = client.get(DaemonSet.self, Self.key),
            daemonSet.metadata.deletionTimestamp == nil
        else { return }
        let pods = client.list(Pod.self, index: .node(node)).filter {
            $0.namespace == Self.key.namespace && Self.isOwned($0)
        }
        let isWanted = tally.wantsPod(on: node)
        if pods.isEmpty {
            if isWanted { create(KubeProxyObjects.pod(of: daemonSet, on: node), on: node) }
            return
        }
        var running: [Pod] = []
        for pod in pods where pod.metadata.deletionTimestamp == nil {
            if !isWanted {
                delete(pod)
            } else if pod.isTerminal {
                deleteEnded(pod, on: node, of: daemonSet)
            } else {
                running.append(pod)
            }
        }
        // Of equally old ones, the first by name stays.
        running.sort { a, b in
            guard let first = a.metadata.creationTimestamp, let second = b.metadata.creationTimestamp, first != second
            else { return precedesUTF8(a.name, b.name) }
            return first < second
        }
        for pod in running.dropFirst() { delete(pod) }
    }

    private func deleteEnded(_ pod: Pod, on node: String, of daemonSet: DaemonSet) {
        let name = "\(pod.namespace)/\(pod.name)"
        if pod.status.phase == "Succeeded" {
            recorder.event(
                daemonSet, .normal, "SucceededDaemonPod",
                "Found succeeded daemon pod \(name) on node \(node), will try to delete it")
            return delete(pod)
        }
        let now = client.server.loop.now
        if backoff.isInBackOffSinceUpdate(node, now) { return wait(for: node, backoff.get(node)) }
        backoff.next(node, now)
        recorder.event(
            daemonSet, .warning, "FailedDaemonPod",
            "Found failed daemon pod \(name) on node \(node), will try to kill it")
        delete(pod)
    }

    private func wait(for node: String, _ delay: Interval) {
        guard waiting.insert(node).inserted else { return }
        let cause = client.cause
        client.server.loop.schedule(after: delay) { [weak self] in
            guard let self else { return }
            waiting.remove(node)
            client.cause = cause
            tend(node)
        }
    }

    private func create(_ pod: Pod, on node: String) {
        do throws(StatusError) {
            try client.create(pod)
        } catch {
            // A quota may be in the way, or the namespace may be going away: the next turn tries again.
            pending.insert(node)
        }
    }

    private func delete(_ pod: Pod) {
        do throws(StatusError) {
            _ = try client.delete(pod.key, DeleteOptions(uid: pod.uid))
        } catch {
            // Then it has gone already.
        }
    }
}

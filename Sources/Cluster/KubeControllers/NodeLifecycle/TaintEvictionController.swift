import ClusterCore
import KubeAPI
import KubeClient

/// Deletes pods from nodes whose NoExecute taints they do not tolerate, at once or after their toleration's seconds.
///
/// Follows kubernetes `pkg/controller/tainteviction/taint_eviction.go`.
package final class TaintEvictionController: Controller, ChangeHandler {
    package static let component = "taint-eviction-controller"

    private let context: ComponentContext
    private var client: any KubeClient { context.client }
    /// NoExecute taints of the nodes that have any.
    private var tainted: [String: [Taint]] = [:]
    private var scheduled: [ObjectKey: Eviction] = [:]
    /// Scheduled evictions by node, so that a cleared taint finds its own.
    private var byNode: [String: Set<ObjectKey>] = [:]

    private final class Eviction: EventTarget {
        unowned let controller: TaintEvictionController
        let pod: ObjectKey
        let node: String
        let created: Instant
        var timer: Timer?

        init(_ controller: TaintEvictionController, pod: ObjectKey, node: String, created: Instant) {
            self.controller = controller
            self.pod = pod
            self.node = node
            self.created = created
        }

        func fire(_ token: UInt64) { controller.evict(self) }
    }

    package init(_ context: ComponentContext) { self.context = context }

    package func start() {
        client.watch(Node.self, .all, self)
        client.watch(Pod.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.kind == .node { nodeChanged(change) } else { podChanged(change) }
    }

    private func nodeChanged(_ change: Change) {
        let name = change.key.name
        let taints = change.new(Node.self)?.spec.taints.filter { $0.effect == "NoExecute" } ?? []
        if taints == tainted[name] ?? [] { return }
        tainted[name] = taints.isEmpty ? nil : taints
        client.cause = change.revision
        defer { client.cause = 0 }
        // Of the pods of a node that is gone the garbage collector takes care; their evictions stand.
        if change.new == nil { return }
        if taints.isEmpty {
            for pod in (byNode[name] ?? []).sorted() { cancel(pod) }
        } else {
            for pod in client.list(Pod.self, index: .node(name)) { consider(pod, taints) }
        }
    }

    private func podChanged(_ change: Change) {
        guard let pod = change.new(Pod.self) else {
            cancel(change.key)
            return
        }
        guard let node = pod.spec.nodeName, let taints = tainted[node] else { return }
        if let old = change.old(Pod.self), old.spec.nodeName == node, old.spec.tolerations == pod.spec.tolerations {
            return
        }
        client.cause = change.revision
        consider(pod, taints)
        client.cause = 0
    }

    /// Decides a pod's fate under its node's taints. Upstream does not ask whether the pod is being deleted already.
    private func consider(_ pod: Pod, _ taints: [Taint]) {
        let now = context.now
        var shortest: Int?
        for taint in taints {
            let matching = pod.spec.tolerations.filter { $0.tolerates(taint) }
            if matching.isEmpty {
                cancel(pod.key)
                delete(pod.key)
                return
            }
            for toleration in matching {
                if let seconds = toleration.tolerationSeconds { shortest = min(shortest ?? Int.max, max(seconds, 0)) }
            }
        }
        guard let shortest else {
            cancel(pod.key)
            return
        }
        if let earlier = scheduled[pod.key] {
            // An eviction that was decided on earlier stands, whatever taints have come since.
            if earlier.created < now { return }
            cancel(pod.key)
        }
        let due = now + .seconds(shortest)
        let eviction = Eviction(self, pod: pod.key, node: pod.spec.nodeName ?? "", created: now)
        eviction.timer = context.loop.schedule(at: due, eviction)
        scheduled[pod.key] = eviction
        byNode[eviction.node, default: []].insert(pod.key)
    }

    private func drop(_ key: ObjectKey) {
        guard let eviction = scheduled.removeValue(forKey: key) else { return }
        if let timer = eviction.timer { context.loop.cancel(timer) }
        byNode[eviction.node]?.remove(key)
        if byNode[eviction.node]?.isEmpty == true { byNode[eviction.node] = nil }
    }

    private func cancel(_ key: ObjectKey) {
        guard scheduled[key] != nil else { return }
        drop(key)
        record(key, "Cancelling deletion of Pod \(key.namespacedName)")
    }

    /// The events name the pod without its UID, as upstream's do.
    private func record(_ pod: ObjectKey, _ message: String) {
        var reference = ObjectReference()
        reference.apiVersion = "v1"
        reference.kind = "Pod"
        reference.namespace = pod.namespace
        reference.name = pod.name
        context.recorder.event(about: reference, .normal, "TaintManagerEviction", message)
    }

    private func evict(_ eviction: Eviction) {
        if let turn = client.rateLimiter?.nextTurn(context.now), turn > context.now {
            eviction.timer = context.loop.schedule(at: turn, eviction)
            return
        }
        eviction.timer = nil
        drop(eviction.pod)
        client.cause = 0
        delete(eviction.pod)
    }

    private func delete(_ key: ObjectKey) {
        guard client.object(key) != nil else { return }
        record(key, "Marking for deletion Pod \(key.namespacedName)")
        let now = context.now
        _ = try? client.mutate(Pod.self, key, .status) { pod in
            pod.setDisruptionTarget(
                "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", now)
        }
        _ = try? client.delete(key)
    }
}

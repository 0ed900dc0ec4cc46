import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient

/// Empties a node as `kubectl drain` does: evicts its pods, and tries those again that disruption budgets hold back.
///
/// Follows kubectl `pkg/drain/drain.go` `evictPods`.
final class NodeDrain: EventTarget {
    static let retryInterval = Interval.seconds(5)

    private struct HeldPod {
        let key: ObjectKey
        let uid: String
    }

    private let node: String
    private let client: LocalClient
    private let loop: EventLoop
    /// Pods that may not be disrupted yet.
    private var held: [HeldPod] = []
    private var timer: Timer?

    init(_ node: String, client: LocalClient, loop: EventLoop) {
        self.node = node
        self.client = client
        self.loop = loop
    }

    /// Evicts what may be evicted now, and says what became of each pod.
    func begin(_ outcome: inout CommandOutcome) {
        for pod in client.list(Pod.self, index: .node(node)) where NodeDrain.isToGo(pod) {
            do throws(StatusError) {
                try client.evict(pod.key, DeleteOptions(uid: pod.uid))
                outcome.messages.append("pod/\(pod.name) evicted")
            } catch {
                if !error.isTooManyRequests {
                    outcome.errors.append(error)
                    continue
                }
                held.append(HeldPod(key: pod.key, uid: pod.uid))
                outcome.warnings.append(
                    // Five seconds are the interval, as kubectl prints it.
                    "error when evicting pods/\(GoText.quoted(pod.name)) -n \(GoText.quoted(pod.namespace)) "
                        + "(will retry after 5s): \(error.message)")
            }
        }
        if held.isEmpty { outcome.messages.append("node/\(node) drained") } else { schedule() }
    }

    func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
        held = []
    }

    private func schedule() { timer = loop.schedule(after: NodeDrain.retryInterval, self) }

    func fire(_ token: UInt64) {
        timer = nil
        // An uncordoned node is not being drained any more.
        guard client.get(Node.self, name: node)?.spec.unschedulable == true else { return stop() }
        held = held.filter { pod in
            guard client.object(pod.key)?.uid == pod.uid else { return false }
            do throws(StatusError) {
                try client.evict(pod.key, DeleteOptions(uid: pod.uid))
                return false
            } catch {
                return error.isTooManyRequests
            }
        }
        if !held.isEmpty { schedule() }
    }

    private static func isToGo(_ pod: Pod) -> Bool {
        if pod.annotations["kubernetes.io/config.mirror"] != nil { return false }
        if pod.metadata.ownerReferences.contains(where: { $0.controller == true && $0.kind == "DaemonSet" }) {
            return false
        }
        return pod.metadata.deletionTimestamp == nil
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient

/// Empties a node as `kubectl drain` does: evicts its pods, tries those again that disruption budgets hold back, and
/// waits until all are gone.
///
/// Follows kubectl `pkg/drain/drain.go` `evictPods` and `waitForDelete`.
final class NodeDrain: EventTarget {
    static let retryInterval = Interval.seconds(5)
    /// How often it looks whether pods that were evicted are gone.
    static let pollInterval = Interval.seconds(1)

    private struct DrainedPod {
        let key: ObjectKey
        let uid: String
    }

    private let client: LocalClient
    private let loop: EventLoop
    /// Told whenever `progress` has changed.
    private let onProgress: (DrainProgress) -> Void
    private var progress: DrainProgress
    /// Pods that may not be disrupted yet, in the order of `progress.held`.
    private var held: [DrainedPod] = []
    /// Pods that are on their way out.
    private var leaving: [DrainedPod] = []
    private var timer: Timer?

    init(_ node: String, client: LocalClient, loop: EventLoop, onProgress: @escaping (DrainProgress) -> Void) {
        self.client = client
        self.loop = loop
        self.onProgress = onProgress
        progress = DrainProgress(node: node, started: loop.now)
    }

    /// Evicts what may be evicted now, and says what became of each pod.
    func begin(_ outcome: inout CommandOutcome) {
        for pod in client.list(Pod.self, index: .node(progress.node)) where pod.goesWithDrain {
            progress.total += 1
            outcome.messages.append("evicting pod \(pod.key.namespacedName)")
            do throws(StatusError) {
                try evict(DrainedPod(key: pod.key, uid: pod.uid))
            } catch {
                let message = NodeDrain.message(pod.key, error)
                if error.isTooManyRequests {
                    outcome.warnings.append(message)
                } else {
                    outcome.errors.append(error)
                    progress.failures.append(message)
                }
            }
        }
        if !held.isEmpty { progress.retry = loop.now + NodeDrain.retryInterval }
        goOn()
        if progress.phase == .drained { outcome.messages.append("node/\(progress.node) drained") }
    }

    /// Leaves the node as it is: cordoned, with the pods that are still there.
    func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
        if progress.isRunning { end(.stopped) }
    }

    private func end(_ phase: DrainProgress.Phase) {
        progress.phase = phase
        progress.retry = nil
        held = []
        leaving = []
        onProgress(progress)
    }

    /// Asks for one pod's eviction, and puts it where it belongs: on its way, gone, or held. Throws what does not pass
    /// by itself, and what holds it, once it is noted.
    private func evict(_ pod: DrainedPod) throws(StatusError) {
        do throws(StatusError) {
            try client.evict(pod.key, DeleteOptions(uid: pod.uid))
            leaving.append(pod)
        } catch {
            if error.reason == .notFound {
                progress.evicted += 1
                return
            }
            if error.isTooManyRequests {
                held.append(pod)
                let budget = error.causes.first { $0.reason == StatusCauseType.disruptionBudget }
                progress.held.append(DrainProgress.HeldPod(key: pod.key, reason: budget?.message ?? error.message))
            }
            throw error
        }
    }

    func fire(_ token: UInt64) {
        timer = nil
        // An uncordoned node is not being drained any more.
        guard client.get(Node.self, name: progress.node)?.spec.unschedulable == true else { return stop() }
        if let retry = progress.retry, retry <= loop.now { tryAgain() }
        goOn()
    }

    private func tryAgain() {
        let pods = held
        held = []
        progress.held = []
        for pod in pods {
            if isGone(pod) {
                progress.evicted += 1
                continue
            }
            do throws(StatusError) {
                try evict(pod)
            } catch {
                if error.isTooManyRequests { continue }
                progress.failures.append(NodeDrain.message(pod.key, error))
            }
        }
        progress.retry = held.isEmpty ? nil : loop.now + NodeDrain.retryInterval
    }

    /// As kubectl prints it: five seconds are the interval.
    private static func message(_ pod: ObjectKey, _ error: StatusError) -> String {
        "error when evicting pods/\(GoText.quoted(pod.name)) -n \(GoText.quoted(pod.namespace))"
            + (error.isTooManyRequests ? " (will retry after 5s)" : "") + ": \(error.message)"
    }

    private func isGone(_ pod: DrainedPod) -> Bool { client.object(pod.key)?.uid != pod.uid }

    /// Counts what is gone, and comes again while something is left.
    private func goOn() {
        let before = leaving.count
        leaving.removeAll(where: isGone)
        progress.evicted += before - leaving.count
        progress.leaving = leaving.count
        if leaving.isEmpty && held.isEmpty { return end(progress.failures.isEmpty ? .drained : .failed) }
        let poll = loop.now + NodeDrain.pollInterval
        // Nothing leaves: the next thing to happen is the next try.
        let next = leaving.isEmpty ? progress.retry ?? poll : min(poll, progress.retry ?? poll)
        timer = loop.schedule(after: next - loop.now, self)
        onProgress(progress)
    }
}

extension Pod {
    /// Whether a drain evicts it: static pods and those of DaemonSets stay.
    package var goesWithDrain: Bool { !isMirror && metadata.controllerReference?.kind != "DaemonSet" }
}

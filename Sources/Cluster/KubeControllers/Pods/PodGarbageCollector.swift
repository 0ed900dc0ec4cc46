import ClusterCore
import KubeAPI
import KubeClient

/// Deletes pods that nobody will delete: those on nodes that are gone, those that are being deleted and never got a
/// node, those that are being deleted on nodes out of service, and the oldest ended ones when there are too many.
///
/// It looks every 20 seconds, as upstream does, but only while changes have left something to look at.
///
/// Follows kubernetes `pkg/controller/podgc/gc_controller.go`.
package final class PodGarbageCollector: Controller, ChangeHandler {
    package static let component = "pod-garbage-collector"
    package static let period = Interval.seconds(20)
    /// How long a node has to be missing.
    private static let quarantine = Interval.seconds(40)
    private static let outOfServiceTaint = "node.kubernetes.io/out-of-service"

    private let context: ComponentContext
    /// How many ended pods may stay; none is deleted for their number if it isn't positive.
    private let terminatedPodThreshold: Int
    private lazy var rounds = Rounds(context.loop, every: Self.period) { [unowned self] in collect() }
    /// Pods that have ended.
    private var terminated: Set<ObjectKey> = []
    /// Pods that are being deleted and have no node.
    private var unscheduledTerminating: Set<ObjectKey> = []
    /// Nodes that pods are on and that are not there.
    private var missingNodes: Set<String> = []
    /// When the quarantine of a missing node ends.
    private var quarantineEnds: [String: Instant] = [:]
    /// Nodes that are not ready and tainted as being out of service.
    private var outOfService: Set<String> = []

    package init(_ context: ComponentContext, terminatedPodThreshold: Int = 12500) {
        self.context = context
        self.terminatedPodThreshold = terminatedPodThreshold
    }

    package func start() {
        rounds.start()
        context.client.watch(Node.self, .all, self)
        context.client.watch(Pod.self, .all, self)
    }

    // MARK: What happens

    package func handle(_ change: Change) {
        if change.kind == .pod { podChanged(change) } else { nodeChanged(change) }
        schedule()
    }

    private func podChanged(_ change: Change) {
        guard let pod = change.new(Pod.self) else {
            terminated.remove(change.key)
            unscheduledTerminating.remove(change.key)
            return
        }
        if pod.isTerminal { terminated.insert(change.key) }
        let node = pod.nodeName
        if node.isEmpty {
            if pod.metadata.isBeingDeleted { unscheduledTerminating.insert(change.key) }
        } else if change.old(Pod.self)?.nodeName != node {
            unscheduledTerminating.remove(change.key)
            if context.client.object(ObjectKey(.node, name: node)) == nil { missingNodes.insert(node) }
        }
    }

    private func nodeChanged(_ change: Change) {
        let name = change.key.name
        guard let node = change.new(Node.self) else {
            outOfService.remove(name)
            if hasPods(node: name) { missingNodes.insert(name) }
            return
        }
        missingNodes.remove(name)
        quarantineEnds[name] = nil
        if !node.isReady, node.spec.taints.contains(where: { $0.key == Self.outOfServiceTaint }) {
            outOfService.insert(name)
        } else {
            outOfService.remove(name)
        }
    }

    private func hasPods(node: String) -> Bool {
        var isFound = false
        context.client.forEach(.pod, index: .node(node)) { _ in
            isFound = true
            return false
        }
        return isFound
    }

    private var excess: Int { terminatedPodThreshold > 0 ? max(terminated.count - terminatedPodThreshold, 0) : 0 }

    /// Sees to it that the next round comes, if there is anything for it.
    private func schedule() {
        if excess == 0, unscheduledTerminating.isEmpty, missingNodes.isEmpty, outOfService.isEmpty { return }
        rounds.schedule()
    }

    // MARK: A round

    private func collect() {
        collectTerminated()
        collectOutOfService()
        collectOrphaned()
        for key in unscheduledTerminating.sorted() { collect(key) }
        schedule()
    }

    /// The oldest go, evicted ones before all others.
    private func collectTerminated() {
        guard excess > 0 else { return }
        for pod in byAge(terminated.sorted()).prefix(excess) { collect(pod.key) }
    }

    private func collectOutOfService() {
        for node in outOfService.sorted() {
            let doomed = context.client.list(Pod.self, index: .node(node)).filter(\.metadata.isBeingDeleted)
            for pod in byAge(doomed.map(\.key)) { collect(pod.key) }
        }
    }

    private func byAge(_ keys: [ObjectKey]) -> [Pod] {
        var pods: [Pod] = []
        for key in keys { if let pod = context.client.get(Pod.self, key) { pods.append(pod) } }
        pods.sort { left, right in
            let isEvicted = left.status.phase == "Failed" && left.status.reason == "Evicted"
            let isOtherEvicted = right.status.phase == "Failed" && right.status.reason == "Evicted"
            if isEvicted != isOtherEvicted { return isEvicted }
            let leftTime = left.metadata.creationTimestamp?.seconds ?? 0
            let rightTime = right.metadata.creationTimestamp?.seconds ?? 0
            if leftTime != rightTime { return leftTime < rightTime }
            let order = compareUTF8(left.name, right.name)
            return order != 0 ? order < 0 : left.key < right.key
        }
        return pods
    }

    private func collectOrphaned() {
        for node in missingNodes.sorted() {
            guard let end = quarantineEnds[node] else {
                quarantineEnds[node] = context.now + Self.quarantine
                continue
            }
            if end > context.now { continue }
            quarantineEnds[node] = nil
            missingNodes.remove(node)
            if context.client.object(ObjectKey(.node, name: node)) != nil { continue }
            var keys: [ObjectKey] = []
            context.client.forEach(.pod, index: .node(node)) { pod in
                keys.append(pod.key)
                return true
            }
            for key in keys { collect(key, condition: "PodGC: node no longer exists") }
            // What couldn't be deleted is an orphan still.
            if hasPods(node: node) { missingNodes.insert(node) }
        }
    }

    /// Marks the pod as failed, for no kubelet will, and deletes it at once. What fails is tried again in another
    /// round.
    private func collect(_ key: ObjectKey, condition message: String? = nil) {
        do throws(StatusError) {
            try context.client.mutate(Pod.self, key, .status) { pod in
                if pod.isTerminal { return }
                pod.status.phase = "Failed"
                pod.status.observedGeneration = pod.metadata.generation
                if let message { pod.setDisruptionTarget("DeletionByPodGC", message, context.now) }
            }
            _ = try context.client.delete(key, DeleteOptions(gracePeriodSeconds: 0))
        } catch {
            return
        }
    }
}

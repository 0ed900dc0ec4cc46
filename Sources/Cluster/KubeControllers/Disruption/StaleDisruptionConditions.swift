import ClusterCore
import KubeAPI
import KubeClient

/// Takes back the word of those who said that a pod was about to be disrupted, and then did not delete it.
///
/// Follows kubernetes `pkg/controller/disruption/disruption.go` `syncStalePodDisruption`.
final class StaleDisruptionConditions: Reconciler {
    static let timeout = Interval.minutes(2)
    private static let type = "DisruptionTarget"

    private let context: ComponentContext
    private lazy var worker: Worker<StaleDisruptionConditions> = Worker(
        self, client: context.client, loop: context.loop)

    init(_ context: ComponentContext) { self.context = context }

    func podChanged(_ pod: Pod) {
        if let wait = wait(pod) { worker.add(pod.key, after: wait) }
    }

    func sync(_ key: ObjectKey) throws(StatusError) {
        guard let pod = context.client.get(Pod.self, key), let wait = wait(pod) else { return }
        if wait > .zero { return worker.add(key, after: wait) }
        let now = context.now.time
        try context.client.mutate(Pod.self, key, .status) { pod in
            var condition = PodCondition()
            condition.type = Self.type
            condition.status = "False"
            condition.observedGeneration = pod.metadata.generation
            pod.status.setCondition(condition, now: now)
        }
    }

    /// How long until the pod's condition is stale; nil for a pod without one, or whose condition holds: what a kubelet
    /// says may take as long as it takes.
    private func wait(_ pod: Pod) -> Interval? {
        if pod.metadata.isBeingDeleted || pod.isTerminal { return nil }
        guard let condition = pod.status.condition(Self.type), condition.status == "True",
            condition.reason != "TerminationByKubelet"
        else { return nil }
        let since = condition.lastTransitionTime?.instant ?? context.now
        return max(since + Self.timeout - context.now, .zero)
    }
}

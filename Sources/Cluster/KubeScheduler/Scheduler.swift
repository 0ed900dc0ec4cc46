import ClusterCore
import KubeAPI
import KubeClient

/// kube-scheduler: finds a node for each pod that has none, one pod a loop event, and binds it there.
///
/// News of pods and nodes goes into the cache and the queue (`SchedulerChanges.swift`); the queue hands out pods; the
/// scheduling cycle (`SchedulingCycle.swift`) filters and scores nodes through the evaluation of the pod's shape, and
/// binds, or sees what preemption can do. Scheduling takes no virtual time.
///
/// Follows kubernetes pkg/scheduler. See Documentation/Scheduler.md.
package final class Scheduler: ChangeHandler, EventTarget {
    let client: any KubeClient
    let loop: EventLoop
    let recorder: EventSeriesRecorder
    let configuration: SchedulerConfiguration
    let cache: SchedulerCache
    let queue: SchedulingQueue
    var nominator = Nominator()
    var evaluations: EvaluationStore
    var random: SeededRandom
    var decisions: DecisionRecord
    /// The selectors of each namespace's services, by name, for the default spread constraints.
    var services: [String: StringMap<StringMap<String>>] = [:]
    private var isScheduled = false

    package internal(set) var metrics = SchedulingMetrics()

    /// How often a node was filtered and scored for some pods: with many pods alike, about once for each pod.
    package var inspectionCount: Int { cache.inspectionCount }

    package init(_ context: ComponentContext, _ configuration: SchedulerConfiguration = SchedulerConfiguration()) {
        client = context.client
        loop = context.loop
        random = context.random
        self.configuration = configuration
        recorder = EventSeriesRecorder(
            client: context.client, loop: context.loop, controller: configuration.schedulerName)
        let client = context.client
        cache = SchedulerCache { namespace in client.get(Namespace.self, name: namespace)?.labels ?? [:] }
        queue = SchedulingQueue(
            loop: loop, initialBackoff: configuration.initialBackoff, maximumBackoff: configuration.maximumBackoff)
        evaluations = EvaluationStore(budget: configuration.evaluationBudget)
        decisions = DecisionRecord(capacity: configuration.decisionCapacity)
        queue.onReady = { [unowned self] in schedule() }
    }

    /// Begins to watch; pods are scheduled from the next loop event on.
    package func start() {
        client.watch(Namespace.self, .all, self)
        client.watch(Service.self, .all, self)
        client.watch(Node.self, .all, self)
        client.watch(PersistentVolumeClaim.self, .all, self)
        client.watch(Pod.self, .all, self)
    }

    /// What was last decided about a pod; nil if that is forgotten, or there was nothing to decide.
    package func explanation(for pod: ObjectKey) -> SchedulingDecision? { decisions[pod] }

    /// Where a waiting pod is in the queue, and what it waits for; nil if it isn't waiting.
    package func waiting(_ pod: ObjectKey) -> QueuedPod? { queue.pod(pod) }

    // MARK: One pod a loop event

    private func schedule() {
        if isScheduled { return }
        isScheduled = true
        loop.schedule(at: loop.now, self)
    }

    package func fire(_ token: UInt64) {
        if let turn = client.rateLimiter?.nextTurn(loop.now), turn > loop.now {
            loop.schedule(at: turn, self)
            return
        }
        isScheduled = false
        guard let pod = queue.next() else { return }
        client.cause = pod.cause
        let start = loop.stopwatch?()
        if let result = attempt(pod) {
            metrics.attempted(result, seconds: start.flatMap { start in loop.stopwatch.map { $0() - start } })
        }
        client.cause = 0
        if queue.hasNext { schedule() }
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// Pods that wait for a node: those to be tried next, those that sit out a back-off, and those that no node could take
/// until something changes.
///
/// Follows kubernetes pkg/scheduler/backend/queue: back-offs from 1 s doubling to 10 s, counted in whole seconds; while
/// nothing else is to be done, pods are taken out of the back-off before it ends (`SchedulerPopFromBackoffQ`), except
/// after errors; whoever has been unschedulable for 5 minutes is tried again, looked at every 30 s.
package final class SchedulingQueue: EventTarget {
    private enum Token: UInt64 { case backoff, unschedulable }

    private var active = PodHeap<ActiveOrder>()
    private var backoff = PodHeap<BackoffOrder>()
    private var errorBackoff = PodHeap<BackoffOrder>()
    private var unschedulable = UnschedulablePods()
    private var pods: [ObjectKey: QueuedPod] = [:]
    private var arrivals = 0
    private let loop: EventLoop
    private let durations: ExponentialBackoff
    private let start: Instant
    private var backoffTimer: (timer: Timer, due: Instant)?
    private var flushTimer: Timer?
    /// Called when there is a pod to be tried.
    package var onReady: (() -> Void)?

    private static let flushPeriod = Interval.seconds(30)
    private static let longestUnschedulable = Interval.minutes(5)

    package init(loop: EventLoop, initialBackoff: Interval = .seconds(1), maximumBackoff: Interval = .seconds(10)) {
        self.loop = loop
        start = loop.now
        durations = ExponentialBackoff(base: initialBackoff, cap: maximumBackoff)
    }

    // MARK: Looking

    package func pod(_ key: ObjectKey) -> QueuedPod? { pods[key] }
    package var backoffCount: Int { backoff.count + errorBackoff.count }
    package var unschedulableCount: Int { unschedulable.count }
    /// Pods that wait, gated ones included.
    package var count: Int { pods.count }

    // MARK: Coming and going

    /// Adds a pod that was not known. `isGated` keeps it out until it is updated.
    package func add(_ pod: Pod, shape: PodShape, isGated: Bool, cause: Revision) -> QueuedPod {
        arrivals += 1
        let queued = QueuedPod(pod, shape: shape, arrival: arrivals, now: loop.now, cause: cause)
        pods[queued.key] = queued
        if isGated { gate(queued) } else { activate(queued) }
        return queued
    }

    /// Knows a pod again that was removed to be bound, and in no queue yet; its history goes on.
    package func restore(_ pod: QueuedPod, shape: PodShape) -> QueuedPod {
        pod.shape = shape
        pods[pod.key] = pod
        return pod
    }

    /// Forgets a pod, wherever it is.
    package func remove(_ pod: QueuedPod) {
        withdraw(pod)
        pods[pod.key] = nil
    }

    /// The next pod to be tried, which is in no queue until it is removed or put back.
    package func next() -> QueuedPod? {
        guard let pod = active.popFirst() ?? backoff.popFirst() else { return nil }
        pod.place = .nowhere
        pod.attempts += 1
        return pod
    }

    /// Whether `next` has a pod.
    package var hasNext: Bool { !active.isEmpty || !backoff.isEmpty }

    /// Puts back a pod that no node could take; it waits for a change that the plugins in `rejectors` care for.
    package func putBack(_ pod: QueuedPod, rejectedBy rejectors: PluginSet) {
        // Nobody would know what to wait for.
        if rejectors.isEmpty { return putBackAfterError(pod) }
        pod.timestamp = loop.now
        pod.unschedulableCount += 1
        pod.consecutiveErrorCount = 0
        pod.backoffExpiration = nil
        pod.rejectors = rejectors
        shelve(pod)
    }

    /// Puts back a pod whose attempt failed for no fault of its own; it is tried again after a back-off.
    package func putBackAfterError(_ pod: QueuedPod) {
        pod.timestamp = loop.now
        pod.consecutiveErrorCount += 1
        pod.backoffExpiration = nil
        pod.rejectors = []
        backOff(pod)
    }

    // MARK: Changes

    /// Takes the newer state of a waiting pod.
    package func update(_ queued: QueuedPod, _ pod: Pod, shape: PodShape, isGated: Bool, cause: Revision) {
        let old = queued.shape
        let gatesEliminated = queued.isGated && !isGated
        let place = queued.place
        if place == .unschedulable || queued.priority != pod.spec.priority ?? 0 {
            withdraw(queued)
            queued.shape = shape
            queued.priority = pod.spec.priority ?? 0
            putIn(queued, place)
        } else {
            queued.shape = shape
        }
        guard place == .unschedulable else { return }
        if isGated { return }
        let event = ClusterEvent.podUpdated(old: old, new: shape, gatesEliminated: gatesEliminated)
        guard queued.isGated ? gatesEliminated : Plugins.mayBecomeSchedulable(shape, queued.rejectors, after: event)
        else { return }
        withdraw(queued)
        queued.isGated = false
        queued.cause = cause
        requeue(queued)
    }

    /// Moves the pods to which an event gives hope out of the unschedulable ones, none above `priority` if that is
    /// given. O(groups of like pods + pods moved).
    package func move(after event: ClusterEvent, upTo priority: Int? = nil, cause: Revision) {
        if unschedulable.count == 0 { return }
        let interested = event.interested
        var moved = unschedulable.take(upTo: priority) { shape, rejectors in
            guard !rejectors.isDisjoint(with: interested) else { return false }
            return Plugins.mayBecomeSchedulable(shape, rejectors, after: event)
        }
        if case .claimChanged(let claim) = event { takeOwners(of: claim, &moved) }
        for pod in moved {
            pod.place = .nowhere
            pod.cause = cause
            requeue(pod)
        }
    }

    /// Takes out the pods that wait for a claim as that of their own ephemeral volume. They are looked up by name, as
    /// their whole group of like pods is not concerned: a thousand replicas that wait for a thousand claims would be
    /// tried a million times. O(hyphens in the claim's name).
    private func takeOwners(of claim: ObjectKey, _ taken: inout ContiguousArray<QueuedPod>) {
        for (name, volume) in VolumeBinding.possibleOwners(ofClaim: claim.name) {
            guard let pod = pods[ObjectKey(.pod, namespace: claim.namespace, name: name)],
                pod.place == .unschedulable, pod.rejectors.contains(.volumeBinding),
                pod.shape.claims.contains(.ephemeral(volume: volume))
            else { continue }
            withdraw(pod)
            taken.append(pod)
        }
    }

    /// Tries one waiting pod again at once.
    package func activateNow(_ pod: QueuedPod) {
        guard pod.place != .active, pod.place != .nowhere, !pod.isGated else { return }
        withdraw(pod)
        activate(pod)
    }

    // MARK: The three queues

    private func putIn(_ pod: QueuedPod, _ place: QueuedPod.Place) {
        switch place {
        case .active: activate(pod)
        case .backoff, .errorBackoff: backOff(pod)
        case .unschedulable: shelve(pod)
        case .nowhere: break
        }
    }

    private func withdraw(_ pod: QueuedPod) {
        switch pod.place {
        case .active: active.remove(pod)
        case .backoff: backoff.remove(pod)
        case .errorBackoff: errorBackoff.remove(pod)
        case .unschedulable: unschedulable.remove(pod)
        case .nowhere: break
        }
        pod.place = .nowhere
    }

    private func activate(_ pod: QueuedPod) {
        pod.place = .active
        active.insert(pod)
        onReady?()
    }

    private func gate(_ pod: QueuedPod) {
        pod.isGated = true
        pod.rejectors = PluginSet(.schedulingGates)
        shelve(pod)
    }

    private func shelve(_ pod: QueuedPod) {
        pod.place = .unschedulable
        unschedulable.insert(pod)
        if flushTimer == nil, !pod.isGated { scheduleFlush() }
    }

    /// Into the active queue, or into back-off while that lasts.
    private func requeue(_ pod: QueuedPod) {
        if isBackingOff(pod) { backOff(pod) } else { activate(pod) }
    }

    private func backOff(_ pod: QueuedPod) {
        pod.backoffExpiration = expiration(of: pod)
        if pod.rejectors.isEmpty {
            pod.place = .errorBackoff
            errorBackoff.insert(pod)
            scheduleBackoff()
        } else {
            pod.place = .backoff
            backoff.insert(pod)
            onReady?()
        }
    }

    // MARK: Back-off

    /// The second within which the back-off ends; the pod is due in the one after it.
    private func expiration(of pod: QueuedPod) -> Instant? {
        if let known = pod.backoffExpiration { return known }
        let count = pod.consecutiveErrorCount > 0 ? pod.consecutiveErrorCount : pod.unschedulableCount
        if count == 0 { return nil }
        let expiration = (pod.timestamp + durations.delay(failures: count - 1)).wholeSecond
        pod.backoffExpiration = expiration
        return expiration
    }

    private func isBackingOff(_ pod: QueuedPod) -> Bool {
        guard let expiration = expiration(of: pod) else { return false }
        return expiration >= loop.now.wholeSecond
    }

    /// Pods in back-off after an error are the only ones that have to be waited for.
    private func scheduleBackoff() {
        guard let first = errorBackoff.first else { return }
        let due = (first.backoffExpiration ?? loop.now) + .seconds(1)
        if let pending = backoffTimer {
            if pending.due <= due { return }
            loop.cancel(pending.timer)
        }
        backoffTimer = (loop.schedule(at: due, self, Token.backoff.rawValue), due)
    }

    private func scheduleFlush() {
        let passed = (loop.now - start).nanoseconds / SchedulingQueue.flushPeriod.nanoseconds
        let due = start + SchedulingQueue.flushPeriod * Int(passed + 1)
        flushTimer = loop.schedule(at: due, self, Token.unschedulable.rawValue)
    }

    package func fire(_ token: UInt64) {
        switch Token(rawValue: token) {
        case .backoff: flushBackoff()
        case .unschedulable: flushUnschedulable()
        case nil: break
        }
    }

    private func flushBackoff() {
        backoffTimer = nil
        while let first = errorBackoff.first, !isBackingOff(first) {
            errorBackoff.remove(first)
            activate(first)
        }
        scheduleBackoff()
    }

    private func flushUnschedulable() {
        flushTimer = nil
        let now = loop.now
        let stale = unschedulable.contents.filter {
            !$0.isGated && now - $0.timestamp > SchedulingQueue.longestUnschedulable
        }
        for pod in stale.sorted(by: { $0.arrival < $1.arrival }) {
            withdraw(pod)
            pod.cause = 0
            requeue(pod)
        }
        if unschedulable.contents.contains(where: { !$0.isGated }) { scheduleFlush() }
    }
}

extension Instant {
    /// The beginning of the second.
    fileprivate var wholeSecond: Instant { Instant(seconds: seconds) }
}

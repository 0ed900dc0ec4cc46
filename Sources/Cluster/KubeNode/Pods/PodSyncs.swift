import ClusterCore
import KubeAPI

// When the kubelet looks at a pod whose containers could not all be started, and what it finds then.
//
// It looks when the pod changes, when a probe changes its mind, and soon after the runtime has made, started or lost
// something; and if it had to let a container wait, again by itself: after 10 to 15 s, or, if a container waits for a
// crash-loop back-off to end, when that is over or a minute has passed, and up to a half of that later. Each look that
// finds a back-off not over says so in an event. For example, a container that has crashed for the fifth time:
//
//     0 s    it exits
//     1 s    the kubelet looks: back-off of 80 s, `BackOff`
//     73 s   it looks again, after a minute and some more: `BackOff` (x2)
//     81 s   the back-off is over, and the container is started
//
// Pods of which all runs have no such timer.
// Follows kubernetes `pkg/kubelet/pod_workers.go` (`completeWork`) and `pkg/kubelet/kuberuntime/kuberuntime_manager.go`
// (`doBackOff`).

extension PodLifecycle {
    /// After a sync that failed; to be drawn out by up to a half.
    static let backOffPeriod = Interval.seconds(10)
    /// The most that a back-off puts off the next look.
    private static let resyncPeriod = Interval.minutes(1)
    /// How soon the kubelet hears of what the runtime did.
    private static let relistPeriod = Interval.seconds(1)
    private static let crashLoopBackOff = "CrashLoopBackOff"

    /// The kubelet looks at the pod: what was left waiting is tried anew.
    mutating func comeBy() {
        syncDeadline = nil
        for index in containers.indices { containers[index].isHeld = false }
    }

    /// All that could be begun was. If something has to wait, the kubelet comes by again.
    mutating func leave(_ now: Instant) {
        let hasChanged = isRuntimeChanged
        isRuntimeChanged = false
        isInPass = false
        guard containers.contains(where: \.isHeld) else { return }
        if hasChanged {
            let relist = now + PodLifecycle.relistPeriod
            syncDeadline = syncDeadline.map { min($0, relist) } ?? relist
        } else if syncDeadline == nil {
            syncDeadline = now + latencies.requeue(after: period(now), sync: syncCount)
            syncCount += 1
        }
    }

    /// The kubelet hears again, and first of all that containers have failed their probes.
    ///
    /// While it was held up it went on with what it had begun to start, and pods that were ending ended. But of what
    /// ran it told nothing, and it neither started nor stopped anything of that, whatever the runtime and the probes
    /// had to say: these were heard through the same loop.
    /// Follows kubernetes `pkg/kubelet/kubelet.go` (`syncLoopIteration`, from which `HandlePodAdditions` is called).
    mutating func release(_ now: Instant, _ actions: inout [PodAction]) {
        isHeldUp = false
        for index in containers.indices {
            guard let kind = containers[index].failedProbe, containers[index].phase == .running else { continue }
            containers[index].failedProbe = nil
            if stage == .running { stopUnhealthy(index, kind, now, &actions) }
        }
        timePassed(now, &actions)
    }

    private func period(_ now: Instant) -> Interval {
        let waiting = containers.filter { $0.isHeld && $0.waitReason == PodLifecycle.crashLoopBackOff }
        let rests = waiting.compactMap { run in run.termination.map { $0.finishedAt + run.crashBackoff.delay - now } }
        guard let rest = rests.min() else { return PodLifecycle.backOffPeriod }
        return max(.zero, min(rest, PodLifecycle.resyncPeriod))
    }

    /// Whether a container that has ended must not be started again yet; if it may, its next back-off will be longer.
    /// Of one that is replaced, only the end before is known: it has to wait once its back-off is longer than it ran.
    mutating func isBackingOff(_ index: Int, _ now: Instant, _ actions: inout [PodAction]) -> Bool {
        let container = containers[index]
        guard let end = container.isReplaced ? container.lastTermination : container.termination else { return false }
        guard containers[index].crashBackoff.holds(since: end.finishedAt, at: now) else {
            containers[index].crashBackoff.advance(since: end.finishedAt, at: now)
            return false
        }
        let name = spec(index).name
        let event = "Back-off restarting failed container \(name) in pod \(fullName)"
        record(.warning, "BackOff", event, index, &actions)
        let delay = containers[index].crashBackoff.delay
        let message = "back-off \(delay) restarting failed container=\(name) pod=\(fullName)"
        wait(index, PodLifecycle.crashLoopBackOff, message, isUrgent: true)
        return true
    }

    /// A container waits for a reason that its status tells, until the kubelet comes by again.
    mutating func wait(_ index: Int, _ reason: String, _ message: String, isUrgent: Bool = false) {
        containers[index].phase = containers[index].termination == nil ? .waiting : .exited
        containers[index].isHeld = true
        containers[index].isReplaced = false
        if containers[index].waitReason == reason, containers[index].waitMessage == message { return }
        containers[index].waitReason = reason
        containers[index].waitMessage = message
        markStatus(isUrgent: isUrgent)
    }
}

import ClusterCore
import KubeAPI
import KubeClient

// The kubelet makes room for a critical pod. It ends the pods in the way one after the other and waits for each until
// nothing of it runs; then it takes the critical pod without another look. While it waits it turns to no pod that
// comes, changes or goes, and gives to none that wants more: what it is told in between it hears afterwards, in order.
// Nor does it hear of what the runtime and the probes find with pods that run (`PodLifecycle.release`).
// Follows kubernetes `pkg/kubelet/preemption/preemption.go` (`evictPodsToFreeRequests`) and
// `pkg/kubelet/pod_workers.go` (`killPodNow`), which hold up the one loop through which all changes of pods come.

/// A critical pod that waits for others to end.
struct PreemptionInProgress {
    /// A pod that was chosen, and told from others that get its slot later.
    struct Victim {
        let slot: Int
        let identity: UInt64
    }

    let pod: Pod
    let asked: Kubelet.Asked
    let cause: Revision
    /// In the order in which they end.
    let victims: [Victim]
    /// How many of them were told to stop.
    var toldCount = 0
    /// Whether the last of these still stops.
    var isAwaited = false

    var current: Victim? { toldCount > 0 ? victims[toldCount - 1] : nil }
}

/// What the kubelet was told while it made room.
enum HeldBack {
    case change(Change)
    /// One of the pods that were bound to the node when the kubelet came up.
    case pod(Pod, cause: Revision)
}

extension Kubelet {
    private static let preemptedReason = "Preempting"
    private static let preemptedMessage = "Preempted in order to admit critical pod"
    private static let disruptionMessage = "Pod was preempted by Kubelet to accommodate a critical pod."
    /// What a pod is given to end at the least, whatever its grace period is.
    private static let leastPatience = 10

    /// Begins to make room for a critical pod; tells why not if there are no pods that could.
    func beginPreemption(
        for pod: Pod, _ asked: Asked, _ shortages: [PodAdmission.Shortage], cause: Revision
    ) -> PodAdmission.Rejection? {
        let active = workers.indices.filter { workers[$0].map { $0.holdsResources && $0.lifecycle.isActive } ?? false }
            .sorted(by: isElder)
        let candidates = active.compactMap { slot in
            workers[slot].map { CriticalPodPreemption.Candidate($0.lifecycle.pod, requests: $0.requests) }
        }
        let requirements = shortages.map { CriticalPodPreemption.Requirement($0.resource, $0.missing) }
        do throws(CriticalPodPreemption.NothingToReclaim) {
            let places = try CriticalPodPreemption.victims(
                of: PodRank(pod), among: candidates, toFree: requirements)
            let victims = places.compactMap { place -> PreemptionInProgress.Victim? in
                let slot = active[place]
                return workers[slot].map { .init(slot: slot, identity: $0.identity) }
            }
            preemption = PreemptionInProgress(pod: pod, asked: asked, cause: cause, victims: victims)
            tellAll(.heldUp)
            wakePreemption()
            return nil
        } catch {
            return PodAdmission.Rejection(
                reason: "UnexpectedAdmissionError",
                message: "Unexpected error while attempting to recover from admission failure: preemption: error "
                    + "finding a set of pods to preempt: \(error.message)")
        }
    }

    /// Upstream's order is that of a map, so of equal pods any may go; here the youngest goes first.
    private func isElder(_ left: Int, _ right: Int) -> Bool {
        guard let left = workers[left], let right = workers[right] else { return left < right }
        let (first, second) = (left.lifecycle.startTime, right.lifecycle.startTime)
        return first == second ? left.lifecycle.pod.key < right.lifecycle.pod.key : first < second
    }

    /// A pod has ended: if it is the one that is waited for, the wait is over.
    func preemptionMet(_ slot: Int) {
        guard preemption?.isAwaited == true, preemption?.current?.slot == slot else { return }
        preemption?.isAwaited = false
        wakePreemption()
    }

    /// In an event of its own, since a pod ends in the midst of its own doings.
    private func wakePreemption() {
        if let preemptionTimer { loop.cancel(preemptionTimer) }
        preemptionTimer = loop.schedule(at: loop.now, self, Token.preemption)
    }

    /// Turns to the next pod in the way, or, if there is none left, to the critical pod.
    func preemptionDue() {
        preemptionTimer = nil
        guard let preemption else { return }
        if preemption.isAwaited, let victim = preemption.current {
            self.preemption?.isAwaited = false
            giveUp(on: victim)
        }
        while let toldCount = self.preemption?.toldCount, toldCount < preemption.victims.count {
            let victim = preemption.victims[toldCount]
            self.preemption?.toldCount += 1
            preempt(victim, cause: preemption.cause)
            // It ends by and by, or has ended now, in which case it has seen to the wake-up itself.
            if preemptionTimer != nil { return }
        }
        self.preemption = nil
        take(preemption.pod, preemption.asked, cause: preemption.cause, rejection: nil)
        tellAll(.released)
        hearHeldBack()
    }

    private func tellAll(_ event: PodEvent) {
        for slot in workers.indices where workers[slot]?.lifecycle.isActive == true { send(event, to: slot) }
    }

    private func preempt(_ victim: PreemptionInProgress.Victim, cause: Revision) {
        let (slot, identity) = (victim.slot, victim.identity)
        guard let worker = workers[slot], worker.identity == identity else { return }
        worker.cause = cause
        if worker.lifecycle.isActive {
            let grace = worker.lifecycle.pod.spec.terminationGracePeriodSeconds ?? 0
            let patience = max(grace + grace / 2, Kubelet.leastPatience)
            preemption?.isAwaited = true
            preemptionTimer = loop.schedule(after: .seconds(patience), self, Token.preemption)
        }
        let event = PodEvent.evicted(
            reason: Kubelet.preemptedReason, message: Kubelet.preemptedMessage, disruption: Kubelet.disruptionMessage)
        send(event, to: slot)
    }

    /// The pod should have ended long ago. It is left to end, and what it holds is counted until it has.
    private func giveUp(on victim: PreemptionInProgress.Victim) {
        guard let worker = workers[victim.slot], worker.identity == victim.identity else { return }
        record(
            .warning, "ExceededGracePeriod", "Container runtime did not kill the pod within specified grace period.",
            about: worker.lifecycle.pod)
    }

    /// Hears what was said in the meantime, until another critical pod has to wait.
    private func hearHeldBack() {
        var heard = 0
        while heard < heldBack.count, preemption == nil {
            switch heldBack[heard] {
            case .change(let change): hear(change)
            case .pod(let pod, let cause): add(pod, cause: cause)
            }
            heard += 1
        }
        heldBack.removeFirst(heard)
    }

    /// The machine goes dark, and with it all plans.
    func forgetPreemption() {
        if let preemptionTimer { loop.cancel(preemptionTimer) }
        preemptionTimer = nil
        preemption = nil
        heldBack = []
    }
}

import ClusterCore
import KubeAPI

// A container whose exit calls for it has all containers of its pod begin anew, init containers first, in the sandbox
// that is there: whatever runs is killed, one container after the other, without hooks and with two seconds at the
// most; then nothing is left of any but its restart count.
// Follows kubernetes `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`computePodActions`, `SyncPod`) with the feature
// RestartAllContainersOnContainerExits, which is on by default in 1.36 (KEP-5532).

extension Termination {
    /// What a container's last end is called when it was removed for its pod's sake.
    static let restartingAll = "RestartingAllContainers"
    static let restartingAllMessage = "The container is removed because RestartAllContainers in place"

    /// Whether nothing is known of the end but that the container was removed.
    var isOfRemoved: Bool { reason == Termination.restartingAll }
}

extension PodLifecycle {
    /// The first of a container's own rules that fits an exit code.
    func restartRule(_ index: Int, exitCode: Int) -> ContainerRestartRule? {
        spec(index).restartPolicyRules.first { rule in
            guard let codes = rule.exitCodes else { return false }
            return (codes.operator == "In") == codes.values.contains(exitCode)
        }
    }

    /// Whether a container that has just ended takes all others with it.
    func restartsAll(_ index: Int, exitCode: Int) -> Bool {
        !isDeleted && failure == nil
            && restartRule(index, exitCode: exitCode)?.action == Container.restartsAllContainers
    }

    /// Kills the next container that still runs, and once none does, takes all back to where they began.
    mutating func restartAll(_ now: Instant, _ actions: inout [PodAction]) {
        let order = Array(initCount..<ephemeralStart) + Array(0..<initCount) + Array(ephemeralStart..<containers.count)
        if let running = order.first(where: { containers[$0].phase == .running }) {
            stop(running, "killing", grace: .zero, now, &actions)
            return
        }
        isRestartingAll = false
        for index in 0..<ephemeralStart { reset(index) }
        markStatus(isUrgent: true)
    }

    private mutating func reset(_ index: Int) {
        guard let end = containers[index].termination else { return }
        containers[index].phase = .waiting
        containers[index].attempt = end.attempt + 1
        containers[index].lastTermination = Termination(
            exitCode: 137, reason: Termination.restartingAll, startedAt: end.startedAt, finishedAt: end.finishedAt,
            attempt: end.attempt)
        containers[index].termination = nil
        containers[index].waitReason = Termination.restartingAll
        containers[index].waitMessage = Termination.restartingAllMessage
        containers[index].isHeld = false
        containers[index].isReplaced = false
        containers[index].isReady = false
        containers[index].image = nil
    }
}

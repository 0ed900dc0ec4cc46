import ClusterCore
import KubeAPI
import KubeClient

// A pod that ran before the machine lost power: what its status tells is all that is left of it.

extension PodLifecycle {
    /// Takes over counts and terminations from the pod's status. Containers that ran are lost, with exit code 255 and
    /// reason Unknown, as runtimes find them after a reboot; and because the sandbox is new, init containers run again.
    mutating func restore(_ now: Instant) {
        let statuses = pod.status.initContainerStatuses + pod.status.containerStatuses
        for index in containers.indices {
            let name = spec(index).name
            guard let status = statuses.first(where: { $0.name == name }), status.containerID != nil else { continue }
            containers[index].attempt = status.restartCount
            let last = PodLifecycle.termination(status.lastState?.terminated, attempt: status.restartCount)
            if let running = status.state?.running {
                containers[index].lastTermination = last
                containers[index].termination = Termination(
                    exitCode: 255, reason: "Unknown", startedAt: running.startedAt?.instant ?? startTime,
                    finishedAt: now, attempt: status.restartCount)
            } else if let ended = status.state?.terminated {
                containers[index].lastTermination = last
                containers[index].termination = PodLifecycle.termination(ended, attempt: status.restartCount)
            } else {
                containers[index].termination = last
            }
            let isDone = containers[index].termination?.exitCode == 0
            containers[index].phase = containers[index].role == .initial && isDone ? .waiting : .exited
        }
    }

    private static func termination(_ state: ContainerStateTerminated?, attempt: Int) -> Termination? {
        guard let state else { return nil }
        return Termination(
            exitCode: state.exitCode, reason: state.reason,
            startedAt: state.startedAt?.instant ?? Instant(nanoseconds: 0),
            finishedAt: state.finishedAt?.instant ?? Instant(nanoseconds: 0), attempt: attempt)
    }
}

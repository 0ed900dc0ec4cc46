import ClusterCore
import KubeAPI
import KubeClient

// The status of a pod, made whole from what runs and from what others wrote into it.
// Follows kubernetes `pkg/kubelet/kubelet_pods.go` (`generateAPIPodStatus`, `getPhase`).

extension PodLifecycle {
    /// The status to write. `current` is the pod as it is stored: conditions of others are kept, and times of
    /// conditions that stay as they are.
    package func status(of current: Pod, hostIP: String, now: Instant) -> PodStatus {
        var status = PodStatus()
        status.qosClass = current.status.qosClass ?? QualityOfService.of(current.spec)
        status.observedGeneration = current.metadata.generation
        status.startTime = startTime.time
        status.nominatedNodeName = nil
        status.resourceClaimStatuses = current.status.resourceClaimStatuses
        if isRejected {
            status.phase = "Failed"
            status.reason = failure?.reason
            status.message = failure?.message
            // Of a refused pod the kubelet says nothing else, and takes back what others said in its name.
            status.conditions = current.status.conditions.filter { !PodLifecycle.owned.contains($0.type) }
            return status
        }
        status.hostIP = hostIP
        var host = HostIP()
        host.ip = hostIP
        status.hostIPs = [host]
        // Until a new sandbox is made the pod has no address; what has ended keeps the one it had.
        let known = address ?? (stage == .terminated ? current.status.podIP : nil)
        if let ip = current.spec.hostNetwork == true ? hostIP : known {
            status.podIP = ip
            var podIP = PodIP()
            podIP.ip = ip
            status.podIPs = [podIP]
        }
        tellPodResources(&status)
        if initCount > 0 { status.initContainerStatuses = (0..<initCount).map { containerStatus($0) } }
        status.containerStatuses = (initCount..<ephemeralStart).map { containerStatus($0) }
        if containers.count > ephemeralStart {
            status.ephemeralContainerStatuses = (ephemeralStart..<containers.count).map { containerStatus($0) }
        }
        if stage == .terminated { tellLost(&status, before: current.status) }
        let phase = phase(before: current.status.phase)
        // The end is told only once nothing runs any more: until then the pod holds what it has asked for.
        // Follows kubernetes `pkg/kubelet/status/status_manager.go` (`mergePodStatus`).
        let isEnding = stage == .terminating && isTerminal(phase) && !current.isTerminal
        status.phase = isEnding ? current.status.phase : phase
        if let failure, !isEnding {
            status.reason = failure.reason
            status.message = failure.message
        } else if isEnding || phase == current.status.phase {
            status.reason = current.status.reason
            status.message = current.status.message
        }
        // An eviction says nothing of the containers: as long as they run, they are as ready as they are.
        let isEvicting = isEnding && disruption != nil
        // Nor do conditions know that a pod that is over has failed for want of an end of its own.
        let told = isEvicting ? phaseOfContainers : ownPhase(before: current.status.phase)
        status.conditions = conditions(of: current, phase: told, now)
        return status
    }

    /// What has ended has succeeded or failed, whatever became of its containers.
    func phase(before: String?) -> String {
        let phase = ownPhase(before: before)
        return stage == .terminated && !isTerminal(phase) ? "Failed" : phase
    }

    /// Phases only go forward: once Succeeded or Failed, a pod stays so.
    private func ownPhase(before: String?) -> String {
        if let before, isTerminal(before) { return before }
        return failure != nil ? "Failed" : phaseOfContainers
    }

    /// Nobody knows how containers ended that had not by the time their pod had: they count as failed. Only those whose
    /// turn had not come yet keep waiting: regular ones if not all init containers were done before the end, init
    /// containers after the last that was begun.
    /// Follows kubernetes `pkg/kubelet/status/status_manager.go` (`TerminatePod`).
    private func tellLost(_ status: inout PodStatus, before: PodStatus) {
        func hasBegun(_ container: ContainerStatus) -> Bool {
            container.state?.waiting == nil || container.lastState?.terminated != nil
        }
        let last = before.initContainerStatuses.last
        let isInitialized =
            initCount == 0 || before.containerStatuses.contains(where: hasBegun)
            || last?.lastState?.terminated?.exitCode == 0 || last?.state?.terminated?.exitCode == 0
        if isInitialized {
            for index in status.containerStatuses.indices { tellLost(&status.containerStatuses[index]) }
        }
        let lastBegun = status.initContainerStatuses.lastIndex(where: hasBegun) ?? 0
        for index in status.initContainerStatuses.indices.prefix(lastBegun + 1) {
            tellLost(&status.initContainerStatuses[index])
        }
    }

    private func tellLost(_ container: inout ContainerStatus) {
        guard container.state?.terminated == nil else { return }
        var terminated = ContainerStateTerminated()
        terminated.exitCode = 137
        terminated.reason = "ContainerStatusUnknown"
        terminated.message = "The container could not be located when the pod was terminated"
        var state = ContainerState()
        state.terminated = terminated
        container.state = state
    }

    private var phaseOfContainers: String {
        var pendingInit = 0
        var pendingSidecars = 0
        for index in 0..<initCount {
            switch (containers[index].role, containers[index].shown) {
            case (.sidecar, .running): if !containers[index].isStarted { pendingSidecars += 1 }
            case (.sidecar, .waiting(nil)): pendingSidecars += 1
            case (.sidecar, _): break
            case (_, .running), (_, .waiting(nil)): pendingInit += 1
            case (_, .terminated(let end)), (_, .waiting(let end?)):
                if end.exitCode != 0, !mayRestart(index, end) { return "Failed" }
            }
        }
        var running = 0
        var waiting = 0
        var stopped = 0
        var stoppedForGood = 0
        var succeeded = 0
        for index in containers.indices where containers[index].countsForReadiness {
            let isRegular = containers[index].role == .regular
            switch containers[index].shown {
            case .running: running += 1
            case .waiting(nil): waiting += 1
            case .terminated(let end), .waiting(let end?):
                guard isRegular else { continue }
                stopped += 1
                if !mayRestart(index, end) { stoppedForGood += 1 }
                if case .terminated = containers[index].shown, end.exitCode == 0 { succeeded += 1 }
            }
        }
        if pendingInit > 0 || pendingSidecars > 0 && !hasInitialized || waiting > 0 { return "Pending" }
        if running > 0 { return "Running" }
        guard stopped > 0 else { return "Pending" }
        if stage != .terminated, stopped != stoppedForGood { return "Running" }
        return stopped == succeeded ? "Succeeded" : "Failed"
    }

    /// By the policies alone, whether or not the pod is ending.
    private func mayRestart(_ index: Int, _ end: Termination) -> Bool {
        end.isOfRemoved || restarts(index, exitCode: end.exitCode)
    }
}

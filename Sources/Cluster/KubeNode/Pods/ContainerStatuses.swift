import ClusterCore
import KubeAPI
import KubeClient

// What a pod's status tells of its containers.
// Follows kubernetes `pkg/kubelet/kubelet_pods.go` (`convertToAPIContainerStatuses`).

extension ContainerRun {
    /// A container's state as users see it.
    enum Shown {
        /// Never run, or waiting to be run again; then how it last ended.
        case waiting(last: Termination?)
        case running
        case terminated(Termination)
    }

    var shown: Shown {
        if isReplaced { return .running }
        switch phase {
        case .running: return .running
        case .starting where isInPostStart: return .running
        case .waiting, .pulling, .starting, .exited:
            if let termination, waitReason == nil { return .terminated(termination) }
            return .waiting(last: termination ?? lastTermination)
        }
    }

    /// Whether the status tells that it runs or has run, and not that it waits.
    var isShownStarted: Bool {
        if case .waiting = shown { return false }
        return true
    }
}

extension PodLifecycle {
    func containerStatus(_ index: Int) -> ContainerStatus {
        let container = spec(index)
        let run = containers[index]
        var status = ContainerStatus()
        status.name = container.name
        status.ready = run.isReady
        // Nobody probes an ephemeral container, so nothing is said of its start.
        status.started = run.role == .ephemeral ? nil : run.isStarted
        status.restartCount = run.attempt
        status.image = run.image?.name ?? container.image ?? ""
        status.imageID = run.image?.digestName ?? ""
        // Always there on the wire, empty for a container that never ended.
        status.lastState = ContainerState()
        var state = ContainerState()
        switch run.shown {
        case .waiting(let last):
            var waiting = ContainerStateWaiting()
            waiting.reason = run.waitReason ?? (initCount > 0 ? "PodInitializing" : "ContainerCreating")
            waiting.message = run.waitMessage
            state.waiting = waiting
            if let last {
                if !last.isOfRemoved { status.containerID = containerID(index, last.attempt) }
                status.lastState = terminated(index, last)
            }
        case .running:
            var running = ContainerStateRunning()
            running.startedAt = run.startedAt.time
            state.running = running
            status.containerID = containerID(index, run.attempt)
            if let last = run.lastTermination { status.lastState = terminated(index, last) }
            status.user = user(of: container)
        case .terminated(let end):
            state = terminated(index, end)
            status.containerID = containerID(index, end.attempt)
            if let last = run.lastTermination { status.lastState = terminated(index, last) }
        }
        status.state = state
        if status.containerID != nil {
            var resources = ResourceRequirements()
            let (actual, allocated) = reportedResources(index)
            if let actual {
                resources.requests = actual.requests
                resources.limits = actual.limits
            }
            status.allocatedResources = allocated?.requests ?? [:]
            status.resources = resources
        }
        if !container.volumeMounts.isEmpty { status.volumeMounts = container.volumeMounts.map { mountStatus($0) } }
        return status
    }

    private func containerID(_ index: Int, _ attempt: Int) -> String {
        latencies.containerID(container: index, attempt: attempt)
    }

    private func terminated(_ index: Int, _ end: Termination) -> ContainerState {
        var terminated = ContainerStateTerminated()
        terminated.exitCode = end.exitCode
        terminated.reason = end.reason
        var state = ContainerState()
        if end.isOfRemoved {
            terminated.message = Termination.restartingAllMessage
            state.terminated = terminated
            return state
        }
        terminated.startedAt = end.startedAt.time
        terminated.finishedAt = end.finishedAt.time
        terminated.containerID = containerID(index, end.attempt)
        state.terminated = terminated
        return state
    }

    private func mountStatus(_ mount: VolumeMount) -> VolumeMountStatus {
        var status = VolumeMountStatus()
        status.name = mount.name
        status.mountPath = mount.mountPath
        if mount.readOnly == true {
            status.readOnly = true
            status.recursiveReadOnly =
                mount.recursiveReadOnly == "Enabled" || mount.recursiveReadOnly == "IfPossible" ? "Enabled" : "Disabled"
        }
        return status
    }

    /// The identity that the first process runs under; root unless the security context says otherwise.
    private func user(of container: Container) -> ContainerUser {
        let group = container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? 0
        var linux = LinuxContainerUser()
        linux.uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0
        linux.gid = group
        var groups = [group]
        if let group = pod.spec.securityContext?.fsGroup { groups.append(group) }
        groups += pod.spec.securityContext?.supplementalGroups ?? []
        linux.supplementalGroups = groups
        var user = ContainerUser()
        user.linux = linux
        return user
    }
}

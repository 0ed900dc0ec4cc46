import ClusterCore
import KubeAPI

// Bringing a pod's containers up, one at a time.
// Follows kubernetes `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`computePodActions`, `SyncPod`).

extension PodLifecycle {
    /// Begins the next thing there is to do, unless one is under way; ends the pod when nothing is left to do.
    mutating func advance(_ now: Instant, _ actions: inout [PodAction]) {
        if isBusy || isHeldUp && !isInPass { return }
        if isRestartingAll {
            restartAll(now, &actions)
            if isRestartingAll { return }
        }
        if hasFinished {
            terminate(now, &actions)
            return
        }
        while let index = nextToStart {
            if isBackingOff(index, now, &actions) { continue }
            isInPass = true
            containers[index].phase = .pulling
            actions.append(.pullImage(container: index))
            return
        }
        leave(now)
    }

    /// Whether the pod has come to its end of itself: an init container failed for good, or all others ended for good.
    private var hasFinished: Bool {
        var regularEnded = true
        for index in containers.indices {
            switch containers[index].role {
            case .initial:
                if containers[index].termination?.exitCode != 0, isOver(index) { return true }
            case .sidecar, .ephemeral: break
            case .regular: if !isOver(index) { regularEnded = false }
            }
        }
        return regularEnded
    }

    /// Whether a container has ended for good.
    func isOver(_ index: Int) -> Bool {
        guard containers[index].phase == .exited, !containers[index].isReplaced,
            let exitCode = containers[index].termination?.exitCode
        else { return false }
        return !shouldRestart(index, exitCode: exitCode)
    }

    /// The next container to start now. Ephemeral containers come first; then sidecars that ended; then the init
    /// container whose turn it is, or, when all are done, the others.
    private var nextToStart: Int? {
        if let ephemeral = firstStartable(of: ephemeralStart..<containers.count) { return ephemeral }
        let isServing = (initCount..<ephemeralStart).contains { containers[$0].phase == .running }
        let last = isServing ? initCount - 1 : (0..<initCount).last { hasBegun($0) }
        let begun = last.map { $0 + 1 } ?? 0
        if let sidecar = (0..<begun).first(where: { containers[$0].role == .sidecar && isStartable($0) }) {
            return sidecar
        }
        if let last, !isServing, !isDone(last) { return isStartable(last) ? last : nil }
        if begun < initCount { return isStartable(begun) ? begun : nil }
        return firstStartable(of: initCount..<containers.count)
    }

    private func firstStartable(of indices: Range<Int>) -> Int? { indices.first { isStartable($0) } }

    /// Whether an init container has been made. Of all that have, only the last one is looked at to find the next: a
    /// sidecar before it that has ended meanwhile holds nobody back, even while it waits to be started again.
    /// Follows kubernetes `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`computeInitContainerActions`).
    private func hasBegun(_ index: Int) -> Bool {
        // What is told of a container that was made before the machine's last start says nothing of this sandbox.
        guard containers[index].image != nil else { return false }
        return containers[index].phase == .running || containers[index].phase == .exited
    }

    /// Whether the next may follow: an init container has succeeded, a sidecar has started.
    private func isDone(_ index: Int) -> Bool {
        containers[index].role == .sidecar
            ? containers[index].phase == .running && containers[index].isStarted
            : containers[index].phase == .exited && containers[index].termination?.exitCode == 0
    }

    /// Waiting, and not found to have to wait on.
    private func isStartable(_ index: Int) -> Bool {
        guard !containers[index].isHeld else { return false }
        switch containers[index].phase {
        case .waiting: return true
        case .exited: return !isOver(index)
        case .pulling, .starting, .running: return false
        }
    }

    // MARK: Images

    mutating func imageAnswered(
        _ index: Int, _ outcome: ImageOutcome, _ now: Instant, _ actions: inout [PodAction]
    ) {
        let name = spec(index).image ?? ""
        switch outcome {
        case .present(let image):
            let message = "Container image \"\(name)\" already present on machine and can be accessed by the pod"
            record(.normal, "Pulled", message, index, &actions)
            prepare(index, image, now, &actions)
        case .pulled(let image, let duration, let waited):
            let message =
                "Successfully pulled image \"\(name)\" in \(duration.truncated) (\(waited.truncated) including "
                + "waiting). Image size: \(image.bytes) bytes."
            record(.normal, "Pulled", message, index, &actions)
            prepare(index, image, now, &actions)
        case .failed(let error):
            record(.warning, "Failed", "Failed to pull image \"\(name)\": \(error)", index, &actions)
            pullFailures[name, default: PullFailure()].message = error
            pullFailures[name]?.backoff.advance(since: now, at: now)
            fail(index, "ErrImagePull", error, &actions)
        case .heldBack:
            let message = "Back-off pulling image \"\(name)\""
            record(.normal, "BackOff", message, index, &actions)
            let error = pullFailures[name]?.message ?? ""
            fail(index, "ImagePullBackOff", message + ": ErrImagePull: " + error, &actions)
        case .absent:
            let message = "Container image \"\(name)\" is not present with pull policy of Never"
            record(.warning, "ErrImageNeverPull", message, index, &actions)
            fail(index, "ErrImageNeverPull", message, &actions)
        case .invalidName(let error):
            let message = "Failed to apply default image tag \"\(name)\": \(error)"
            record(.warning, "InspectFailed", message, index, &actions)
            fail(index, "InvalidImageName", message, &actions)
        }
    }

    private mutating func fail(_ index: Int, _ reason: String, _ message: String, _ actions: inout [PodAction]) {
        record(.warning, "Failed", "Error: \(reason)", index, &actions)
        wait(index, reason, message)
    }

    // MARK: Starting

    /// The image is there: the container is made, once its environment is known.
    private mutating func prepare(
        _ index: Int, _ image: ImageRegistry.Image, _ now: Instant, _ actions: inout [PodAction]
    ) {
        containers[index].image = image
        if hangsOnObjects(spec(index)) {
            actions.append(.resolveEnvironment(container: index))
        } else {
            create(index, image, now, &actions)
        }
    }

    mutating func create(
        _ index: Int, _ image: ImageRegistry.Image, _ now: Instant, _ actions: inout [PodAction]
    ) {
        if let error = rootError(index) { return configurationFailed(index, error, &actions) }
        containers[index].image = image
        containers[index].phase = .starting
        let latency =
            script(index).createDuration
            ?? latencies.start(container: index, attempt: containers[index].attempt)
        containers[index].deadline = now + latency
    }

    /// Why the container must not run as the user that it would run as; nil if it may. What is not known of an image is
    /// taken to be well. Follows kubernetes `pkg/kubelet/kuberuntime/security_context.go` (`verifyRunAsNonRoot`).
    private func rootError(_ index: Int) -> String? {
        let container = spec(index)
        let own = container.securityContext
        let common = pod.spec.securityContext
        guard own?.runAsNonRoot ?? common?.runAsNonRoot == true else { return nil }
        let place = "(pod: \"\(fullName)\", container: \(container.name))"
        if let user = own?.runAsUser ?? common?.runAsUser {
            return user == 0 ? "container's runAsUser breaks non-root policy \(place)" : nil
        }
        guard let user = ImageRegistry.user(container.image ?? "") else { return nil }
        guard let number = Int(user) else {
            return
                "container has runAsNonRoot and image has non-numeric user (\(user)), cannot verify user is non-root "
                + place
        }
        return number == 0 ? "container has runAsNonRoot and image will run as root \(place)" : nil
    }

    /// The container cannot be made as its spec has it; the kubelet tries again when it comes by.
    mutating func configurationFailed(_ index: Int, _ error: String, _ actions: inout [PodAction]) {
        record(.warning, "Failed", "Error: \(error)", index, &actions)
        wait(index, "CreateContainerConfigError", error)
    }

    /// The container's program runs. Its postStart hook runs beside it, and until that has ended the kubelet does
    /// nothing else for the pod, and tells nothing of it.
    /// Follows kubernetes `pkg/kubelet/kuberuntime/kuberuntime_container.go` (`startContainer`).
    mutating func started(_ index: Int, _ now: Instant, _ actions: inout [PodAction]) {
        record(.normal, "Created", "Container created", index, &actions)
        record(.normal, "Started", "Container started", index, &actions)
        if let end = containers[index].termination {
            containers[index].attempt = end.attempt + 1
            containers[index].lastTermination = end
            containers[index].termination = nil
        }
        containers[index].waitReason = nil
        containers[index].waitMessage = nil
        containers[index].startedAt = now
        isRuntimeChanged = true
        let hook = hookDuration(spec(index).lifecycle?.postStart)
        if hook > .zero {
            containers[index].isInPostStart = true
            containers[index].deadline = now + hook
        } else {
            enter(index, now, &actions)
        }
    }

    /// The container has started, its hook included.
    mutating func enter(_ index: Int, _ now: Instant, _ actions: inout [PodAction]) {
        containers[index].isInPostStart = false
        containers[index].isReplaced = false
        containers[index].phase = .running
        if containers[index].role == .regular { hasInitialized = true }
        let script = script(index)
        if let after = script.exitAfter {
            if script.exitTimes.map({ containers[index].attempt < $0 }) ?? true {
                containers[index].deadline = max(containers[index].startedAt + after, now)
            }
        } else if containers[index].role == .initial {
            // What the pod waits for is there to end; how long it works is told by scripts alone.
            containers[index].deadline =
                now + latencies.initialWork(container: index, attempt: containers[index].attempt)
        }
        startProbes(index, now, &actions)
        markStatus()
    }
}

extension Interval {
    /// Cut to whole milliseconds, as the kubelet prints durations.
    var truncated: Interval { Interval(nanoseconds: nanoseconds / 1_000_000 * 1_000_000) }
}

import ClusterCore
import KubeAPI

// Containers that end, and pods that are brought to their end.
// Follows kubernetes `pkg/kubelet/kuberuntime/kuberuntime_container.go` (`killContainer`),
// `kuberuntime_termination_order.go` and `pkg/kubelet/pod_workers.go`.

extension PodLifecycle {
    // MARK: Restarts

    /// Whether a container that ended with this code is started again: by the first of its own rules that fits, else
    /// by its own policy, else by the pod's. A sidecar always is; an init container is when it failed, unless the
    /// policy is Never. Follows kubernetes `pkg/api/v1/pod/util.go` (`ContainerShouldRestart`).
    func restarts(_ index: Int, exitCode: Int) -> Bool {
        let role = containers[index].role
        if role == .sidecar { return true }
        if role == .ephemeral { return false }
        let container = spec(index)
        if restartRule(index, exitCode: exitCode) != nil { return true }
        switch container.restartPolicy ?? pod.spec.restartPolicy ?? "Always" {
        case "Never": return false
        case "OnFailure": return exitCode != 0
        default: return role == .regular || exitCode != 0
        }
    }

    /// The same, of a pod that is not about to end.
    func shouldRestart(_ index: Int, exitCode: Int) -> Bool {
        !isDeleted && failure == nil && restarts(index, exitCode: exitCode)
    }

    // MARK: Containers that end

    /// A running container's time has come: a turn to stop, the end of a stop, or the end that its script knows.
    mutating func runningDue(_ index: Int, _ now: Instant, _ actions: inout [PodAction]) {
        guard let stop = containers[index].stop else {
            let script = script(index)
            exited(index, script.exitCode, script.isOutOfMemory ? "OOMKilled" : nil, now, &actions)
            return
        }
        if stop.awaitsTurn {
            signal(index, grace: graceEnd - now, now)
        } else {
            exited(index, stop.exitCode, nil, now, &actions)
        }
    }

    private mutating func exited(
        _ index: Int, _ exitCode: Int, _ reason: String?, _ now: Instant, _ actions: inout [PodAction]
    ) {
        let end = Termination(
            exitCode: exitCode, reason: reason, startedAt: containers[index].startedAt, finishedAt: now,
            attempt: containers[index].attempt)
        containers[index].phase = .exited
        containers[index].termination = end
        containers[index].stop = nil
        containers[index].deadline = nil
        containers[index].probes = []
        containers[index].failedProbe = nil
        containers[index].isReady = containers[index].role == .initial && exitCode == 0
        containers[index].isStarted = false
        if stage == .terminating {
            passTurn(now)
            finishTermination(&actions)
            return
        }
        isRuntimeChanged = true
        if isRestartingAll { containers[index].isReplaced = false }
        if containers[index].isReplaced { return }
        markStatus(isUrgent: true)
        if isRestartingAll || restartsAll(index, exitCode: exitCode) {
            isRestartingAll = true
            return
        }
        // The back-off shows when the kubelet comes by.
        containers[index].isHeld =
            shouldRestart(index, exitCode: exitCode) && containers[index].crashBackoff.holds(since: now, at: now)
    }

    // MARK: Stopping one container

    var graceOfSpec: Interval { .seconds(pod.spec.terminationGracePeriodSeconds ?? 30) }

    /// Orders a running container to stop within a grace period.
    ///
    /// - Parameter isReplaced: it is started again at once.
    mutating func stop(
        _ index: Int, _ message: String, grace: Interval, isReplaced: Bool = false, _ now: Instant,
        _ actions: inout [PodAction]
    ) {
        guard containers[index].phase == .running, containers[index].stop == nil else { return }
        containers[index].isReplaced = isReplaced
        record(.normal, "Killing", message, index, &actions)
        let isOrdered = containers[index].role == .sidecar && stage == .terminating
        let hook = min(hookDuration(spec(index).lifecycle?.preStop), grace)
        containers[index].stop = .init(awaitsTurn: isOrdered, exitCode: 0, hookEnd: now + hook)
        containers[index].probes.removeAll { $0.kind != .readiness }
        if isOrdered {
            // All hooks run at once, those of sidecars too: what waits for its turn is the signal.
            containers[index].deadline = now + grace
        } else {
            signal(index, after: hook, grace: grace, now)
        }
    }

    /// Sends SIGTERM once the hook has ended, and knows what comes of it: the container ends in time, or SIGKILL ends
    /// it.
    private mutating func signal(_ index: Int, after hook: Interval = .zero, grace: Interval, _ now: Instant) {
        // Always left a moment to shut down in, as upstream.
        let rest = max(grace - hook, .seconds(2))
        let script = script(index)
        let need = script.stopAfter ?? latencies.stop(container: index, attempt: containers[index].attempt)
        let isKilled = script.ignoresTermination || need > rest
        containers[index].stop = .init(
            awaitsTurn: false,
            exitCode: isKilled ? 137 : ImageRegistry.exitCodeOnTermination(spec(index).image ?? ""), hookEnd: now + hook
        )
        containers[index].deadline = now + hook + (isKilled ? rest : need)
    }

    /// How long a container's hook takes: a sleep as long as it says, in an exec as in a sleep action; anything else
    /// next to nothing.
    func hookDuration(_ hook: LifecycleHandler?) -> Interval {
        guard let hook else { return .zero }
        if let sleep = hook.sleep { return .seconds(sleep.seconds) }
        if let exec = hook.exec {
            let words = exec.command.flatMap { $0.split(whereSeparator: { " ;&|\n".contains($0) }) }
            if let place = words.firstIndex(of: "sleep"), place + 1 < words.count {
                if let seconds = Double(words[place + 1]), seconds >= 0 { return .seconds(seconds) }
                if let time = Interval(goDuration: String(words[place + 1])), time >= .zero { return time }
            }
        }
        return .milliseconds(50)
    }

    // MARK: Stopping the pod

    /// Stops the pod, to end as failed. What is ending already, or has ended, ends as it would have.
    /// Follows kubernetes `pkg/kubelet/pod_workers.go` (`killPodNow`).
    mutating func evict(
        _ reason: String, _ message: String, _ disruption: String, _ now: Instant, _ actions: inout [PodAction]
    ) {
        record(.warning, reason, message, &actions)
        guard stage == .sandbox || stage == .running else { return }
        failure = (reason, message)
        self.disruption = (disruption, pod.metadata.generation)
        terminate(now, &actions)
    }

    /// Stops everything, or, if that is going on already, takes a shorter grace period into account.
    mutating func terminate(_ now: Instant, _ actions: inout [PodAction]) {
        switch stage {
        case .terminated:
            if isVanished { actions.append(.forget) }
            return
        case .terminating:
            shorten(now)
            return
        case .sandbox, .running: break
        }
        stage = .terminating
        stageDeadline = nil
        activeDeadline = nil
        syncDeadline = nil
        let grace = terminationGrace
        graceEnd = now + grace
        for index in containers.indices {
            containers[index].isReplaced = false
            if containers[index].isInPostStart {
                // Its program runs; the hook is given up.
                containers[index].isInPostStart = false
                containers[index].phase = .running
            }
            switch containers[index].phase {
            case .running:
                if containers[index].stop == nil {
                    stop(index, "Stopping container \(spec(index).name)", grace: grace, now, &actions)
                }
            case .pulling, .starting:
                containers[index].phase = containers[index].termination == nil ? .waiting : .exited
                containers[index].deadline = nil
            case .waiting, .exited: break
            }
            if isDeleted {
                // Of a pod that was deleted nothing is started again, so nothing waits for it either.
                containers[index].waitReason = nil
                containers[index].waitMessage = nil
            }
        }
        passTurn(now)
        finishTermination(&actions)
        if stage == .terminating { markStatus(isUrgent: true) }
    }

    /// A second at least: the deletion's grace period, else the spec's.
    private var terminationGrace: Interval {
        let seconds =
            pod.metadata.deletionTimestamp == nil && !isVanished
            ? pod.spec.terminationGracePeriodSeconds
            : pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds
        return .seconds(max(seconds ?? 30, 1))
    }

    /// A shorter grace period came: what would run longer is killed at its end.
    private mutating func shorten(_ now: Instant) {
        let end = now + (isVanished ? .seconds(1) : terminationGrace)
        guard end < graceEnd else { return }
        graceEnd = end
        for index in containers.indices where containers[index].phase == .running {
            guard let due = containers[index].deadline, due > end else { continue }
            containers[index].deadline = end
            if containers[index].stop?.awaitsTurn == false { containers[index].stop?.exitCode = 137 }
        }
    }

    /// Sidecars stop in the reverse of their order, each once all that were started after it have ended.
    private mutating func passTurn(_ now: Instant) {
        for index in containers.indices.reversed() {
            guard containers[index].phase == .running, containers[index].role != .ephemeral else { continue }
            if let stop = containers[index].stop, stop.awaitsTurn {
                if stop.hookEnd > now {
                    containers[index].deadline = stop.hookEnd
                } else {
                    signal(index, grace: graceEnd - now, now)
                }
            }
            return
        }
    }

    private mutating func finishTermination(_ actions: inout [PodAction]) {
        guard stage == .terminating, !containers.contains(where: { $0.phase == .running }) else { return }
        end(&actions)
    }
}

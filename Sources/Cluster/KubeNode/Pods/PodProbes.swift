import ClusterCore
import KubeAPI

// Probes with their real timing; the answers come from the container's script.
// Follows kubernetes `pkg/kubelet/prober/worker.go`.

extension PodLifecycle {
    /// Sets up the probes of a container that has just been started. Without a startup probe it counts as started,
    /// and without a readiness probe as ready.
    mutating func startProbes(_ index: Int, _ now: Instant, _ actions: inout [PodAction]) {
        let container = spec(index)
        containers[index].isStarted = container.startupProbe == nil
        containers[index].isReady =
            containers[index].countsForReadiness && container.startupProbe == nil && container.readinessProbe == nil
        var probes: [ProbeRun] = []
        if container.startupProbe != nil { probes.append(ProbeRun(kind: .startup)) }
        if container.livenessProbe != nil { probes.append(ProbeRun(kind: .liveness)) }
        if container.readinessProbe != nil { probes.append(ProbeRun(kind: .readiness)) }
        containers[index].probes = probes
        guard !probes.isEmpty else { return }
        openProbes(index, now)
        runProbes(index, now, isStarting: true, &actions)
    }

    private func probe(_ kind: ContainerScript.ProbeKind, of container: Container) -> Probe? {
        switch kind {
        case .startup: container.startupProbe
        case .liveness: container.livenessProbe
        case .readiness: container.readinessProbe
        }
    }

    /// Starts the ticking of those probes whose time it is: the startup probe first, the others once it has succeeded.
    private mutating func openProbes(_ index: Int, _ now: Instant) {
        let container = spec(index)
        let run = containers[index]
        for place in run.probes.indices {
            let kind = run.probes[place].kind
            guard (kind == .startup) != run.isStarted, let probe = probe(kind, of: container) else { continue }
            let delay = Interval.seconds(probe.initialDelaySeconds ?? 0)
            let opening = max(run.startedAt + delay, now)
            // A container that has just started is asked at once whether it is ready.
            let isAskedAtOnce = kind == .readiness && opening == now
            if kind == .readiness { containers[index].probes[place].tickerStart = now }
            containers[index].probes[place].next = isAskedAtOnce ? now : tick(index, place, probe, notBefore: opening)
        }
    }

    /// The ticker of a probe runs from when the kubelet took the pod, whenever the container starts; that of a
    /// readiness probe is set anew when the container has started, which is when the kubelet first wants to know.
    /// Follows kubernetes `pkg/kubelet/prober/worker.go` (`run`, `manualTriggerCh`).
    private func tick(_ index: Int, _ place: Int, _ probe: Probe, notBefore time: Instant) -> Instant {
        let start = containers[index].probes[place].tickerStart ?? startTime
        let period = PodLifecycle.period(of: probe).nanoseconds
        let passed = (time - start).nanoseconds
        return start + Interval(nanoseconds: (passed + period - 1) / period * period)
    }

    private static func period(of probe: Probe) -> Interval { .seconds(max(probe.periodSeconds ?? 10, 1)) }

    /// Carries out the probes of a container that are due. `isStarting`: what they find is told together with the
    /// start.
    mutating func runProbes(
        _ index: Int, _ now: Instant, isStarting: Bool = false, _ actions: inout [PodAction]
    ) {
        for kind in [ContainerScript.ProbeKind.startup, .liveness, .readiness] {
            guard let place = containers[index].probes.firstIndex(where: { $0.kind == kind }),
                let due = containers[index].probes[place].next, due <= now
            else { continue }
            runProbe(index, place, now, isStarting, &actions)
        }
    }

    private mutating func runProbe(
        _ index: Int, _ place: Int, _ now: Instant, _ isStarting: Bool, _ actions: inout [PodAction]
    ) {
        let container = spec(index)
        var run = containers[index].probes[place]
        guard let probe = probe(run.kind, of: container) else { return }
        let script = script(index)
        let elapsed = now - containers[index].startedAt
        let isSuccess = script.succeeds(run.kind, at: elapsed)
        if !isSuccess {
            let output = ProbeOutput.failure(
                probe, container: container, address: address ?? "", isListening: elapsed >= script.startupTime)
            record(.warning, "Unhealthy", "\(run.kind.title) probe failed: \(output)", index, &actions)
        }
        run.run = run.lastResult == isSuccess ? run.run + 1 : 1
        run.lastResult = isSuccess
        let isDecided = run.run >= (isSuccess ? probe.successThreshold ?? 1 : probe.failureThreshold ?? 3)
        run.next = tick(index, place, probe, notBefore: now + .nanoseconds(1))
        if isDecided, isSuccess {
            // Nothing changes before the script turns.
            let startedAt = containers[index].startedAt
            run.next = script.nextTurn(run.kind, after: elapsed).map {
                tick(index, place, probe, notBefore: startedAt + $0)
            }
        }
        containers[index].probes[place] = run
        if isDecided { decide(index, place, isSuccess, now, isStarting, &actions) }
    }

    private mutating func decide(
        _ index: Int, _ place: Int, _ isSuccess: Bool, _ now: Instant, _ isStarting: Bool,
        _ actions: inout [PodAction]
    ) {
        let kind = containers[index].probes[place].kind
        switch (kind, isSuccess) {
        case (.readiness, _):
            guard containers[index].isReady != isSuccess else { return }
            containers[index].isReady = isSuccess
            comeBy()
            markStatus(isUrgent: !isStarting)
        case (.startup, true):
            containers[index].probes[place].next = nil
            guard !containers[index].isStarted else { return }
            containers[index].isStarted = true
            if spec(index).readinessProbe == nil { containers[index].isReady = containers[index].countsForReadiness }
            comeBy()
            markStatus(isUrgent: !isStarting)
            openProbes(index, now)
        case (.liveness, true): break
        case (.startup, false), (.liveness, false):
            // No more probing until there is a new container.
            containers[index].probes[place].next = nil
            if isHeldUp {
                containers[index].failedProbe = kind
            } else {
                stopUnhealthy(index, kind, now, &actions)
            }
        }
    }

    /// Stops a container that failed its startup or liveness probe. Whether it is started again is up to the policy
    /// alone, since it has no exit code yet; if it is not, and nothing else is to run on, the pod is stopped as a
    /// whole.
    /// Follows kubernetes `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`computePodActions`,
    /// `computeInitContainerActions`).
    mutating func stopUnhealthy(
        _ index: Int, _ kind: ContainerScript.ProbeKind, _ now: Instant, _ actions: inout [PodAction]
    ) {
        let container = spec(index)
        let title = kind.title.lowercased()
        var message = "Container \(container.name) failed \(title) probe"
        var isReplaced = true
        if containers[index].role == .sidecar {
            message = "Init container \(container.name) failed \(title) probe"
        } else if (container.restartPolicy ?? pod.spec.restartPolicy) != "Never" {
            message += ", will be restarted"
        } else if !(initCount..<ephemeralStart).contains(where: { $0 != index && !isOver($0) }) {
            terminate(now, &actions)
            return
        } else {
            isReplaced = false
        }
        let own = probe(kind, of: container)?.terminationGracePeriodSeconds
        let grace = own.map { .seconds($0) } ?? graceOfSpec
        stop(index, message, grace: grace, isReplaced: isReplaced, now, &actions)
    }
}

/// What a failed probe says. Follows kubernetes `pkg/probe/{http,tcp,exec,grpc}`.
enum ProbeOutput {
    /// `isListening`: whether the program has its port open, and only does not answer well.
    static func failure(_ probe: Probe, container: Container, address: String, isListening: Bool) -> String {
        if let http = probe.httpGet {
            if isListening { return "HTTP probe failed with statuscode: 503" }
            let host = http.host ?? address
            let port = number(http.port, container)
            let path = http.path ?? "/"
            let scheme = (http.scheme ?? "HTTP").lowercased()
            return "Get \"\(scheme)://\(host):\(port)\(path.hasPrefix("/") ? path : "/" + path)\": "
                + refused(host, port)
        }
        if let tcp = probe.tcpSocket { return refused(tcp.host ?? address, number(tcp.port, container)) }
        if let grpc = probe.grpc {
            if isListening { return "service unhealthy (responded with \"NOT_SERVING\")" }
            return "timeout: failed to connect service \"\(address):\(grpc.port)\" within "
                + "\(probe.timeoutSeconds ?? 1)s: context deadline exceeded"
        }
        return ""
    }

    private static func refused(_ host: String, _ port: Int) -> String {
        "dial tcp \(host):\(port): connect: connection refused"
    }

    private static func number(_ port: IntOrString, _ container: Container) -> Int {
        switch port {
        case .int(let number): number
        case .string(let name): container.ports.first { $0.name == name }?.containerPort ?? Int(name) ?? 0
        }
    }
}

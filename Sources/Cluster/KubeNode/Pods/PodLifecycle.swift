import ClusterCore
import KubeAPI
import KubeClient

/// One pod on one node, from admission to removal: a state machine without side effects. Events go in, actions come
/// out, and a thin driver (`Kubelet`) performs them.
///
/// For example, a pod of one container whose image is on the machine:
///
///     admitted                → write status                           Pending, ContainerCreating
///     time (sandbox is made)  → allocate address
///     address                 → pull 0
///     image: present          → Pulled
///     time (started)          → Created, Started, write status         Running, Ready
///     changed (deleted)       → Killing, write status
///     time (exited)           → write status, release, remove pod
///     vanished                → forget
///
/// A pod does one thing at a time, as a pod worker of kubernetes `pkg/kubelet/pod_workers.go` does: its containers are
/// pulled and started one after the other. `nextDeadline` tells when to send `time` next, so a pod costs one timer at a
/// time, and none while it only runs. There is one of each pod: a state this wide is never to be copied unawares.
package struct PodLifecycle: ~Copyable {
    enum Stage: UInt8 {
        /// Volumes are awaited, the sandbox is being made, or its address is awaited.
        case sandbox
        case running
        /// Everything is told to stop.
        case terminating
        /// Nothing runs any more.
        case terminated
    }

    /// As the API server last told.
    package internal(set) var pod: Pod
    package internal(set) var isVanished = false
    var stage = Stage.sandbox
    /// When the kubelet took the pod; `status.startTime`.
    var startTime: Instant
    /// Nil until the sandbox is there.
    var address: String?
    var hasSandbox = false
    /// Init containers first, then the others, then ephemeral ones, in the order of the spec.
    var containers: [ContainerRun]
    let initCount: Int
    let regularCount: Int
    /// Volumes that are awaited before the sandbox is made.
    var pendingVolumes: [PendingVolume] = []
    var stageDeadline: Instant?
    var activeDeadline: Instant?
    /// When the grace period of a terminating pod ends.
    var graceEnd = Instant(nanoseconds: .max)
    /// Why the kubelet itself ends or refuses the pod: rejected, deadline exceeded, evicted.
    var failure: (reason: String, message: String)?
    /// What the kubelet disrupted the pod for, and the generation that it had then.
    var disruption: (message: String, generation: Int?)?
    var isRejected = false
    /// One for each container; nil when no annotation speaks of any.
    let scripts: [ContainerScript]?
    let latencies: PodLatencies
    /// Whether a regular container has ever run.
    var hasInitialized = false
    /// Whether the pod ran before the machine's last start.
    let isRestored: Bool
    /// Nil while the pod has just what its spec asks for.
    var resize: Box<PodResize>?
    /// By the name that the pod calls them: images that could not be pulled.
    var pullFailures: [String: PullFailure] = [:]
    /// When the kubelet comes by again; nil unless its last look left a container waiting.
    var syncDeadline: Instant?
    /// How often that was set, so that no two waits are alike.
    var syncCount = 0
    /// The runtime has made, started or lost something since the kubelet's last look.
    var isRuntimeChanged = false
    /// The kubelet has begun to start what can be started, and goes on until there is nothing more.
    var isInPass = true
    /// The kubelet hears nothing of the pod now.
    var isHeldUp = false
    /// A container's end calls for all to begin anew, and some of them still run.
    var isRestartingAll = false
    private var isStatusDue = false
    private var isStatusUrgent = false

    /// `identity` tells the pod from all others of the cluster.
    package init(_ pod: Pod, latencies: PodLatencies, scripts: [ContainerScript]? = nil, now: Instant) {
        self.pod = pod
        self.latencies = latencies
        self.scripts = scripts
        startTime = pod.status.startTime?.instant ?? now
        let spec = pod.spec
        initCount = spec.initContainers.count
        containers = spec.initContainers.map { ContainerRun(role: $0.restartPolicy == "Always" ? .sidecar : .initial) }
        regularCount = spec.containers.count
        for _ in spec.containers { containers.append(ContainerRun(role: .regular)) }
        for _ in spec.ephemeralContainers { containers.append(ContainerRun(role: .ephemeral)) }
        isRestored =
            pod.status.initContainerStatuses.contains { $0.containerID != nil }
            || pod.status.containerStatuses.contains { $0.containerID != nil }
        if isRestored { restore(now) }
    }

    // MARK: What others ask

    /// When `time` must be sent; nil when nothing happens of itself.
    package var nextDeadline: Instant? {
        var next = stageDeadline
        func consider(_ moment: Instant?) {
            if let moment, next.map({ moment < $0 }) ?? true { next = moment }
        }
        if !isHeldUp {
            consider(activeDeadline)
            consider(syncDeadline)
        }
        if let resize, isServed { consider(resize.fields.progress?.deadline) }
        for index in containers.indices { consider(containers[index].nextDeadline) }
        return next
    }

    package var isDeleted: Bool { pod.metadata.deletionTimestamp != nil || isVanished }

    /// Whether anything of the pod may still run, so that it holds its resources.
    package var isActive: Bool { stage != .terminated }

    /// Whether the kubelet turns to the pod, to start and change what runs.
    var isServed: Bool { (stage == .sandbox || stage == .running) && !isHeldUp }

    func spec(_ index: Int) -> Container {
        if index < initCount { return pod.spec.initContainers[index] }
        if index < ephemeralStart { return pod.spec.containers[index - initCount] }
        return Container(pod.spec.ephemeralContainers[index - ephemeralStart])
    }

    var ephemeralStart: Int { initCount + regularCount }

    func script(_ index: Int) -> ContainerScript {
        guard let scripts, index < scripts.count else { return .standard }
        return scripts[index]
    }

    /// As in `web_default(5f1c…)`. Follows kubernetes `pkg/kubelet/util/format/pod.go`.
    var fullName: String { "\(pod.name)_\(pod.namespace)(\(pod.uid))" }

    // MARK: Events

    /// Takes an event and appends what is to be done about it.
    package mutating func handle(_ event: PodEvent, at now: Instant, _ actions: inout [PodAction]) {
        switch event {
        case .admitted: admit(now, &actions)
        case .rejected(let reason, let message):
            isRejected = true
            failure = (reason, "Pod was rejected: " + message)
            record(.warning, reason, message, &actions)
            end(&actions)
        case .evicted(let reason, let message, let disruption):
            evict(reason, message, disruption, now, &actions)
        case .heldUp: isHeldUp = true
        case .released: release(now, &actions)
        case .changed(let newer): change(to: newer, now, &actions)
        case .resized(let newer, let refusal): resized(to: newer, refusal, now, &actions)
        case .vanished:
            isVanished = true
            terminate(now, &actions)
        case .volumes(let outcomes): volumesAnswered(outcomes, now, &actions)
        case .address(let found): sandboxReady(found, now, &actions)
        case .sandboxFailed(let error): sandboxFailed(error, now, &actions)
        case .pullStarted(let index):
            let image = spec(index).image ?? ""
            record(.normal, "Pulling", "Pulling image \"\(image)\"", index, &actions)
        case .image(let index, let outcome):
            if stage == .running, containers[index].phase == .pulling { imageAnswered(index, outcome, now, &actions) }
        case .environment(let index, let error): environmentAnswered(index, error: error, now, &actions)
        case .time: timePassed(now, &actions)
        }
        if stage == .running { advance(now, &actions) }
        settle(&actions)
    }

    private mutating func admit(_ now: Instant, _ actions: inout [PodAction]) {
        if pod.isTerminal {
            // It ended before this kubelet started: nothing is run again.
            stage = .terminated
            actions.append(.release)
            if isDeleted { actions.append(.removePod) }
            return
        }
        if isDeleted {
            end(&actions)
            return
        }
        if isRestored {
            let message = "Pod sandbox changed, it will be killed and re-created."
            record(.normal, "SandboxChanged", message, &actions)
            if pod.spec.restartPolicy == "Never" {
                // Containers that were lost are not started again.
                end(&actions)
                return
            }
        }
        if let seconds = pod.spec.activeDeadlineSeconds { activeDeadline = startTime + .seconds(seconds) }
        pendingVolumes = PendingVolume.all(of: pod.spec, now: now)
        prepareVolumes(now, &actions)
        markStatus(isUrgent: true)
    }

    mutating func change(to newer: Pod, _ now: Instant, _ actions: inout [PodAction]) {
        let older = pod
        pod = newer
        if newer.metadata.deletionTimestamp != nil {
            if stage == .terminated {
                if older.metadata.deletionTimestamp == nil { actions.append(.removePod) }
            } else if older.metadata.deletionTimestamp == nil
                || older.metadata.deletionGracePeriodSeconds != newer.metadata.deletionGracePeriodSeconds
            {
                terminate(now, &actions)
            }
            return
        }
        guard stage == .sandbox || stage == .running else { return }
        if older.metadata.generation != newer.metadata.generation || !newer.hasSameSpec(as: older) {
            comeBy()
            specChanged(from: older, now, &actions)
            markStatus(isUrgent: true)
        } else if older.status != newer.status {
            // Another wrote into the status: what is the kubelet's is put right, and readiness gates count.
            markStatus(isUrgent: true)
        }
        if syncDeadline != nil, older.labels != newer.labels || older.annotations != newer.annotations { comeBy() }
    }

    /// Of a running pod's spec, images and the active deadline may change, and ephemeral containers may come.
    private mutating func specChanged(from older: Pod, _ now: Instant, _ actions: inout [PodAction]) {
        activeDeadline = pod.spec.activeDeadlineSeconds.map { startTime + .seconds($0) }
        while containers.count < ephemeralStart + pod.spec.ephemeralContainers.count {
            containers.append(ContainerRun(role: .ephemeral))
        }
        for index in 0..<ephemeralStart {
            let before = index < initCount ? older.spec.initContainers[index] : older.spec.containers[index - initCount]
            let after = spec(index)
            guard before.image != after.image else { continue }
            containers[index].crashBackoff = RestartBackoff()
            switch containers[index].phase {
            case .running:
                // A regular init container is left to end.
                if containers[index].role == .initial { continue }
                let message =
                    containers[index].role == .sidecar
                    ? "Init container \(after.name) definition changed"
                    : "Container \(after.name) definition changed, will be restarted"
                stop(index, message, grace: graceOfSpec, isReplaced: true, now, &actions)
            case .waiting, .exited, .pulling, .starting: break
            }
        }
    }

    private mutating func sandboxReady(_ found: String?, _ now: Instant, _ actions: inout [PodAction]) {
        guard stage == .sandbox else { return }
        guard let found else {
            let error = "plugin type=\"bridge\" failed (add): no IP addresses available in range set"
            return sandboxFailed(.runtime("failed to setup network for sandbox", error), now, &actions)
        }
        address = found
        hasSandbox = true
        isRuntimeChanged = true
        stage = .running
        markStatus()
    }

    /// No sandbox could be made; the kubelet tries again. Follows kubernetes
    /// `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`SyncPod`), and of the runtime, containerd
    /// `internal/cri/server/sandbox_run.go`.
    private mutating func sandboxFailed(_ error: SandboxError, _ now: Instant, _ actions: inout [PodAction]) {
        guard stage == .sandbox else { return }
        let text: String
        switch error {
        case .kubelet(let message): text = message
        case .runtime(let what, let message):
            let id = latencies.sandboxID(attempt: syncCount)
            text = "rpc error: code = Unknown desc = \(what) \"\(id)\": \(message)"
        }
        record(.warning, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + text, &actions)
        stageDeadline = now + latencies.requeue(after: PodLifecycle.backOffPeriod, sync: syncCount)
        syncCount += 1
    }

    mutating func timePassed(_ now: Instant, _ actions: inout [PodAction]) {
        if let due = activeDeadline, due <= now, !isHeldUp {
            activeDeadline = nil
            if stage == .sandbox || stage == .running { exceedDeadline(now, &actions) }
        }
        if let due = stageDeadline, due <= now {
            stageDeadline = nil
            if stage == .sandbox {
                if pendingVolumes.isEmpty { actions.append(.allocateAddress) } else { prepareVolumes(now, &actions) }
            }
        }
        if let due = syncDeadline, due <= now, !isHeldUp { comeBy() }
        resizeDue(now, &actions)
        for index in containers.indices {
            if let due = containers[index].deadline, due <= now {
                containers[index].deadline = nil
                containerDue(index, now, &actions)
            }
            if !containers[index].probes.isEmpty { runProbes(index, now, &actions) }
        }
    }

    private mutating func containerDue(_ index: Int, _ now: Instant, _ actions: inout [PodAction]) {
        switch containers[index].phase {
        case .starting:
            if containers[index].isInPostStart { enter(index, now, &actions) } else { started(index, now, &actions) }
        case .running: runningDue(index, now, &actions)
        case .waiting, .exited, .pulling: break
        }
    }

    /// Follows kubernetes `pkg/kubelet/active_deadline.go`.
    private mutating func exceedDeadline(_ now: Instant, _ actions: inout [PodAction]) {
        let message = "Pod was active on the node longer than the specified deadline"
        record(.normal, "DeadlineExceeded", message, &actions)
        failure = ("DeadlineExceeded", message)
        terminate(now, &actions)
    }

    /// Whether a pull or a start is under way.
    var isBusy: Bool { containers.indices.contains { containers[$0].isBusy } }

    // MARK: Status and events

    /// The status has to be written: at once, or when the pod has nothing more in hand.
    mutating func markStatus(isUrgent: Bool = false) {
        isStatusDue = true
        if isUrgent { isStatusUrgent = true }
    }

    private mutating func settle(_ actions: inout [PodAction]) {
        guard isStatusDue, isStatusUrgent || !isBusy else { return }
        if isHeldUp, stage == .sandbox || stage == .running { return }
        isStatusDue = false
        isStatusUrgent = false
        // The final status stands before the removal, so whoever marked it has appended it there.
        if stage != .terminated { actions.append(.writeStatus) }
    }

    /// Ends the pod: a last status, and nothing held any more.
    mutating func end(_ actions: inout [PodAction]) {
        stage = .terminated
        stageDeadline = nil
        activeDeadline = nil
        syncDeadline = nil
        hasSandbox = false
        for index in containers.indices {
            containers[index].deadline = nil
            containers[index].probes = []
        }
        if isVanished {
            actions += [.release, .forget]
            return
        }
        actions += [.writeStatus, .release]
        if isDeleted { actions.append(.removePod) }
    }

    func record(
        _ type: EventRecorder.EventType, _ reason: String, _ message: String, _ actions: inout [PodAction]
    ) {
        actions.append(.record(type, reason: reason, message: message, container: nil))
    }

    func record(
        _ type: EventRecorder.EventType, _ reason: String, _ message: String, _ container: Int,
        _ actions: inout [PodAction]
    ) {
        actions.append(.record(type, reason: reason, message: message, container: container))
    }

    func isTerminal(_ phase: String?) -> Bool { phase == "Succeeded" || phase == "Failed" }
}

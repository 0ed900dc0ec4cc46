import ClusterCore
import KubeAPI
import KubeClient

/// The kubelet of one node, with the machine under it: it registers the node and keeps its lease, takes the pods that
/// are bound to it, runs their simulated containers, and reports.
///
/// It is the driver of the state machines below it (`PodLifecycle`, `ImageStore`, `PodAdmission`) and decides nothing
/// itself. An idle node costs one timer every ten seconds; a pod costs one timer while something is due for it.
package final class Kubelet: EventTarget, ChangeHandler {
    package enum Power { case off, booting, on }

    /// What a timer is about, when it is not about a pod.
    enum Token {
        static let heartbeat = UInt64.max
        static let pull = UInt64.max - 1
        static let ready = UInt64.max - 2
        static let boot = UInt64.max - 3
        static let catchUp = UInt64.max - 4
        static let preemption = UInt64.max - 5
    }

    /// A pod that the kubelet knows of. A class, because a pod's state is wide and every step looks at it.
    ///
    /// Nothing that reads or changes a worker calls back into it, so checking that at run time is time lost.
    final class PodWorker {
        @exclusivity(unchecked) var lifecycle: PodLifecycle
        let identity: UInt64
        @exclusivity(unchecked) var requests: PodRequests
        let ports: [HostPort]
        @exclusivity(unchecked) var timer: Timer?
        @exclusivity(unchecked) var timerDue = Instant(nanoseconds: 0)
        /// The revision of others that the pod's doings go back to.
        @exclusivity(unchecked) var cause: Revision
        @exclusivity(unchecked) var holdsResources = false
        @exclusivity(unchecked) var address: String?
        @exclusivity(unchecked) var isWriteDue = false
        @exclusivity(unchecked) var isRemovalDue = false
        @exclusivity(unchecked) var isMirrorDue = false

        init(
            _ lifecycle: consuming PodLifecycle, identity: UInt64, requests: PodRequests, ports: [HostPort],
            cause: Revision
        ) {
            self.lifecycle = lifecycle
            self.identity = identity
            self.requests = requests
            self.ports = ports
            self.cause = cause
        }
    }

    /// What a pod asks of the node.
    struct Asked {
        let requests: PodRequests
        let ports: [HostPort]
    }

    let client: any KubeClient
    let loop: EventLoop
    let recorder: EventRecorder
    let builder: NodeStatusBuilder
    package let configuration: NodeConfiguration
    /// The machine's own seed.
    let seed: UInt64
    package internal(set) var power = Power.off
    var bootCount = 0
    var isReady = false
    var isImageListDue = false
    var isRegistered = false
    var lastReport = Instant(nanoseconds: .min)
    /// The Node object as it was when its conditions were last found to be this kubelet's.
    var knownNode: KubeObject?
    var heartbeat: Timer?
    var pullTimer: Timer?
    var readyTimer: Timer?
    var informers: [any Informer] = []
    var images: ImageStore
    var admission: PodAdmission
    var addresses: PodAddresses?
    var workers: [PodWorker?] = []
    private var freeSlots: [Int] = []
    var slots: [String: Int] = [:]
    /// Pods whose last write failed, to be written again with the next heartbeat.
    var overdue: [Int] = []
    /// Writes have to wait for their turn, and will be made then.
    private var isCatchUpScheduled = false
    /// The pods that are bound to the node could not be listed when it became ready.
    var isPodListDue = false
    private var actions: [PodAction] = []
    /// A pod waits for resources that the node does not have.
    var isResizePending = false
    /// A pod gave back what it held since the pods that wait for resources were last looked at.
    var areResourcesFreed = false
    /// The critical pod for which room is being made.
    var preemption: PreemptionInProgress?
    var preemptionTimer: Timer?
    /// What is heard only once it is in.
    var heldBack: [HeldBack] = []

    package init(_ context: ComponentContext, configuration: NodeConfiguration) {
        client = context.client
        loop = context.loop
        recorder = context.recorder
        self.configuration = configuration
        var random = context.random.fork(configuration.name)
        seed = random.next()
        builder = NodeStatusBuilder(configuration: configuration, seed: seed)
        images = ImageStore(seed: seed, images: configuration.images)
        admission = PodAdmission(allocatable: configuration.allocatable)
        addresses = configuration.podCIDR.flatMap(PodAddresses.init(cidr:))
    }

    /// Starts machine and kubelet without delay.
    package func start() { boot() }

    /// Pods that the kubelet knows of, ended ones included.
    package var podCount: Int { slots.count }
    /// Addresses that pods hold.
    package var addressCount: Int { addresses?.usedCount ?? 0 }
    /// What the pods that run ask for.
    package var requests: PodRequests { admission.used }

    // MARK: Timers and changes

    package func fire(_ token: UInt64) {
        switch token {
        case Token.heartbeat: beat()
        case Token.pull: pullEnded()
        case Token.ready: becomeReady()
        case Token.boot: boot()
        case Token.catchUp:
            isCatchUpScheduled = false
            catchUp()
        case Token.preemption: preemptionDue()
        default:
            let slot = Int(token)
            workers[slot]?.timer = nil
            send(.time, to: slot)
        }
    }

    package func handle(_ change: Change) {
        // The API server can be reached.
        if isPodListDue {
            isPodListDue = false
            takeBoundPods()
        }
        if !overdue.isEmpty { catchUp() }
        if change.kind == .node {
            if let node = change.new(Node.self) { learnAddresses(of: node) }
            return
        }
        if preemption == nil { hear(change) } else { heldBack.append(.change(change)) }
    }

    /// Takes a change of one of the node's pods.
    func hear(_ change: Change) {
        let uid = change.object.uid
        let pod = change.new(Pod.self)
        guard let slot = slots[uid] else {
            // A change may tell late of a pod that has gone since and is forgotten already.
            if let pod, client.object(pod.key)?.uid == uid { add(pod, cause: change.revision) }
            return
        }
        if let pod, change.author == client.component {
            // What this kubelet wrote itself.
            workers[slot]?.lifecycle.pod = pod
            return
        }
        workers[slot]?.cause = change.revision
        if handleMirror(pod, slot) { return }
        if let pod {
            if let old = workers[slot]?.lifecycle.pod, ScriptAnnotations.differ(old.annotations, pod.annotations) {
                record(
                    .warning, "InvalidScript",
                    "annotations \(ScriptAnnotations.prefix)* are read when a node takes the pod, and not again",
                    about: pod)
            }
            if let worker = workers[slot], worker.holdsResources, worker.lifecycle.isResized(by: pod.spec) {
                resize(worker, to: pod, slot)
            } else {
                send(.changed(pod), to: slot)
            }
        } else {
            // What the API server has no more takes no newcomer's place, even while its containers still end: the
            // scheduler has given the room away already. Follows kubernetes `pkg/kubelet/kubelet.go`
            // (`HandlePodRemoves`, `GetActivePods`).
            releaseRequests(slot)
            send(.vanished, to: slot)
        }
    }

    // MARK: Pods

    private static let rejectionDelay = Interval.milliseconds(100)

    /// Takes the pods that are bound to the node when the kubelet starts.
    func takeBoundPods() {
        let pods = client.list(Pod.self, index: .node(configuration.name))
        for pod in StartingOrder.sorted(pods) { add(pod, cause: 0) }
    }

    /// Looks whether the node takes a pod that it has not met before. A critical pod may have to wait for its place,
    /// and all that comes after it waits with it.
    func add(_ pod: Pod, cause: Revision) {
        if preemption != nil { return heldBack.append(.pod(pod, cause: cause)) }
        let asked = Asked(requests: PodRequests(pod.spec), ports: HostPort.ports(of: pod))
        var rejection: PodAdmission.Rejection?
        // What has run here runs on, even if it would not be let in any more.
        if pod.status.startTime == nil, pod.metadata.deletionTimestamp == nil, !pod.isTerminal {
            let node = client.get(Node.self, name: configuration.name) ?? Node(name: configuration.name)
            switch admission.decision(of: pod, requests: asked.requests, ports: asked.ports, node: node) {
            case .admitted: break
            case .rejected(let found): rejection = found
            case .short(let shortages):
                rejection = beginPreemption(for: pod, asked, shortages, cause: cause)
                if rejection == nil { return }
            }
        }
        take(pod, asked, cause: cause, rejection: rejection)
    }

    /// Gives a pod its worker, which starts it or tells why it was refused.
    func take(_ pod: Pod, _ asked: Asked, cause: Revision, rejection: PodAdmission.Rejection?) {
        let identity = StableHash.hash(pod.uid)
        var mistakes: [ScriptAnnotations.Mistake] = []
        let scripts = ScriptAnnotations.scripts(of: pod, &mistakes)
        let lifecycle = PodLifecycle(
            pod, latencies: PodLatencies(node: seed, identity: identity), scripts: scripts, now: loop.now)
        let worker = PodWorker(
            lifecycle, identity: identity, requests: asked.requests, ports: asked.ports, cause: cause)
        if !pod.isTerminal, !worker.lifecycle.isDeleted {
            if rejection == nil {
                admission.add(worker.requests, ports: worker.ports)
                worker.holdsResources = true
            }
            if let address = pod.status.podIP, pod.spec.hostNetwork != true {
                // What the last sandbox was given stays taken until it is replaced: the API still names it.
                addresses?.reserve(address)
                worker.address = address
            }
        }
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            workers[slot] = worker
        } else {
            slot = workers.count
            workers.append(worker)
        }
        slots[pod.uid] = slot
        for mistake in mistakes { record(.warning, "InvalidScript", mistake.message, about: pod) }
        if let rejection {
            // The answer takes a moment, as any sync of a kubelet does: a workload that replaces the pod at once would
            // otherwise be turned away again and again while no time passes.
            loop.schedule(after: Kubelet.rejectionDelay) { [weak self] in
                guard let self, workers[slot]?.identity == identity else { return }
                send(.rejected(reason: rejection.reason, message: rejection.message), to: slot)
            }
        } else {
            send(.admitted, to: slot)
        }
    }

    /// Gives an event to a pod's state machine and does what it asks for.
    func send(_ event: PodEvent, to slot: Int) {
        guard let worker = workers[slot] else { return }
        client.cause = worker.cause
        actions.removeAll(keepingCapacity: true)
        worker.lifecycle.handle(event, at: loop.now, &actions)
        var index = 0
        while index < actions.count {
            perform(actions[index], slot)
            index += 1
        }
        reschedule(slot)
        client.cause = 0
        if areResourcesFreed, preemption == nil {
            areResourcesFreed = false
            retryResizes()
        }
    }

    func answer(_ event: PodEvent, _ slot: Int) {
        workers[slot]?.lifecycle.handle(event, at: loop.now, &actions)
    }

    private func perform(_ action: PodAction, _ slot: Int) {
        switch action {
        case .mountVolumes(let volumes): mountVolumes(volumes, slot)
        case .allocateAddress: allocateAddress(slot)
        case .pullImage(let container): pullImage(container, slot)
        case .resolveEnvironment(let container): resolveEnvironment(container, slot)
        case .record(let type, let reason, let message, let container):
            record(type, reason, message, container, slot)
        case .writeStatus: writeStatus(slot)
        case .release: release(slot)
        case .removePod:
            removePod(slot)
            if isGone(slot) { answer(.vanished, slot) }
        case .forget: forget(slot)
        }
    }

    private func reschedule(_ slot: Int) {
        guard let worker = workers[slot] else { return }
        let due = worker.lifecycle.nextDeadline
        if let timer = worker.timer {
            if due == worker.timerDue { return }
            loop.cancel(timer)
        }
        if let due {
            worker.timer = loop.schedule(at: due, self, UInt64(slot))
            worker.timerDue = due
        } else {
            worker.timer = nil
        }
    }

    // MARK: What pods ask for

    private func allocateAddress(_ slot: Int) {
        guard let pod = workers[slot]?.lifecycle.pod else { return }
        if let name = pod.spec.runtimeClassName, let error = sandboxError(runtimeClass: name) {
            return answer(.sandboxFailed(error), slot)
        }
        if pod.spec.hostNetwork == true {
            answer(.address(configuration.internalIP), slot)
        } else {
            let address = addresses?.allocate()
            if let old = workers[slot]?.address { addresses?.release(old) }
            workers[slot]?.address = address
            answer(.address(address), slot)
        }
    }

    private func pullImage(_ container: Int, _ slot: Int) {
        guard let worker = workers[slot] else { return }
        let spec = worker.lifecycle.spec(container)
        var pull = ImagePull(
            pod: slot, identity: worker.identity, container: container, image: spec.image ?? "",
            policy: spec.imagePullPolicy ?? "IfNotPresent")
        pull.isHeldBack = worker.lifecycle.pullFailures[pull.image]?.backoff.holds(at: loop.now) ?? false
        let script = worker.lifecycle.script(container)
        pull.duration = script.pullDuration
        pull.fails = script.pullFails
        if let outcome = images.request(pull, now: loop.now) {
            answer(.image(container: container, outcome), slot)
        } else {
            answer(.pullStarted(container: container), slot)
            startNextPull()
        }
    }

    private func startNextPull() {
        if let duration = images.startNext(now: loop.now) {
            pullTimer = loop.schedule(after: duration, self, Token.pull)
        }
    }

    private func pullEnded() {
        let (pull, outcome) = images.finish(now: loop.now)
        if case .pulled = outcome { isImageListDue = true }
        startNextPull()
        if workers[pull.pod]?.identity == pull.identity {
            send(.image(container: pull.container, outcome), to: pull.pod)
        }
    }

    private func record(
        _ type: EventRecorder.EventType, _ reason: String, _ message: String, _ container: Int?, _ slot: Int
    ) {
        guard let pod = workers[slot]?.lifecycle.pod else { return }
        let fieldPath = container.flatMap { workers[slot]?.lifecycle.fieldPath($0) }
        record(type, reason, message, about: pod, fieldPath: fieldPath)
    }

    /// Writes what changed of the pod's status; if the API server cannot be reached, again later.
    func writeStatus(_ slot: Int) {
        guard let worker = workers[slot] else { return }
        if isLimited {
            worker.isWriteDue = true
            return postpone(slot)
        }
        let uid = worker.lifecycle.pod.uid
        let key = worker.lifecycle.pod.key
        let now = loop.now
        let hostIP = configuration.internalIP
        do throws(StatusError) {
            _ = try client.mutate(key, .status) { object in
                guard object.uid == uid, let stored = object.as(Pod.self) else { return nil }
                let status = worker.lifecycle.status(of: stored, hostIP: hostIP, now: now)
                if status == stored.status { return nil }
                var pod = stored
                pod.status = status
                return Boxed(pod)
            }
            worker.isWriteDue = false
        } catch {
            guard client.object(key)?.uid == uid, !worker.isWriteDue else { return }
            worker.isWriteDue = true
            postpone(slot)
        }
    }

    /// Whether the client has to wait before its next request; then what is put off is written when its turn comes.
    private var isLimited: Bool {
        guard let turn = client.rateLimiter?.nextTurn(loop.now), turn > loop.now else { return false }
        if !isCatchUpScheduled {
            isCatchUpScheduled = true
            loop.schedule(at: turn, self, Token.catchUp)
        }
        return true
    }

    private func release(_ slot: Int) {
        guard let worker = workers[slot] else { return }
        if let address = worker.address {
            addresses?.release(address)
            worker.address = nil
        }
        releaseRequests(slot)
        preemptionMet(slot)
    }

    private func releaseRequests(_ slot: Int) {
        guard let worker = workers[slot], worker.holdsResources else { return }
        admission.remove(worker.requests, ports: worker.ports)
        worker.holdsResources = false
        if isResizePending { areResourcesFreed = true }
    }

    /// Removes the pod for good, now that nothing of it runs.
    func removePod(_ slot: Int) {
        guard let worker = workers[slot] else { return }
        if isLimited {
            workers[slot]?.isRemovalDue = true
            return postpone(slot)
        }
        let pod = worker.lifecycle.pod
        var options = DeleteOptions(uid: pod.uid)
        options.gracePeriodSeconds = 0
        do throws(StatusError) {
            _ = try client.delete(pod.key, options)
            worker.isRemovalDue = false
        } catch {
            guard client.object(pod.key)?.uid == pod.uid, !worker.isRemovalDue else { return }
            worker.isRemovalDue = true
            postpone(slot)
        }
    }

    /// Whether the API server has the pod no more. An informer that has just started is not told of what goes before
    /// its first delivery.
    func isGone(_ slot: Int) -> Bool {
        guard let pod = workers[slot]?.lifecycle.pod else { return false }
        return client.object(pod.key)?.uid != pod.uid
    }

    private func forget(_ slot: Int) {
        guard let worker = workers[slot] else { return }
        if let timer = worker.timer { loop.cancel(timer) }
        slots[worker.lifecycle.pod.uid] = nil
        workers[slot] = nil
        freeSlots.append(slot)
    }

    /// Everything that ran is gone.
    func forgetAll() {
        for case let worker? in workers {
            if let timer = worker.timer { loop.cancel(timer) }
            // What was given last stays known, so that no address comes back while a status still names it.
            if let address = worker.address { addresses?.release(address) }
        }
        workers = []
        freeSlots = []
        slots = [:]
        overdue = []
        isPodListDue = false
        forgetPreemption()
        admission = PodAdmission(allocatable: configuration.allocatable)
    }
}

extension PodLifecycle {
    /// As in `spec.containers{app}`.
    func fieldPath(_ index: Int) -> String {
        let list =
            index < initCount ? "initContainers" : index < ephemeralStart ? "containers" : "ephemeralContainers"
        return "spec.\(list){\(spec(index).name)}"
    }
}

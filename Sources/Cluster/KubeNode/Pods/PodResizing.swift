import ClusterCore
import KubeAPI
import KubeClient

/// How far a change of a running pod's resources is.
///
/// For example, a pod with 1 CPU on a node that has 2 to give, which is to have 9, then 2:
///
///     asked for 9     allocated 1, actual 1   PodResizePending, Infeasible
///     asked for 2     allocated 2, actual 1   PodResizeInProgress
///     asked for 9     allocated 2, actual 1   both
///     in place        allocated 2, actual 2   PodResizePending
struct PodResize {
    /// What a pod has: the pod as a whole, and its containers, init containers first.
    struct Resources: Equatable {
        let pod: ResourceRequirements?
        let containers: [ResourceRequirements?]

        init(_ spec: PodSpec) {
            pod = spec.resources
            containers = (spec.initContainers + spec.containers).map(\.resources)
        }
    }

    /// What the node has given, while it refuses what the spec asks for.
    struct Pending {
        let allocated: Resources
        let refusal: ResizeRefusal
        let generation: Int?
        let since: Instant
    }

    /// What there is, until what was given is in place.
    struct Progress {
        let actual: Resources
        let generation: Int?
        let since: Instant
        let deadline: Instant
    }

    let pending: Pending?
    let progress: Progress?
}

/// Why a pod cannot have the resources that it asks for.
package struct ResizeRefusal: Equatable {
    static let deferred = "Deferred"

    /// `Deferred` while others have them, `Infeasible` if the node is too small.
    let reason: String
    let message: String
}

// Follows kubernetes `pkg/kubelet/allocation/allocation_manager.go` and `pkg/kubelet/kuberuntime`.
extension PodLifecycle {
    /// Whether a newer spec asks for other resources than the pod's.
    func isResized(by newer: PodSpec) -> Bool {
        !newer.isIdentical(to: pod.spec) && PodResize.Resources(newer) != PodResize.Resources(pod.spec)
    }

    /// Begins to change what there is to what a newer spec asks for, or notes why that cannot be now. To ask for what
    /// was given before calls for nothing.
    mutating func resized(
        to newer: Pod, _ refusal: ResizeRefusal?, _ now: Instant, _ actions: inout [PodAction]
    ) {
        let pending = resize?.fields.pending
        let progress = resize?.fields.progress
        let allocated = pending?.allocated ?? PodResize.Resources(pod.spec)
        change(to: newer, now, &actions)
        let generation = newer.metadata.generation
        if PodResize.Resources(newer.spec) == allocated {
            setResize(pending: nil, progress)
        } else if let refusal {
            if pending?.refusal == refusal, pending?.generation == generation { return }
            let isAsBefore = pending?.refusal.reason == refusal.reason
            let new = PodResize.Pending(
                allocated: allocated, refusal: refusal, generation: generation,
                since: isAsBefore ? pending?.since ?? now : now)
            setResize(pending: new, progress)
            let message = ResizeMessage.text(newer, "Pod resize \(refusal.reason)", error: refusal.message)
            record(.warning, "Resize" + refusal.reason, message, &actions)
        } else {
            // One sync of the pod sets the limits of its containers.
            let new = PodResize.Progress(
                actual: progress?.actual ?? allocated, generation: generation, since: now,
                deadline: now + latencies.resize)
            setResize(pending: nil, new)
            record(.normal, "ResizeStarted", ResizeMessage.text(newer, "Pod resize started"), &actions)
        }
        markStatus(isUrgent: true)
    }

    private mutating func setResize(pending: PodResize.Pending?, _ progress: PodResize.Progress?) {
        let isDone = pending == nil && progress == nil
        resize = isDone ? nil : Box(PodResize(pending: pending, progress: progress))
    }

    /// What was given is in place; containers that take a change only by starting anew do so.
    mutating func resizeDue(_ now: Instant, _ actions: inout [PodAction]) {
        guard let progress = resize?.fields.progress, progress.deadline <= now, isServed else { return }
        let pending = resize?.fields.pending
        setResize(pending: pending, nil)
        var allocated = pod
        pending?.allocated.write(into: &allocated.spec)
        allocated.metadata.generation = progress.generation
        record(.normal, "ResizeCompleted", ResizeMessage.text(allocated, "Pod resize completed"), &actions)
        markStatus(isUrgent: true)
        let before = progress.actual.containers
        for index in before.indices where containers[index].phase == .running {
            let after =
                index < initCount ? allocated.spec.initContainers[index] : allocated.spec.containers[index - initCount]
            guard PodLifecycle.needsRestart(after, before[index]) else { continue }
            let message = "Container \(after.name) resize requires restart"
            stop(index, message, grace: graceOfSpec, isReplaced: true, now, &actions)
        }
    }

    private static func needsRestart(_ container: Container, _ before: ResourceRequirements?) -> Bool {
        container.resizePolicy.contains { policy in
            let name = policy.resourceName
            return policy.restartPolicy == "RestartContainer"
                && (container.resources?.requests[name] != before?.requests[name]
                    || container.resources?.limits[name] != before?.limits[name])
        }
    }

    /// What a container has, and what it was given.
    func reportedResources(_ index: Int) -> (actual: ResourceRequirements?, allocated: ResourceRequirements?) {
        func own(_ resources: PodResize.Resources?) -> ResourceRequirements?? {
            guard let containers = resources?.containers, index < containers.count else { return nil }
            return containers[index]
        }
        let allocated = own(resize?.fields.pending?.allocated) ?? spec(index).resources
        return (own(resize?.fields.progress?.actual) ?? allocated, allocated)
    }

    /// Tells what the pod as a whole has and was given, if it asks for anything as a whole.
    /// Follows kubernetes `pkg/kubelet/kubelet_pods.go` (`generateAPIPodStatus`) with the feature
    /// InPlacePodLevelResourcesVerticalScaling, which is on by default in 1.36 (KEP-5419).
    func tellPodResources(_ status: inout PodStatus) {
        let allocated = (resize?.fields.pending).map(\.allocated.pod) ?? pod.spec.resources
        let actual = (resize?.fields.progress).map(\.actual.pod) ?? allocated
        status.resources = actual.flatMap { $0.requests.isEmpty && $0.limits.isEmpty ? nil : $0 }
        status.allocatedResources = allocated?.requests ?? [:]
    }

    /// Adds the conditions of a resize that is not done.
    /// Follows kubernetes `pkg/kubelet/status/status_manager.go` (`GetPodResizeConditions`).
    func tellResize(_ conditions: inout [PodCondition]) {
        func add(_ type: String, _ refusal: ResizeRefusal?, _ generation: Int?, since: Instant) {
            var condition = PodCondition()
            condition.type = type
            condition.status = "True"
            condition.reason = refusal?.reason
            condition.message = refusal?.message
            condition.observedGeneration = generation
            condition.lastTransitionTime = since.time
            conditions.append(condition)
        }
        if let pending = resize?.fields.pending {
            add("PodResizePending", pending.refusal, pending.generation, since: pending.since)
        }
        if let progress = resize?.fields.progress {
            add("PodResizeInProgress", nil, progress.generation, since: progress.since)
        }
    }
}

extension PodResize.Resources {
    func write(into spec: inout PodSpec) {
        spec.resources = pod
        let initCount = spec.initContainers.count
        for (index, resources) in containers.enumerated() {
            if index < initCount {
                spec.initContainers[index].resources = resources
            } else {
                spec.containers[index - initCount].resources = resources
            }
        }
    }
}

/// What events say of a resize: what every container is to have.
/// Follows kubernetes `pkg/kubelet/events/resize.go`.
enum ResizeMessage {
    static func text(_ pod: Pod, _ prefix: String, error: String? = nil) -> String {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        list("initContainers", pod.spec.initContainers, &writer)
        list("containers", pod.spec.containers, &writer)
        writer.key("\"generation\":")
        writer.int(pod.metadata.generation ?? 0)
        if let error {
            writer.key("\"error\":")
            writer.string(error)
        }
        writer.endObject()
        return prefix + ": " + writer.text
    }

    private static func list(_ name: String, _ containers: [Container], _ writer: inout JSONWriter) {
        if containers.isEmpty { return }
        writer.key(named: name)
        writer.beginArray()
        for container in containers {
            writer.element()
            writer.beginObject()
            writer.key("\"name\":")
            writer.string(container.name)
            writer.key("\"resources\":")
            (container.resources ?? ResourceRequirements()).encode(into: &writer)
            writer.endObject()
        }
        writer.endArray()
    }
}

extension PodAdmission {
    /// Why a pod that runs cannot have other resources; nil if it can.
    func refusal(of new: PodRequests, insteadOf old: PodRequests) -> ResizeRefusal? {
        func infeasible(_ name: String, _ requested: Int, _ capacity: Int) -> ResizeRefusal? {
            guard requested > capacity else { return nil }
            return ResizeRefusal(
                reason: "Infeasible",
                message: "Node didn't have enough capacity: \(name), requested: \(requested), capacity: \(capacity)")
        }
        func deferred(_ name: String, _ requested: Int, _ used: Int, _ capacity: Int) -> ResizeRefusal? {
            guard requested > 0, requested > capacity - used else { return nil }
            return ResizeRefusal(
                reason: "Deferred",
                message: "Node didn't have enough resource: \(name), requested: \(requested), used: \(used), "
                    + "capacity: \(capacity)")
        }
        return infeasible("memory", new.memory, allocatable.memory)
            ?? infeasible("cpu", new.milliCPU, allocatable.milliCPU)
            ?? deferred("cpu", new.milliCPU, used.milliCPU - old.milliCPU, allocatable.milliCPU)
            ?? deferred("memory", new.memory, used.memory - old.memory, allocatable.memory)
    }
}

extension Kubelet {
    /// Gives a pod the resources that its changed spec asks for, if the node has them.
    func resize(_ worker: PodWorker, to pod: Pod, _ slot: Int) {
        let wanted = PodRequests(pod.spec)
        let refusal = admission.refusal(of: wanted, insteadOf: worker.requests)
        if refusal == nil {
            // What it gives back may be what others wait for.
            let givesBack = wanted.milliCPU < worker.requests.milliCPU || wanted.memory < worker.requests.memory
            if givesBack, isResizePending { areResourcesFreed = true }
            give(wanted, worker)
        } else if refusal?.reason == ResizeRefusal.deferred {
            isResizePending = true
        }
        send(.resized(pod, refusal), to: slot)
    }

    /// Looks again at the pods that wait for resources, now that some are free: first at those that ask for no more
    /// than they have, then by priority, then at Guaranteed ones, and of equals at those that have waited longest.
    /// Follows kubernetes `pkg/kubelet/allocation/allocation_manager.go` (`sortPendingResizes`).
    func retryResizes() {
        isResizePending = false
        var waiting: [(slot: Int, identity: UInt64, rank: (Int, Int, Int, Instant))] = []
        for slot in workers.indices {
            guard let worker = workers[slot], worker.holdsResources,
                let pending = worker.lifecycle.resize?.fields.pending,
                pending.refusal.reason == ResizeRefusal.deferred
            else { continue }
            let spec = worker.lifecycle.pod.spec
            let wanted = PodRequests(spec)
            let grows = wanted.milliCPU > worker.requests.milliCPU || wanted.memory > worker.requests.memory
            let isGuaranteed = QualityOfService.of(spec) == QualityOfService.guaranteed
            let rank = (grows ? 1 : 0, -(spec.priority ?? 0), isGuaranteed ? 0 : 1, pending.since)
            waiting.append((slot, worker.identity, rank))
        }
        // Places break ties, as sorting keeps no order by itself.
        waiting.sort { $0.rank == $1.rank ? $0.slot < $1.slot : $0.rank < $1.rank }
        for (slot, identity, _) in waiting {
            guard let worker = workers[slot], worker.identity == identity,
                worker.lifecycle.resize?.fields.pending != nil
            else { continue }
            resize(worker, to: worker.lifecycle.pod, slot)
        }
    }

    private func give(_ requests: PodRequests, _ worker: PodWorker) {
        admission.remove(worker.requests, ports: worker.ports)
        admission.add(requests, ports: worker.ports)
        worker.requests = requests
    }
}

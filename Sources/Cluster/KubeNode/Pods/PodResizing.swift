import ClusterCore
import KubeAPI
import KubeClient

/// How far a change of a running pod's resources is.
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

    /// What there is while it is not what the spec asks for; nil when it is.
    var actual: Resources?
    /// Why the node does not give the pod what it asks for now.
    var pending: ResizeRefusal?
    /// When what the node has given is in place.
    var deadline: Instant?

    var isInProgress: Bool { deadline != nil }
}

/// Why a pod cannot have the resources that it asks for.
struct ResizeRefusal: Equatable {
    /// `Deferred` while others have them, `Infeasible` if the node is too small.
    let reason: String
    let message: String
}

// Follows kubernetes `pkg/kubelet/allocation/allocation_manager.go` and `pkg/kubelet/kuberuntime`.
extension PodLifecycle {
    /// Whether a newer spec asks for other resources than the pod has or was given.
    func isResized(by newer: PodSpec) -> Bool {
        !newer.isIdentical(to: pod.spec) && PodResize.Resources(newer) != PodResize.Resources(pod.spec)
    }

    /// Begins to change what there is to what a newer spec asks for, or notes why that cannot be.
    mutating func beginResize(_ refusal: ResizeRefusal?, at now: Instant) {
        if resize.actual == nil { resize.actual = PodResize.Resources(pod.spec) }
        resize.pending = refusal
        // One sync of the pod sets the limits of its containers.
        resize.deadline = refusal == nil ? now + latencies.resize : nil
    }

    /// The node can give what it refused before.
    mutating func resizeAllowed(at now: Instant) {
        resize.pending = nil
        resize.deadline = now + latencies.resize
        markStatus(isUrgent: true)
    }

    /// What was given is in place; containers that take a change only by starting anew do so.
    mutating func resizeDue(_ now: Instant, _ actions: inout [PodAction]) {
        guard let due = resize.deadline, due <= now else { return }
        let before = resize.actual?.containers ?? []
        resize = PodResize()
        markStatus(isUrgent: true)
        for index in before.indices where containers[index].phase == .running && needsRestart(index, before[index]) {
            let message = "Container \(spec(index).name) resize requires restart"
            stop(index, message, grace: graceOfSpec, isReplaced: true, now, &actions)
        }
    }

    private func needsRestart(_ index: Int, _ before: ResourceRequirements?) -> Bool {
        let container = spec(index)
        return container.resizePolicy.contains { policy in
            let name = policy.resourceName
            return policy.restartPolicy == "RestartContainer"
                && (container.resources?.requests[name] != before?.requests[name]
                    || container.resources?.limits[name] != before?.limits[name])
        }
    }

    /// What a container has, and what it was given.
    func reportedResources(_ index: Int) -> (actual: ResourceRequirements?, allocated: ResourceRequirements?) {
        let wanted = spec(index).resources
        guard let actual = resize.actual?.containers, index < actual.count else { return (wanted, wanted) }
        return (actual[index], resize.isInProgress ? wanted : actual[index])
    }

    /// Tells what the pod as a whole has and was given, if it asks for anything as a whole.
    /// Follows kubernetes `pkg/kubelet/kubelet_pods.go` (`generateAPIPodStatus`) with the feature
    /// InPlacePodLevelResourcesVerticalScaling, which is on by default in 1.36 (KEP-5419).
    func tellPodResources(_ status: inout PodStatus) {
        let wanted = pod.spec.resources
        let actual = resize.actual.map(\.pod) ?? wanted
        let allocated = resize.isInProgress ? wanted : actual
        status.resources = actual.flatMap { $0.requests.isEmpty && $0.limits.isEmpty ? nil : $0 }
        status.allocatedResources = allocated?.requests ?? [:]
    }

    /// The conditions of a resize that is not done.
    func resizeConditions(_ current: Pod, _ now: Instant) -> [PodCondition] {
        var conditions: [PodCondition] = []
        if let pending = resize.pending {
            conditions.append(resizeCondition("PodResizePending", current, now, pending))
        }
        if resize.isInProgress { conditions.append(resizeCondition("PodResizeInProgress", current, now, nil)) }
        return conditions
    }

    private func resizeCondition(
        _ type: String, _ current: Pod, _ now: Instant, _ refusal: ResizeRefusal?
    ) -> PodCondition {
        var condition = PodCondition()
        condition.type = type
        condition.status = "True"
        condition.reason = refusal?.reason
        condition.message = refusal?.message
        condition.observedGeneration = current.metadata.generation
        let before = current.status.conditions.first { $0.type == type }
        condition.lastTransitionTime = before?.lastTransitionTime ?? now.time
        return condition
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
    func resize(_ pod: Pod, _ slot: Int) {
        guard let worker = workers[slot], worker.holdsResources, worker.lifecycle.isActive,
            worker.lifecycle.isResized(by: pod.spec)
        else { return }
        let wanted = PodRequests(pod.spec)
        let refusal = admission.refusal(of: wanted, insteadOf: worker.requests)
        if refusal == nil { give(wanted, slot) } else { isResizePending = true }
        workers[slot]?.lifecycle.beginResize(refusal, at: loop.now)
    }

    /// Looks again at the pods that wait for resources, now that some are free.
    func retryResizes() {
        isResizePending = false
        for slot in workers.indices {
            guard let worker = workers[slot], worker.holdsResources, worker.lifecycle.resize.pending != nil else {
                continue
            }
            let wanted = PodRequests(worker.lifecycle.pod.spec)
            guard admission.refusal(of: wanted, insteadOf: worker.requests) == nil else {
                isResizePending = true
                continue
            }
            give(wanted, slot)
            workers[slot]?.lifecycle.resizeAllowed(at: loop.now)
            send(.time, to: slot)
        }
    }

    private func give(_ requests: PodRequests, _ slot: Int) {
        guard let worker = workers[slot] else { return }
        admission.remove(worker.requests, ports: worker.ports)
        admission.add(requests, ports: worker.ports)
        workers[slot]?.requests = requests
    }
}

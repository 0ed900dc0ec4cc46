import KubeAPI
import KubeClient

/// `pods/resize`: the CPU and memory of a pod's containers, and how they take a change of them.
///
/// Follows kubernetes pkg/registry/core/pod/strategy.go `podResizeStrategy` and pkg/apis/core/validation/validation.go
/// `ValidatePodResize`.
enum PodResizeStrategy: SubresourceStrategy {
    static var subresource: Subresource { .resize }
    static var countsGenerations: Bool { true }

    // MARK: What changes

    static func prepare(_ pod: inout Pod, old: Pod, now: Time) {
        // Containers that come, go or change places are for validation to tell of.
        guard isSameList(pod.spec.containers, old.spec.containers),
            isSameList(pod.spec.initContainers, old.spec.initContainers)
        else { return }
        var result = old
        result.metadata = pod.metadata
        result.keepMetadata(of: old)
        result.spec.resources = pod.spec.resources
        resize(&result.spec.containers, as: pod.spec.containers)
        resize(&result.spec.initContainers, as: pod.spec.initContainers)
        PodStrategy.setDefaults(&result)
        pod = result
    }

    private static func isSameList(_ new: [Container], _ old: [Container]) -> Bool {
        new.count == old.count && zip(new, old).allSatisfy { $0.name == $1.name }
    }

    private static func resize(_ containers: inout [Container], as new: [Container]) {
        for index in containers.indices {
            if containers[index].resources != new[index].resources {
                containers[index].resources = new[index].resources
            }
            if containers[index].resizePolicy != new[index].resizePolicy {
                containers[index].resizePolicy = new[index].resizePolicy
            }
        }
    }

    // MARK: What is allowed

    static func validate(_ pod: Pod, old: Pod) -> [FieldError] {
        if old.isMirror {
            return [.forbidden("", "static pods cannot be resized")]
        }
        if old.spec.os?.name == "windows" { return [.forbidden("", "windows pods cannot be resized")] }
        return Validator.errors { validator in
            validator.pod(pod)
            validator.field("spec") { validator in
                let before = old.status.qosClass.isEmptyOrNil ? QualityOfService.of(old.spec) : old.status.qosClass
                if before != QualityOfService.of(pod.spec) {
                    validator.invalid(
                        .here, pod.status.qosClass ?? "", "Pod QOS Class may not change as a result of resizing")
                }
                if !isSupported(old) {
                    validator.forbidden(.here, "Pod running on node without support for resize")
                }
                validator.podResize(pod.spec, old.spec)
            }
        }
    }

    /// Whether the pod's node reports what its containers have.
    private static func isSupported(_ pod: Pod) -> Bool {
        let running = pod.status.containerStatuses.first { $0.state?.running != nil }
        return running.map { $0.resources != nil } ?? true
    }
}

extension Validator {
    fileprivate mutating func podResize(_ spec: PodSpec, _ old: PodSpec) {
        let count = errors.count
        var unchanged = spec
        podLevelResize(&unchanged, old)
        let hasSameContainers = sameOrder("containers", spec.containers, old.containers)
        let hasSameInitContainers = sameOrder("initContainers", spec.initContainers, old.initContainers)
        guard hasSameContainers, hasSameInitContainers else { return }
        each("initContainers", spec.initContainers) { validator, container, index in
            validator.containerResize(container, old.initContainers[index])
        }
        each("containers", spec.containers) { validator, container, index in
            validator.containerResize(container, old.containers[index])
        }
        for index in unchanged.containers.indices {
            unchanged.containers[index].keepCPUAndMemory(of: old.containers[index])
            unchanged.containers[index].resizePolicy = old.containers[index].resizePolicy
            if unchanged.containers[index] != old.containers[index] {
                onlyCPUAndMemory("", "core.PodSpec", old.containers[index], unchanged.containers[index])
            }
        }
        each("initContainers", spec.initContainers) { validator, container, index in
            let before = old.initContainers[index]
            unchanged.initContainers[index].keepCPUAndMemory(of: before)
            unchanged.initContainers[index].resizePolicy = before.resizePolicy
            if unchanged.initContainers[index] != before {
                validator.onlyCPUAndMemory(
                    " for init or sidecar containers", "core.Container", before, unchanged.initContainers[index])
            }
            if container != before, container.restartPolicy != "Always",
                container.resizePolicy.contains(where: { $0.restartPolicy == "RestartContainer" })
            {
                validator.forbidden(
                    .here, "non-sidecar init containers with a resize policy of RestartContainer cannot be resized")
            }
        }
        if errors.count == count, unchanged != old { onlyCPUAndMemory("", "core.PodSpec", old, unchanged) }
    }

    private mutating func onlyCPUAndMemory<Value: JSONCodable>(
        _ detail: String, _ type: String, _ old: Value, _ new: Value
    ) {
        forbidden(
            .here, "only cpu and memory resources\(detail) are mutable\n" + GoDiff.text(type, old, new))
    }

    private mutating func podLevelResize(_ spec: inout PodSpec, _ old: PodSpec) {
        guard spec.resources != old.resources else { return }
        guard let new = spec.resources else {
            return forbidden("resources", "pod-level resources cannot be removed")
        }
        let before = old.resources ?? ResourceRequirements()
        if isAnyRemoved(new.requests, before.requests) {
            forbidden(.grandchild("resources", "requests"), "pod-level resource requests cannot be removed")
        }
        if isAnyRemoved(new.limits, before.limits) {
            forbidden(.grandchild("resources", "limits"), "pod-level resource limits cannot be removed")
        }
        var kept = new
        kept.keepCPUAndMemory(of: before)
        if kept != before { forbidden(.here, "only cpu and memory resources are mutable at pod-level") }
        spec.resources = old.resources
    }

    private mutating func sameOrder(_ name: String, _ new: [Container], _ old: [Container]) -> Bool {
        guard new.count == old.count else {
            forbidden(.child(name), "\(name) may not be added or removed on resize")
            return false
        }
        var isSame = true
        for (index, container) in old.enumerated() where new[index].name != container.name {
            forbidden(.elementField(name, index, "name"), "\(name) may not be renamed or reordered on resize")
            isSame = false
        }
        return isSame
    }

    private mutating func containerResize(_ container: Container, _ old: Container) {
        let before = old.resources ?? ResourceRequirements()
        if isAnyRemoved(container.resources?.requests ?? [:], before.requests) {
            forbidden(.grandchild("resources", "requests"), "resource requests cannot be removed")
        }
        if isAnyRemoved(container.resources?.limits ?? [:], before.limits) {
            forbidden(.grandchild("resources", "limits"), "resource limits cannot be removed")
        }
    }

    private func isAnyRemoved(_ new: StringMap<Quantity>, _ old: StringMap<Quantity>) -> Bool {
        old.contains { new[$0.0] == nil }
    }
}

extension ResourceRequirements {
    fileprivate mutating func keepCPUAndMemory(of old: ResourceRequirements) {
        for name in ["cpu", "memory"] {
            requests[name] = old.requests[name]
            limits[name] = old.limits[name]
        }
    }
}

extension Container {
    fileprivate mutating func keepCPUAndMemory(of old: Container) {
        guard resources != old.resources else { return }
        var kept = resources ?? ResourceRequirements()
        kept.keepCPUAndMemory(of: old.resources ?? ResourceRequirements())
        resources = kept == ResourceRequirements() ? old.resources : kept
    }
}

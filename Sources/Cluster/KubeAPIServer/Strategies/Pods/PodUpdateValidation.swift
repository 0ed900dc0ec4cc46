import KubeAPI

// What may change in a pod. Follows kubernetes pkg/apis/core/validation/validation.go `ValidatePodUpdate`.

extension Validator {
    mutating func podUpdate(_ pod: Pod, old: Pod) {
        // A spec that did not change was valid, and stays so.
        if pod.spec == old.spec {
            if pod.annotations != old.annotations {
                field("metadata") { $0.podAnnotationUpdate(pod, old: old) }
            }
            return
        }
        self.pod(pod)
        field("metadata") { $0.podAnnotationUpdate(pod, old: old) }
        field("spec") { $0.podSpecUpdate(pod.spec, old: old.spec) }
    }

    mutating func podAnnotationUpdate(_ pod: Pod, old: Pod) {
        let mirror = Pod.mirrorAnnotation
        let before = old.annotations[mirror]
        let after = pod.annotations[mirror]
        if before != nil, before != after {
            forbidden(.entry("annotations", mirror), "may not remove or update mirror pod annotation")
        } else if before == nil, after != nil {
            forbidden(.entry("annotations", mirror), "may not add mirror pod annotation")
        }
        profileAnnotationUpdate(pod.annotations, old: old.annotations)
        podAnnotations(pod.annotations, pod.spec)
    }

    private mutating func podSpecUpdate(_ spec: PodSpec, old: PodSpec) {
        guard containerUpdate("containers", spec.containers, old.containers),
            containerUpdate("initContainers", spec.initContainers, old.initContainers),
            deadlineUpdate(spec, old)
        else { return }
        tolerationUpdate(spec, old)
        for (index, gate) in spec.schedulingGates.enumerated()
        where !old.schedulingGates.contains(where: { $0.name == gate.name }) {
            forbidden(
                .elementField("schedulingGates", index, "name"),
                "only deletion is allowed, but found new scheduling gate '\(gate.name)'")
        }
        var comparable = spec
        for index in comparable.containers.indices { comparable.containers[index].image = old.containers[index].image }
        for index in comparable.initContainers.indices {
            comparable.initContainers[index].image = old.initContainers[index].image
        }
        comparable.activeDeadlineSeconds = old.activeDeadlineSeconds
        comparable.schedulingGates = old.schedulingGates
        comparable.tolerations = old.tolerations
        if let before = old.terminationGracePeriodSeconds, before < 0, spec.terminationGracePeriodSeconds == 1 {
            comparable.terminationGracePeriodSeconds = before
        }
        if !old.schedulingGates.isEmpty { gatedUpdate(&comparable, old) }
        if comparable != old {
            let fields = [
                "`spec.containers[*].image`", "`spec.initContainers[*].image`", "`spec.activeDeadlineSeconds`",
                "`spec.tolerations` (only additions to existing tolerations)",
                "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
            ]
            forbidden(
                .here,
                "pod updates may not change fields other than \(fields.joined(separator: ","))\n"
                    + GoDiff.text("core.PodSpec", old, comparable))
        }
    }

    /// False when the containers cannot be compared further.
    private mutating func containerUpdate(_ name: String, _ new: [Container], _ old: [Container]) -> Bool {
        if new.count != old.count {
            forbidden(.child(name), "pod updates may not add or remove containers")
            return false
        }
        each(name, new) { validator, container, _ in
            if container.image.isEmptyOrNil { validator.required("image") }
            validator.imageWithoutSpaces(container)
        }
        return true
    }

    /// A deadline may be set, and shortened.
    private mutating func deadlineUpdate(_ spec: PodSpec, _ old: PodSpec) -> Bool {
        guard let seconds = spec.activeDeadlineSeconds else {
            if old.activeDeadlineSeconds != nil {
                invalidNull("activeDeadlineSeconds", "must not update from a positive integer to nil value")
            }
            return true
        }
        if seconds < 0 || seconds > Int(Int32.max) {
            invalid("activeDeadlineSeconds", seconds, Validation.rangeError(0, Int(Int32.max)))
            return false
        }
        if let before = old.activeDeadlineSeconds, before < seconds {
            invalid("activeDeadlineSeconds", seconds, "must be less than or equal to previous value")
            return false
        }
        return true
    }

    /// Tolerations may be added; of those that are there, the seconds alone may change.
    private mutating func tolerationUpdate(_ spec: PodSpec, _ old: PodSpec) {
        for toleration in old.tolerations {
            let isKept = spec.tolerations.contains { candidate in
                var same = toleration
                same.tolerationSeconds = candidate.tolerationSeconds
                return same == candidate
            }
            if !isKept {
                return forbidden(
                    "tolerations", "existing toleration can not be modified except its tolerationSeconds")
            }
        }
        if spec.tolerations != old.tolerations { tolerations(spec.tolerations) }
    }

    // MARK: Gated pods

    /// Before a pod is let through its gates, it may be told more narrowly where to go.
    private mutating func gatedUpdate(_ spec: inout PodSpec, _ old: PodSpec) {
        if spec.nodeSelector != old.nodeSelector {
            for (key, value) in old.nodeSelector where spec.nodeSelector[key] != value {
                invalid(
                    "nodeSelector", spec.nodeSelector,
                    "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
                break
            }
            spec.nodeSelector = old.nodeSelector
        }
        let before = old.affinity?.nodeAffinity
        let after = spec.affinity?.nodeAffinity
        if before == after { return }
        field("affinity", "nodeAffinity") { $0.nodeAffinityUpdate(after, before) }
        if spec.affinity == nil {
            var affinity = Affinity()
            affinity.nodeAffinity = before
            spec.affinity = affinity
        } else if old.affinity == nil, spec.affinity?.podAffinity == nil, spec.affinity?.podAntiAffinity == nil {
            spec.affinity = nil
        } else {
            spec.affinity?.nodeAffinity = before
        }
    }

    private mutating func nodeAffinityUpdate(_ new: NodeAffinity?, _ old: NodeAffinity?) {
        guard let before = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms else { return }
        let after = new?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
        field("requiredDuringSchedulingIgnoredDuringExecution") { validator in
            if !before.isEmpty, before.count != after.count {
                return validator.invalid(
                    "nodeSelectorTerms", after,
                    "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
            }
            for (index, term) in before.enumerated() {
                let wasEmpty = term.matchExpressions.isEmpty && term.matchFields.isEmpty
                let isEmpty = after[index].matchExpressions.isEmpty && after[index].matchFields.isEmpty
                let hasOnlyAdditions =
                    !(wasEmpty && !isEmpty) && after[index].matchExpressions.starts(with: term.matchExpressions)
                    && after[index].matchFields.starts(with: term.matchFields)
                if !hasOnlyAdditions {
                    validator.invalid(
                        .element("nodeSelectorTerms", index), after[index],
                        "only additions are allowed (no mutations or deletions)")
                }
            }
        }
    }
}

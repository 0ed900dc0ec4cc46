import KubeAPI

/// Pods. Follows kubernetes pkg/registry/core/pod/strategy.go.
enum PodStrategy: Strategy {
    static func setDefaults(_ pod: inout Pod) {
        // Of pods alone: a template stays as it was written.
        if let seconds = pod.spec.terminationGracePeriodSeconds, seconds < 0 {
            pod.spec.terminationGracePeriodSeconds = 1
        }
        PodDefaults.set(&pod.spec)
        setAddresses(&pod)
    }

    /// The old field for one address and the new one for several follow each other; where they differ, the old one
    /// tells. Follows kubernetes pkg/apis/core/v1 `Convert_v1_PodStatus_To_core_PodStatus`.
    private static func setAddresses(_ pod: inout Pod) {
        let first = pod.status.podIPs.first?.ip
        if let address = pod.status.podIP, !address.isEmpty {
            guard address != first else { return }
            var entry = PodIP()
            entry.ip = address
            pod.status.podIPs = [entry]
        } else if let first {
            pod.status.podIP = first
        }
    }

    /// A new pod is pending, and has the class of service that its requests give it.
    static func prepareForCreate(_ pod: inout Pod) {
        var status = PodStatus()
        status.phase = "Pending"
        status.qosClass = QualityOfService.of(pod.spec)
        if !pod.spec.schedulingGates.isEmpty {
            var condition = PodCondition()
            condition.type = "PodScheduled"
            condition.status = "False"
            condition.reason = "SchedulingGated"
            condition.message = "Scheduling is blocked due to non-empty scheduling gates"
            status.conditions = [condition]
        }
        pod.status = status
        PodLabelKeys.join(&pod)
        ProfileAnnotations.setAppArmorProfiles(&pod)
    }

    static func prepareForUpdate(_ pod: inout Pod, old: Pod) { pod.status = old.status }

    /// The status takes what it is given; neither the spec nor the owners change, nor does the class of service.
    static func prepareForStatusUpdate(_ pod: inout Pod, old: Pod) {
        pod.spec = old.spec
        // Metadata that nobody touched stays one with the old one's, in memory too.
        if !pod.metadata.isIdentical(to: old.metadata) {
            pod.metadata.ownerReferences = old.metadata.ownerReferences
            pod.metadata.deletionTimestamp = old.metadata.deletionTimestamp
        }
        if pod.status.qosClass.isEmptyOrNil { pod.status.qosClass = old.status.qosClass }
        keepGenerations(&pod.status, old: old.status)
    }

    /// Who does not tell of which generation a status or a condition is, leaves it as it was. Of several conditions of
    /// a type, each follows its own. Follows upstream `preserveOldObservedGeneration`.
    private static func keepGenerations(_ status: inout PodStatus, old: PodStatus) {
        if status.observedGeneration.isZeroOrNil, !old.observedGeneration.isZeroOrNil {
            status.observedGeneration = old.observedGeneration
        }
        guard status.conditions.contains(where: { $0.observedGeneration.isZeroOrNil }) else { return }
        for (index, condition) in status.conditions.enumerated() where condition.observedGeneration.isZeroOrNil {
            let earlier = status.conditions[..<index].count { $0.type == condition.type }
            let before = old.conditions.lazy.filter { $0.type == condition.type }.dropFirst(earlier).first
            guard let generation = before?.observedGeneration, generation != 0 else { continue }
            status.conditions[index].observedGeneration = generation
        }
    }

    static func validate(_ pod: Pod) -> [FieldError] {
        Validator.errors { validator in
            validator.pod(pod)
            validator.field("spec") { validator in
                if !pod.spec.ephemeralContainers.isEmpty {
                    validator.forbidden("ephemeralContainers", "cannot be set on create")
                }
                if !pod.spec.nodeName.isEmptyOrNil, !pod.spec.schedulingGates.isEmpty {
                    validator.forbidden("nodeName", "cannot be set until all schedulingGates have been cleared")
                }
                validator.profilesMatchAnnotations(pod.annotations, pod.spec)
            }
        }
    }

    static func validateUpdate(_ pod: Pod, old: Pod) -> [FieldError] {
        Validator.errors { $0.podUpdate(pod, old: old) }
    }

    static func validateStatusUpdate(_ pod: Pod, old: Pod) -> [FieldError] {
        Validator.errors { $0.podStatusUpdate(pod, old: old) }
    }

    static func warnings(_ pod: Pod, old: Pod?) -> [String] {
        // People seldom change pods themselves.
        if old != nil { return [] }
        var warnings = ProfileAnnotations.warnings(pod)
        let messages = Validation.dns1123Label(pod.name)
        if !messages.isEmpty {
            warnings.append(
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
                    + "a DNS label is recommended: [\(messages.joined(separator: " "))]")
        }
        return warnings + PodWarnings.of(pod.spec, pod.metadata)
    }
}

/// What pods have beyond templates, and the pods of templates.
extension Validator {
    /// The annotations and the spec of a pod.
    mutating func pod(_ pod: Pod) {
        field("metadata") { $0.podAnnotations(pod.annotations, pod.spec) }
        field("spec") { validator in
            validator.podSpec(pod.spec, metadata: pod.metadata, isPod: true)
            if pod.spec.serviceAccountName.isEmptyOrNil { validator.tokensWithoutAccount(pod.spec.volumes) }
            validator.each("containers", pod.spec.containers) { validator, container, _ in
                validator.imageWithoutSpaces(container)
            }
            validator.each("initContainers", pod.spec.initContainers) { validator, container, _ in
                validator.imageWithoutSpaces(container)
            }
        }
    }

    mutating func podAnnotations(_ annotations: StringMap<String>, _ spec: PodSpec) {
        if annotations.isEmpty { return }
        if let value = annotations[Pod.mirrorAnnotation], spec.nodeName.isEmptyOrNil {
            invalid(
                .entry("annotations", Pod.mirrorAnnotation), value,
                "must set spec.nodeName if mirror pod annotation is set")
        }
        let cost = "controller.kubernetes.io/pod-deletion-cost"
        if let value = annotations[cost], !PodDeletionCost.isValid(value) {
            invalid(.entry("annotations", cost), value, "must be a 32bit integer")
        }
        profileAnnotations(annotations, spec)
    }

    private mutating func tokensWithoutAccount(_ volumes: [Volume]) {
        each("volumes", volumes) { validator, volume, _ in
            guard let projected = volume.projected else { return }
            validator.field("projected") { validator in
                for (index, source) in projected.sources.enumerated() where source.serviceAccountToken != nil {
                    validator.forbidden(
                        .elementField("sources", index, "serviceAccountToken"),
                        "must not be specified when serviceAccountName is not set")
                }
            }
        }
    }
}

enum PodDeletionCost {
    /// A whole number of 32 bits, without a plus sign or leading zeros; after a minus, upstream lets zeros pass.
    /// Follows kubernetes pkg/apis/core/helper/helpers.go `validFirstDigit`.
    static func isValid(_ text: String) -> Bool {
        guard Int32(text) != nil, let first = text.utf8.first else { return false }
        return text == "0" || first == UInt8(ascii: "-") || first &- UInt8(ascii: "1") < 9
    }
}

/// Puts the values of the labels that a rule names by key into its selector, as the API server does when a pod is made.
/// Follows kubernetes pkg/registry/core/pod/strategy.go `mutatePodAffinity` and `mutateTopologySpreadConstraints`.
enum PodLabelKeys {
    static func join(_ pod: inout Pod) {
        if pod.spec.topologySpreadConstraints.contains(where: { !$0.matchLabelKeys.isEmpty }) {
            for index in pod.spec.topologySpreadConstraints.indices {
                let constraint = pod.spec.topologySpreadConstraints[index]
                guard let selector = constraint.labelSelector else { continue }
                pod.spec.topologySpreadConstraints[index].labelSelector = adding(
                    constraint.matchLabelKeys, "In", pod.labels, to: selector)
            }
        }
        guard let affinity = pod.spec.affinity else { return }
        if let rules = affinity.podAffinity {
            var joined = rules
            join(&joined.requiredDuringSchedulingIgnoredDuringExecution, pod.labels)
            join(&joined.preferredDuringSchedulingIgnoredDuringExecution, pod.labels)
            if joined != rules { pod.spec.affinity?.podAffinity = joined }
        }
        if let rules = affinity.podAntiAffinity {
            var joined = rules
            join(&joined.requiredDuringSchedulingIgnoredDuringExecution, pod.labels)
            join(&joined.preferredDuringSchedulingIgnoredDuringExecution, pod.labels)
            if joined != rules { pod.spec.affinity?.podAntiAffinity = joined }
        }
    }

    private static func join(_ terms: inout [PodAffinityTerm], _ labels: StringMap<String>) {
        for index in terms.indices { join(&terms[index], labels) }
    }

    private static func join(_ terms: inout [WeightedPodAffinityTerm], _ labels: StringMap<String>) {
        for index in terms.indices { join(&terms[index].podAffinityTerm, labels) }
    }

    private static func join(_ term: inout PodAffinityTerm, _ labels: StringMap<String>) {
        guard var selector = term.labelSelector, !term.matchLabelKeys.isEmpty || !term.mismatchLabelKeys.isEmpty else {
            return
        }
        selector = adding(term.matchLabelKeys, "In", labels, to: selector)
        selector = adding(term.mismatchLabelKeys, "NotIn", labels, to: selector)
        term.labelSelector = selector
    }

    private static func adding(
        _ keys: [String], _ comparison: String, _ labels: StringMap<String>, to selector: LabelSelector
    ) -> LabelSelector {
        var selector = selector
        for key in keys {
            guard let value = labels[key] else { continue }
            var requirement = LabelSelectorRequirement()
            requirement.key = key
            requirement.operator = comparison
            requirement.values = [value]
            // Validation tells of a key that the author has in the selector already.
            selector.matchExpressions.append(requirement)
        }
        return selector
    }
}

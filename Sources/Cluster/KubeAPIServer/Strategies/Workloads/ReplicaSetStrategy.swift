import KubeAPI

/// ReplicaSets. Follows kubernetes pkg/registry/apps/replicaset/strategy.go and
/// pkg/apis/apps/validation/validation.go.
enum ReplicaSetStrategy: Strategy {
    static func setDefaults(_ replicaSet: inout ReplicaSet) {
        replicaSet.spec.template.mutateSpec(PodSpecDefaults.set)
        if replicaSet.spec.replicas == nil { replicaSet.spec.replicas = 1 }
    }

    static func prepareForStatusUpdate(_ replicaSet: inout ReplicaSet, old: ReplicaSet) { replicaSet.spec = old.spec }

    static func validate(_ replicaSet: ReplicaSet) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.replicaSet(replicaSet.spec, checksTemplate: true) }
        }
    }

    static func validateUpdate(_ replicaSet: ReplicaSet, old: ReplicaSet) -> [FieldError] {
        if replicaSet.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                let templateChanged =
                    replicaSet.spec.template != old.spec.template || replicaSet.spec.selector != old.spec.selector
                validator.replicaSet(replicaSet.spec, checksTemplate: templateChanged)
                validator.immutable("selector", replicaSet.spec.selector, old: old.spec.selector)
            }
        }
    }

    static func validateStatusUpdate(_ replicaSet: ReplicaSet, old: ReplicaSet) -> [FieldError] {
        let status = replicaSet.status
        return Validator.errors { validator in
            validator.field("status") { validator in
                validator.replicaCounts(
                    status.replicas, fullyLabeled: status.fullyLabeledReplicas, ready: status.readyReplicas,
                    available: status.availableReplicas, terminating: status.terminatingReplicas,
                    observedGeneration: status.observedGeneration)
            }
        }
    }

    static func warnings(_ replicaSet: ReplicaSet, old: ReplicaSet?) -> [String] {
        if let old, old.spec == replicaSet.spec { return [] }
        let names = old == nil ? PodWarnings.ofName(replicaSet.name) : []
        return names
            + PodWarnings.of(
                replicaSet.spec.template.podSpec, replicaSet.spec.template.podMetadata, template: "spec.template")
    }
}

extension Validator {
    fileprivate mutating func replicaSet(_ spec: ReplicaSetSpec, checksTemplate: Bool) {
        nonnegative("replicas", spec.replicas)
        nonnegative("minReadySeconds", spec.minReadySeconds)
        // Upstream's own words: it calls the ReplicaSet a deployment.
        workloadSelector(spec.selector, of: "deployment")
        if checksTemplate {
            workloadTemplate(spec.template.value, selector: spec.selector, deadlineIn: "ReplicaSet")
        }
    }

    /// The counts in the status of ReplicaSets and ReplicationControllers.
    mutating func replicaCounts(
        _ replicas: Int, fullyLabeled: Int?, ready: Int?, available: Int?, terminating: Int? = nil,
        observedGeneration: Int?
    ) {
        nonnegative("replicas", replicas)
        nonnegative("fullyLabeledReplicas", fullyLabeled)
        nonnegative("readyReplicas", ready)
        nonnegative("availableReplicas", available)
        nonnegative("terminatingReplicas", terminating)
        nonnegative("observedGeneration", observedGeneration)
        notMoreThanReplicas("fullyLabeledReplicas", fullyLabeled, replicas)
        notMoreThanReplicas("readyReplicas", ready, replicas)
        notMoreThanReplicas("availableReplicas", available, replicas)
        notMoreThanReady(available, ready)
    }
}

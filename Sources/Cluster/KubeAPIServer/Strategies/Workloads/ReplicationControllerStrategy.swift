import KubeAPI

/// ReplicationControllers. Follows kubernetes pkg/registry/core/replicationcontroller/strategy.go.
enum ReplicationControllerStrategy: Strategy {
    static func setDefaults(_ controller: inout ReplicationController) {
        controller.spec.template.mutateSpec(PodSpecDefaults.set)
        let labels = controller.spec.template.podLabels
        if !labels.isEmpty {
            if controller.spec.selector.isEmpty { controller.spec.selector = labels }
            if controller.metadata.labels.isEmpty { controller.metadata.labels = labels }
        }
        if controller.spec.replicas == nil { controller.spec.replicas = 1 }
    }

    static func prepareForStatusUpdate(_ controller: inout ReplicationController, old: ReplicationController) {
        controller.spec = old.spec
    }

    static func validate(_ controller: ReplicationController) -> [FieldError] {
        let spec = controller.spec
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.nonnegative("minReadySeconds", spec.minReadySeconds)
                if spec.selector.isEmpty { validator.required("selector") }
                validator.nonnegative("replicas", spec.replicas)
                guard spec.template.isPresent else { return validator.required("template") }
                validator.workloadTemplate(
                    spec.template.value, selector: Selector(spec.selector), deadlineIn: "ReplicationController")
            }
        }
    }

    static func validateUpdate(_ controller: ReplicationController, old: ReplicationController) -> [FieldError] {
        controller.spec == old.spec ? [] : validate(controller)
    }

    static func validateStatusUpdate(_ controller: ReplicationController, old: ReplicationController) -> [FieldError] {
        let status = controller.status
        return Validator.errors { validator in
            validator.field("status") { validator in
                validator.replicaCounts(
                    status.replicas, fullyLabeled: status.fullyLabeledReplicas, ready: status.readyReplicas,
                    available: status.availableReplicas, observedGeneration: status.observedGeneration)
            }
        }
    }

    static func warnings(_ controller: ReplicationController, old: ReplicationController?) -> [String] {
        if let old, old.spec == controller.spec { return [] }
        let names = old == nil ? PodWarnings.ofName(controller.name) : []
        return names
            + PodWarnings.of(
                controller.spec.template.podSpec, controller.spec.template.podMetadata, template: "spec.template")
    }
}

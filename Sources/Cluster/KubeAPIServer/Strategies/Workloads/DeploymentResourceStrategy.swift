import KubeAPI

/// Deployments. Follows kubernetes pkg/registry/apps/deployment/strategy.go, pkg/apis/apps/v1/defaults.go and
/// pkg/apis/apps/validation/validation.go.
enum DeploymentResourceStrategy: Strategy {
    static func setDefaults(_ deployment: inout Deployment) {
        PodSpecDefaults.set(&deployment.spec.template.spec)
        if deployment.spec.replicas == nil { deployment.spec.replicas = 1 }
        var strategy = deployment.spec.strategy ?? DeploymentStrategy()
        if strategy.type.isEmptyOrNil { strategy.type = "RollingUpdate" }
        if strategy.type == "RollingUpdate" {
            var update = strategy.rollingUpdate ?? RollingUpdateDeployment()
            if update.maxUnavailable == nil { update.maxUnavailable = "25%" }
            if update.maxSurge == nil { update.maxSurge = "25%" }
            strategy.rollingUpdate = update
        }
        if deployment.spec.strategy != strategy { deployment.spec.strategy = strategy }
        if deployment.spec.revisionHistoryLimit == nil { deployment.spec.revisionHistoryLimit = 10 }
        if deployment.spec.progressDeadlineSeconds == nil { deployment.spec.progressDeadlineSeconds = 600 }
    }

    /// Of the metadata, the labels stay too.
    static func prepareForStatusUpdate(_ deployment: inout Deployment, old: Deployment) {
        deployment.spec = old.spec
        deployment.metadata.labels = old.metadata.labels
    }

    static func validate(_ deployment: Deployment) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.deployment(deployment.spec, checksTemplate: true) }
        }
    }

    static func validateUpdate(_ deployment: Deployment, old: Deployment) -> [FieldError] {
        if deployment.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                let templateChanged =
                    deployment.spec.template != old.spec.template || deployment.spec.selector != old.spec.selector
                validator.deployment(deployment.spec, checksTemplate: templateChanged)
                validator.immutable("selector", deployment.spec.selector, old: old.spec.selector)
            }
        }
    }

    static func validateStatusUpdate(_ deployment: Deployment, old: Deployment) -> [FieldError] {
        let status = deployment.status
        return Validator.errors { validator in
            validator.field("status") { validator in
                validator.nonnegative("observedGeneration", status.observedGeneration)
                validator.nonnegative("replicas", status.replicas)
                validator.nonnegative("updatedReplicas", status.updatedReplicas)
                validator.nonnegative("readyReplicas", status.readyReplicas)
                validator.nonnegative("availableReplicas", status.availableReplicas)
                validator.nonnegative("unavailableReplicas", status.unavailableReplicas)
                validator.nonnegative("terminatingReplicas", status.terminatingReplicas)
                validator.nonnegative("collisionCount", status.collisionCount)
                validator.notMoreThanReplicas("updatedReplicas", status.updatedReplicas, status.replicas)
                validator.notMoreThanReplicas("readyReplicas", status.readyReplicas, status.replicas)
                validator.notMoreThanReplicas("availableReplicas", status.availableReplicas, status.replicas)
                validator.notMoreThanReady(status.availableReplicas, status.readyReplicas)
                validator.notDecremented("collisionCount", status.collisionCount, old: old.status.collisionCount)
            }
        }
    }

    static func warnings(_ deployment: Deployment, old: Deployment?) -> [String] {
        // Annotations are copied to the ReplicaSets, and so change what runs as the spec does.
        if let old, old.spec == deployment.spec, old.annotations == deployment.annotations { return [] }
        let names = old == nil ? PodWarnings.ofName(deployment.name) : []
        return names
            + PodWarnings.of(
                deployment.spec.template.spec, deployment.spec.template.metadata, template: "spec.template")
    }
}

extension Validator {
    fileprivate mutating func deployment(_ spec: DeploymentSpec, checksTemplate: Bool) {
        nonnegative("replicas", spec.replicas)
        workloadSelector(spec.selector, of: "deployment")
        if checksTemplate {
            workloadTemplate(spec.template, selector: spec.selector, deadlineIn: "ReplicaSet")
        }
        if let strategy = spec.strategy { field("strategy") { $0.deploymentStrategy(strategy) } }
        nonnegative("minReadySeconds", spec.minReadySeconds)
        nonnegative("revisionHistoryLimit", spec.revisionHistoryLimit)
        if let seconds = spec.progressDeadlineSeconds {
            nonnegative("progressDeadlineSeconds", seconds)
            if seconds <= spec.minReadySeconds ?? 0 {
                invalid("progressDeadlineSeconds", seconds, "must be greater than minReadySeconds")
            }
        }
    }

    private mutating func deploymentStrategy(_ strategy: DeploymentStrategy) {
        switch strategy.type.text {
        case "Recreate":
            if strategy.rollingUpdate != nil {
                forbidden("rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
            }
        case "RollingUpdate":
            guard let update = strategy.rollingUpdate else {
                return required("rollingUpdate", "this should be defaulted and never be nil")
            }
            field("rollingUpdate") { $0.rollingUpdate(update) }
        default: notSupported(.here, strategy, ["Recreate", "RollingUpdate"])
        }
    }

    private mutating func rollingUpdate(_ update: RollingUpdateDeployment) {
        let unavailable = update.maxUnavailable ?? 0
        let surge = update.maxSurge ?? 0
        positiveIntOrPercent("maxUnavailable", unavailable)
        positiveIntOrPercent("maxSurge", surge)
        if unavailable.numberOrPercentage == 0, surge.numberOrPercentage == 0 {
            invalid("maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
        }
        notMoreThan100Percent("maxUnavailable", unavailable)
    }

    // MARK: Counts in a status

    mutating func notMoreThanReplicas(_ place: Place, _ count: Int?, _ replicas: Int?) {
        if let count, count > replicas ?? 0 { invalid(place, count, "cannot be greater than status.replicas") }
    }

    mutating func notMoreThanReady(_ available: Int?, _ ready: Int?) {
        if let available, available > ready ?? 0 {
            invalid("availableReplicas", available, "cannot be greater than readyReplicas")
        }
    }

    mutating func notDecremented(_ place: Place, _ count: Int?, old: Int?) {
        if let old, count == nil || count ?? 0 < old { invalid(place, count ?? 0, "cannot be decremented") }
    }
}

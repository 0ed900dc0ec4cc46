import KubeAPI

/// DaemonSets. Follows kubernetes pkg/registry/apps/daemonset/strategy.go.
enum DaemonSetStrategy: Strategy {
    /// Counts the templates that there were; the API keeps it as an annotation.
    private static let templateGeneration = "deprecated.daemonset.template.generation"

    static func setDefaults(_ daemonSet: inout DaemonSet) {
        PodSpecDefaults.set(&daemonSet.spec.template.spec)
        var strategy = daemonSet.spec.updateStrategy ?? DaemonSetUpdateStrategy()
        if strategy.type.isEmptyOrNil { strategy.type = "RollingUpdate" }
        if strategy.type == "RollingUpdate" {
            var update = strategy.rollingUpdate ?? RollingUpdateDaemonSet()
            if update.maxUnavailable == nil { update.maxUnavailable = 1 }
            if update.maxSurge == nil { update.maxSurge = 0 }
            strategy.rollingUpdate = update
        }
        if daemonSet.spec.updateStrategy != strategy { daemonSet.spec.updateStrategy = strategy }
        if daemonSet.spec.revisionHistoryLimit == nil { daemonSet.spec.revisionHistoryLimit = 10 }
    }

    static func prepareForCreate(_ daemonSet: inout DaemonSet) {
        daemonSet.status = DaemonSetStatus()
        if Int(daemonSet.annotations[templateGeneration] ?? "") ?? 0 < 1 {
            daemonSet.metadata.annotations[templateGeneration] = "1"
        }
    }

    static func prepareForUpdate(_ daemonSet: inout DaemonSet, old: DaemonSet) {
        daemonSet.status = old.status
        var generation = Int(old.annotations[templateGeneration] ?? "") ?? 1
        if daemonSet.spec.template != old.spec.template { generation += 1 }
        daemonSet.metadata.annotations[templateGeneration] = String(generation)
    }

    static func prepareForStatusUpdate(_ daemonSet: inout DaemonSet, old: DaemonSet) { daemonSet.spec = old.spec }

    static func validate(_ daemonSet: DaemonSet) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.daemonSet(daemonSet.spec) }
        }
    }

    static func validateUpdate(_ daemonSet: DaemonSet, old: DaemonSet) -> [FieldError] {
        if daemonSet.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.daemonSet(daemonSet.spec)
                validator.immutable("selector", daemonSet.spec.selector, old: old.spec.selector)
            }
        }
    }

    static func validateStatusUpdate(_ daemonSet: DaemonSet, old: DaemonSet) -> [FieldError] {
        let status = daemonSet.status
        return Validator.errors { validator in
            validator.field("status") { validator in
                validator.nonnegative("currentNumberScheduled", status.currentNumberScheduled)
                validator.nonnegative("numberMisscheduled", status.numberMisscheduled)
                validator.nonnegative("desiredNumberScheduled", status.desiredNumberScheduled)
                validator.nonnegative("numberReady", status.numberReady)
                validator.nonnegative("observedGeneration", status.observedGeneration)
                validator.nonnegative("updatedNumberScheduled", status.updatedNumberScheduled)
                validator.nonnegative("numberAvailable", status.numberAvailable)
                validator.nonnegative("numberUnavailable", status.numberUnavailable)
                validator.nonnegative("collisionCount", status.collisionCount)
                validator.notDecremented("collisionCount", status.collisionCount, old: old.status.collisionCount)
            }
        }
    }

    static func warnings(_ daemonSet: DaemonSet, old: DaemonSet?) -> [String] {
        if let old, old.spec == daemonSet.spec { return [] }
        return PodWarnings.of(daemonSet.spec.template.spec, daemonSet.spec.template.metadata, template: "spec.template")
    }
}

extension Validator {
    fileprivate mutating func daemonSet(_ spec: DaemonSetSpec) {
        labelSelector("selector", spec.selector)
        if let selector = try? Selector(spec.selector) {
            field("template") { $0.selectorMatches(selector, spec.template) }
        }
        // That there is one is not asked for: one that is absent matches no labels, as told above.
        selectorOfSome(spec.selector, of: "daemonset")
        field("template") { validator in
            validator.podTemplate(spec.template)
            let policy = spec.template.spec.restartPolicy.text
            if policy != "Always" { validator.notSupported(.grandchild("spec", "restartPolicy"), policy, ["Always"]) }
            if spec.template.spec.activeDeadlineSeconds != nil {
                validator.forbidden(
                    .grandchild("spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in DaemonSet is not Supported")
            }
        }
        nonnegative("minReadySeconds", spec.minReadySeconds)
        if let strategy = spec.updateStrategy { field("updateStrategy") { $0.daemonSetStrategy(strategy) } }
        nonnegative("revisionHistoryLimit", spec.revisionHistoryLimit)
    }

    private mutating func daemonSetStrategy(_ strategy: DaemonSetUpdateStrategy) {
        switch strategy.type.text {
        case "OnDelete": break
        case "RollingUpdate":
            guard let update = strategy.rollingUpdate else { return required("rollingUpdate") }
            let unavailable = update.maxUnavailable ?? 0
            let surge = update.maxSurge ?? 0
            field("rollingUpdate") { validator in
                validator.positiveIntOrPercent("maxUnavailable", unavailable)
                validator.positiveIntOrPercent("maxSurge", surge)
                validator.notMoreThan100Percent("maxUnavailable", unavailable)
                validator.notMoreThan100Percent("maxSurge", surge)
                let hasUnavailable = unavailable.numberOrPercentage != 0
                let hasSurge = surge.numberOrPercentage != 0
                if hasUnavailable, hasSurge {
                    validator.invalid("maxSurge", surge, "may not be set when maxUnavailable is non-zero")
                } else if !hasUnavailable, !hasSurge {
                    validator.required("maxUnavailable", "cannot be 0 when maxSurge is 0")
                }
            }
        default: notSupported(.here, strategy, ["RollingUpdate", "OnDelete"])
        }
    }
}

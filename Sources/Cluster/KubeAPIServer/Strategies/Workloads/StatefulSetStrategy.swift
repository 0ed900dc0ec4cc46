import KubeAPI

/// StatefulSets. Follows kubernetes pkg/registry/apps/statefulset/strategy.go.
enum StatefulSetStrategy: Strategy {
    static func setDefaults(_ statefulSet: inout StatefulSet) {
        PodSpecDefaults.set(&statefulSet.spec.template.spec)
        for index in statefulSet.spec.volumeClaimTemplates.indices {
            PersistentVolumeClaimStrategy.setDefaults(&statefulSet.spec.volumeClaimTemplates[index])
        }
        if statefulSet.spec.podManagementPolicy.isEmptyOrNil {
            statefulSet.spec.podManagementPolicy = "OrderedReady"
        }
        var strategy = statefulSet.spec.updateStrategy ?? StatefulSetUpdateStrategy()
        if strategy.type.isEmptyOrNil {
            strategy.type = "RollingUpdate"
            if strategy.rollingUpdate == nil { strategy.rollingUpdate = RollingUpdateStatefulSetStrategy() }
        }
        if strategy.type == "RollingUpdate", let update = strategy.rollingUpdate, update.partition == nil {
            strategy.rollingUpdate?.partition = 0
        }
        if statefulSet.spec.updateStrategy != strategy { statefulSet.spec.updateStrategy = strategy }
        var retention =
            statefulSet.spec.persistentVolumeClaimRetentionPolicy ?? StatefulSetPersistentVolumeClaimRetentionPolicy()
        if retention.whenDeleted.isEmptyOrNil { retention.whenDeleted = "Retain" }
        if retention.whenScaled.isEmptyOrNil { retention.whenScaled = "Retain" }
        if statefulSet.spec.persistentVolumeClaimRetentionPolicy != retention {
            statefulSet.spec.persistentVolumeClaimRetentionPolicy = retention
        }
        if statefulSet.spec.replicas == nil { statefulSet.spec.replicas = 1 }
        if statefulSet.spec.revisionHistoryLimit == nil { statefulSet.spec.revisionHistoryLimit = 10 }
    }

    static func prepareForStatusUpdate(_ statefulSet: inout StatefulSet, old: StatefulSet) {
        statefulSet.spec = old.spec
    }

    static func validate(_ statefulSet: StatefulSet) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                validator.statefulSet(statefulSet.spec, checksTemplate: true)
                if let name = statefulSet.spec.serviceName, !name.isEmpty {
                    validator.check("serviceName", name, Validation.dns1123Label(name))
                }
            }
        }
    }

    /// What was stored before it was checked goes on being changed: a name of a service, a template that makes no pods.
    static func validateUpdate(_ statefulSet: StatefulSet, old: StatefulSet) -> [FieldError] {
        if statefulSet.spec == old.spec { return [] }
        var comparable = statefulSet.spec
        comparable.replicas = old.spec.replicas
        comparable.template = old.spec.template
        comparable.updateStrategy = old.spec.updateStrategy
        comparable.minReadySeconds = old.spec.minReadySeconds
        comparable.ordinals = old.spec.ordinals
        comparable.revisionHistoryLimit = old.spec.revisionHistoryLimit
        comparable.persistentVolumeClaimRetentionPolicy = old.spec.persistentVolumeClaimRetentionPolicy
        let wasValid = Validator.errors { $0.statefulSet(old.spec, checksTemplate: true) }.isEmpty
        return Validator.errors { validator in
            validator.field("spec") { $0.statefulSet(statefulSet.spec, checksTemplate: wasValid) }
            if comparable != old.spec {
                validator.forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                        + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                        + "'minReadySeconds' are forbidden")
            }
        }
    }

    static func validateStatusUpdate(_ statefulSet: StatefulSet, old: StatefulSet) -> [FieldError] {
        let status = statefulSet.status
        return Validator.errors { validator in
            validator.field("status") { validator in
                validator.nonnegative("replicas", status.replicas)
                validator.nonnegative("readyReplicas", status.readyReplicas)
                validator.nonnegative("currentReplicas", status.currentReplicas)
                validator.nonnegative("updatedReplicas", status.updatedReplicas)
                validator.nonnegative("availableReplicas", status.availableReplicas)
                validator.nonnegative("observedGeneration", status.observedGeneration)
                validator.nonnegative("collisionCount", status.collisionCount)
                validator.notMoreThanReplicas("readyReplicas", status.readyReplicas, status.replicas)
                validator.notMoreThanReplicas("currentReplicas", status.currentReplicas, status.replicas)
                validator.notMoreThanReplicas("updatedReplicas", status.updatedReplicas, status.replicas)
                validator.notMoreThanReplicas("availableReplicas", status.availableReplicas, status.replicas)
                if let available = status.availableReplicas, available > status.readyReplicas ?? 0 {
                    validator.invalid("availableReplicas", available, "cannot be greater than status.readyReplicas")
                }
                validator.notDecremented("collisionCount", status.collisionCount, old: old.status.collisionCount)
            }
        }
    }

    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsDNSLabel(name, isPrefix)
    }

    static func warnings(_ statefulSet: StatefulSet, old: StatefulSet?) -> [String] {
        let spec = statefulSet.spec
        var warnings: [String] = []
        if old?.spec != spec {
            warnings += PodWarnings.of(spec.template.spec, spec.template.metadata, template: "spec.template")
        }
        for (index, claim) in spec.volumeClaimTemplates.enumerated() {
            // Upstream's own paths: neither is the claim's.
            let path = "spec.volumeClaimTemplates[\(index)]" + (old == nil ? "" : ".Spec")
            warnings += PersistentVolumeClaimStrategy.warnings(claim.spec, path)
        }
        if let limit = spec.revisionHistoryLimit, limit < 0 {
            warnings.append(
                "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is "
                    + "recommended")
        }
        return warnings
    }
}

extension Validator {
    fileprivate mutating func statefulSet(_ spec: StatefulSetSpec, checksTemplate: Bool) {
        switch spec.podManagementPolicy.text {
        case "": required("podManagementPolicy")
        case "OrderedReady", "Parallel": break
        default:
            invalid("podManagementPolicy", spec.podManagementPolicy.text, "must be 'OrderedReady' or 'Parallel'")
        }
        statefulSetUpdateStrategy(spec.updateStrategy ?? StatefulSetUpdateStrategy())
        if let retention = spec.persistentVolumeClaimRetentionPolicy {
            field("persistentVolumeClaimRetentionPolicy") { validator in
                let policies = ["Retain", "Delete"]
                for (name, policy) in [("whenDeleted", retention.whenDeleted), ("whenScaled", retention.whenScaled)]
                where !policies.contains(policy.text) {
                    validator.notSupported(.child(name), policy.text, policies)
                }
            }
        }
        nonnegative("replicas", spec.replicas)
        nonnegative("minReadySeconds", spec.minReadySeconds)
        if let start = spec.ordinals?.start { nonnegative(.grandchild("ordinals", "start"), start) }
        nonnegative("revisionHistoryLimit", spec.revisionHistoryLimit)
        workloadSelector(spec.selector, of: "statefulset")
        if let selector = try? Selector(spec.selector) {
            field("template") { validator in
                validator.selectorMatches(selector, spec.template)
                if checksTemplate {
                    validator.podTemplate(Validator.podTemplate(of: spec))
                } else {
                    validator.labels("labels", spec.template.metadata.labels)
                    validator.annotations("annotations", spec.template.metadata.annotations)
                    validator.podAnnotations(spec.template.metadata.annotations, spec.template.spec)
                }
            }
        } else {
            invalid("selector", spec.selector ?? LabelSelector(), "")
        }
        field("template") { validator in
            let policy = spec.template.spec.restartPolicy.text
            if policy != "Always" { validator.notSupported(.grandchild("spec", "restartPolicy"), policy, ["Always"]) }
            if spec.template.spec.activeDeadlineSeconds != nil {
                validator.forbidden(
                    .grandchild("spec", "activeDeadlineSeconds"),
                    "activeDeadlineSeconds in StatefulSet is not Supported")
            }
        }
    }

    /// The template as the controller makes pods of it: a volume for each claim, instead of one that has its name.
    private static func podTemplate(of spec: StatefulSetSpec) -> PodTemplateSpec {
        var template = spec.template
        for claim in spec.volumeClaimTemplates {
            var source = PersistentVolumeClaimVolumeSource()
            source.claimName = claim.name
            var volume = Volume()
            volume.name = claim.name
            volume.persistentVolumeClaim = source
            if let index = template.spec.volumes.firstIndex(where: { $0.name == claim.name }) {
                template.spec.volumes[index] = volume
            } else {
                template.spec.volumes.append(volume)
            }
        }
        return template
    }

    private mutating func statefulSetUpdateStrategy(_ strategy: StatefulSetUpdateStrategy) {
        switch strategy.type.text {
        case "": required("updateStrategy")
        case "OnDelete":
            if let update = strategy.rollingUpdate {
                invalid(
                    .grandchild("updateStrategy", "rollingUpdate"), update,
                    "only allowed for updateStrategy 'RollingUpdate'")
            }
        case "RollingUpdate":
            guard let update = strategy.rollingUpdate else { return }
            field("updateStrategy", "rollingUpdate") { validator in
                validator.nonnegative("partition", update.partition)
                if let unavailable = update.maxUnavailable {
                    validator.positiveIntOrPercent("maxUnavailable", unavailable)
                    if unavailable.numberOrPercentage == 0 {
                        validator.invalid("maxUnavailable", unavailable, "cannot be 0")
                    }
                    validator.notMoreThan100Percent("maxUnavailable", unavailable)
                }
            }
        default: invalid("updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'")
        }
    }
}

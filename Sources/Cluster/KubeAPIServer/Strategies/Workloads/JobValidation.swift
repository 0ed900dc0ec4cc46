import KubeAPI

// Jobs. Follows kubernetes pkg/apis/batch/validation/validation.go.

extension Validator {
    /// The labels and the selector that keep a job's pods apart from all others.
    mutating func generatedSelector(_ job: Job) {
        guard job.spec.manualSelector != true, let selector = job.spec.selector else { return }
        if job.uid.isEmpty { required(.grandchild("metadata", "uid")) }
        let labels = job.spec.template.metadata.labels
        field("spec") { validator in
            validator.field("template", "metadata") { validator in
                for (key, value) in [
                    (JobStrategy.controllerUIDLabel, job.uid), (JobStrategy.jobNameLabel, job.name),
                ] {
                    if labels[key] == nil {
                        validator.required(.entry("labels", key), "must be '\(value)'")
                    } else if labels[key] != value {
                        validator.invalid(.entry("labels", key), labels, "must be '\(value)'")
                    }
                }
            }
            let expected: StringMap<String> = [
                JobStrategy.controllerUIDLabel: job.uid, JobStrategy.jobNameLabel: job.name, "controller-uid": job.uid,
                "job-name": job.name,
            ]
            if let compiled = try? Selector(selector), !compiled.matches(expected) {
                validator.invalid("selector", selector, "`selector` not auto-generated")
            }
        }
    }

    /// A job's selector: present, well-formed, and one that its template's labels match. An absent one matches none, as
    /// in `ValidateJobSpec` of kubernetes `pkg/apis/batch/validation`.
    mutating func jobSelector(_ spec: JobSpec) {
        if spec.selector == nil { required("selector") }
        labelSelector("selector", spec.selector)
        if let selector = try? Selector(spec.selector) {
            field("template") { $0.selectorMatches(selector, spec.template) }
        }
    }

    /// What holds for jobs and for the templates of CronJobs.
    mutating func jobSpec(_ spec: JobSpec) {
        nonnegative("parallelism", spec.parallelism)
        nonnegative("completions", spec.completions)
        nonnegative("activeDeadlineSeconds", spec.activeDeadlineSeconds)
        nonnegative("backoffLimit", spec.backoffLimit)
        nonnegative("ttlSecondsAfterFinished", spec.ttlSecondsAfterFinished)
        nonnegative("backoffLimitPerIndex", spec.backoffLimitPerIndex)
        nonnegative("maxFailedIndexes", spec.maxFailedIndexes)
        let isIndexed = spec.completionMode == "Indexed"
        if spec.maxFailedIndexes != nil, spec.backoffLimitPerIndex == nil {
            required("backoffLimitPerIndex", "when maxFailedIndexes is specified")
        }
        if spec.backoffLimitPerIndex != nil, !isIndexed {
            invalid("backoffLimitPerIndex", spec.backoffLimitPerIndex ?? 0, "requires indexed completion mode")
        }
        if let mode = spec.completionMode {
            oneOf("completionMode", mode, ["Indexed", "NonIndexed"])
            if isIndexed {
                if spec.completions == nil { required("completions", "when completion mode is Indexed") }
                if let parallelism = spec.parallelism, parallelism > 100_000 {
                    invalid(
                        "parallelism", parallelism,
                        "must be less than or equal to 100000 when completion mode is Indexed")
                }
            }
        }
        if let manager = spec.managedBy {
            if manager.utf8.count > 63 { tooLong("managedBy", maximum: 63) }
            append(Validation.domainPrefixedPath(manager, FieldPath("spec").child("managedBy")))
        }
        if let policy = spec.podFailurePolicy { field("podFailurePolicy") { $0.podFailurePolicy(policy, spec) } }
        if let policy = spec.successPolicy { field("successPolicy") { $0.successPolicy(policy, spec) } }
        if let policy = spec.podReplacementPolicy {
            if spec.podFailurePolicy != nil {
                if policy != "Failed" { notSupported("podReplacementPolicy", policy, ["Failed"]) }
            } else {
                oneOf("podReplacementPolicy", policy, ["Failed", "TerminatingOrFailed"])
            }
        }
        field("template") { validator in
            validator.podTemplate(spec.template)
            switch spec.template.spec.restartPolicy.text {
            case "", "Always":
                validator.required(.grandchild("spec", "restartPolicy"), "valid values: \"OnFailure\", \"Never\"")
            case "OnFailure":
                if spec.podFailurePolicy != nil {
                    validator.invalid(
                        .grandchild("spec", "restartPolicy"), "OnFailure",
                        "only \"Never\" is supported when podFailurePolicy is specified")
                }
            case "Never": break
            case let policy:
                validator.notSupported(.grandchild("spec", "restartPolicy"), policy, ["OnFailure", "Never"])
            }
        }
    }

    // MARK: Policies

    private mutating func podFailurePolicy(_ policy: PodFailurePolicy, _ spec: JobSpec) {
        if policy.rules.count > 20 { tooMany("rules", actual: policy.rules.count, maximum: 20) }
        let containers = (spec.template.spec.containers + spec.template.spec.initContainers).map(\.name)
        each("rules", policy.rules) { validator, rule, _ in
            let actions = ["Count", "FailIndex", "FailJob", "Ignore"]
            validator.oneOf("action", rule.action, actions)
            if rule.action == "FailIndex", spec.backoffLimitPerIndex == nil {
                validator.invalid("action", rule.action, "requires the backoffLimitPerIndex to be set")
            }
            if rule.onExitCodes != nil, !rule.onPodConditions.isEmpty {
                validator.invalid(.here, "specifying both OnExitCodes and OnPodConditions is not supported")
            }
            if rule.onExitCodes == nil, rule.onPodConditions.isEmpty {
                validator.invalid(.here, "specifying one of OnExitCodes and OnPodConditions is required")
            }
            if let codes = rule.onExitCodes { validator.field("onExitCodes") { $0.exitCodes(codes, containers) } }
            if rule.onPodConditions.count > 20 {
                validator.tooMany("onPodConditions", actual: rule.onPodConditions.count, maximum: 20)
            }
            validator.each("onPodConditions", rule.onPodConditions) { validator, pattern, _ in
                validator.check("type", pattern.type, Validation.qualifiedName(pattern.type))
                validator.oneOf("status", pattern.status, ["False", "True", "Unknown"])
            }
        }
    }

    private mutating func exitCodes(_ codes: PodFailurePolicyOnExitCodesRequirement, _ containers: [String]) {
        oneOf("operator", codes.operator, ["In", "NotIn"])
        if let name = codes.containerName, !containers.contains(name) {
            invalid("containerName", name, "must be one of the container or initContainer names in the pod template")
        }
        if codes.values.isEmpty { required("values", "at least one value is required") }
        if codes.values.count > 255 { tooMany("values", actual: codes.values.count, maximum: 255) }
        for (index, value) in codes.values.enumerated() {
            if codes.operator == "In", value == 0 {
                invalid(.element("values", index), value, "must not be 0 for the In operator")
            }
            if codes.values[..<index].contains(value) { duplicate(.element("values", index), value) }
            if index > 0, codes.values[index - 1] > value {
                invalid("values", codes.values, "must be ordered")
            }
        }
    }

    private mutating func successPolicy(_ policy: SuccessPolicy, _ spec: JobSpec) {
        if spec.completionMode != "Indexed" {
            return invalid(.here, policy, "requires indexed completion mode")
        }
        if policy.rules.isEmpty {
            return required("rules", "at least one rules must be specified when the successPolicy is specified")
        }
        if policy.rules.count > 20 { tooMany("rules", actual: policy.rules.count, maximum: 20) }
        each("rules", policy.rules) { validator, rule, _ in
            if rule.succeededCount == nil, rule.succeededIndexes == nil {
                validator.required(.here, "at least one of succeededCount or succeededIndexes must be specified")
            }
            if let count = rule.succeededCount {
                if count < 1 { validator.invalid("succeededCount", count, "must be greater than or equal to 1") }
                if let completions = spec.completions, count > completions {
                    validator.invalid(
                        "succeededCount", count,
                        "must be less than or equal to \(completions) (the number of specified completions)")
                }
            }
        }
    }

    // MARK: Updates

    mutating func jobUpdate(_ spec: JobSpec, old: JobSpec, status: JobStatus) {
        if spec.completionMode != "Indexed" || spec.completions != spec.parallelism {
            immutable("completions", spec.completions, old: old.completions)
        }
        immutable("selector", spec.selector, old: old.selector)
        var template = spec.template
        if old.suspend == true, status.startTime == nil {
            // Before it has started, a suspended job may be told where its pods go.
            template.metadata = old.template.metadata
            template.spec.nodeSelector = old.template.spec.nodeSelector
            template.spec.affinity = old.template.spec.affinity
            template.spec.tolerations = old.template.spec.tolerations
            template.spec.schedulingGates = old.template.spec.schedulingGates
            template.spec.topologySpreadConstraints = old.template.spec.topologySpreadConstraints
        }
        immutable("template", template, old: old.template)
        immutable("completionMode", spec.completionMode, old: old.completionMode)
        immutable("podFailurePolicy", spec.podFailurePolicy, old: old.podFailurePolicy)
        immutable("backoffLimitPerIndex", spec.backoffLimitPerIndex, old: old.backoffLimitPerIndex)
        immutable("managedBy", spec.managedBy, old: old.managedBy)
        immutable("successPolicy", spec.successPolicy, old: old.successPolicy)
    }
}

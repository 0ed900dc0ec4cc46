import KubeAPI

// Jobs. Follows kubernetes pkg/apis/batch/validation/validation.go.

extension Validator {
    /// The labels and the selector that keep a job's pods apart from all others.
    ///
    /// - Parameter old: the job as it was, which may be of the time before the labels had a prefix.
    mutating func generatedSelector(_ job: Job, old: Job? = nil) {
        guard job.spec.manualSelector != true, let selector = job.spec.selector else { return }
        if job.uid.isEmpty { required(.grandchild("metadata", "uid")) }
        let labels = job.spec.template.metadata.labels
        let hasPrefixed =
            old.map { old in
                let labels = old.spec.template.metadata.labels
                return labels.contains(JobStrategy.controllerUIDLabel) && labels.contains(JobStrategy.jobNameLabel)
            } ?? true
        let all = [
            ("controller-uid", job.uid), ("job-name", job.name), (JobStrategy.controllerUIDLabel, job.uid),
            (JobStrategy.jobNameLabel, job.name),
        ]
        let expected = hasPrefixed ? all[...] : all[..<2]
        field("spec") { validator in
            validator.field("template", "metadata") { validator in
                for (key, value) in expected {
                    if labels[key] == nil {
                        validator.required(.entry("labels", key), "must be '\(value)'")
                    } else if labels[key] != value {
                        validator.invalid(.entry("labels", key), labels, "must be '\(value)'")
                    }
                }
            }
            var set: StringMap<String> = [:]
            for (key, value) in expected { set[key] = value }
            if let compiled = try? Selector(selector), !compiled.matches(set) {
                validator.invalid("selector", selector, "`selector` not auto-generated")
            }
        }
    }

    /// The last of an indexed job's pods has the longest name of its host.
    mutating func indexedJobName(_ job: Job) {
        guard job.spec.completionMode == "Indexed", let completions = job.spec.completions, completions > 0 else {
            return
        }
        let host = "\(job.name)-\(completions - 1)"
        if Validation.dns1123Label(host).isEmpty { return }
        invalid(
            .grandchild("metadata", "name"), job.name, "will not able to create pod with invalid DNS label: \(host)")
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
        if let manager = spec.managedBy {
            append(Validation.domainPrefixedPath(manager, path("managedBy")))
            if manager.utf8.count > 63 { tooLong("managedBy", maximum: 63) }
        }
        if let mode = spec.completionMode, !["NonIndexed", "Indexed"].contains(mode) {
            notSupported("completionMode", mode, ["NonIndexed", "Indexed"])
        }
        if isIndexed {
            indexedJob(spec)
        } else if spec.completionMode == nil || spec.completionMode == "NonIndexed" {
            let reason = "requires indexed completion mode"
            if let limit = spec.backoffLimitPerIndex { invalid("backoffLimitPerIndex", limit, reason) }
            if let maximum = spec.maxFailedIndexes { invalid("maxFailedIndexes", maximum, reason) }
        }
        if let policy = spec.podFailurePolicy { field("podFailurePolicy") { $0.podFailurePolicy(policy, spec) } }
        if let policy = spec.successPolicy { field("successPolicy") { $0.successPolicy(policy, spec) } }
        if let policy = spec.podReplacementPolicy {
            if spec.podFailurePolicy != nil {
                if policy != "Failed" { notSupported("podReplacementPolicy", policy, ["Failed"]) }
            } else {
                oneOfGiven("podReplacementPolicy", policy, ["Failed", "TerminatingOrFailed"])
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

    /// The limits of jobs that count their pods by index.
    private mutating func indexedJob(_ spec: JobSpec) {
        if spec.completions == nil { required("completions", "when completion mode is Indexed") }
        if let parallelism = spec.parallelism, parallelism > 100_000 {
            invalid("parallelism", parallelism, "must be less than or equal to 100000 when completion mode is Indexed")
        }
        if let maximum = spec.maxFailedIndexes {
            if let completions = spec.completions, maximum > completions {
                invalid("maxFailedIndexes", maximum, "must be less than or equal to completions")
            }
            if maximum > 100_000 { invalid("maxFailedIndexes", maximum, "must be less than or equal to 100000") }
        }
        guard spec.completions ?? 0 > 100_000, spec.backoffLimitPerIndex != nil else { return }
        let reason =
            "must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index"
        if spec.maxFailedIndexes == nil {
            required("maxFailedIndexes", "must be specified when completions is above 100000")
        }
        if let parallelism = spec.parallelism, parallelism > 10_000 { invalid("parallelism", parallelism, reason) }
        if let maximum = spec.maxFailedIndexes, maximum > 10_000 { invalid("maxFailedIndexes", maximum, reason) }
    }

    // MARK: Policies

    private mutating func podFailurePolicy(_ policy: PodFailurePolicy, _ spec: JobSpec) {
        if policy.rules.count > 20 { tooMany("rules", actual: policy.rules.count, maximum: 20) }
        let containers = (spec.template.spec.containers + spec.template.spec.initContainers).map(\.name)
        each("rules", policy.rules) { validator, rule, _ in
            validator.oneOfTold("action", rule.action, ["Count", "FailIndex", "FailJob", "Ignore"])
            if rule.action == "FailIndex", spec.backoffLimitPerIndex == nil {
                validator.invalid("action", rule.action, "requires the backoffLimitPerIndex to be set")
            }
            if let codes = rule.onExitCodes { validator.field("onExitCodes") { $0.exitCodes(codes, containers) } }
            if rule.onPodConditions.count > 20 {
                validator.tooMany("onPodConditions", actual: rule.onPodConditions.count, maximum: 20)
            }
            validator.each("onPodConditions", rule.onPodConditions) { validator, pattern, _ in
                validator.check("type", pattern.type, Validation.qualifiedName(pattern.type))
                validator.oneOfTold("status", pattern.status.text, ["False", "True", "Unknown"])
            }
            if rule.onExitCodes != nil, !rule.onPodConditions.isEmpty {
                validator.invalid(.here, "specifying both OnExitCodes and OnPodConditions is not supported")
            }
            if rule.onExitCodes == nil, rule.onPodConditions.isEmpty {
                validator.invalid(.here, "specifying one of OnExitCodes and OnPodConditions is required")
            }
        }
    }

    /// As `oneOf`, and what is missing is told with what it may be.
    private mutating func oneOfTold(_ place: Place, _ value: String, _ supported: [String]) {
        if value.isEmpty {
            let list = supported.map(GoText.quoted).joined(separator: " ")
            required(place, "valid values: [\(list)]")
        } else if !supported.contains(value) {
            notSupported(place, value, supported)
        }
    }

    private mutating func exitCodes(_ codes: PodFailurePolicyOnExitCodesRequirement, _ containers: [String]) {
        oneOfTold("operator", codes.operator, ["In", "NotIn"])
        if let name = codes.containerName, !containers.contains(name) {
            invalid("containerName", name, "must be one of the container or initContainer names in the pod template")
        }
        if codes.values.isEmpty { invalid("values", codes.values, "at least one value is required") }
        if codes.values.count > 255 { tooMany("values", actual: codes.values.count, maximum: 255) }
        for (index, value) in codes.values.enumerated() {
            if codes.operator == "In", value == 0 {
                invalid(.element("values", index), value, "must not be 0 for the In operator")
            }
            if codes.values[..<index].contains(value) { duplicate(.element("values", index), value) }
        }
        if zip(codes.values, codes.values.dropFirst()).contains(where: { $0 > $1 }) {
            invalid("values", codes.values, "must be ordered")
        }
    }

    private mutating func successPolicy(_ policy: SuccessPolicy, _ spec: JobSpec) {
        if spec.completionMode != "Indexed" {
            return invalid(.here, policy, "requires indexed completion mode")
        }
        if policy.rules.isEmpty {
            required("rules", "at least one rules must be specified when the successPolicy is specified")
        }
        if policy.rules.count > 20 { tooMany("rules", actual: policy.rules.count, maximum: 20) }
        each("rules", policy.rules) { validator, rule, _ in
            if rule.succeededCount == nil, rule.succeededIndexes == nil {
                validator.required(.here, "at least one of succeededCount or succeededIndexes must be specified")
            }
            guard let completions = spec.completions else { return }
            var total = 0
            if let indexes = rule.succeededIndexes {
                if indexes.utf8.count > 64 * 1024 { validator.tooLong("succeededIndexes", maximum: 64 * 1024) }
                let parsed = JobIndexes.count(indexes, completions: completions)
                total = parsed.count
                if let error = parsed.error {
                    validator.invalid("succeededIndexes", indexes, "error parsing succeededIndexes: \(error)")
                }
            }
            guard let count = rule.succeededCount else { return }
            validator.nonnegative("succeededCount", count)
            if count > completions {
                validator.invalid(
                    "succeededCount", count,
                    "must be less than or equal to \(completions) (the number of specified completions)")
            }
            if rule.succeededIndexes != nil, count > total {
                validator.invalid(
                    "succeededCount", count,
                    "must be less than or equal to \(total) (the number of indexes in the specified succeededIndexes "
                        + "field)")
            }
        }
    }

    // MARK: Updates

    mutating func jobUpdate(_ spec: JobSpec, old: JobSpec, status: JobStatus) {
        if spec.completionMode != "Indexed" {
            immutable("completions", spec.completions, old: old.completions)
        } else if let completions = spec.completions, completions != old.completions, completions != spec.parallelism {
            invalid("completions", completions, "can only be modified in tandem with spec.parallelism")
        }
        immutable("selector", spec.selector, old: old.selector)
        var allowed = old.template
        if old.suspend == true, status.hasNoPods {
            // While nothing of it runs, a suspended job may be told where its pods go, and what they get there.
            allowed.spec.containers.takeResources(of: spec.template.spec.containers)
            allowed.spec.initContainers.takeResources(of: spec.template.spec.initContainers)
            allowed.metadata.labels = spec.template.metadata.labels
            allowed.metadata.annotations = spec.template.metadata.annotations
            allowed.spec.nodeSelector = spec.template.spec.nodeSelector
            allowed.spec.tolerations = spec.template.spec.tolerations
            allowed.spec.schedulingGates = spec.template.spec.schedulingGates
            var affinity = old.template.spec.affinity ?? Affinity()
            affinity.nodeAffinity = spec.template.spec.affinity?.nodeAffinity
            let isAbsent = spec.template.spec.affinity == nil && affinity == Affinity()
            allowed.spec.affinity = isAbsent ? nil : affinity
        }
        immutable("template", spec.template, old: allowed)
        immutable("completionMode", spec.completionMode, old: old.completionMode)
        immutable("podFailurePolicy", spec.podFailurePolicy, old: old.podFailurePolicy)
        immutable("backoffLimitPerIndex", spec.backoffLimitPerIndex, old: old.backoffLimitPerIndex)
        immutable("managedBy", spec.managedBy, old: old.managedBy)
        immutable("successPolicy", spec.successPolicy, old: old.successPolicy)
    }
}

extension JobStatus {
    /// Whether a suspended job never started, or was stopped and all its pods have gone.
    /// Follows kubernetes pkg/registry/batch/job/strategy.go `validationOptionsForJob` with the features
    /// MutableSchedulingDirectivesForSuspendedJobs and MutablePodResourcesForSuspendedJobs, which 1.36 has on.
    fileprivate var hasNoPods: Bool {
        active.isZeroOrNil
            && (startTime == nil || conditions.contains { $0.type == "Suspended" && $0.status == "True" })
    }
}

extension [Container] {
    /// The resources of the same containers, as another list has them.
    fileprivate mutating func takeResources(of others: [Container]) {
        guard count == others.count else { return }
        for index in indices where self[index].resources != others[index].resources {
            self[index].resources = others[index].resources
        }
    }
}

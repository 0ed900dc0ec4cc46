import KubeAPI

/// Jobs. Follows kubernetes pkg/registry/batch/job/strategy.go and pkg/apis/batch/v1/defaults.go.
enum JobStrategy: Strategy {
    static let controllerUIDLabel = "batch.kubernetes.io/controller-uid"
    static let jobNameLabel = "batch.kubernetes.io/job-name"
    private static let legacyControllerUIDLabel = "controller-uid"
    private static let legacyJobNameLabel = "job-name"

    static func setDefaults(_ job: inout Job) {
        PodSpecDefaults.set(&job.spec.template.spec)
        if job.metadata.labels.isEmpty { job.metadata.labels = job.spec.template.metadata.labels }
        setDefaults(&job.spec)
    }

    /// The defaults of a job that is made now; the job of a CronJob's template gets them when it is made.
    private static func setDefaults(_ spec: inout JobSpec) {
        if spec.completions == nil, spec.parallelism == nil { spec.completions = 1 }
        if spec.parallelism == nil { spec.parallelism = 1 }
        if spec.backoffLimit == nil { spec.backoffLimit = spec.backoffLimitPerIndex == nil ? 6 : Int(Int32.max) }
        if spec.completionMode == nil { spec.completionMode = "NonIndexed" }
        if spec.suspend == nil { spec.suspend = false }
        if spec.manualSelector == nil { spec.manualSelector = false }
        setPolicyDefaults(&spec)
        if spec.podReplacementPolicy == nil {
            spec.podReplacementPolicy = spec.podFailurePolicy == nil ? "TerminatingOrFailed" : "Failed"
        }
    }

    static func setPolicyDefaults(_ spec: inout JobSpec) {
        guard let policy = spec.podFailurePolicy else { return }
        for (index, rule) in policy.rules.enumerated() {
            for (pattern, condition) in rule.onPodConditions.enumerated() where condition.status.isEmptyOrNil {
                spec.podFailurePolicy?.rules[index].onPodConditions[pattern].status = "True"
            }
        }
    }

    static var needsIdentity: Bool { true }

    /// Unless the author sees to it, the selector and the labels of the pods come from the job's UID and name. A
    /// selector that was given is added to; validation tells whether it fits.
    static func prepareIdentified(_ job: inout Job) {
        if job.spec.manualSelector == true { return }
        let names = [
            (jobNameLabel, job.name), (legacyJobNameLabel, job.name), (controllerUIDLabel, job.uid),
            (legacyControllerUIDLabel, job.uid),
        ]
        for (key, value) in names where !job.spec.template.metadata.labels.contains(key) {
            job.spec.template.metadata.labels[key] = value
        }
        var selector = job.spec.selector ?? LabelSelector()
        if !selector.matchLabels.contains(controllerUIDLabel) { selector.matchLabels[controllerUIDLabel] = job.uid }
        if job.spec.selector != selector { job.spec.selector = selector }
    }

    static func prepareForStatusUpdate(_ job: inout Job, old: Job) { job.spec = old.spec }

    static func validate(_ job: Job) -> [FieldError] {
        Validator.errors { validator in
            validator.generatedSelector(job)
            validator.field("spec") { validator in
                validator.jobSpec(job.spec)
                validator.jobSelector(job.spec)
            }
            validator.indexedJobName(job)
        }
    }

    static func validateUpdate(_ job: Job, old: Job) -> [FieldError] {
        if job.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.generatedSelector(job, old: old)
            validator.field("spec") { validator in
                validator.jobSpec(job.spec)
                validator.jobSelector(job.spec)
            }
            validator.indexedJobName(job)
            validator.field("spec") { $0.jobUpdate(job.spec, old: old.spec, status: old.status) }
        }
    }

    static func validateStatusUpdate(_ job: Job, old: Job) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status") { JobStatusRules(job, old: old).validate(&$0) }
        }
    }

    static func warnings(_ job: Job, old: Job?) -> [String] {
        if let old { return old.spec == job.spec ? [] : warnings(job.spec, "spec") }
        return PodWarnings.ofName(job.name) + warnings(job.spec, "spec")
    }

    /// The warnings of a job, or of the job at a path such as `spec.jobTemplate.spec`.
    /// Follows kubernetes pkg/api/job/warnings.go `WarningsForJobSpec`.
    static func warnings(_ spec: JobSpec, _ path: String) -> [String] {
        var warnings: [String] = []
        if spec.completionMode == "Indexed", spec.completions ?? 0 > 100_000, spec.parallelism ?? 0 > 10_000 {
            warnings.append(
                "\(path): In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than "
                    + "10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail")
        }
        return warnings + PodWarnings.of(spec.template.spec, spec.template.metadata, template: path + ".template")
    }
}

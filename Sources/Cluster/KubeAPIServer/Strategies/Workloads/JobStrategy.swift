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
            // The last of an indexed job's pods has the longest name of its host.
            if job.spec.completionMode == "Indexed", let completions = job.spec.completions, completions > 0 {
                let host = "\(job.name)-\(completions - 1)"
                if !Validation.dns1123Label(host).isEmpty {
                    validator.invalid(
                        .grandchild("metadata", "name"), job.name,
                        "will not able to create pod with invalid DNS label: \(host)")
                }
            }
        }
    }

    static func validateUpdate(_ job: Job, old: Job) -> [FieldError] {
        if job.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.jobSpec(job.spec)
                validator.jobSelector(job.spec)
                validator.jobUpdate(job.spec, old: old.spec, status: old.status)
            }
        }
    }

    static func validateStatusUpdate(_ job: Job, old: Job) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status") { JobStatusRules(job, old: old).validate(&$0) }
        }
    }

    static func warnings(_ job: Job, old: Job?) -> [String] {
        if let old, old.spec.template == job.spec.template { return [] }
        return PodWarnings.of(job.spec.template.spec, job.spec.template.metadata, template: "spec.template")
    }
}

import KubeAPI

/// CronJobs. Follows kubernetes pkg/registry/batch/cronjob/strategy.go and pkg/apis/batch/validation/validation.go.
enum CronJobStrategy: Strategy {
    static func setDefaults(_ cronJob: inout CronJob) {
        cronJob.spec.jobTemplate.spec.mutate { spec in
            PodSpecDefaults.set(&spec.template.spec)
            JobStrategy.setPolicyDefaults(&spec)
        }
        if cronJob.spec.concurrencyPolicy.isEmptyOrNil { cronJob.spec.concurrencyPolicy = "Allow" }
        if cronJob.spec.suspend == nil { cronJob.spec.suspend = false }
        if cronJob.spec.successfulJobsHistoryLimit == nil { cronJob.spec.successfulJobsHistoryLimit = 3 }
        if cronJob.spec.failedJobsHistoryLimit == nil { cronJob.spec.failedJobsHistoryLimit = 1 }
    }

    static func prepareForStatusUpdate(_ cronJob: inout CronJob, old: CronJob) { cronJob.spec = old.spec }

    static func validate(_ cronJob: CronJob) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.cronJob(cronJob.spec, old: nil) }
            // A job's name is the CronJob's and a dash and ten digits, and must fit a label.
            if cronJob.name.utf8.count > 52 {
                validator.invalid(
                    .grandchild("metadata", "name"), cronJob.name, "must be no more than 52 characters")
            }
        }
    }

    static func validateUpdate(_ cronJob: CronJob, old: CronJob) -> [FieldError] {
        if cronJob.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { $0.cronJob(cronJob.spec, old: old.spec) }
        }
    }

    static func warnings(_ cronJob: CronJob, old: CronJob?) -> [String] {
        let path = "spec.jobTemplate.spec"
        let spec = cronJob.spec.jobTemplate.spec ?? JobSpec()
        if let old { return old.spec == cronJob.spec ? [] : JobStrategy.warnings(spec, path) }
        return PodWarnings.ofName(cronJob.name) + JobStrategy.warnings(spec, path)
    }
}

extension Validator {
    fileprivate mutating func cronJob(_ spec: CronJobSpec, old: CronJobSpec?) {
        if spec.schedule.isEmpty {
            required("schedule")
        } else {
            if let message = CronFormat.error(spec.schedule) { invalid("schedule", spec.schedule, message) }
            if spec.schedule.contains("TZ") {
                // A zone that the schedule had may stay there, unless there is another.
                if old?.schedule.contains("TZ") != true {
                    invalid(
                        "schedule", spec.schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
                } else if spec.timeZone != nil {
                    invalid(
                        "schedule", spec.schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule")
                }
            }
        }
        nonnegative("startingDeadlineSeconds", spec.startingDeadlineSeconds)
        // A zone that was known once stays.
        if let zone = spec.timeZone, old == nil || old?.timeZone != zone { timeZone(zone) }
        oneOf("concurrencyPolicy", spec.concurrencyPolicy, ["Allow", "Forbid", "Replace"])
        let job = spec.jobTemplate.spec ?? JobSpec()
        field("jobTemplate", "spec") { validator in
            validator.jobSpec(job)
            if let selector = job.selector {
                validator.invalid("selector", selector, "`selector` will be auto-generated")
            }
            if job.manualSelector == true { validator.notSupported("manualSelector", true, ["nil", "false"]) }
        }
        nonnegative("successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit)
        nonnegative("failedJobsHistoryLimit", spec.failedJobsHistoryLimit)
    }

    /// Follows `validateTimeZone`.
    private mutating func timeZone(_ zone: String) {
        if zone.isEmpty { return invalid("timeZone", zone, "timeZone must be nil or non-empty string") }
        if zone.lowercased() == "local" {
            invalid(
                "timeZone", zone,
                "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
            // Go knows the machine's own zone by this very name.
            if zone == "Local" { return }
        }
        if !TimeZones.contains(zone) { invalid("timeZone", zone, "unknown time zone \(zone)") }
    }
}

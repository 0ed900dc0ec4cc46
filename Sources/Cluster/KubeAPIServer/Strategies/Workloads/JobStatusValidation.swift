import KubeAPI

/// What may become of a Job's status. Whoever controls it, `spec.managedBy` or not, its clients rely on some rules: who
/// is finished stays so, and says when. Most rules look only at what a write changes, so that a status that broke one
/// before can still be written.
///
/// Follows kubernetes pkg/registry/batch/job/strategy.go `getStatusValidationOptions` and pkg/apis/batch/validation
/// `ValidateJobStatusUpdate`.
struct JobStatusRules {
    private let job: Job
    private let old: Job
    private let isIndexed: Bool

    init(_ job: Job, old: Job) {
        self.job = job
        self.old = old
        isIndexed = job.spec.completionMode == "Indexed"
    }

    private func changes<Value: Equatable>(_ field: KeyPath<JobStatus, Value>) -> Bool {
        job.status[keyPath: field] != old.status[keyPath: field]
    }

    /// Standing on the status.
    func validate(_ validator: inout Validator) {
        numbers(&validator)
        conditions(&validator)
        finished(&validator)
        indexes(&validator)
        let terminates = changes(\.isFinished) || changes(\.terminating)
        if terminates, let terminating = job.status.terminating, terminating > 0, job.status.isFinished {
            validator.invalid("terminating", terminating, "terminating>0 is invalid for finished job")
        }
        if changes(\.ready) || changes(\.active), let ready = job.status.ready, ready > job.status.active ?? 0 {
            validator.invalid("ready", ready, "cannot set more ready pods than active")
        }
        successes(&validator)
        transitions(&validator)
    }

    private func numbers(_ validator: inout Validator) {
        let status = job.status
        validator.nonnegative("active", status.active)
        validator.nonnegative("succeeded", status.succeeded)
        validator.nonnegative("failed", status.failed)
        validator.nonnegative("ready", status.ready)
        validator.nonnegative("terminating", status.terminating)
        guard let uncounted = status.uncountedTerminatedPods else { return }
        var seen: Set<String> = []
        validator.field("uncountedTerminatedPods") { validator in
            for (name, pods) in [("succeeded", uncounted.succeeded), ("failed", uncounted.failed)] {
                validator.each(name, pods) { validator, uid, _ in
                    if uid.isEmpty {
                        validator.invalid(.here, uid, "must not be empty")
                    } else if !seen.insert(uid).inserted {
                        validator.duplicate(.here, uid)
                    }
                }
            }
        }
    }

    private func conditions(_ validator: inout Validator) {
        let status = job.status
        if status.isComplete {
            if changes(\.isComplete) || changes(\.isFailed), status.isFailed {
                validator.invalid("conditions", "cannot set Complete=True and Failed=true conditions")
            }
            if changes(\.isComplete) || changes(\.willFail), status.willFail {
                validator.invalid("conditions", "cannot set Complete=True and FailureTarget=true conditions")
            }
        }
        let endChanges = changes(\.isComplete) || changes(\.completionTime)
        if let end = status.completionTime {
            if endChanges, !status.isComplete {
                validator.invalid(
                    "completionTime", end, "cannot set completionTime when there is no Complete=True condition")
            }
            if changes(\.startTime) || changes(\.completionTime), let start = status.startTime, end < start {
                validator.invalid("completionTime", end, "completionTime cannot be set before startTime")
            }
        } else if endChanges, status.isComplete {
            validator.required("completionTime", "completionTime is required for Complete jobs")
        }
        if changes(\.isFailed) || changes(\.failedIndexes), status.isFailed, !status.willFail {
            validator.invalid(
                "conditions", "cannot set Failed=True condition without the FailureTarget=true condition")
        }
        if changes(\.isComplete) || changes(\.willComplete), status.isComplete, !status.willComplete {
            validator.invalid(
                "conditions", "cannot set Complete=True condition without the SuccessCriteriaMet=true condition")
        }
    }

    private func finished(_ validator: inout Validator) {
        let status = job.status
        guard status.isFinished else { return }
        if changes(\.isFinished) || changes(\.active), let active = status.active, active > 0 {
            validator.invalid("active", active, "active>0 is invalid for finished job")
        }
        if changes(\.isFinished) || changes(\.startTime), status.startTime == nil {
            validator.required("startTime", "startTime is required for finished job")
        }
        if changes(\.isFinished) || changes(\.uncountedTerminatedPods), let uncounted = status.uncountedTerminatedPods,
            !uncounted.succeeded.isEmpty || !uncounted.failed.isEmpty
        {
            validator.invalid(
                "uncountedTerminatedPods", uncounted, "uncountedTerminatedPods needs to be empty for finished job")
        }
    }

    private func indexes(_ validator: inout Validator) {
        let completed = job.status.completedIndexes ?? ""
        let failed = job.status.failedIndexes
        let (completedChange, failedChange) = (changes(\.completedIndexes), changes(\.failedIndexes))
        if completedChange, let completions = job.spec.completions,
            let error = JobIndexes.count(completed, completions: completions).error
        {
            validator.invalid("completedIndexes", completed, "error parsing completedIndexes: \(error)")
        }
        if failedChange, let completions = job.spec.completions, job.spec.backoffLimitPerIndex != nil, let failed,
            let error = JobIndexes.count(failed, completions: completions).error
        {
            validator.invalid("failedIndexes", failed, "error parsing failedIndexes: \(error)")
        }
        if completedChange, !completed.isEmpty, !isIndexed {
            validator.invalid(
                "completedIndexes", completed, "cannot set non-empty completedIndexes when non-indexed completion mode")
        }
        if failedChange, job.spec.backoffLimitPerIndex == nil, let failed {
            validator.invalid(
                "failedIndexes", failed, "cannot set non-null failedIndexes when backoffLimitPerIndex is null")
        }
        if completedChange || failedChange, let completions = job.spec.completions, let failed,
            let index = JobIndexes.firstOverlap(completed, failed, completions: completions)
        {
            validator.invalid(
                "failedIndexes", failed, "failedIndexes and completedIndexes overlap at index: \(index)")
        }
    }

    private func successes(_ validator: inout Validator) {
        let status = job.status
        if status.willComplete, status.isFailed {
            validator.invalid("conditions", "cannot set SuccessCriteriaMet=True and Failed=true conditions")
        }
        if status.willComplete, status.willFail {
            validator.invalid("conditions", "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions")
        }
        if job.spec.successPolicy != nil, !status.willComplete, status.isComplete {
            validator.invalid(
                "conditions", "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True")
        }
    }

    private func transitions(_ validator: inout Validator) {
        let status = job.status
        for type in ["Failed", "Complete", "FailureTarget"] where old.status.has(type) && !status.has(type) {
            validator.invalid("conditions", "cannot disable the terminal \(type)=True condition")
        }
        if status.failed ?? 0 < old.status.failed ?? 0 {
            validator.invalid("failed", status.failed ?? 0, "cannot decrease the failed counter")
        }
        // An indexed job whose pods all run at once may be made smaller.
        let mayShrink = isIndexed && job.spec.completions == job.spec.parallelism
        if !mayShrink, status.succeeded ?? 0 < old.status.succeeded ?? 0 {
            validator.invalid("succeeded", status.succeeded ?? 0, "cannot decrease the succeeded counter")
        }
        if let end = status.completionTime, let oldEnd = old.status.completionTime, end != oldEnd {
            validator.invalid("completionTime", end, "completionTime cannot be mutated")
        }
        if let start = old.status.startTime, start != status.startTime, job.spec.suspend != true {
            validator.required("startTime", "startTime cannot be removed for unsuspended job")
        }
        if old.status.willComplete, !status.willComplete {
            validator.invalid("conditions", "cannot disable the SuccessCriteriaMet=True condition")
        }
        if old.status.isComplete, !old.status.willComplete, status.willComplete {
            validator.invalid(
                "conditions", "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions")
        }
    }
}

extension JobStatus {
    fileprivate func has(_ type: String) -> Bool { conditions.contains { $0.type == type && $0.status == "True" } }

    fileprivate var isComplete: Bool { has("Complete") }
    fileprivate var isFailed: Bool { has("Failed") }
    fileprivate var isFinished: Bool { isComplete || isFailed }
    /// It fails as soon as its pods have ended.
    fileprivate var willFail: Bool { has("FailureTarget") }
    /// It is complete as soon as its pods have ended.
    fileprivate var willComplete: Bool { has("SuccessCriteriaMet") }
}

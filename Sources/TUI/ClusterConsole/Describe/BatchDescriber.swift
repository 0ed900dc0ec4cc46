import ClusterCore
import KubeAPI

extension DescribeWriter {
    mutating func describe(_ job: Job) {
        let (spec, status) = (job.spec, job.status)
        identity(job)
        field("Selector", DescribeWriter.jobSelector(spec.selector))
        labels("Labels", job.labels)
        annotations(job.annotations)
        controlledBy(job.metadata)
        if let parallelism = spec.parallelism { field("Parallelism", "\(parallelism)") }
        field("Completions", spec.completions.map { "\($0)" } ?? "<unset>")
        if let mode = spec.completionMode { field("Completion Mode", mode) }
        if let suspend = spec.suspend { field("Suspend", "\(suspend)") }
        if let limit = spec.backoffLimit { field("Backoff Limit", "\(limit)") }
        if let seconds = spec.ttlSecondsAfterFinished { field("TTL Seconds After Finished", "\(seconds)") }
        if let start = status.startTime { field("Start Time", start.rfc1123) }
        if let end = status.completionTime {
            field("Completed At", end.rfc1123)
            if let start = status.startTime { field("Duration", (end.instant - start.instant).humanDuration) }
        }
        if let seconds = spec.activeDeadlineSeconds { field("Active Deadline Seconds", "\(seconds)s") }
        let ready = status.ready.map { " (\($0) Ready)" } ?? ""
        field(
            "Pods Statuses",
            "\(status.active ?? 0) Active\(ready) / \(status.succeeded ?? 0) Succeeded / \(status.failed ?? 0) Failed")
        if spec.completionMode == "Indexed" {
            field("Completed Indexes", DescribeWriter.shortIndexes(status.completedIndexes ?? ""))
        }
        podTemplate(spec.template)
    }

    mutating func describe(_ cronJob: CronJob) {
        let spec = cronJob.spec
        identity(cronJob)
        labels("Labels", cronJob.labels)
        annotations(cronJob.annotations)
        field("Schedule", spec.schedule)
        field("Concurrency Policy", spec.concurrencyPolicy ?? "")
        field("Suspend", DescribeWriter.truth(spec.suspend))
        field("Time Zone", spec.timeZone ?? "<unset>")
        field("Successful Job History Limit", spec.successfulJobsHistoryLimit.map { "\($0)" } ?? "<unset>")
        field("Failed Job History Limit", spec.failedJobsHistoryLimit.map { "\($0)" } ?? "<unset>")
        field("Starting Deadline Seconds", spec.startingDeadlineSeconds.map { "\($0)s" } ?? "<unset>")
        let job = spec.jobTemplate.spec ?? JobSpec()
        field("Selector", job.selector.map { DescribeWriter.jobSelector($0) } ?? "<unset>")
        field("Parallelism", job.parallelism.map { "\($0)" } ?? "<unset>")
        field("Completions", job.completions.map { "\($0)" } ?? "<unset>")
        if let seconds = job.activeDeadlineSeconds { field("Active Deadline Seconds", "\(seconds)s") }
        podTemplate(job.template)
        field("Last Schedule Time", cronJob.status.lastScheduleTime?.rfc1123 ?? "<unset>")
        field(
            "Active Jobs",
            DescribeWriter.orNone(cronJob.status.active.map { $0.name ?? "" }.joined(separator: ", ")))
    }

    private static func jobSelector(_ selector: LabelSelector?) -> String {
        do throws(StatusError) {
            return try Selector(selector).description
        } catch {
            return "Failed to get selector: \(error.message)"
        }
    }

    /// Cut at the first comma after 50 bytes.
    private static func shortIndexes(_ indexes: String) -> String {
        let bytes = Array(indexes.utf8)
        let comma = UInt8(ascii: ",")
        guard bytes.count > 50, let cut = bytes[50...].firstIndex(of: comma) else { return orNone(indexes) }
        return String(decoding: bytes[...cut], as: UTF8.self) + "..."
    }
}

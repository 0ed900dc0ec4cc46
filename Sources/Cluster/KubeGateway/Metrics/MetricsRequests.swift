import ClusterCore
import Foundation
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster
import NIOCore

/// Serves `/metrics`: what the gateway counts, what the snapshot knows, and what the cluster's thread is asked for.
struct MetricsRequests: Sendable {
    let server: RequestServer

    func serve(_ exchange: Exchange) {
        let snapshot = server.feed.snapshot
        server.perform(exchange) { (cluster) throws(StatusError) in
            ComponentMetrics(cluster)
        } then: { [self] result in
            var text = MetricsText()
            server.metrics.write(into: &text)
            FlowControlMetrics(server.fairness.current).write(into: &text)
            writeObjects(snapshot, &text)
            if case .success(let components) = result { components.write(into: &text) }
            writeProcess(&text)
            exchange.respond(
                Response(200, MetricsText.contentType, ByteBuffer(string: text.finish())))
        }
    }

    private func writeObjects(_ snapshot: ClusterSnapshot, _ text: inout MetricsText) {
        let counts = Catalogue.kinds.filter { $0.kind.isStored && $0.supports(verb: "list") }.map {
            ($0, snapshot.objects.count($0.kind))
        }
        text.family(
            "apiserver_resource_objects", .gauge, "Number of stored objects at the time of last check split by kind.")
        for (info, count) in counts {
            text.sample(
                "apiserver_resource_objects", "group=\"\(info.group)\",resource=\"\(info.plural)\"", Double(count))
        }
        text.family(
            "apiserver_storage_objects", .gauge, "Number of stored objects at the time of last check split by kind.")
        for (info, count) in counts {
            text.sample("apiserver_storage_objects", "resource=\"\(info.groupResource)\"", Double(count))
        }
    }

    /// Of the process, in seconds since 1970: when the machine began, and how many ticks of its clock after that.
    private static let startTime: Double = {
        func text(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
        // What stands before is the name of the program, which may have spaces.
        let fields = text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let boot = text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        let ticks = fields.count > 19 ? Double(fields[19]) ?? 0 : 0
        return (boot.flatMap { Double($0.dropFirst(6)) } ?? 0) + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private func writeProcess(_ text: inout MetricsText) {
        let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = status.split(separator: " ").compactMap { Int($0) }
        if pages.count > 1 {
            let size = sysconf(Int32(_SC_PAGESIZE))
            text.family("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
            text.sample("process_resident_memory_bytes", "", Double(pages[1] * size))
            text.family("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.")
            text.sample("process_virtual_memory_bytes", "", Double(pages[0] * size))
        }
        let start = "process_start_time_seconds"
        text.family(start, .gauge, "Start time of the process since unix epoch in seconds.")
        text.sample(start, "", MetricsRequests.startTime)
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            text.family("process_open_fds", .gauge, "Number of open file descriptors.")
            text.sample("process_open_fds", "", Double(files.count))
        }
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
            let micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
            text.family("process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
            text.sample("process_cpu_seconds_total", "", Double(seconds) + Double(micros) * 1e-6)
        }
    }
}

/// What the components count themselves.
struct ComponentMetrics: Sendable {
    private let revision: Int
    private let historyBytes: Int
    private let events: UInt64
    private let queues: [QueueGauges.Reading]
    private let scheduling: SchedulingMetrics

    /// On the cluster's thread.
    init(_ cluster: Cluster) {
        revision = cluster.server.store.revision
        historyBytes = cluster.server.store.history.bytes
        events = cluster.loop.eventCount
        queues = cluster.loop.queueGauges.readings
        scheduling = cluster.schedulingMetrics
    }

    func write(into text: inout MetricsText) {
        writeQueues(into: &text)
        writeScheduling(into: &text)
        text.family(
            "apiserver_storage_size_bytes", .gauge, "Size of the storage database file physically allocated in bytes.")
        text.sample("apiserver_storage_size_bytes", "storage_cluster_id=\"drydock\"", Double(historyBytes))
        text.family("drydock_store_revision", .gauge, "The newest revision of the store.")
        text.sample("drydock_store_revision", "", Double(revision))
        text.family("drydock_loop_events_total", .counter, "Events that the cluster's loop has run.")
        text.sample("drydock_loop_events_total", "", Double(events))
    }

    /// Follows component-base metrics/prometheus/workqueue/metrics.go.
    private func writeQueues(into text: inout MetricsText) {
        let families:
            [(name: String, type: MetricsText.FamilyType, help: String, value: (QueueGauges.Reading) -> Int)] = [
                ("workqueue_depth", .gauge, "Current depth of workqueue", { $0.depth }),
                ("workqueue_adds_total", .counter, "Total number of adds handled by workqueue", { $0.additions }),
                ("workqueue_retries_total", .counter, "Total number of retries handled by workqueue", { $0.retries }),
            ]
        for family in families {
            text.family(family.name, family.type, family.help)
            var sums: [String: Int] = [:]
            for queue in queues { sums[queue.name, default: 0] += family.value(queue) }
            for (name, sum) in sums { text.sample(family.name, "name=\"\(name)\"", Double(sum)) }
        }
        writeDurations(
            "workqueue_queue_duration_seconds",
            "How long in seconds an item stays in workqueue before being requested, in the cluster's time.", \.waits,
            &text)
        writeDurations(
            "workqueue_work_duration_seconds", "How long in seconds processing an item from workqueue takes.", \.work,
            &text)
    }

    private func writeDurations(
        _ name: String, _ help: String, _ value: (QueueGauges.Reading) -> Histogram, _ text: inout MetricsText
    ) {
        text.family(name, .histogram, help)
        var sums: [String: Histogram] = [:]
        for queue in queues { sums[queue.name, default: Histogram(QueueGauges.bounds)].add(value(queue)) }
        for (queue, sum) in sums where sum.count > 0 {
            text.histogram(name, "name=\"\(queue)\"", sum, QueueGauges.bounds)
        }
    }

    private func writeScheduling(into text: inout MetricsText) {
        let count = "scheduler_schedule_attempts_total"
        text.family(
            count, .counter,
            "Number of attempts to schedule pods, by the result. 'unschedulable' means a pod could not be scheduled, "
                + "while 'error' means an internal scheduler problem."
        )
        for result in SchedulingMetrics.Result.allCases {
            text.sample(
                count, "profile=\"default-scheduler\",result=\"\(result)\"", Double(scheduling.count(of: result)))
        }
        let attempt = "scheduler_scheduling_attempt_duration_seconds"
        text.family(
            attempt, .histogram, "Scheduling attempt latency in seconds (scheduling algorithm + binding)")
        for (result, histogram) in zip(SchedulingMetrics.Result.allCases, scheduling.attempts)
        where histogram.count > 0 {
            text.histogram(
                attempt, "profile=\"default-scheduler\",result=\"\(result)\"", histogram,
                SchedulingMetrics.attemptBounds)
        }
        let pod = "scheduler_pod_scheduling_sli_duration_seconds"
        text.family(
            pod, .histogram,
            "E2e latency for a pod being scheduled, from the time the pod enters the scheduling queue and might "
                + "involve multiple scheduling attempts, in the cluster's time.")
        for (attempts, histogram) in scheduling.pods.enumerated() where histogram.count > 0 {
            text.histogram(
                pod, "attempts=\"\(SchedulingMetrics.label(attempts: attempts))\"", histogram,
                SchedulingMetrics.podBounds)
        }
    }
}

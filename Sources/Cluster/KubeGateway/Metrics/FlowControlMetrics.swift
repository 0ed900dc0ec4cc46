import ClusterCore
import KubeAPI

/// What is counted of priority and fairness, under upstream's names.
///
/// Follows apiserver pkg/util/flowcontrol/metrics/metrics.go.
struct FlowControlMetrics {
    private let control: FlowControl
    private let levels: [PriorityLevel]

    init(_ control: FlowControl) {
        self.control = control
        levels = control.sortedLevels
    }

    func write(into text: inout MetricsText) {
        writeSeats(into: &text)
        writeRequests(into: &text)
        writeDurations(into: &text)
    }

    // MARK: By level

    private typealias LevelFamily = (name: String, help: String, value: @Sendable (PriorityLevel) -> Double)

    private static let seatFamilies: [LevelFamily] = [
        (
            "lower_limit_seats", "Configured lower bound on number of execution seats available to each priority level",
            { Double($0.minimumSeats) }
        ),
        (
            "upper_limit_seats", "Configured upper bound on number of execution seats available to each priority level",
            { Double($0.maximumSeats) }
        ),
        (
            "current_limit_seats", "current derived number of execution seats available to each priority level",
            { Double($0.seats) }
        ),
        (
            "demand_seats_high_watermark", "High watermark, over last adjustment period, of demand_seats",
            { $0.demand.highWatermark }
        ),
        (
            "demand_seats_average", "Time-weighted average, over last adjustment period, of demand_seats",
            { $0.demand.average }
        ),
        (
            "demand_seats_stdev", "Time-weighted standard deviation, over last adjustment period, of demand_seats",
            { $0.demand.deviation }
        ),
        ("demand_seats_smoothed", "Smoothed seat demands", { $0.demand.smoothed }),
        ("target_seats", "Seat allocation targets", { $0.claim.target }),
        ("current_r", "R(time of last change)", { $0.queues.virtualTime }),
    ]

    private func writeSeats(into text: inout MetricsText) {
        let nominal: LevelFamily = (
            "nominal_limit_seats", "Nominal number of execution seats configured for each priority level",
            { Double($0.nominalSeats) }
        )
        write(nominal, .beta, &text)
        for family in FlowControlMetrics.seatFamilies { write(family, .alpha, &text) }
        let fraction = "apiserver_flowcontrol_seat_fair_frac"
        text.family(
            fraction, .gauge,
            "Fair fraction of server's concurrency to allocate to each priority level that can use it", .alpha)
        text.sample(fraction, "", control.fairFraction)
    }

    private func write(_ family: LevelFamily, _ stability: MetricsText.Stability, _ text: inout MetricsText) {
        let name = "apiserver_flowcontrol_" + family.name
        text.family(name, .gauge, family.help, stability)
        for level in levels { text.sample(name, "priority_level=\"\(level.name)\"", family.value(level)) }
    }

    // MARK: By level and schema

    private func forEachFlow(_ body: (String, LevelCounts.Flow) -> Void) {
        for level in levels {
            for (schema, flow) in level.counts.flows {
                body("flow_schema=\"\(schema)\",priority_level=\"\(level.name)\"", flow)
            }
        }
    }

    private static let flowFamilies:
        [(name: String, type: MetricsText.FamilyType, help: String, value: @Sendable (LevelCounts.Flow) -> Int)] = [
            (
                "dispatched_requests_total", .counter,
                "Number of requests executed by API Priority and Fairness subsystem", { $0.dispatched }
            ),
            (
                "current_inqueue_requests", .gauge,
                "Number of requests currently pending in queues of the API Priority and Fairness subsystem",
                { $0.waiting }
            ),
            (
                "current_executing_requests", .gauge,
                "Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API "
                    + "Priority and Fairness subsystem", { $0.executing }
            ),
            (
                "current_executing_seats", .gauge,
                "Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any "
                    + "stage otherwise) requests in the API Priority and Fairness subsystem", { $0.seats }
            ),
        ]

    private func writeRequests(into text: inout MetricsText) {
        for family in FlowControlMetrics.flowFamilies {
            let name = "apiserver_flowcontrol_" + family.name
            text.family(name, family.type, family.help, .beta)
            forEachFlow { labels, flow in text.sample(name, labels, Double(family.value(flow))) }
        }
        let refused = "apiserver_flowcontrol_rejected_requests_total"
        text.family(
            refused, .counter, "Number of requests rejected by API Priority and Fairness subsystem", .beta)
        forEachFlow { labels, flow in
            for refusal in LevelCounts.Refusal.allCases {
                guard let count = flow.refused[refusal] else { continue }
                text.sample(refused, "\(labels),reason=\"\(refusal.rawValue)\"", Double(count))
            }
        }
    }

    private func writeDurations(into text: inout MetricsText) {
        let wait = "apiserver_flowcontrol_request_wait_duration_seconds"
        text.family(wait, .histogram, "Length of time a request spent waiting in its queue", .beta)
        forEachFlow { labels, flow in
            for (isServed, waits) in [(true, flow.waits), (false, flow.vainWaits)] where waits.count > 0 {
                text.histogram(wait, "execute=\"\(isServed)\",\(labels)", waits, LevelCounts.durations)
            }
        }
        let execution = "apiserver_flowcontrol_request_execution_seconds"
        text.family(
            execution, .histogram,
            "Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API "
                + "Priority and Fairness subsystem", .alpha)
        forEachFlow { labels, flow in
            for (type, times) in [("regular", flow.executions), ("watch", flow.watchExecutions)] where times.count > 0 {
                text.histogram(execution, "\(labels),type=\"\(type)\"", times, LevelCounts.durations)
            }
        }
        let length = "apiserver_flowcontrol_request_queue_length_after_enqueue"
        text.family(
            length, .histogram,
            "Length of queue in the API Priority and Fairness subsystem, as seen by each request after it is enqueued",
            .alpha)
        forEachFlow { labels, flow in
            if flow.queueLengths.count > 0 {
                text.histogram(length, labels, flow.queueLengths, LevelCounts.lengths)
            }
        }
        let width = "apiserver_flowcontrol_work_estimated_seats"
        text.family(
            width, .histogram,
            "Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority "
                + "and Fairness", .alpha)
        forEachFlow { labels, flow in text.histogram(width, labels, flow.widths, LevelCounts.widths) }
        let watches = "apiserver_flowcontrol_watch_count_samples"
        text.family(
            watches, .histogram, "count of watchers for mutating requests in API Priority and Fairness", .alpha)
        forEachFlow { labels, flow in
            if flow.watches.count > 0 { text.histogram(watches, labels, flow.watches, LevelCounts.watches) }
        }
    }
}

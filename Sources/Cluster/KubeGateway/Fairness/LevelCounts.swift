import ClusterCore

/// What is counted of the requests of one priority level, by FlowSchema.
///
/// Follows apiserver pkg/util/flowcontrol/metrics/metrics.go.
package struct LevelCounts: Sendable {
    /// Why a request is not served, under upstream's names.
    ///
    /// Follows apiserver pkg/util/flowcontrol/fairqueuing/queueset/queueset.go.
    package enum Refusal: String, CaseIterable, Sendable {
        /// All seats are taken, and its level has no queues.
        case noSeat = "concurrency-limit"
        case queueFull = "queue-full"
        case timedOut = "time-out"
        /// Its client has gone.
        case cancelled
    }

    struct Flow: Sendable {
        var dispatched = 0
        var refused: [Refusal: Int] = [:]
        var waiting = 0
        var executing = 0
        var seats = 0
        /// How long requests waited that were served, and that were not.
        var waits = Histogram(LevelCounts.durations)
        var vainWaits = Histogram(LevelCounts.durations)
        var queueLengths = Histogram(LevelCounts.lengths)
        var executions = Histogram(LevelCounts.durations)
        /// The same of watches, until they have told what there was at first.
        var watchExecutions = Histogram(LevelCounts.durations)
        var widths = Histogram(LevelCounts.widths)
        /// How many watches are told of what requests write.
        var watches = Histogram(LevelCounts.watches)
    }

    static let durations: [Double] = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30]
    static let lengths: [Double] = [0, 10, 25, 50, 100, 250, 500, 1000]
    static let widths: [Double] = [1, 2, 4, 10]
    static let watches: [Double] = [0, 1, 10, 100, 1000, 10_000]

    /// By the names of FlowSchemas.
    private(set) var flows: [String: Flow] = [:]
    private(set) var dispatched = 0
    private(set) var refused = 0
    private(set) var timedOut = 0
    private(set) var cancelled = 0

    mutating func came(_ request: FlowRequest) {
        flows[request.schema, default: Flow()].widths.add(Double(request.seats), LevelCounts.widths)
        if let watches = request.work.watches {
            flows[request.schema]?.watches.add(Double(watches), LevelCounts.watches)
        }
    }

    mutating func waits(_ request: FlowRequest, queueLength: Int) {
        flows[request.schema, default: Flow()].waiting += 1
        flows[request.schema]?.queueLengths.add(Double(queueLength), LevelCounts.lengths)
    }

    /// - Parameter wait: Nil for what need not wait by its level.
    mutating func began(_ request: FlowRequest, wait: Double?, hasWaited: Bool) {
        dispatched += 1
        flows[request.schema, default: Flow()].began(request.seats, wait, hasWaited)
    }

    mutating func ended(_ request: FlowRequest, now: Double) {
        let duration = now - (request.start ?? now)
        flows[request.schema, default: Flow()].ended(duration, isWatch: request.info.verb == "watch")
    }

    /// Its seats are free, which they may be later than it has ended.
    mutating func released(_ request: FlowRequest) { flows[request.schema, default: Flow()].seats -= request.seats }

    mutating func refused(_ request: FlowRequest, _ refusal: Refusal, now: Double, hasWaited: Bool) {
        switch refusal {
        case .timedOut: timedOut += 1
        case .cancelled: cancelled += 1
        case .noSeat, .queueFull: refused += 1
        }
        flows[request.schema, default: Flow()].refused(refusal, now - request.arrival, hasWaited)
    }
}

extension LevelCounts.Flow {
    fileprivate mutating func began(_ seats: Int, _ wait: Double?, _ hasWaited: Bool) {
        dispatched += 1
        executing += 1
        self.seats += seats
        if hasWaited { waiting -= 1 }
        if let wait { waits.add(wait, LevelCounts.durations) }
    }

    fileprivate mutating func ended(_ duration: Double, isWatch: Bool) {
        executing -= 1
        if isWatch {
            watchExecutions.add(duration, LevelCounts.durations)
        } else {
            executions.add(duration, LevelCounts.durations)
        }
    }

    fileprivate mutating func refused(_ refusal: LevelCounts.Refusal, _ wait: Double, _ hasWaited: Bool) {
        refused[refusal, default: 0] += 1
        if hasWaited { waiting -= 1 }
        vainWaits.add(wait, LevelCounts.durations)
    }
}

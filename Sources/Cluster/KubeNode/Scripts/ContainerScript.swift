import ClusterCore

/// What a simulated container does, read from the `drydock.dev/` annotations of its pod. The default does what a
/// well-behaved server does: it is up at once, serves until it is told to stop, and then stops within a second.
///
/// All times are from the container's start, so a restarted container plays its script again.
package struct ContainerScript: Equatable, Sendable {
    /// A stretch of time in which a probe fails.
    package struct Window: Equatable, Sendable {
        package var from: Interval
        /// The first moment after it; `Interval.max` for never.
        package var to: Interval

        package init(from: Interval, to: Interval) {
            self.from = from
            self.to = to
        }
    }

    /// Until then no probe succeeds.
    package var startupTime = Interval.zero
    /// The container ends of itself, with `exitCode`.
    package var exitAfter: Interval?
    package var exitCode = 0
    /// How many starts `exitAfter` applies to; later ones run on. Nil for all.
    package var exitTimes: Int?
    /// The end is the kernel's doing, for want of memory: exit code 137, reason OOMKilled.
    package var isOutOfMemory = false
    package var readinessFailures: [Window] = []
    package var livenessFailures: [Window] = []
    /// From SIGTERM to the end; nil for the default of less than a second.
    package var stopAfter: Interval?
    package var ignoresTermination = false
    package var pullDuration: Interval?
    package var pullFails = false
    /// From the runtime's order to the container's running; nil for the default.
    package var createDuration: Interval?
    /// Usage in thousandths of a core, and in bytes; nil for the model around its requests.
    package var cpuUsage: Int?
    package var memoryUsage: Int?

    package init() {}

    package static let standard = ContainerScript()

    package enum ProbeKind: UInt8, Sendable {
        case startup, liveness, readiness

        /// As messages begin with it.
        package var title: String {
            switch self {
            case .startup: "Startup"
            case .liveness: "Liveness"
            case .readiness: "Readiness"
            }
        }
    }

    /// Whether a probe succeeds so long after the container's start.
    package func succeeds(_ kind: ProbeKind, at elapsed: Interval) -> Bool {
        elapsed >= startupTime && !windows(kind).contains { $0.from <= elapsed && elapsed < $0.to }
    }

    /// The next moment at which the answer of `succeeds` may be another; nil when it stays as it is for good.
    package func nextTurn(_ kind: ProbeKind, after elapsed: Interval) -> Interval? {
        var next: Interval?
        func consider(_ moment: Interval) {
            if moment > elapsed, moment < .max, next.map({ moment < $0 }) ?? true { next = moment }
        }
        consider(startupTime)
        for window in windows(kind) {
            consider(window.from)
            consider(window.to)
        }
        return next
    }

    private func windows(_ kind: ProbeKind) -> [Window] {
        switch kind {
        case .startup: []
        case .liveness: livenessFailures
        case .readiness: readinessFailures
        }
    }
}

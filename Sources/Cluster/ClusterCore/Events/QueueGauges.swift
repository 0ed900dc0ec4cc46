/// What the work queues of a cluster's components have to tell about themselves, for metrics. Reading them changes
/// nothing.
public final class QueueGauges {
    /// What durations are counted by, in seconds: ten times as long each, rounded as upstream's multiplication rounds.
    ///
    /// Follows component-base metrics/prometheus/workqueue/metrics.go.
    public static let bounds = [
        1e-8, 1e-7, 1e-6, 9.999999999999999e-06, 9.999999999999999e-05, 0.001, 0.01, 0.1, 1, 10,
    ]

    /// One queue at one moment.
    public struct Reading: Sendable {
        public let name: String
        /// Keys that wait.
        public let depth: Int
        /// How many keys were ever added.
        public let additions: Int
        /// How many of them after a failure.
        public let retries: Int
        /// How long keys waited, in the cluster's time.
        public let waits: Histogram
        /// How long it took to work on them, in real time; nothing is counted where that is not measured.
        public let work: Histogram

        public init(name: String, depth: Int, additions: Int, retries: Int, waits: Histogram, work: Histogram) {
            self.name = name
            self.depth = depth
            self.additions = additions
            self.retries = retries
            self.waits = waits
            self.work = work
        }
    }

    private var sources: [() -> Reading?] = []

    /// - Parameter read: Nil once the queue is gone.
    public func add(_ read: @escaping () -> Reading?) { sources.append(read) }

    /// Every queue, in the order in which they were made. O(queues).
    public var readings: [Reading] { sources.compactMap { $0() } }
}

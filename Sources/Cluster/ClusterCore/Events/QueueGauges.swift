/// What the work queues of a cluster's components have to tell about themselves, for metrics. Reading them changes
/// nothing.
public final class QueueGauges {
    /// One queue at one moment.
    public struct Reading: Sendable {
        public let name: String
        /// Keys that wait.
        public let depth: Int
        /// How many keys were ever added.
        public let additions: Int
        /// How many of them after a failure.
        public let retries: Int

        public init(name: String, depth: Int, additions: Int, retries: Int) {
            self.name = name
            self.depth = depth
            self.additions = additions
            self.retries = retries
        }
    }

    private var sources: [() -> Reading?] = []

    /// - Parameter read: Nil once the queue is gone.
    public func add(_ read: @escaping () -> Reading?) { sources.append(read) }

    /// Every queue, in the order in which they were made. O(queues).
    public var readings: [Reading] { sources.compactMap { $0() } }
}

/// What the work queues of a cluster's components have to tell about themselves, for metrics. Reading them changes
/// nothing.
package final class QueueGauges {
    /// One queue at one moment.
    package struct Reading: Sendable {
        package let name: String
        /// Keys that wait.
        package let depth: Int
        /// How many keys were ever added.
        package let additions: Int
        /// How many of them after a failure.
        package let retries: Int

        package init(name: String, depth: Int, additions: Int, retries: Int) {
            self.name = name
            self.depth = depth
            self.additions = additions
            self.retries = retries
        }
    }

    private var sources: [() -> Reading?] = []

    /// - Parameter read: Nil once the queue is gone.
    package func add(_ read: @escaping () -> Reading?) { sources.append(read) }

    /// Every queue, in the order in which they were made. O(queues).
    package var readings: [Reading] { sources.compactMap { $0() } }
}

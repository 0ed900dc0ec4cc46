/// A doubling delay for each of many things, forgotten once a thing has been quiet for long enough.
///
/// With 10 s doubling to 300 s, forgotten after twice the maximum, a thing that fails at once again and again waits
/// 10 s, 20 s, 40 s, 80 s, 160 s and then 300 s each time, and after ten quiet minutes its next failure waits 10 s.
///
/// Follows kubernetes staging/src/k8s.io/client-go/util/flowcontrol/backoff.go.
public struct BackoffTable<ID: Hashable & Sendable>: Sendable {
    private struct Entry {
        var delay: Interval
        var lastUpdate: Instant
    }

    public let initial: Interval
    public let maximum: Interval
    /// How long after its last step a thing's delay is forgotten: twice the maximum.
    private let expiry: Interval
    private var entries: [ID: Entry] = [:]

    public init(initial: Interval, maximum: Interval) {
        self.initial = initial
        self.maximum = maximum
        expiry = maximum * 2
    }

    /// The current delay; zero for a thing that never failed.
    public func get(_ id: ID) -> Interval {
        entries[id]?.delay ?? .zero
    }

    /// Moves on to the next delay: the initial one the first time and after a quiet time, else twice the last, up to
    /// the maximum.
    public mutating func next(_ id: ID, _ now: Instant) {
        let delay: Interval
        if let entry = entries[id], !hasExpired(entry, at: now) {
            delay = min(entry.delay * 2, maximum)
        } else {
            delay = initial
        }
        entries[id] = Entry(delay: delay, lastUpdate: now)
    }

    /// Forgets the thing.
    public mutating func reset(_ id: ID) {
        entries[id] = nil
    }

    /// Whether less than the current delay lies between the thing's last step and `time`.
    public func isInBackOffSinceUpdate(_ id: ID, _ time: Instant) -> Bool {
        guard let entry = entries[id], !hasExpired(entry, at: time) else { return false }
        return time - entry.lastUpdate < entry.delay
    }

    private func hasExpired(_ entry: Entry, at time: Instant) -> Bool {
        time - entry.lastUpdate > expiry
    }
}

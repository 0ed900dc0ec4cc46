import ClusterCore
import KubeAPI

/// What a controller has asked for and not yet seen come back through its informer: it waits before it acts again.
/// Unmet expectations expire after five minutes. Follows kubernetes `pkg/controller/controller_utils.go`.
public struct Expectations {
    private struct Entry {
        var creations: Int
        var deletions: Set<String>
        var time: Instant
    }

    private var entries: [String: Entry] = [:]
    private static let expiry = Interval.minutes(5)

    public init() {}

    /// Whether everything asked for was seen, or was asked too long ago.
    public func isSatisfied(_ key: String, now: Instant) -> Bool {
        guard let entry = entries[key] else { return true }
        return entry.creations <= 0 && entry.deletions.isEmpty || now - entry.time > Expectations.expiry
    }

    public mutating func expectCreations(_ key: String, _ count: Int, now: Instant) {
        entries[key] = Entry(creations: count, deletions: [], time: now)
    }

    /// `objects`: the names or UIDs whose deletions are awaited, so that one seen twice counts once.
    public mutating func expectDeletions(_ key: String, _ objects: [String], now: Instant) {
        entries[key] = Entry(creations: 0, deletions: Set(objects), time: now)
    }

    public mutating func creationObserved(_ key: String) { entries[key]?.creations -= 1 }
    public mutating func deletionObserved(_ key: String, _ object: String) { entries[key]?.deletions.remove(object) }
    public mutating func remove(_ key: String) { entries[key] = nil }
}

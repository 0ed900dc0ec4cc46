import KubeAPI
import KubeClient

/// The changes of the near past, one for every revision, within a budget of memory: the oldest go first.
public struct History {
    /// The oldest revision that is kept; one above the newest when none is.
    public private(set) var first: Revision = 1
    /// How many changes are kept.
    public private(set) var count = 0
    /// What the kept changes alone keep alive, in bytes, by estimate.
    public private(set) var bytes = 0
    /// The most that `bytes` may grow to.
    public let budget: Int

    /// A ring; its length is a power of two.
    private var ring: ContiguousArray<Change?> = ContiguousArray(repeating: nil, count: 1024)

    public init(budget: Int) { self.budget = budget }

    /// The newest revision that is kept, or the one before `first`.
    public var last: Revision { first + count - 1 }

    /// The change that made a revision, which must be in `first...last`. O(1).
    public subscript(revision: Revision) -> Change {
        precondition(revision >= first && revision <= last, "revision \(revision) is not in the history")
        guard let change = ring[revision & (ring.count - 1)] else { preconditionFailure("a gap in the history") }
        return change
    }

    /// Visits the changes after a revision in order until `body` returns false. O(visited). Changes that `body` makes
    /// are not visited.
    public func forEach(after revision: Revision, _ body: (Change) -> Bool) {
        var next = max(revision + 1, first)
        let end = last
        while next <= end {
            if !body(self[next]) { return }
            next += 1
        }
    }

    mutating func append(_ change: Change) {
        precondition(change.revision == last + 1, "revisions have no gaps")
        if count == ring.count { grow() }
        ring[change.revision & (ring.count - 1)] = change
        count += 1
        bytes += ObjectSize.retained(by: change)
        while bytes > budget, count > 1 { removeFirst() }
    }

    mutating func compact(through revision: Revision) {
        while count > 0, first <= revision { removeFirst() }
    }

    /// Starts after a revision whose past is not known.
    mutating func begin(after revision: Revision) {
        precondition(count == 0, "only an empty history can begin")
        first = revision + 1
    }

    private mutating func removeFirst() {
        let place = first & (ring.count - 1)
        if let change = ring[place].take() { bytes -= ObjectSize.retained(by: change) }
        first += 1
        count -= 1
    }

    private mutating func grow() {
        var larger = ContiguousArray<Change?>(repeating: nil, count: ring.count * 2)
        for revision in first..<first + count {
            larger[revision & (larger.count - 1)] = ring[revision & (ring.count - 1)]
        }
        ring = larger
    }
}

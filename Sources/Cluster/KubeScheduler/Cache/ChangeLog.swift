/// What happened to the nodes, in order, so that an evaluation that was not asked for a while can catch up by looking
/// at what has changed since, and at nothing else.
///
/// Only the newest entries are kept; an evaluation that has fallen behind them starts afresh.
struct ChangeLog {
    struct Entry {
        /// The slot of the node that changed.
        let node: Int
        /// Whose pods changed in number; nil if the node itself changed, or amounts only.
        let identity: PodIdentity?
        let pods: Int
        let terminating: Int
    }

    private var entries: ContiguousArray<Entry> = []
    /// The position of the first entry kept.
    private(set) var start = 0
    private let capacity: Int

    init(capacity: Int = 1 << 16) {
        self.capacity = capacity
    }

    /// The position after the last entry.
    var end: Int { start + entries.count }

    subscript(position: Int) -> Entry { entries[position - start] }

    mutating func append(_ entry: Entry) {
        if entries.count >= capacity {
            entries.removeFirst(capacity / 2)
            start += capacity / 2
        }
        entries.append(entry)
    }
}

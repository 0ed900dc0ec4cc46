import KubeClient

/// The last few past states that were asked for: the pages of a list come from one.
struct RecentSnapshots {
    private var snapshots: [Snapshot] = []
    private static let capacity = 8

    func snapshot(at revision: Revision) -> Snapshot? { snapshots.first { $0.revision == revision } }

    mutating func keep(_ snapshot: Snapshot) {
        if snapshots.contains(where: { $0.revision == snapshot.revision }) { return }
        if snapshots.count == RecentSnapshots.capacity { snapshots.removeFirst() }
        snapshots.append(snapshot)
    }

    mutating func forget(through revision: Revision) { snapshots.removeAll { $0.revision < revision } }
}

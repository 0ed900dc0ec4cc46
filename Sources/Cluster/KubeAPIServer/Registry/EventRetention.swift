import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

/// Lets Events go: an hour after they were last written, as upstream's leases in etcd do, and the oldest first when
/// there are too many.
///
/// Follows kubernetes `--event-ttl` and apiserver pkg/storage/etcd3/lease_manager.go, which joins the ends of all that
/// is written within a minute.
final class EventRetention: EventTarget {
    private struct Entry {
        let expiry: Instant
        let key: ObjectKey
        /// The revision that wrote the event; a later one has an entry of its own.
        let revision: Revision
    }

    private let store: ObjectStore
    private let loop: EventLoop
    private let lifetime: Interval
    private let limit: Int
    private var entries = FIFO<Entry>()
    private var timer: Timer?
    private static let author = "kube-apiserver"

    /// - Parameter limit: The most Events that are kept.
    init(store: ObjectStore, loop: EventLoop, lifetime: Interval, limit: Int) {
        self.store = store
        self.loop = loop
        self.lifetime = lifetime
        self.limit = limit
    }

    /// Notes that an event was written. O(1), and now and then as many removals as there were additions.
    func wrote(_ event: KubeObject) {
        entries.append(Entry(expiry: loop.now + lifetime, key: event.key, revision: event.revision))
        if timer == nil { schedule() }
        // Some at a time, so that the count is not asked for at every write.
        if entries.count > limit, entries.count & 63 == 0 { trim() }
    }

    private func schedule() {
        guard let first = entries.first else { return }
        timer = loop.schedule(at: max(first.expiry, loop.now + .seconds(60)), self)
    }

    package func fire(_ token: UInt64) {
        timer = nil
        while let first = entries.first, first.expiry <= loop.now { removeFirst() }
        schedule()
    }

    private func trim() {
        while !entries.isEmpty, store.count(.event, namespace: nil) > limit { removeFirst() }
    }

    private func removeFirst() {
        guard let entry = entries.popFirst(), store.object(entry.key)?.revision == entry.revision else { return }
        do throws(StoreError) {
            try store.delete(entry.key, expecting: entry.revision, author: EventRetention.author, cause: 0)
        } catch {
            preconditionFailure("an event that is there can be removed")
        }
    }
}

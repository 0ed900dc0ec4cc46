import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster
import NIOCore

/// Tells all watches what happens. Changes come in order, are matched here once for each watch that they may concern,
/// and are encoded once for each form in which they are wanted, however many watches share it.
///
/// Lives on an event loop of its own choosing; `publish`, `add` and `remove` may be called from anywhere.
final class WatchHub: @unchecked Sendable {
    /// How often watches that allow it are told how far they are.
    ///
    /// Follows apiserver pkg/storage/cacher/cacher.go `defaultBookmarkFrequency`.
    private static let bookmarkInterval = TimeAmount.minutes(1)

    private let loop: any NIOCore.EventLoop
    private var kinds: [KindWatchers]
    private var revision: Revision
    private var now: Instant
    private var bookmarks: RepeatedTask?
    private var outboxes: [Outbox] = []
    private var isStopped = false

    /// - Parameter snapshot: The state after which changes will be published.
    init(_ snapshot: ClusterSnapshot, loop: any NIOCore.EventLoop) {
        self.loop = loop
        revision = snapshot.revision
        now = snapshot.time
        kinds = Array(repeating: KindWatchers(), count: Catalogue.kinds.count)
    }

    func start() {
        bookmarks = loop.scheduleRepeatedTask(
            initialDelay: WatchHub.bookmarkInterval, delay: WatchHub.bookmarkInterval
        ) { [weak self] _ in self?.sendBookmarks() }
    }

    // MARK: Watches

    /// Adds a watch that is to be told what comes after its cursor.
    ///
    /// What happened between the cursor and now comes from the changes that were published last. If these do not reach
    /// back so far, `beyond` is called, which asks the cluster's own history and comes back with a later cursor.
    func add(_ watcher: Watcher, beyond: @escaping @Sendable (Watcher) -> Void) {
        loop.execute { [self] in
            if isStopped { return finish(watcher) }
            if watcher.isRemoved { return }
            if watcher.cursor < recentStart { return beyond(watcher) }
            let skipped = max(0, watcher.cursor - recentStart)
            let missed = Array(recent.dropFirst(skipped).lazy.filter { $0.kind == watcher.kind.stored })
            watcher.cursor = max(watcher.cursor, revision)
            watcher.leave(missed)
            watcher.exchange.eventLoop.execute {
                watcher.body?.append(missed)
                watcher.exchange.pump()
            }
            kinds[Int(watcher.kind.stored.rawValue)].add(watcher)
            watcher.isLive = true
        }
    }

    func remove(_ watcher: Watcher) {
        loop.execute { [self] in
            watcher.isRemoved = true
            kinds[Int(watcher.kind.stored.rawValue)].remove(watcher)
        }
    }

    /// Ends every watch; the answers end as they do when their time is over.
    func stop() {
        loop.execute { [self] in
            isStopped = true
            bookmarks?.cancel()
            for index in kinds.indices {
                for watcher in kinds[index].all { finish(watcher) }
                kinds[index] = KindWatchers()
            }
        }
    }

    /// How many watches there are of each kind, for those that have any. Called on the hub's loop.
    func counts() -> EventLoopFuture<[(ResourceKind, Int)]> {
        loop.submit { [self] in
            kinds.enumerated().filter { $0.element.count > 0 }
                .map { (ResourceKind(rawValue: UInt16($0.offset)), $0.element.count) }
        }
    }

    /// Ends a watch whose time is over, after all that it has been told.
    func end(_ watcher: Watcher) {
        remove(watcher)
        loop.execute { [self] in finish(watcher) }
    }

    private func finish(_ watcher: Watcher) {
        watcher.exchange.eventLoop.execute {
            watcher.body?.close()
            watcher.exchange.pump()
        }
    }

    // MARK: Changes

    /// The changes that were published last, for watches that were begun on a snapshot from before them.
    private var recent = CircularBuffer<Change>()
    private static let recentCapacity = 8192

    /// The oldest revision after which `recent` has every change.
    private var recentStart: Revision { recent.first.map { $0.revision - 1 } ?? revision }

    func publish(_ snapshot: ClusterSnapshot, _ changes: [Change], isReset: Bool) {
        loop.execute { [self] in
            now = snapshot.time
            revision = snapshot.revision
            if isReset {
                recent.removeAll()
                return breakOffAll()
            }
            // Every change has a revision of its own, so that a place in the queue can be told from the revision.
            if changes.isEmpty { return }
            var deliveries: [(Watcher, ByteBuffer)] = []
            for change in changes { match(change, &deliveries) }
            for change in changes {
                if recent.count == WatchHub.recentCapacity { recent.removeFirst() }
                recent.append(change)
            }
            deliver(deliveries)
        }
    }

    /// Events of one change that are encoded already.
    private struct Frames {
        private var known: [(type: WatchEventKind, encoder: WatchEncoder, frame: ByteBuffer)] = []

        mutating func frame(
            _ type: WatchEventKind, _ encoder: WatchEncoder, withColumns: Bool, _ object: () -> KubeObject
        ) -> ByteBuffer {
            if !withColumns, let same = known.first(where: { $0.type == type && $0.encoder.writesAlike(encoder) }) {
                return same.frame
            }
            let frame = encoder.frame(type, object(), withColumns: withColumns)
            if !withColumns { known.append((type, encoder, frame)) }
            return frame
        }
    }

    private func match(_ change: Change, _ deliveries: inout [(Watcher, ByteBuffer)]) {
        let index = Int(change.kind.rawValue)
        if kinds[index].count == 0 { return }
        var frames = Frames()
        var deleted: KubeObject?
        kinds[index].forEach(change) { watcher in
            guard change.revision > watcher.cursor else { return }
            watcher.cursor = change.revision
            guard let type = WatchEventKind(change, watcher.options.list) else { return }
            var encoder = watcher.encoder
            encoder.text.now = now
            let frame = frames.frame(type, encoder, withColumns: watcher.takeColumns()) {
                if type == .deleted, let deleted, deleted.kind == watcher.kind { return deleted }
                let object = type.object(of: change, as: watcher.kind)
                if type == .deleted { deleted = object }
                return object
            }
            deliveries.append((watcher, frame))
        }
    }

    /// Hands frames to the loops of their watches, one hop a loop.
    private func deliver(_ deliveries: [(Watcher, ByteBuffer)]) {
        if deliveries.isEmpty { return }
        var byLoop: [[(Watcher, ByteBuffer)]] = Array(repeating: [], count: outboxes.count)
        for delivery in deliveries {
            let loop = delivery.0.exchange.eventLoop
            if let place = outboxes.firstIndex(where: { $0.loop === loop }) {
                byLoop[place].append(delivery)
            } else {
                outboxes.append(Outbox(loop))
                byLoop.append([delivery])
            }
        }
        for (outbox, deliveries) in zip(outboxes, byLoop) where !deliveries.isEmpty {
            outbox.loop.execute { outbox.take(deliveries) }
        }
    }

    private func breakOffAll() {
        for index in kinds.indices {
            for watcher in kinds[index].all { watcher.exchange.eventLoop.execute { watcher.exchange.breakOff() } }
        }
    }

    private func sendBookmarks() {
        for kind in kinds where kind.count > 0 { sendBookmarks(to: kind.all) }
    }

    private func sendBookmarks(to watchers: [Watcher]) {
        let told = watchers.filter { $0.options.allowsBookmarks && revision >= $0.cursor }
        deliver(told.map { ($0, $0.encoder.bookmark(revision, withColumns: $0.takeColumns())) })
    }

    /// Tells a watch how far it is, if it wants to know, before it ends.
    func sendLastBookmark(to watcher: Watcher) {
        loop.execute { [self] in
            if watcher.isLive, !watcher.isRemoved { sendBookmarks(to: [watcher]) }
        }
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// Hands changes to informers. A change is written into the logs of the topics that it concerns (its kind; its
/// namespace, node or name where somebody watches these), so that informers of other topics cost nothing.
///
/// Delivery goes in rounds, after the event that wrote: each informer of a topic that has news gets them in the order
/// of revisions, informers in the order in which they came. What handlers write meanwhile is of the next round, and
/// rounds go on until there are no news.
public final class InformerHub {
    weak var store: ObjectStore?

    private let loop: EventLoop
    private var kinds: ContiguousArray<KindTopics>
    /// Topics with news, each once.
    private var dirty: [WatchTopic] = []
    /// Informers that are to be told of what is there already, or of what they missed.
    private var arrivals: [StoreInformer] = []
    /// Of the round that is being delivered: its topics, and the informers in turn.
    private var round: [WatchTopic] = []
    private var turns: [StoreInformer] = []
    private var nextIdentity = 0
    private var isPumping = false
    /// The event that pumps if nobody does it before: for writes made outside of events.
    private var wake: Timer?
    /// Every informer that is not held has been told of all up to here.
    private var deliveredRevision: Revision = 0

    init(loop: EventLoop) {
        self.loop = loop
        kinds = ContiguousArray(Catalogue.kinds.map { KindTopics($0.kind) })
    }

    // MARK: Informers

    /// Starts an informer: in the next round it is told of all objects in its scope, and of every change from then on.
    @discardableResult
    public func watch(_ kind: ResourceKind, _ scope: WatchScope, _ handler: any ChangeHandler) -> StoreInformer {
        start(kind, scope, handler, missing: .everything)
    }

    /// Starts an informer that is told of the changes after a revision, and of nothing before.
    public func watch(
        _ kind: ResourceKind, _ scope: WatchScope, after revision: Revision, _ handler: any ChangeHandler
    ) throws(StoreError) -> StoreInformer {
        guard let store else { preconditionFailure("the store is gone") }
        if revision > store.revision { throw .future(current: store.revision) }
        if revision < store.history.first - 1 { throw .compacted(oldest: store.history.first) }
        let informer = start(kind, scope, handler, missing: .changes(after: revision, base: nil))
        informer.cursor = revision
        return informer
    }

    private func start(
        _ kind: ResourceKind, _ scope: WatchScope, _ handler: any ChangeHandler, missing: StoreInformer.Missing
    ) -> StoreInformer {
        let topic = kinds[Int(kind.rawValue)].topic(scope)
        let informer = StoreInformer(identity: nextIdentity, topic: topic, hub: self, handler: handler)
        nextIdentity += 1
        topic.informers.append(informer)
        informer.missing = missing
        arrivals.append(informer)
        scheduleWake()
        return informer
    }

    func hold(_ informer: StoreInformer) {
        guard let store, informer.missing == nil else { return }
        // What it will have missed begins after the last finished round, or after what it was told in this one.
        let seen = max(deliveredRevision, informer.cursor)
        let base: Snapshot?
        do throws(StoreError) { base = try store.snapshot(at: seen) } catch { base = nil }
        informer.missing = .changes(after: seen, base: base)
    }

    func release(_ informer: StoreInformer) {
        guard informer.missing != nil else { return }
        arrivals.append(informer)
        scheduleWake()
    }

    func stop(_ informer: StoreInformer) {
        let topic = informer.topic
        topic.informers.removeAll { $0 === informer }
        if topic.informers.isEmpty { kinds[Int(topic.kind.rawValue)].remove(topic) }
    }

    // MARK: Publishing

    func publish(_ change: Change) {
        kinds[Int(change.kind.rawValue)].route(change) { topic, change in
            topic.log.append(change)
            if topic.isDirty { return }
            topic.isDirty = true
            dirty.append(topic)
        }
        scheduleWake()
    }

    private func scheduleWake() {
        if wake != nil || isPumping { return }
        wake = loop.schedule(at: loop.now, self)
    }

    // MARK: Delivering

    /// Delivers until there are no news. Does nothing when called from a handler.
    func pump() {
        guard !isPumping, let store, let wake else { return }
        loop.cancel(wake)
        self.wake = nil
        isPumping = true
        while !dirty.isEmpty || !arrivals.isEmpty { deliverRound(of: store) }
        deliveredRevision = store.revision
        isPumping = false
        store.delivered()
    }

    private func deliverRound(of store: ObjectStore) {
        let end = store.revision
        swap(&round, &dirty)
        swap(&turns, &arrivals)
        for topic in round {
            topic.isDirty = false
            swap(&topic.news, &topic.log)
        }
        if turns.isEmpty, round.count <= InformerHub.mergedTopics {
            takeTurnsMerged(store)
        } else {
            takeTurnsSorted(store)
        }
        for topic in round { topic.news.removeAll(keepingCapacity: true) }
        round.removeAll(keepingCapacity: true)
        turns.removeAll(keepingCapacity: true)
        deliveredRevision = max(deliveredRevision, end)
    }
}

// MARK: - Turns

extension InformerHub {
    /// Up to so many topics it is quicker to look for the next informer in each than to sort them all.
    private static let mergedTopics = 4

    /// The informers of one topic stand in their order already, so those of a few are merged in place.
    private func takeTurnsMerged(_ store: ObjectStore) {
        if round.count == 1 {
            for informer in round[0].informers { informer.takeTurn(store) }
            return
        }
        // As they are now: handlers may start and stop informers.
        var rows = round.map { $0.informers[...] }
        while true {
            var next: Int?
            for row in rows.indices {
                guard let first = rows[row].first else { continue }
                if let best = next, let known = rows[best].first, known.identity <= first.identity { continue }
                next = row
            }
            guard let next, let informer = rows[next].popFirst() else { return }
            informer.takeTurn(store)
        }
    }

    /// Each once, though it may be in a topic with news and an arrival besides.
    private func takeTurnsSorted(_ store: ObjectStore) {
        for topic in round { turns.append(contentsOf: topic.informers) }
        turns.sort { $0.identity < $1.identity }
        var previous = -1
        for informer in turns where informer.identity != previous {
            informer.takeTurn(store)
            previous = informer.identity
        }
    }
}

extension InformerHub: EventTarget {
    /// Runs only if no pump came before it.
    public func fire(_ token: UInt64) { pump() }
}

import ClusterCore
import KubeAPI
import KubeClient

/// The cluster's memory: every object by its key, under one sequence of revisions, as etcd keeps them.
///
/// Each write takes the next revision, becomes one `Change` in the history, and stamps the object's resourceVersion:
///
///     let pod = try store.create(pod, author: "me", cause: 0)     // revision 1
///     let then = store.snapshot()
///     try store.update(newPod, expecting: 1, …)                   // revision 2
///     then.object(pod.key)                                        // still as of revision 1
///     try store.snapshot(at: 1).object(pod.key)                   // the same, rebuilt from the history
///
/// Objects are found by hash. They are kept besides in a persistent ordered map, of which a snapshot is one reference;
/// it is brought up to date when somebody reads in order, so that an object that is written often in between is put
/// there once.
/// A write costs O(log n). Nothing here knows what kinds mean, except for the fields that indexes are made of.
public final class ObjectStore {
    /// Where an object is now, shared by the table and all indexes: a write changes this one place.
    final class Slot {
        var object: KubeObject
        /// Whether it waits in `unordered`.
        var isUnordered = false
        var isRemoved = false
        init(_ object: KubeObject) { self.object = object }
    }

    /// The last revision that was given out; 0 before the first write.
    public private(set) var revision: Revision = 0
    public private(set) var history: History
    /// The digest of all changes so far; nil if the store was made without one.
    public private(set) var digest: HistoryDigest?
    public let watches: InformerHub
    /// Kinds that are worked out from what is stored; every snapshot has them.
    public var computed = ComputedResources()

    private let loop: EventLoop
    private var slots: [ObjectKey: Slot] = [:]
    private var ordered = PersistentMap<ObjectKey, KubeObject>()
    /// What `ordered` does not show as it is, by kind: slots written or removed since it was last brought up to date.
    private var unordered: ContiguousArray<ContiguousArray<Slot>>
    private var unorderedRemovals = 0
    /// Removed objects are not kept alive for longer than that.
    private static let mostUnorderedRemovals = 4096
    /// Objects by kind.
    private var counts: [Int] = Array(repeating: 0, count: Catalogue.kinds.count)
    private var indexes = ObjectIndexes()
    private let onChange: ((Change) -> Void)?
    private let journal: (any Journal)?
    /// The changes that the journal has not been given yet.
    private var batch: [Change] = []
    private var lastRevisions: [Revision] = Array(repeating: 0, count: Catalogue.kinds.count)
    private var recent = RecentSnapshots()

    public struct Options {
        /// How much memory the history may keep alive, in bytes, by estimate.
        public var historyBudget = 256 << 20
        /// Whether to keep a digest of the history, which encodes every object written.
        public var keepsDigest = false
        /// Told of every change as it is written, in order; not to write itself.
        public var onChange: ((Change) -> Void)?
        public init() {}
    }

    public init(loop: EventLoop, options: Options = Options(), journal: (any Journal)? = nil) {
        self.loop = loop
        self.journal = journal
        onChange = options.onChange
        unordered = ContiguousArray(repeating: [], count: Catalogue.kinds.count)
        history = History(budget: options.historyBudget)
        digest = options.keepsDigest ? HistoryDigest() : nil
        watches = InformerHub(loop: loop)
        watches.store = self
    }

    /// Takes back what a journal kept, for an empty store. Watches can go on from the base and later.
    public func restore(_ contents: JournalContents) {
        precondition(revision == 0 && slots.isEmpty, "only an empty store can be restored")
        for object in contents.objects { place(object, old: nil) }
        revision = contents.base
        history.begin(after: contents.base)
        for change in contents.changes {
            if let new = change.new {
                place(new, old: change.old)
            } else if let slot = slots[change.key] {
                remove(slot, change.key)
            }
            revision = change.revision
            lastRevisions[Int(change.kind.rawValue)] = revision
            history.append(change)
        }
    }

    private func place(_ object: KubeObject, old: KubeObject?) {
        let key = object.key
        let slot = slots[key] ?? Slot(object)
        if slots.updateValue(slot, forKey: key) == nil { counts[Int(key.kind.rawValue)] += 1 }
        slot.object = object
        show(slot, key.kind)
        indexes.update(key, slot, old: old, new: object)
        lastRevisions[Int(key.kind.rawValue)] = max(lastRevisions[Int(key.kind.rawValue)], object.revision)
    }

    private func remove(_ slot: Slot, _ key: ObjectKey) {
        slots[key] = nil
        slot.isRemoved = true
        show(slot, key.kind)
        counts[Int(key.kind.rawValue)] -= 1
        unorderedRemovals += 1
        if unorderedRemovals >= ObjectStore.mostUnorderedRemovals { putInOrder() }
        indexes.update(key, slot, old: slot.object, new: nil)
    }

    // MARK: Reading the newest state

    /// O(1).
    public func object(_ key: ObjectKey) -> KubeObject? { slots[key]?.object }

    public var objectCount: Int { slots.count }

    /// Visits in key order until `body` returns false. O(log n + visited). `body` may write; it goes on visiting what
    /// there was before.
    public func forEach(_ kind: ResourceKind, namespace: String?, _ body: (KubeObject) -> Bool) {
        putInOrder(kind)
        let objects = ordered
        _ = objects.forEach(in: Snapshot.range(kind, namespace: namespace)) { _, object in body(object) }
    }

    /// Visits what an index has of a kind in key order until `body` returns false. O(log n + visited), except that the
    /// first question about a label, or about unbound pods, reads all objects of the kind.
    public func forEach(_ kind: ResourceKind, index: ObjectIndex, _ body: (KubeObject) -> Bool) {
        let isNew =
            switch index {
            case .label(_, let label, _): indexes.begin(kind, label: label)
            case .node(let name): kind == .pod && name.isEmpty && indexes.beginUnbound()
            case .owner: false
            }
        if isNew {
            forEach(kind, namespace: nil) { object in
                let key = object.key
                if let slot = slots[key] { indexes.add(slot, key, index) }
                return true
            }
        }
        indexes.forEach(kind, index, body)
    }

    /// O(1) for all namespaces, O(log n) for one.
    public func count(_ kind: ResourceKind, namespace: String?) -> Int {
        guard let namespace else { return counts[Int(kind.rawValue)] }
        putInOrder(kind)
        let range = Snapshot.range(kind, namespace: namespace)
        return ordered.index(of: range.upperBound) - ordered.index(of: range.lowerBound)
    }

    /// The revision that last wrote an object of a kind; 0 if none did. What was derived from all objects of a kind
    /// holds as long as this stays. O(1).
    public func lastRevision(of kind: ResourceKind) -> Revision { lastRevisions[Int(kind.rawValue)] }

    /// The revision that last changed a role or a binding; 0 if none did. O(1).
    public var accessRevision: Revision {
        max(
            max(lastRevision(of: .clusterRole), lastRevision(of: .clusterRoleBinding)),
            max(lastRevision(of: .role), lastRevision(of: .roleBinding)))
    }

    // MARK: Reading the past

    /// The newest state, to keep. O(1), and O(log n) for each object written since somebody last read in order; later
    /// writes copy what they change.
    public func snapshot() -> Snapshot {
        putInOrder()
        return Snapshot(
            revision: revision, time: loop.now, objects: ordered, computed: computed, accessRevision: accessRevision,
            flowControlRevision: max(lastRevision(of: .flowSchema), lastRevision(of: .priorityLevelConfiguration)))
    }

    /// The state as of a revision, taken back from the newest one change by change, unless it was asked for lately.
    ///
    /// Complexity: O(changes since).
    public func snapshot(at wanted: Revision) throws(StoreError) -> Snapshot {
        if wanted == revision {
            let snapshot = snapshot()
            recent.keep(snapshot)
            return snapshot
        }
        if wanted > revision { throw .future(current: revision) }
        if let snapshot = recent.snapshot(at: wanted) { return snapshot }
        if wanted < history.first - 1 { throw .compacted(oldest: history.first) }
        putInOrder()
        var objects = ordered
        var newer = revision
        while newer > wanted {
            let change = history[newer]
            objects[change.key] = change.old
            newer -= 1
        }
        let time = wanted >= history.first ? history[wanted].time : history[wanted + 1].time
        let snapshot = Snapshot(revision: wanted, time: time, objects: objects, computed: computed)
        recent.keep(snapshot)
        return snapshot
    }

    /// Visits the changes after a revision, as far as the history has them, in order until `body` returns false. `body`
    /// may write; its own changes are not visited.
    public func forEachChange(after revision: Revision, _ body: (Change) -> Bool) {
        let changes = history
        changes.forEach(after: revision, body)
    }

    /// The present moment of the cluster.
    public var now: Instant { loop.now }

    /// Forgets the history up to and including a revision; the newest state stays.
    public func compact(through revision: Revision) {
        history.compact(through: min(revision, self.revision))
        recent.forget(through: revision)
    }

    // MARK: Writing

    /// The resourceVersion of what is written next.
    public var nextResourceVersion: String { String(revision + 1) }

    /// Stores a new object; returns it with its resourceVersion.
    @discardableResult
    public func create(_ object: KubeObject, author: String, cause: Revision) throws(StoreError) -> KubeObject {
        let key = object.key
        let slot = Slot(object)
        if let existing = slots.updateValue(slot, forKey: key) {
            slots[key] = existing
            throw .alreadyExists
        }
        let stored = stamp(object)
        slot.object = stored
        show(slot, key.kind)
        counts[Int(key.kind.rawValue)] += 1
        indexes.update(key, slot, old: nil, new: stored)
        commit(key, .create, old: nil, new: stored, author, cause)
        return stored
    }

    /// Replaces an object; returns it with its new resourceVersion.
    @discardableResult
    public func update(
        _ object: KubeObject, expecting expected: Revision?, author: String, cause: Revision
    ) throws(StoreError) -> KubeObject {
        let key = object.key
        guard let slot = slots[key] else { throw .notFound }
        let old = slot.object
        if let expected, expected != old.revision { throw .conflict(stored: old.revision) }
        let stored = stamp(object)
        slot.object = stored
        show(slot, key.kind)
        indexes.update(key, slot, old: old, new: stored)
        commit(key, .update, old: old, new: stored, author, cause)
        return stored
    }

    /// Removes an object; returns it as it last was.
    @discardableResult
    public func delete(
        _ key: ObjectKey, expecting expected: Revision?, author: String, cause: Revision
    ) throws(StoreError) -> KubeObject {
        guard let slot = slots[key] else { throw .notFound }
        let old = slot.object
        if let expected, expected != old.revision { throw .conflict(stored: old.revision) }
        remove(slot, key)
        revision += 1
        commit(key, .delete, old: old, new: nil, author, cause)
        return old
    }

    private func stamp(_ object: KubeObject) -> KubeObject {
        revision += 1
        if object.revision == revision { return object }
        var metadata = object.metadata
        metadata.resourceVersion = String(revision)
        return object.with(metadata: metadata)
    }

    private func commit(
        _ key: ObjectKey, _ verb: Change.Verb, old: KubeObject?, new: KubeObject?, _ author: String, _ cause: Revision
    ) {
        let change = Change(
            revision: revision, time: loop.now, key: key, verb: verb, old: old, new: new, author: author, cause: cause)
        lastRevisions[Int(key.kind.rawValue)] = revision
        history.append(change)
        digest?.combine(change)
        onChange?(change)
        if journal != nil { batch.append(change) }
        watches.publish(change)
    }

    // MARK: Order

    /// Has the ordered map show a slot as it is when somebody next reads its kind.
    private func show(_ slot: Slot, _ kind: ResourceKind) {
        if slot.isUnordered { return }
        slot.isUnordered = true
        unordered[Int(kind.rawValue)].append(slot)
    }

    private func putInOrder() {
        for kind in Catalogue.kinds { putInOrder(kind.kind) }
        unorderedRemovals = 0
    }

    /// Brings the part of the ordered map that holds a kind up to date. O(n log n) in what was written since it last
    /// was.
    private func putInOrder(_ kind: ResourceKind) {
        let kind = Int(kind.rawValue)
        if unordered[kind].isEmpty { return }
        var rows = unordered[kind].map { (key: $0.object.key, slot: $0) }
        // In their order, neighbours are put in one after the other.
        if rows.count > 64 { rows.sort { $0.key < $1.key } }
        for (key, slot) in rows {
            slot.isUnordered = false
            // Where an object was removed, another of the same name may have come.
            ordered[key] = slot.isRemoved ? slots[key]?.object : slot.object
        }
        unordered[kind].removeAll(keepingCapacity: rows.count <= ObjectStore.mostUnorderedRemovals)
    }

    // MARK: Batches

    /// Called when a batch of changes has been delivered to all informers; the cluster publishes its snapshot here.
    public var afterDelivery: (() -> Void)?

    /// Hands out all changes to the informers and then to the journal. Called after every event of the loop.
    public func pump() {
        watches.pump()
    }

    /// Called by the hub at the end of a delivery.
    func delivered() {
        if !batch.isEmpty {
            journal?.append(batch)
            batch.removeAll(keepingCapacity: true)
        }
        afterDelivery?()
    }
}

extension KubeObject {
    /// The revision that wrote the object; 0 if it is not stored.
    public final var revision: Revision {
        guard let text = metadata.resourceVersion else { return 0 }
        return Int(text) ?? 0
    }
}

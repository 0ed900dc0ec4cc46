import KubeAPI
import KubeClient

/// An informer: a place in a topic. Between rounds all informers of a topic stand at the same place, its end, except
/// for those that are held, and that have just come.
public final class StoreInformer: Informer {
    /// What an informer has to be told of before it takes part in rounds.
    enum Missing {
        /// All that exists.
        case everything
        /// The changes after a revision, and the state at that revision in case the history forgets them.
        case changes(after: Revision, base: Snapshot?)
    }

    /// Counts informers in the order in which they came.
    let identity: Int
    let topic: WatchTopic
    private weak var hub: InformerHub?
    private let handler: any ChangeHandler
    var missing: Missing?
    public private(set) var isHeld = false
    private var isStopped = false
    public internal(set) var cursor: Revision = 0

    init(identity: Int, topic: WatchTopic, hub: InformerHub, handler: any ChangeHandler) {
        self.identity = identity
        self.topic = topic
        self.hub = hub
        self.handler = handler
    }

    /// Tells the handler nothing until `release`: its cursor stops. Idempotent.
    public func hold() {
        if isHeld || isStopped { return }
        isHeld = true
        hub?.hold(self)
    }

    /// Goes on where `hold` stopped: with each change since, or, where the history is gone, with what differs.
    /// Idempotent.
    public func release() {
        if !isHeld || isStopped { return }
        isHeld = false
        hub?.release(self)
    }

    /// Tells the handler nothing any more.
    public func stop() {
        if isStopped { return }
        isStopped = true
        hub?.stop(self)
    }

    /// Tells the handler all that it was not told of yet.
    func takeTurn(_ store: ObjectStore) {
        if isHeld || isStopped { return }
        if let missing {
            self.missing = nil
            catchUp(missing, store)
        }
        for change in topic.news where change.revision > cursor {
            if isHeld || isStopped { return }
            tell(change)
        }
    }

    private func tell(_ change: Change) {
        cursor = change.revision
        handler.handle(change)
    }

    private func catchUp(_ missing: Missing, _ store: ObjectStore) {
        switch missing {
        case .everything:
            cursor = store.revision
            replay(store)
        case .changes(let revision, let base):
            let from = max(revision, cursor)
            // What the handler writes meanwhile comes in the next round.
            let end = store.revision
            if let base, from < store.history.first - 1 {
                resynchronize(from: base, store)
            } else {
                store.forEachChange(after: from) { change in
                    if let seen = topic.view(of: change) { tell(seen) }
                    return !isStopped && !isHeld
                }
            }
            if !isHeld { cursor = max(cursor, end) }
        }
    }

    /// Tells of everything in the scope as created.
    private func replay(_ store: ObjectStore) {
        let tell: (KubeObject) -> Bool = { [self] object in
            handler.handle(
                Change(
                    revision: object.revision, time: store.now, key: object.key, verb: .create, old: nil, new: object,
                    author: "", cause: 0))
            return !isStopped
        }
        switch topic.scope {
        case .all: store.forEach(topic.kind, namespace: nil, tell)
        case .namespace(let namespace): store.forEach(topic.kind, namespace: namespace, tell)
        case .object(let namespace, let name):
            if let object = store.object(ObjectKey(topic.kind, namespace: namespace, name: name)) { _ = tell(object) }
        case .node(let name):
            if topic.kind == .pod {
                store.forEach(.pod, index: .node(name), tell)
            } else {
                let namespace = topic.kind == .lease ? "kube-node-lease" : ""
                if let object = store.object(ObjectKey(topic.kind, namespace: namespace, name: name)) {
                    _ = tell(object)
                }
            }
        }
    }

    /// Tells what differs between the state that the informer knows and the newest one, as a client does that lists
    /// again because the changes between are gone.
    private func resynchronize(from base: Snapshot, _ store: ObjectStore) {
        let newest = store.snapshot()
        newest.objects.diff(from: base.objects, isSame: { $0 === $1 }) { key, old, new in
            guard key.kind == topic.kind, !isStopped else { return }
            let verb: Change.Verb = old == nil ? .create : new == nil ? .delete : .update
            let change = Change(
                revision: new?.revision ?? newest.revision, time: newest.time, key: key, verb: verb, old: old, new: new,
                author: "", cause: 0)
            if let seen = topic.view(of: change) { handler.handle(seen) }
        }
    }
}

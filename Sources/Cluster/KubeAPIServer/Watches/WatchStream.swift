import KubeAPI
import KubeClient
import KubeStore

/// One event of a watch, as clients get it.
package struct WatchStreamEvent: Sendable {
    package enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
        case bookmark = "BOOKMARK"
    }

    package let kind: Kind
    /// As it is after the change; for `deleted`, as it last was, with the revision of its end.
    package let object: KubeObject
    package let revision: Revision
}

/// What a watch asks for.
package struct WatchOptions: Sendable {
    package var list: ListOptions
    /// Whether to tell from time to time how far the watch is.
    package var allowsBookmarks = false
    /// Whether to begin with all there is, marked at its end by a bookmark; nil when left out.
    package var sendsInitialEvents: Bool?

    package init(_ list: ListOptions) { self.list = list }
}

/// A watch by somebody outside: the changes of the objects that selectors match, as ADDED, MODIFIED and DELETED, in
/// order. An object that comes to match is added for the watcher, one that ceases to is deleted.
///
/// Events wait here until they are taken; a watcher that takes none for too long is ended. All calls are made on the
/// event loop.
///
/// Follows apiserver pkg/storage/etcd3/watcher.go and pkg/storage/cacher/cache_watcher.go.
package final class WatchStream: ChangeHandler {
    /// The most events that may wait.
    package static let capacity = 100_000
    private static let initialEventsEnd = "k8s.io/initial-events-end"

    private let kind: ResourceKind
    private let options: WatchOptions
    private let store: ObjectStore
    private var informer: StoreInformer?
    private var events: [WatchStreamEvent] = []
    /// Everything that was there at first has been told up to this revision; a bookmark then says so.
    private var initialEnd: Revision?
    private var failure: StatusError?
    /// Called when events wait and none did before.
    package var onReady: (() -> Void)?

    /// - Throws: `expired` (410) when the changes after the revision asked for are gone, `badRequest`.
    package init(_ server: APIServer, _ kind: ResourceKind, _ options: WatchOptions) throws(StatusError) {
        self.kind = kind
        self.options = options
        store = server.store
        let scope = WatchStream.scope(kind, options.list)
        let text = options.list.resourceVersion ?? ""
        guard let after = Int(text.isEmpty ? "0" : text), after >= 0 else {
            throw .invalidResourceVersion(text)
        }
        if options.sendsInitialEvents == true || options.sendsInitialEvents == nil && after == 0 {
            if options.sendsInitialEvents == true { initialEnd = store.revision }
            informer = store.watches.watch(kind.stored, scope, self)
            return
        }
        do throws(StoreError) {
            informer = try store.watches.watch(kind.stored, scope, after: after == 0 ? store.revision : after, self)
        } catch {
            switch error {
            case .compacted(let oldest): throw .tooOldResourceVersion(requested: after, oldest: oldest - 1)
            case .future(let current): throw .tooLargeResourceVersion(requested: after, current: current)
            default: throw .internalError("\(error)")
            }
        }
    }

    /// The narrowest scope that has all the objects asked for.
    private static func scope(_ kind: ResourceKind, _ list: ListOptions) -> WatchScope {
        if let node = list.fields?.exactValue(of: .specNodeName), kind == .pod, !node.isEmpty { return .node(node) }
        if let name = list.fields?.exactValue(of: .metadataName), list.namespace != nil || !kind.info.isNamespaced {
            return .object(namespace: list.namespace ?? "", name: name)
        }
        if let namespace = list.namespace { return .namespace(namespace) }
        return .all
    }

    package func stop() {
        informer?.stop()
        informer = nil
    }

    /// The events that wait, in order.
    ///
    /// - Throws: Once, if the watch was ended because too many waited.
    package func take() throws(StatusError) -> [WatchStreamEvent] {
        if let failure { throw failure }
        if let end = initialEnd, store.watches.isDelivered(through: end) {
            initialEnd = nil
            if options.allowsBookmarks { events.append(initialEventsEndBookmark()) }
        }
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    private func initialEventsEndBookmark() -> WatchStreamEvent {
        var metadata = ObjectMeta()
        metadata.resourceVersion = String(store.revision)
        metadata.annotations[WatchStream.initialEventsEnd] = "true"
        return WatchStreamEvent(
            kind: .bookmark, object: kind.info.coder.make(metadata: metadata), revision: store.revision)
    }

    package func handle(_ change: Change) {
        guard failure == nil, let event = event(of: change) else { return }
        if events.count == WatchStream.capacity {
            failure = .resourceExpired("the watch fell too far behind")
            events = []
            stop()
        } else {
            events.append(event)
        }
        if events.count <= 1 { onReady?() }
    }

    private func event(of change: Change) -> WatchStreamEvent? {
        let was = change.old.map { APIServer.matches($0, options.list) } ?? false
        if let new = change.new, APIServer.matches(new, options.list) {
            return WatchStreamEvent(
                kind: was ? .modified : .added, object: new.served(as: kind), revision: change.revision)
        }
        guard was, let old = change.old else { return nil }
        var metadata = old.metadata
        metadata.resourceVersion = String(change.revision)
        return WatchStreamEvent(
            kind: .deleted, object: old.with(metadata: metadata).served(as: kind), revision: change.revision)
    }
}

import KubeAPI
import KubeAPIServer
import KubeClient
import NIOCore

/// One watch, as the hub knows it: what it wants, and how far it has been told. Lives on the hub's event loop, except
/// for `body`, `isFilled` and `exchange`, which live on the loop of their connection.
final class Watcher: @unchecked Sendable {
    let kind: ResourceKind
    let options: WatchOptions
    let encoder: WatchEncoder
    let exchange: Exchange
    /// On the exchange's loop.
    var body: WatchBody?
    /// Whether it waits in the outbox of the exchange's loop.
    var isFilled = false
    /// All changes up to here have been told, or are no concern of this watch.
    var cursor: Revision
    /// Whether the hub tells it of changes as they come.
    var isLive = false
    var isRemoved = false
    /// Whether the first event that the hub tells has the columns: that of a watch for tables which had nothing to
    /// tell before.
    private var needsColumns: Bool

    /// - Parameter beginsWithEvents: Whether its answer begins with objects, or with the bookmark that says that there
    ///   are none.
    init(
        _ kind: ResourceKind, _ options: WatchOptions, _ encoder: WatchEncoder, _ exchange: Exchange,
        _ cursor: Revision, beginsWithEvents: Bool
    ) {
        self.kind = kind
        self.options = options
        self.encoder = encoder
        self.exchange = exchange
        self.cursor = cursor
        if case .table = encoder.text.format.shape { needsColumns = !beginsWithEvents } else { needsColumns = false }
    }

    /// Leaves it to the body to tell of what happened before the hub took over.
    func leave(_ missed: [Change]) {
        if needsColumns, missed.contains(where: { WatchEventKind($0, options.list) != nil }) { needsColumns = false }
    }

    /// Whether the event that is written now has the columns; no other one has them then.
    func takeColumns() -> Bool {
        defer { needsColumns = false }
        return needsColumns
    }

    /// Where the hub looks for it: the narrowest place that has all that it wants.
    var scope: WatchScope {
        if kind == .pod, let node = options.list.fields?.exactValue(of: .specNodeName), !node.isEmpty {
            return .node(node)
        }
        let namespace = options.list.namespace
        if let name = options.list.fields?.exactValue(of: .metadataName), namespace != nil || !kind.info.isNamespaced {
            return .object(namespace: namespace ?? "", name: name)
        }
        return namespace.map { .namespace($0) } ?? .all
    }
}

/// The watches of one kind, by where changes find them.
struct KindWatchers {
    private var byScope: [WatchScope: [Watcher]] = [:]
    private(set) var count = 0

    mutating func add(_ watcher: Watcher) {
        byScope[watcher.scope, default: []].append(watcher)
        count += 1
    }

    mutating func remove(_ watcher: Watcher) {
        let scope = watcher.scope
        guard var watchers = byScope.removeValue(forKey: scope) else { return }
        let before = watchers.count
        watchers.removeAll { $0 === watcher }
        count -= before - watchers.count
        if !watchers.isEmpty { byScope[scope] = watchers }
    }

    /// Visits the watches that a change may concern, each once.
    func forEach(_ change: Change, _ body: (Watcher) -> Void) {
        let key = change.key
        byScope[.all]?.forEach(body)
        if !key.namespace.isEmpty { byScope[.namespace(key.namespace)]?.forEach(body) }
        byScope[.object(namespace: key.namespace, name: key.name)]?.forEach(body)
        guard key.kind == .pod else { return }
        let old = change.old(Pod.self)?.spec.nodeName ?? ""
        let new = change.new(Pod.self)?.spec.nodeName ?? ""
        if !old.isEmpty { byScope[.node(old)]?.forEach(body) }
        if !new.isEmpty, new != old { byScope[.node(new)]?.forEach(body) }
    }

    var all: [Watcher] { byScope.values.flatMap { $0 } }
}

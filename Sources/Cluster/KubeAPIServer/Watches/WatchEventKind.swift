import KubeAPI
import KubeClient

/// What a watch asks for.
package struct WatchOptions: Sendable {
    package var list: ListOptions
    /// Whether to tell from time to time how far the watch is.
    package var allowsBookmarks = false
    /// Whether to begin with all there is, marked at its end by a bookmark; nil when left out.
    package var sendsInitialEvents: Bool?

    package init(_ list: ListOptions) { self.list = list }
}

/// What an event of a watch tells, in clients' words.
package enum WatchEventKind: String, Sendable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"
    case bookmark = "BOOKMARK"

    /// What a change is to a watch: an object that comes to match is added, one that ceases to is deleted. Nil for a
    /// change that does not concern it.
    ///
    /// Follows apiserver pkg/storage/cacher/cache_watcher.go `convertToWatchEvent`.
    package init?(_ change: Change, _ list: ListOptions) {
        if let namespace = list.namespace, namespace != change.key.namespace { return nil }
        let was = change.old.map { APIServer.matches($0, list) } ?? false
        if let new = change.new, APIServer.matches(new, list) {
            self = was ? .modified : .added
        } else if was {
            self = .deleted
        } else {
            return nil
        }
    }

    /// The object that the event shows of a change: after it, or as it last was with the revision of its end.
    ///
    /// - Parameter kind: As which the client reads it.
    package func object(of change: Change, as kind: ResourceKind) -> KubeObject {
        if self != .deleted, let new = change.new { return new.served(as: kind) }
        let old = change.old ?? change.object
        var metadata = old.metadata
        metadata.resourceVersion = String(change.revision)
        return old.with(metadata: metadata).served(as: kind)
    }
}

import ClusterCore
import KubeAPI

/// A number of the store's one sequence: every write has the next one. The first is 1; 0 is before everything.
public typealias Revision = Int

/// One write: what the history holds and what watchers are told. Immutable and shared by all who read it.
public final class Change: Sendable {
    public enum Verb: String, Sendable { case create, update, delete }

    public let revision: Revision
    public let time: Instant
    public let key: ObjectKey
    public let verb: Verb
    /// The object before; nil when it was created (or first seen).
    public let old: KubeObject?
    /// The object after; nil when it was deleted. Its resourceVersion is `revision`.
    public let new: KubeObject?
    /// The component or user that wrote, such as `deployment-controller` or `kubelet`.
    public let author: String
    /// The revision that the author was reacting to; 0 when it acted of itself.
    public let cause: Revision

    public init(
        revision: Revision, time: Instant, key: ObjectKey, verb: Verb, old: KubeObject?, new: KubeObject?,
        author: String, cause: Revision
    ) {
        self.revision = revision
        self.time = time
        self.key = key
        self.verb = verb
        self.old = old
        self.new = new
        self.author = author
        self.cause = cause
    }

    public var kind: ResourceKind { key.kind }

    /// The object as it is after the change, or as it last was.
    public var object: KubeObject {
        guard let object = new ?? old else { preconditionFailure("a change without an object") }
        return object
    }

    /// The value after the change, if it is of the kind asked for.
    public func new<Value: Resource>(_: Value.Type) -> Value? { new?.as(Value.self) }
    /// The value before the change, if it is of the kind asked for.
    public func old<Value: Resource>(_: Value.Type) -> Value? { old?.as(Value.self) }
}

/// Which objects of a kind an informer is told of. Routing costs the same however many informers there are.
public enum WatchScope: Hashable, Sendable {
    case all
    case namespace(String)
    /// Pods by `spec.nodeName`; Nodes and the Leases of nodes by name.
    case node(String)
    /// One object.
    case object(namespace: String, name: String)
}

/// Takes what an informer has to tell. Called on the event loop, after the event that wrote has ended.
public protocol ChangeHandler: AnyObject {
    func handle(_ change: Change)
}

/// A cursor in the store's history: first it tells of all that exists (as creations, `old` nil), then of every change
/// in order. It holds a position, not a copy of the objects.
public protocol Informer: AnyObject {
    /// The last revision that its handler was told of.
    var cursor: Revision { get }
    /// Whether the cursor stands still: what a slow or cut-off watcher sees.
    var isHeld: Bool { get }
    func hold()
    func release()
    /// Ends the informer for good.
    func stop()
}

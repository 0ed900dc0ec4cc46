import ClusterCore
import KubeAPI

/// What may be looked up without a scan.
public enum ObjectIndex: Hashable, Sendable {
    /// Objects that have an owner reference with this UID.
    case owner(uid: String)
    /// Pods by `spec.nodeName`. The empty name: pods that are not bound.
    case node(String)
    /// Objects of a namespace with this label.
    case label(namespace: String, key: String, value: String)
}

/// Parts of an object that are written apart from the rest.
public enum Subresource: String, Sendable {
    case status, scale, binding, eviction, finalize, ephemeralcontainers, resize, approval, token
}

/// Collects what the API server warns of while a request is served.
public final class Warnings {
    public private(set) var texts: [String] = []
    public init() {}
    public func add(_ text: String) { if !texts.contains(text) { texts.append(text) } }
}

public enum FieldValidation: String, Sendable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

/// The options of a write that Kubernetes takes as query parameters.
public struct WriteOptions {
    public var isDryRun = false
    public var fieldManager: String?
    public var fieldValidation = FieldValidation.warn
    /// For server-side apply: take fields over from other managers.
    public var force = false
    public var warnings: Warnings?
    public init() {}
}

/// The one door to the cluster: every component, the console and every remote client has the same verbs, admission,
/// validation, conflicts and watch events.
///
/// One client belongs to one component. Reads are of the component's view: the newest state, or, while the component
/// is cut off from the API server, the state when it was cut off. All calls are made on the event loop.
public protocol KubeClient: AnyObject {
    /// Who writes, as recorded in the history: `deployment-controller`, `kubelet`.
    var component: String { get }
    /// The revision that the component is reacting to, recorded with its writes. Workers set it.
    var cause: Revision { get set }
    /// The newest revision of the view.
    var revision: Revision { get }

    /// The limit on the component's requests, to be asked before each piece of work; nil for none.
    var rateLimiter: ClientRateLimiter? { get }

    /// How long the answer to a write takes, in the cluster's time. What was asked for has taken effect at once; a
    /// worker waits for the answer before it takes up the same key again.
    var requestTime: Interval { get }

    // MARK: Reads. O(log n) and no copy.

    func object(_ key: ObjectKey) -> KubeObject?
    /// Visits the objects of a kind, of one namespace or of all, in key order, until `body` returns false. O(visited).
    func forEach(_ kind: ResourceKind, namespace: String?, _ body: (KubeObject) -> Bool)
    /// Visits the objects of a kind that an index has, in key order, until `body` returns false. O(visited).
    func forEach(_ kind: ResourceKind, index: ObjectIndex, _ body: (KubeObject) -> Bool)
    /// O(log n).
    func count(_ kind: ResourceKind, namespace: String?) -> Int

    // MARK: Writes. Each goes through admission and validation and returns the object as stored.

    func create(_ object: KubeObject, _ options: WriteOptions) throws(StatusError) -> KubeObject
    /// Replaces an object. A `resourceVersion` in it that is not the stored one is a conflict; an absent one is none.
    func update(_ object: KubeObject, _ subresource: Subresource?, _ options: WriteOptions) throws(StatusError)
        -> KubeObject
    func patch(
        _ key: ObjectKey, _ patch: [UInt8], type: PatchType, _ subresource: Subresource?, _ options: WriteOptions
    ) throws(StatusError) -> KubeObject
    /// What a patch does, without its text: `change` makes a new object from the stored one, or returns nil for nothing
    /// to do. Goes through admission and validation like an update. Nil when nothing was written.
    func mutate(
        _ key: ObjectKey, _ subresource: Subresource?, _ change: (KubeObject) -> KubeObject?
    ) throws(StatusError) -> KubeObject?
    /// Deletes, or begins a graceful deletion. Returns the object if it still exists (finalizers, grace period).
    func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(StatusError) -> KubeObject?
    /// Posts a Binding: sets `spec.nodeName` once, and the PodScheduled condition.
    func bind(pod: ObjectKey, uid: String, to node: String) throws(StatusError)

    // MARK: Watches

    /// Starts an informer; what exists already is told first.
    func watch(_ kind: ResourceKind, _ scope: WatchScope, _ handler: any ChangeHandler) -> any Informer
}

import ClusterCore
import KubeAPI
import KubeClient

/// A KubeClient over a dictionary: enough of the API server for one kubelet. No admission, no validation.
final class MemoryClient: KubeClient {
    let component: String
    var cause: Revision = 0
    private(set) var revision: Revision = 0
    /// While true, writes fail and nothing is told, as behind a broken network.
    var isCutOff = false {
        didSet { if !isCutOff { deliver() } }
    }
    /// Every write that was accepted, in order.
    private(set) var history: [Change] = []
    private let loop: EventLoop
    private var objects: [ObjectKey: KubeObject] = [:]
    private var informers: [MemoryInformer] = []
    private var isDelivering = false

    init(loop: EventLoop, component: String = "kubelet") {
        self.loop = loop
        self.component = component
    }

    // MARK: Reads

    func object(_ key: ObjectKey) -> KubeObject? { objects[key] }

    func forEach(_ kind: ResourceKind, namespace: String?, _ body: (KubeObject) -> Bool) {
        for key in objects.keys.sorted() where key.kind == kind && (namespace ?? key.namespace) == key.namespace {
            guard let object = objects[key], body(object) else { return }
        }
    }

    func forEach(_ kind: ResourceKind, index: ObjectIndex, _ body: (KubeObject) -> Bool) {
        forEach(kind, namespace: nil) { object in
            guard case .node(let name) = index, object.as(Pod.self)?.spec.nodeName == name else { return true }
            return body(object)
        }
    }

    func count(_ kind: ResourceKind, namespace: String?) -> Int {
        var count = 0
        forEach(kind, namespace: namespace) { _ in
            count += 1
            return true
        }
        return count
    }

    // MARK: Writes

    func create(_ object: KubeObject, _ options: WriteOptions) throws(StatusError) -> KubeObject {
        try reach()
        if objects[object.key] != nil { throw .alreadyExists(kind: object.kind, name: object.name) }
        var metadata = object.metadata
        metadata.creationTimestamp = loop.now.time
        if metadata.uid == nil { metadata.uid = "uid-\(object.name)" }
        if object.kind == .pod { metadata.generation = 1 }
        return commit(object.with(metadata: metadata), old: nil, .create)
    }

    func update(
        _ object: KubeObject, _ subresource: Subresource?, _ options: WriteOptions
    ) throws(StatusError) -> KubeObject {
        try reach()
        guard let old = objects[object.key] else { throw .notFound(kind: object.kind, name: object.name) }
        return commit(object, old: old, .update)
    }

    func patch(
        _ key: ObjectKey, _ patch: [UInt8], type: PatchType, _ subresource: Subresource?, _ options: WriteOptions
    ) throws(StatusError) -> KubeObject {
        preconditionFailure("the kubelet does not patch")
    }

    func mutate(
        _ key: ObjectKey, _ subresource: Subresource?, _ change: (KubeObject) -> KubeObject?
    ) throws(StatusError) -> KubeObject? {
        try reach()
        guard let old = objects[key] else { throw .notFound(kind: key.kind, name: key.name) }
        guard let new = change(old) else { return nil }
        return commit(new, old: old, .update)
    }

    func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(StatusError) -> KubeObject? {
        try reach()
        guard let old = objects[key] else { throw .notFound(kind: key.kind, name: key.name) }
        if let uid = options.preconditions?.uid, uid != old.uid {
            throw .conflict(kind: key.kind, name: key.name, message: "another UID")
        }
        if var pod = old.as(Pod.self) {
            let isTerminal = pod.status.phase == "Succeeded" || pod.status.phase == "Failed"
            let asked = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
            let grace = isTerminal ? 0 : asked
            if grace > 0 {
                if let current = pod.metadata.deletionGracePeriodSeconds, current <= grace { return old }
                pod.metadata.deletionTimestamp = (loop.now + .seconds(grace)).time
                pod.metadata.deletionGracePeriodSeconds = grace
                pod.metadata.generation = (pod.metadata.generation ?? 0) + 1
                return commit(pod.boxed, old: old, .update)
            }
        }
        _ = commit(nil, old: old, .delete)
        return nil
    }

    func bind(pod: ObjectKey, uid: String, to node: String) throws(StatusError) {
        preconditionFailure("the kubelet does not bind")
    }

    private func reach() throws(StatusError) {
        if isCutOff { throw .serviceUnavailable("the API server cannot be reached") }
    }

    private func commit(_ new: KubeObject?, old: KubeObject?, _ verb: Change.Verb) -> KubeObject {
        guard let key = (new ?? old)?.key else { preconditionFailure("a write of nothing") }
        revision += 1
        var stored = new
        if let object = new {
            var metadata = object.metadata
            metadata.resourceVersion = String(revision)
            stored = object.with(metadata: metadata)
        }
        objects[key] = stored
        let author = userDepth > 0 ? "user" : component
        let change = Change(
            revision: revision, time: loop.now, key: key, verb: verb, old: old, new: stored, author: author,
            cause: cause)
        history.append(change)
        for informer in informers where informer.wants(change) { informer.queue.append(change) }
        deliver()
        guard let result = stored ?? old else { preconditionFailure("a write of nothing") }
        return result
    }

    private var userDepth = 0

    /// Writes within are another's, not the kubelet's.
    func asUser(_ body: () throws(StatusError) -> Void) throws(StatusError) {
        userDepth += 1
        defer { userDepth -= 1 }
        try body()
    }

    // MARK: Watches

    func watch(_ kind: ResourceKind, _ scope: WatchScope, _ handler: any ChangeHandler) -> any Informer {
        let informer = MemoryInformer(kind: kind, scope: scope, handler: handler)
        forEach(kind, namespace: nil) { object in
            let change = Change(
                revision: revision, time: loop.now, key: object.key, verb: .create, old: nil, new: object,
                author: "user", cause: 0)
            if informer.wants(change) { informer.queue.append(change) }
            return true
        }
        informers.append(informer)
        deliver()
        return informer
    }

    /// Tells informers what is new, in an event of its own.
    private func deliver() {
        guard !isDelivering, !isCutOff, informers.contains(where: { !$0.queue.isEmpty }) else { return }
        isDelivering = true
        loop.schedule(at: loop.now) { [self] in
            isDelivering = false
            if isCutOff { return }
            for informer in informers { informer.deliver() }
            deliver()
        }
    }
}

private final class MemoryInformer: Informer {
    let kind: ResourceKind
    let scope: WatchScope
    let handler: any ChangeHandler
    var queue: [Change] = []
    private(set) var cursor: Revision = 0
    private(set) var isHeld = false
    private var isStopped = false

    init(kind: ResourceKind, scope: WatchScope, handler: any ChangeHandler) {
        self.kind = kind
        self.scope = scope
        self.handler = handler
    }

    func wants(_ change: Change) -> Bool {
        guard !isStopped, change.kind == kind else { return false }
        guard case .node(let name) = scope else { return true }
        if let pod = change.object.as(Pod.self) { return pod.spec.nodeName == name }
        return change.object.name == name
    }

    func deliver() {
        if isHeld { return }
        let changes = queue
        queue = []
        for change in changes where !isStopped {
            cursor = change.revision
            handler.handle(change)
        }
    }

    func hold() { isHeld = true }
    func release() { isHeld = false }
    func stop() { isStopped = true }
}

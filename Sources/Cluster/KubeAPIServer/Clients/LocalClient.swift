import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

/// The API server as one component within the process sees it: calls go straight to the registry, and nothing is
/// encoded.
///
/// A client can be cut off: then it sees the cluster as it was, its writes fail as they do when the API server cannot
/// be reached, and its informers stand still, until it is connected again.
package final class LocalClient: KubeClient {
    package let component: String
    package var cause: Revision = 0
    package let server: APIServer
    private let store: ObjectStore
    private let requester: Requester
    /// What the component's requests are limited to; nil for no limit.
    package var limits: ClientLimits?
    package var requestTime = Interval.zero
    private let isAuthorized: Bool
    private var frozen: FrozenView?
    private var informers: [StoreInformer] = []

    /// - Parameters:
    ///   - component: As recorded in the history: `deployment-controller`, `kubelet`.
    ///   - user: Who it is for access control; by default what kubeadm calls a component of that name.
    package init(_ server: APIServer, component: String, user: UserInfo? = nil) {
        self.server = server
        self.component = component
        store = server.store
        isAuthorized = server.authorizesComponents
        requester = Requester(
            author: component, user: user ?? Requester.user(of: component), isTrusted: !server.authorizesComponents)
    }

    package var rateLimiter: ClientRateLimiter? { limits?.requests }
    package var revision: Revision { frozen?.snapshot.revision ?? store.revision }

    // MARK: Partition

    package var isPartitioned: Bool { frozen != nil }

    /// Cuts the component off from the API server.
    package func partition() {
        if frozen != nil { return }
        frozen = FrozenView(store.snapshot())
        for informer in informers { informer.hold() }
    }

    /// Connects it again: its informers are told all that they missed.
    package func reconnect() {
        if frozen == nil { return }
        frozen = nil
        for informer in informers { informer.release() }
    }

    func request(on kind: ResourceKind, _ options: WriteOptions = WriteOptions()) throws(StatusError) -> Request {
        limits?.spend(on: kind, server.loop.now)
        if frozen != nil { throw .unreachable }
        return Request(requester, cause: cause, options: options)
    }

    /// Whether objects of a kind are found in the store as they are served.
    private func isPlain(_ kind: ResourceKind) -> Bool { kind.isStored && store.computed[kind] == nil }

    /// As `request`, if the component may do this; see `APIServer.Options.authorizesComponents`.
    func request(
        to act: ComponentAct, _ kind: ResourceKind, _ key: @autoclosure () -> ObjectKey,
        _ subresource: Subresource? = nil, _ options: WriteOptions = WriteOptions()
    ) throws(StatusError) -> Request {
        if isAuthorized, frozen == nil { try server.authorize(requester, act, key(), subresource?.rawValue ?? "") }
        return try request(on: kind, options)
    }

    private func noteRead(_ kind: ResourceKind, namespace: String?) {
        if isAuthorized { server.noteRead(requester, kind, namespace: namespace ?? "") }
    }

    // MARK: Reads

    package func object(_ key: ObjectKey) -> KubeObject? {
        noteRead(key.kind, namespace: key.namespace)
        if let frozen { return frozen.snapshot.object(key) }
        // By far the most reads are of kinds that are stored as themselves.
        return isPlain(key.kind) ? store.object(key) : store.snapshot().object(key)
    }

    package func forEach(_ kind: ResourceKind, namespace: String?, _ body: (KubeObject) -> Bool) {
        noteRead(kind, namespace: namespace)
        if let frozen { return frozen.snapshot.forEach(kind, namespace: namespace, body) }
        if !isPlain(kind) { return store.snapshot().forEach(kind, namespace: namespace, body) }
        store.forEach(kind, namespace: namespace, body)
    }

    package func forEach(_ kind: ResourceKind, index: ObjectIndex, _ body: (KubeObject) -> Bool) {
        noteRead(kind, namespace: nil)
        if !kind.isStored {
            return forEach(kind.stored, index: index) { object in body(object.served(as: kind)) }
        }
        if let frozen { return frozen.forEach(kind, index: index, body) }
        store.forEach(kind, index: index, body)
    }

    package func count(_ kind: ResourceKind, namespace: String?) -> Int {
        if let frozen { return frozen.snapshot.count(kind, namespace: namespace) }
        if !isPlain(kind) { return store.snapshot().count(kind, namespace: namespace) }
        return store.count(kind, namespace: namespace)
    }

    // MARK: Writes

    package func create(_ object: KubeObject, _ options: WriteOptions) throws(StatusError) -> KubeObject {
        try server.create(object, request(to: .create, object.kind, object.key, nil, options))
    }

    package func update(
        _ object: KubeObject, _ subresource: Subresource?, _ options: WriteOptions
    ) throws(StatusError) -> KubeObject {
        try server.update(object, subresource, request(to: .change, object.kind, object.key, subresource, options))
    }

    package func patch(
        _ key: ObjectKey, _ patch: [UInt8], type: PatchType, _ subresource: Subresource?, _ options: WriteOptions
    ) throws(StatusError) -> KubeObject {
        try server.patch(key, patch, type: type, subresource, request(to: .change, key.kind, key, subresource, options))
    }

    package func mutate(
        _ key: ObjectKey, _ subresource: Subresource?, _ change: (KubeObject) -> KubeObject?
    ) throws(StatusError) -> KubeObject? {
        try server.mutate(key, subresource, request(to: .change, key.kind, key, subresource), change)
    }

    package func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(StatusError) -> KubeObject? {
        let deletion = try server.delete(key, options, request(to: .delete, key.kind, key))
        return deletion.isGone ? nil : deletion.object
    }

    package func bind(pod: ObjectKey, uid: String, to node: String) throws(StatusError) {
        var binding = Binding()
        binding.metadata.namespace = pod.namespace
        binding.metadata.name = pod.name
        binding.metadata.uid = uid
        binding.target.kind = "Node"
        binding.target.name = node
        try server.bind(binding, request(to: .create, .pod, pod, .binding))
    }

    // MARK: Watches

    package func watch(_ kind: ResourceKind, _ scope: WatchScope, _ handler: any ChangeHandler) -> any Informer {
        noteRead(kind, namespace: nil)
        let handler = kind.isStored ? handler : ServedChangeHandler(kind, handler)
        let informer = store.watches.watch(kind.stored, scope, handler)
        informers.append(informer)
        if frozen != nil { informer.hold() }
        return informer
    }
}

extension StatusError {
    /// What a client makes of a server that does not answer: no status came, so there is neither reason nor code.
    package static var unreachable: StatusError {
        StatusError(
            reason: .unknown, code: 0,
            message: "dial tcp \(BootstrapNames.controlPlaneAddress):6443: connect: no route to host")
    }
}

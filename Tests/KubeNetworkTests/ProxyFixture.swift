import ClusterCore
import KubeAPI
import KubeClient
import KubeNetwork

/// A client of an empty cluster: the proxies under test are told of changes by hand.
final class NoClient: KubeClient {
    let component = "kube-proxy"
    var cause: Revision = 0
    let revision: Revision = 0

    func object(_ key: ObjectKey) -> KubeObject? { nil }
    func forEach(_ kind: ResourceKind, namespace: String?, _ body: (KubeObject) -> Bool) {}
    func forEach(_ kind: ResourceKind, index: ObjectIndex, _ body: (KubeObject) -> Bool) {}
    func count(_ kind: ResourceKind, namespace: String?) -> Int { 0 }
    func create(_ object: KubeObject, _ options: WriteOptions) throws(StatusError) -> KubeObject { object }
    func update(
        _ object: KubeObject, _ subresource: Subresource?, _ options: WriteOptions
    ) throws(StatusError) -> KubeObject { object }
    func patch(
        _ key: ObjectKey, _ patch: [UInt8], type: PatchType, _ subresource: Subresource?, _ options: WriteOptions
    ) throws(StatusError) -> KubeObject { throw .notFound(kind: key.kind, name: key.name) }
    func mutate(
        _ key: ObjectKey, _ subresource: Subresource?, _ change: (KubeObject) -> KubeObject?
    ) throws(StatusError) -> KubeObject? { nil }
    func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(StatusError) -> KubeObject? { nil }
    func bind(pod: ObjectKey, uid: String, to node: String) throws(StatusError) {}
    func watch(_ kind: ResourceKind, _ scope: WatchScope, _ handler: any ChangeHandler) -> any Informer { NoInformer() }
}

final class NoInformer: Informer {
    let cursor: Revision = 0
    let isHeld = false
    func hold() {}
    func release() {}
    func stop() {}
}

/// Proxies that are handed services, slices and nodes one after the other.
struct ProxyFixture {
    let proxies: ServiceProxies
    private var revision = 0
    private var objects: [ObjectKey: KubeObject] = [:]

    init(clusterCIDR: String = "10.0.0.0/8") {
        let loop = EventLoop(start: .simulationStart)
        let client = NoClient()
        let context = ComponentContext(
            client: client, loop: loop, random: SeededRandom(seed: 1),
            recorder: EventRecorder(client: client, loop: loop, component: "kube-proxy"))
        proxies = ServiceProxies(context, clusterCIDR: clusterCIDR)
        proxies.start()
    }

    mutating func put<Value: Resource>(_ value: Value) {
        revision += 1
        let new = Boxed(value)
        let old = objects.updateValue(new, forKey: value.key)
        proxies.handle(
            Change(
                revision: revision, time: .simulationStart, key: value.key, verb: old == nil ? .create : .update,
                old: old,
                new: new, author: "test", cause: 0))
    }

    mutating func remove(_ key: ObjectKey) {
        revision += 1
        let old = objects.removeValue(forKey: key)
        proxies.handle(
            Change(
                revision: revision, time: .simulationStart, key: key, verb: .delete, old: old, new: nil, author: "test",
                cause: 0))
    }

    static func service(
        _ namespace: String, _ name: String, _ clusterIP: String, _ change: (inout Service) -> Void = { _ in }
    )
        -> Service
    {
        var service = Service(name: name, namespace: namespace)
        service.spec.clusterIP = clusterIP
        service.spec.type = "ClusterIP"
        var port = ServicePort()
        port.name = "p80"
        port.port = 80
        port.protocol = "TCP"
        service.spec.ports = [port]
        change(&service)
        return service
    }

    /// A slice of endpoints on `p80`, TCP port 80, each ready unless said otherwise.
    static func slice(
        _ namespace: String, _ service: String, _ addresses: [String], node: String? = nil,
        _ change: (inout Endpoint) -> Void = { _ in }
    ) -> EndpointSlice {
        var slice = EndpointSlice(name: service + "-1", namespace: namespace)
        slice.metadata.labels = ["kubernetes.io/service-name": service]
        slice.addressType = "IPv4"
        var port = DiscoveryEndpointPort()
        port.name = "p80"
        port.port = 80
        port.protocol = "TCP"
        slice.ports = [port]
        slice.endpoints = addresses.map { address in
            var endpoint = Endpoint()
            endpoint.addresses = [address]
            endpoint.nodeName = node
            change(&endpoint)
            return endpoint
        }
        return slice
    }
}

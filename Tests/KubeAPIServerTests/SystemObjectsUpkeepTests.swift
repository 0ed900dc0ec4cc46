import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("What the API server makes for itself")
struct SystemObjectsUpkeepTests {
    private let loop = EventLoop(start: .simulationStart)
    private let server: APIServer
    private let client: LocalClient
    private static let service = ObjectKey(.service, namespace: "default", name: "kubernetes")
    private static let endpoints = ObjectKey(.endpoints, namespace: "default", name: "kubernetes")
    private static let slice = ObjectKey(.endpointSlice, namespace: "default", name: "kubernetes")

    init() {
        server = APIServer(loop: loop)
        BootstrapObjects.install(on: server, nodes: [], certificateAuthority: "CA")
        client = LocalClient(server, component: "tester")
        server.pump()
    }

    private func advance(_ interval: Interval) {
        server.pump()
        loop.run(until: loop.now + interval)
    }

    /// What the API server wrote, one line each.
    private func writes() -> [String] {
        var lines: [String] = []
        server.store.forEachChange(after: 0) { change in
            if change.author == "apiserver" { lines.append("\(change.verb.rawValue) \(change.kind.info.name)") }
            return true
        }
        return lines
    }

    @Test func whatIsThereCostsNothing() {
        let events = loop.eventCount
        advance(.minutes(10))
        #expect(writes().isEmpty)
        #expect(loop.eventCount == events)
    }

    @Test func aNamespaceIsMadeAgainAtTheNextMinute() throws {
        let key = ObjectKey(.namespace, name: "kube-node-lease")
        let account = client.get(Namespace.self, key)?.metadata.managedFields ?? []
        try client.delete(key)
        try client.update(try #require(client.get(Namespace.self, key)).finalized, .finalize)
        #expect(client.get(Namespace.self, key) == nil)
        advance(.seconds(59))
        #expect(client.get(Namespace.self, key) == nil)
        advance(.seconds(1))
        let namespace = try #require(client.get(Namespace.self, key))
        #expect(namespace.status.phase == "Active")
        #expect(namespace.labels == ["kubernetes.io/metadata.name": "kube-node-lease"])
        #expect(namespace.spec.finalizers == ["kubernetes"])
        #expect(namespace.metadata.managedFields.map(\.manager) == ["kube-apiserver"])
        #expect(namespace.metadata.managedFields.map(\.fieldsV1) == account.map(\.fieldsV1))
        advance(.minutes(10))
        #expect(writes() == ["create Namespace"])
    }

    @Test func itsServiceIsMadeAgainWithinTenSeconds() throws {
        try client.delete(Self.service)
        try client.delete(Self.endpoints)
        try client.delete(Self.slice)
        advance(.seconds(9))
        #expect(writes().isEmpty)
        advance(.seconds(1))
        #expect(writes() == ["create Service", "create IPAddress", "create Endpoints", "create EndpointSlice"])
        let service = try #require(client.get(Service.self, Self.service))
        #expect(service.spec.clusterIP == "10.96.0.1")
        #expect(service.labels == ["component": "apiserver", "provider": "kubernetes"])
        #expect(client.get(Endpoints.self, Self.endpoints)?.subsets.first?.addresses.map(\.ip) == ["172.18.0.2"])
        #expect(client.get(EndpointSlice.self, Self.slice)?.endpoints.map(\.addresses) == [["172.18.0.2"]])
        advance(.minutes(10))
        #expect(writes().count == 4)
    }

    @Test func itsAddressIsWaitedFor() throws {
        try client.delete(Self.service)
        var other = Service(name: "squatter", namespace: "default")
        other.spec.clusterIP = "10.96.0.1"
        var port = ServicePort()
        port.port = 80
        other.spec.ports = [port]
        try client.create(other)
        advance(.seconds(30))
        #expect(client.get(Service.self, Self.service) == nil)
        try client.delete(other.key)
        advance(.seconds(10))
        #expect(client.get(Service.self, Self.service)?.spec.clusterIP == "10.96.0.1")
    }

    /// Addresses and labels are the API server's; ports stay as somebody left them, as upstream.
    @Test func endpointsAreSetBack() throws {
        try client.mutate(Endpoints.self, Self.endpoints) {
            $0.metadata.labels = [:]
            $0.subsets[0].addresses[0].ip = "192.0.2.1"
            $0.subsets[0].ports[0].port = 443
        }
        try client.mutate(EndpointSlice.self, Self.slice) {
            $0.endpoints[0].addresses = ["192.0.2.1"]
            $0.ports[0].port = 443
        }
        try client.mutate(Service.self, Self.service) { $0.metadata.labels["mine"] = "yes" }
        advance(.seconds(10))
        #expect(writes() == ["update Endpoints", "update EndpointSlice"])
        let endpoints = try #require(client.get(Endpoints.self, Self.endpoints))
        #expect(endpoints.labels == ["endpointslice.kubernetes.io/skip-mirror": "true"])
        #expect(endpoints.subsets.map { $0.addresses.map(\.ip) } == [["172.18.0.2"]])
        #expect(endpoints.subsets.map { $0.ports.map(\.port) } == [[443]])
        let slice = try #require(client.get(EndpointSlice.self, Self.slice))
        #expect(slice.endpoints.map(\.addresses) == [["172.18.0.2"]])
        #expect(slice.ports.map(\.port) == [443])
        #expect(client.get(Service.self, Self.service)?.labels["mine"] == "yes")
    }

    @Test func whatExtensionsTrustIsMadeAgainAtOnce() throws {
        let key = ObjectKey(.configMap, namespace: "kube-system", name: "extension-apiserver-authentication")
        try client.delete(key)
        advance(.zero)
        #expect(client.get(ConfigMap.self, key)?.data["client-ca-file"] == "CA")
        #expect(writes() == ["create ConfigMap"])
    }
}

extension Namespace {
    /// Without what holds a namespace until it is empty.
    fileprivate var finalized: Namespace {
        var namespace = self
        namespace.spec.finalizers = []
        return namespace
    }
}

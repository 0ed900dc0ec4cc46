import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("What the API server makes for itself")
struct SystemObjectsUpkeepTests {
    private let test = InstalledServer()
    private static let service = ObjectKey(.service, namespace: "default", name: "kubernetes")
    private static let endpoints = ObjectKey(.endpoints, namespace: "default", name: "kubernetes")
    private static let slice = ObjectKey(.endpointSlice, namespace: "default", name: "kubernetes")

    /// What the API server wrote, one line each.
    private func writes() -> [String] {
        test.changes(by: "apiserver").map { "\($0.verb.rawValue) \($0.kind.info.name)" }
    }

    @Test func whatIsThereCostsNothing() {
        let events = test.loop.eventCount
        test.advance(.minutes(10))
        #expect(writes().isEmpty)
        #expect(test.loop.eventCount == events)
    }

    @Test func aNamespaceIsMadeAgainAtTheNextMinute() throws {
        let key = ObjectKey(.namespace, name: "kube-node-lease")
        let account = test.client.get(Namespace.self, key)?.metadata.managedFields ?? []
        try test.client.delete(key)
        try test.client.update(try #require(test.client.get(Namespace.self, key)).finalized, .finalize)
        #expect(test.client.get(Namespace.self, key) == nil)
        test.advance(.seconds(59))
        #expect(test.client.get(Namespace.self, key) == nil)
        test.advance(.seconds(1))
        let namespace = try #require(test.client.get(Namespace.self, key))
        #expect(namespace.status.phase == "Active")
        #expect(namespace.labels == ["kubernetes.io/metadata.name": "kube-node-lease"])
        #expect(namespace.spec.finalizers == ["kubernetes"])
        #expect(namespace.metadata.managedFields.map(\.manager) == ["kube-apiserver"])
        #expect(namespace.metadata.managedFields.map(\.fieldsV1) == account.map(\.fieldsV1))
        test.advance(.minutes(10))
        #expect(writes() == ["create Namespace"])
    }

    @Test func itsServiceIsMadeAgainWithinTenSeconds() throws {
        try test.client.delete(Self.service)
        try test.client.delete(Self.endpoints)
        try test.client.delete(Self.slice)
        test.advance(.seconds(9))
        #expect(writes().isEmpty)
        test.advance(.seconds(1))
        #expect(writes() == ["create Service", "create IPAddress", "create Endpoints", "create EndpointSlice"])
        let service = try #require(test.client.get(Service.self, Self.service))
        #expect(service.spec.clusterIP == "10.96.0.1")
        #expect(service.labels == ["component": "apiserver", "provider": "kubernetes"])
        #expect(test.client.get(Endpoints.self, Self.endpoints)?.subsets.first?.addresses.map(\.ip) == ["172.18.0.2"])
        #expect(test.client.get(EndpointSlice.self, Self.slice)?.endpoints.map(\.addresses) == [["172.18.0.2"]])
        test.advance(.minutes(10))
        #expect(writes().count == 4)
    }

    @Test func itsAddressIsWaitedFor() throws {
        try test.client.delete(Self.service)
        var other = Service(name: "squatter", namespace: "default")
        other.spec.clusterIP = "10.96.0.1"
        var port = ServicePort()
        port.port = 80
        other.spec.ports = [port]
        try test.client.create(other)
        test.advance(.seconds(30))
        #expect(test.client.get(Service.self, Self.service) == nil)
        try test.client.delete(other.key)
        test.advance(.seconds(10))
        #expect(test.client.get(Service.self, Self.service)?.spec.clusterIP == "10.96.0.1")
    }

    /// Addresses and labels are the API server's; ports stay as somebody left them, as upstream.
    @Test func endpointsAreSetBack() throws {
        try test.client.mutate(Endpoints.self, Self.endpoints) {
            $0.metadata.labels = [:]
            $0.subsets[0].addresses[0].ip = "192.0.2.1"
            $0.subsets[0].ports[0].port = 443
        }
        try test.client.mutate(EndpointSlice.self, Self.slice) {
            $0.endpoints[0].addresses = ["192.0.2.1"]
            $0.ports[0].port = 443
        }
        try test.client.mutate(Service.self, Self.service) { $0.metadata.labels["mine"] = "yes" }
        test.advance(.seconds(10))
        #expect(writes() == ["update Endpoints", "update EndpointSlice"])
        let endpoints = try #require(test.client.get(Endpoints.self, Self.endpoints))
        #expect(endpoints.labels == ["endpointslice.kubernetes.io/skip-mirror": "true"])
        #expect(endpoints.subsets.map { $0.addresses.map(\.ip) } == [["172.18.0.2"]])
        #expect(endpoints.subsets.map { $0.ports.map(\.port) } == [[443]])
        let slice = try #require(test.client.get(EndpointSlice.self, Self.slice))
        #expect(slice.endpoints.map(\.addresses) == [["172.18.0.2"]])
        #expect(slice.ports.map(\.port) == [443])
        #expect(test.client.get(Service.self, Self.service)?.labels["mine"] == "yes")
    }

    @Test func whatExtensionsTrustIsMadeAgainAtOnce() throws {
        let key = ObjectKey(.configMap, namespace: "kube-system", name: "extension-apiserver-authentication")
        try test.client.delete(key)
        test.advance(.zero)
        #expect(test.client.get(ConfigMap.self, key)?.data["client-ca-file"] == "CA")
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

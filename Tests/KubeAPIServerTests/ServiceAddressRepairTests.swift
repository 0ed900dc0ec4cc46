import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("Services and their IPAddress objects")
struct ServiceAddressRepairTests {
    private let loop = EventLoop(start: .simulationStart)
    private let server: APIServer
    private let client: LocalClient
    private static let dns = "10.96.0.10"

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

    private var names: [String] { client.list(IPAddress.self).map(\.name) }

    /// Each once, as `reason: note`.
    private var events: [String] {
        client.list(Event.self).filter { $0.reportingComponent == "ipallocator-repair-controller" }
            .map { "\($0.reason ?? ""): \($0.message ?? "")" }
    }

    private func address(_ name: String, of service: String, resource: String = "services") -> IPAddress {
        var address = IPAddress(name: name)
        address.metadata.labels = [
            "ipaddress.kubernetes.io/ip-family": "IPv4", "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
        ]
        var parent = ParentReference()
        parent.resource = resource
        parent.namespace = "kube-system"
        parent.name = service
        address.spec.parentRef = parent
        return address
    }

    @Test func ordinaryServicesCostNothing() throws {
        var service = Service(name: "web", namespace: "default")
        var port = ServicePort()
        port.port = 80
        service.spec.ports = [port]
        let key = try client.create(service).key
        server.pump()
        #expect(names.count == 3)
        try client.delete(key)
        let events = loop.eventCount
        advance(.minutes(10))
        #expect(loop.eventCount == events)
        #expect(names == ["10.96.0.1", Self.dns])
    }

    @Test func aLostOneIsMadeAgainWithTheNextRound() throws {
        try client.delete(IPAddress.self, name: Self.dns)
        advance(.seconds(179))
        #expect(names == ["10.96.0.1"])
        advance(.seconds(1))
        #expect(names == ["10.96.0.1", Self.dns])
        let address = try #require(client.get(IPAddress.self, name: Self.dns))
        #expect(address.spec.parentRef?.name == "kube-dns")
        #expect(address.labels["ipaddress.kubernetes.io/managed-by"] == "ipallocator.k8s.io")
        #expect(events == ["ClusterIPNotAllocated: Cluster IP [IPv4]: 10.96.0.10 is not allocated; repairing"])
    }

    @Test func oneThatWasTakenOverIsTakenBack() throws {
        try client.delete(IPAddress.self, name: Self.dns)
        var taken = address(Self.dns, of: "other", resource: "gateways")
        taken.metadata.labels = [:]
        try client.create(taken)
        advance(.minutes(3))
        #expect(client.get(IPAddress.self, name: Self.dns)?.spec.parentRef?.name == "kube-dns")
        #expect(
            events == [
                "ClusterIPNotAllocated: the ClusterIP [IPv4]: 10.96.0.10 for Service kube-system/kube-dns has a wrong "
                    + "reference; repairing"
            ])
    }

    @Test func labelsAreSetBack() throws {
        try client.mutate(IPAddress.self, ObjectKey(.ipAddress, name: Self.dns)) { $0.metadata.labels = [:] }
        advance(.minutes(3))
        #expect(client.get(IPAddress.self, name: Self.dns)?.labels.count == 2)
        #expect(events == [])
    }

    @Test func oneOfNoServiceGoesAfterAMinute() throws {
        try client.create(address("10.96.7.7", of: "gone"))
        advance(.seconds(59))
        #expect(names.contains("10.96.7.7"))
        advance(.seconds(1))
        #expect(!names.contains("10.96.7.7"))
        #expect(
            events == [
                "IPAddressNotAllocated: IPAddress: 10.96.7.7 for Service kube-system/gone appears to have leaked: "
                    + "cleaning up"
            ])
    }

    @Test func oneThatRefersToAnotherGoesAtOnce() throws {
        try client.create(address("10.96.7.7", of: "kube-dns"))
        try client.create(address("10.96.7.8", of: "front", resource: "gateways"))
        // Somebody else's own is nobody's concern.
        var own = address("10.96.7.9", of: "front", resource: "gateways")
        own.metadata.labels = [:]
        try client.create(own)
        advance(.zero)
        #expect(names == ["10.96.0.1", Self.dns, "10.96.7.9"])
        #expect(
            Set(events) == [
                "IPAddressWrongReference: IPAddress: 10.96.7.7 for Service kube-system/kube-dns has a wrong reference; "
                    + "cleaning up",
                "IPAddressNotAllocated: IPAddress 10.96.7.8 appears to have been modified, not referencing a Service "
                    + "&ParentReference{Group:,Resource:gateways,Namespace:kube-system,Name:front,}: cleaning up",
            ])
    }
}

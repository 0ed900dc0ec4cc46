import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("Services and their IPAddress objects")
struct ServiceAddressRepairTests {
    private let test = InstalledServer()
    private static let dns = "10.96.0.10"

    private var names: [String] { test.client.list(IPAddress.self).map(\.name) }

    /// Each once, as `reason: note`.
    private var events: [String] {
        test.client.list(Event.self).filter { $0.reportingComponent == "ipallocator-repair-controller" }
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
        let key = try test.client.create(service).key
        test.server.pump()
        #expect(names.count == 3)
        try test.client.delete(key)
        let events = test.loop.eventCount
        test.advance(.minutes(10))
        #expect(test.loop.eventCount == events)
        #expect(names == ["10.96.0.1", Self.dns])
    }

    @Test func aLostOneIsMadeAgainWithTheNextRound() throws {
        try test.client.delete(IPAddress.self, name: Self.dns)
        test.advance(.seconds(179))
        #expect(names == ["10.96.0.1"])
        test.advance(.seconds(1))
        #expect(names == ["10.96.0.1", Self.dns])
        let address = try #require(test.client.get(IPAddress.self, name: Self.dns))
        #expect(address.spec.parentRef?.name == "kube-dns")
        #expect(address.labels["ipaddress.kubernetes.io/managed-by"] == "ipallocator.k8s.io")
        #expect(events == ["ClusterIPNotAllocated: Cluster IP [IPv4]: 10.96.0.10 is not allocated; repairing"])
    }

    @Test func oneThatWasTakenOverIsTakenBack() throws {
        try test.client.delete(IPAddress.self, name: Self.dns)
        var taken = address(Self.dns, of: "other", resource: "gateways")
        taken.metadata.labels = [:]
        try test.client.create(taken)
        test.advance(.minutes(3))
        #expect(test.client.get(IPAddress.self, name: Self.dns)?.spec.parentRef?.name == "kube-dns")
        #expect(
            events == [
                "ClusterIPNotAllocated: the ClusterIP [IPv4]: 10.96.0.10 for Service kube-system/kube-dns has a wrong "
                    + "reference; repairing"
            ])
    }

    @Test func labelsAreSetBack() throws {
        try test.client.mutate(IPAddress.self, ObjectKey(.ipAddress, name: Self.dns)) { $0.metadata.labels = [:] }
        test.advance(.minutes(3))
        #expect(test.client.get(IPAddress.self, name: Self.dns)?.labels.count == 2)
        #expect(events == [])
    }

    @Test func oneOfNoServiceGoesAfterAMinute() throws {
        try test.client.create(address("10.96.7.7", of: "gone"))
        test.advance(.seconds(59))
        #expect(names.contains("10.96.7.7"))
        test.advance(.seconds(1))
        #expect(!names.contains("10.96.7.7"))
        #expect(
            events == [
                "IPAddressNotAllocated: IPAddress: 10.96.7.7 for Service kube-system/gone appears to have leaked: "
                    + "cleaning up"
            ])
    }

    @Test func oneThatRefersToAnotherGoesAtOnce() throws {
        try test.client.create(address("10.96.7.7", of: "kube-dns"))
        try test.client.create(address("10.96.7.8", of: "front", resource: "gateways"))
        // Somebody else's own is nobody's concern.
        var own = address("10.96.7.9", of: "front", resource: "gateways")
        own.metadata.labels = [:]
        try test.client.create(own)
        test.advance(.zero)
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

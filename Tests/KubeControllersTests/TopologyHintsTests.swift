import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

/// Hints of services that ask for topology-aware routing by their annotation.
@Suite struct TopologyHintsTests {
    private let author = EndpointSliceController.component
    private let fixture: EndpointFixture
    private var cluster: ControllerCluster { fixture.cluster }

    /// Three nodes that are ready, of a CPU each, in the zones `a`, `b` and `c`.
    init() throws {
        fixture = try EndpointFixture()
        for node in 1...3 { try set(node: node, cpu: "1", isReady: true) }
        let controller = EndpointSliceController(fixture.context(EndpointSliceController.component))
        controller.start()
        fixture.cluster.keep(controller)
    }

    private func set(node number: Int, cpu: Quantity, isReady: Bool) throws {
        try cluster.user.mutate(Node.self, ObjectKey(.node, name: "node-\(number)"), .status) { node in
            node.status.allocatable["cpu"] = cpu
            var condition = NodeCondition()
            condition.type = "Ready"
            condition.status = isReady ? "True" : "False"
            node.status.conditions = [condition]
        }
    }

    private func service(mode: String = "Auto") throws {
        try fixture.service { $0.metadata.annotations["service.kubernetes.io/topology-mode"] = mode }
    }

    /// Whom each endpoint is meant for, in the order of the pods.
    private func zones() -> [String] {
        fixture.objects().flatMap(\.endpoints).map { endpoint in
            endpoint.hints?.forZones.map(\.name).joined(separator: ",") ?? "-"
        }
    }

    private static let enabled = "TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4"

    @Test func endpointsOfEveryZoneAreForIt() throws {
        for pod in 1...6 { try fixture.pod(pod, node: (pod - 1) % 3 + 1) }
        try service()
        #expect(zones() == ["a", "b", "c", "a", "b", "c"])
        #expect(cluster.events(by: author) == [Self.enabled])
        #expect(cluster.isQuiet(author))
    }

    @Test func aZoneWithTooManyGivesToTheOthers() throws {
        for pod in 1...6 { try fixture.pod(pod) }
        try service(mode: "auto")
        #expect(zones() == ["b", "b", "c", "c", "a", "a"])
        #expect(cluster.events(by: author) == [Self.enabled])
    }

    @Test func moreProcessorsGetMoreEndpoints() throws {
        try set(node: 1, cpu: "2", isReady: true)
        for pod in 1...8 { try fixture.pod(pod, node: 1) }
        try service()
        #expect(zones() == ["b", "b", "c", "c", "a", "a", "a", "a"])
    }

    @Test func anEndpointThatIsNotReadyHasNone() throws {
        for pod in 1...3 { try fixture.pod(pod, node: pod) }
        try fixture.pod(4, isReady: false)
        try service()
        #expect(zones() == ["a", "b", "c", "-"])
    }

    @Test func aPodThatComesGetsItsHint() throws {
        for pod in 1...6 { try fixture.pod(pod, node: (pod - 1) % 3 + 1) }
        try service()
        let before = cluster.revision
        try fixture.pod(7, node: 2)
        cluster.settle()
        #expect(zones() == ["a", "b", "c", "a", "b", "c", "b"])
        #expect(cluster.writes(by: author, after: before).count == 1)
        #expect(cluster.events(by: author, after: before).isEmpty)
    }

    @Test func tooFewEndpointsHaveNone() throws {
        for pod in 1...3 { try fixture.pod(pod, node: pod) }
        try service()
        #expect(zones() == ["a", "b", "c"])
        try cluster.user.delete(ObjectKey(.pod, namespace: "default", name: "web-01"))
        cluster.settle()
        #expect(zones() == ["-", "-", "-"])
        #expect(
            cluster.events(by: author) == [
                Self.enabled,
                "TopologyAwareHintsDisabled: Insufficient number of endpoints (2 endpoints, 3 zones), "
                    + "addressType: IPv4",
            ])
    }

    /// A share of 4/3 is at least two endpoints, of which there are not three times as many.
    @Test func sharesMustBePossible() throws {
        for pod in 1...4 { try fixture.pod(pod, node: 1) }
        try service()
        #expect(zones() == ["-", "-", "-", "-"])
        #expect(
            cluster.events(by: author) == [
                "TopologyAwareHintsDisabled: Unable to allocate minimum required endpoints to each zone without "
                    + "exceeding overload threshold (4 endpoints, 3 zones), addressType: IPv4"
            ])
    }

    @Test func nodesMustTellTheirProcessors() throws {
        try set(node: 2, cpu: "0", isReady: true)
        for pod in 1...3 { try fixture.pod(pod, node: pod) }
        try service()
        #expect(zones() == ["-", "-", "-"])
        #expect(
            cluster.events(by: author) == [
                "TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone not specified on "
                    + "one or more nodes, addressType: IPv4"
            ])
    }

    @Test func aZoneThatGoesLeavesItsShareToTheOthers() throws {
        for pod in 1...6 { try fixture.pod(pod) }
        try service()
        try set(node: 3, cpu: "1", isReady: false)
        cluster.settle()
        #expect(zones() == ["b", "b", "b", "a", "a", "a"])
        #expect(cluster.events(by: author) == [Self.enabled])
        #expect(cluster.isQuiet(author))
    }

    @Test func aNodeThatIsDeletedCountsNoLonger() throws {
        for pod in 1...6 { try fixture.pod(pod) }
        try service()
        try cluster.user.delete(ObjectKey(.node, name: "node-3"))
        cluster.settle()
        #expect(zones() == ["b", "b", "b", "a", "a", "a"])
    }

    /// As upstream's, which has the nodes looked at when one becomes ready or not, or moves.
    @Test func otherProcessorsCountFromTheNextChangeThatIsNoticed() throws {
        for pod in 1...6 { try fixture.pod(pod) }
        try service()
        let before = cluster.revision
        try set(node: 1, cpu: "3", isReady: true)
        cluster.settle()
        #expect(zones() == ["b", "b", "c", "c", "a", "a"])
        #expect(cluster.actions(by: author, after: before).isEmpty)
        try set(node: 3, cpu: "1", isReady: false)
        cluster.settle()
        #expect(zones() == ["b", "b", "a", "a", "a", "a"])
    }

    @Test func aServiceThatIsMadeAgainIsNewsAgain() throws {
        for pod in 1...3 { try fixture.pod(pod, node: pod) }
        try service()
        try cluster.user.delete(ObjectKey(.service, namespace: "default", name: "web"))
        cluster.settle()
        #expect(cluster.events(by: author) == [Self.enabled])
        try service()
        #expect(cluster.events(by: author) == [Self.enabled, Self.enabled])
    }

    @Test func withoutTheAnnotationHintsGo() throws {
        for pod in 1...3 { try fixture.pod(pod, node: pod) }
        try service()
        try cluster.user.mutate(Service.self, ObjectKey(.service, namespace: "default", name: "web")) {
            $0.metadata.annotations = [:]
        }
        cluster.settle()
        #expect(zones() == ["-", "-", "-"])
        #expect(
            cluster.events(by: author) == [
                Self.enabled,
                "TopologyAwareHintsDisabled: Topology Aware Hints has been disabled, addressType: IPv4",
            ])
    }

    /// The annotation goes before the field.
    @Test func trafficDistributionIsPassedOver() throws {
        for pod in 1...3 { try fixture.pod(pod) }
        try fixture.service { service in
            service.metadata.annotations["service.kubernetes.io/topology-mode"] = "Auto"
            service.spec.trafficDistribution = "PreferSameZone"
        }
        #expect(zones() == ["b", "c", "a"])
    }
}

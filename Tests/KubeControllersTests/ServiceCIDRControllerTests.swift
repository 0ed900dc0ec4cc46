import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

/// Compared with kubernetes pkg/controller/servicecidrs and test/integration/servicecidr.
@Suite struct ServiceCIDRControllerTests {
    private func cluster() throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        let controller = ServiceCIDRController(cluster.context(ServiceCIDRController.component))
        controller.start()
        cluster.keep(controller)
        try cluster.user.create(range("kubernetes", "10.96.0.0/12"))
        cluster.settle()
        return cluster
    }

    private func range(_ name: String, _ blocks: String...) -> ServiceCIDR {
        var range = ServiceCIDR(name: name)
        range.spec.cidrs = blocks
        return range
    }

    private func service(_ name: String, clusterIP: String? = nil) -> Service {
        var service = Service(name: name, namespace: "default")
        service.spec.clusterIP = clusterIP
        var port = ServicePort()
        port.port = 80
        service.spec.ports = [port]
        return service
    }

    /// A range besides the cluster's own, with one address in use.
    private func usedRange(_ cluster: ControllerCluster, _ name: String, _ block: String, _ address: String) throws
        -> (range: ObjectKey, service: ObjectKey)
    {
        let range = range(name, block)
        try cluster.user.create(range)
        cluster.settle()
        return (range.key, try cluster.user.create(service("web", clusterIP: address)).key)
    }

    private func ready(_ cluster: ControllerCluster, _ name: String) -> String? {
        let range = cluster.user.get(ServiceCIDR.self, name: name)
        return range?.status.conditions.first { $0.type == "Ready" }.map { "\($0.status) \($0.reason): \($0.message)" }
    }

    @Test func aNewRangeIsReadyAndProtected() throws {
        let cluster = try cluster()
        let before = cluster.user.revision
        try cluster.user.create(range("more", "192.168.0.0/24"))
        cluster.settle()
        #expect(ready(cluster, "more") == "True : Kubernetes Service CIDR is ready")
        #expect(
            try #require(cluster.user.get(ServiceCIDR.self, name: "more")).metadata.finalizers
                == ["networking.k8s.io/service-cidr-finalizer"])
        #expect(
            cluster.actions(by: ServiceCIDRController.component, after: before)
                == ["update ServiceCIDR more", "update ServiceCIDR more status"])
    }

    @Test func addressesComeFromEveryReadyRange() throws {
        let cluster = try cluster()
        #expect(throws: StatusError.self) { try cluster.user.create(service("early", clusterIP: "192.168.0.9")) }
        try cluster.user.create(range("more", "192.168.0.0/24"))
        cluster.settle()
        try cluster.user.create(service("late", clusterIP: "192.168.0.9"))
        #expect(cluster.user.get(IPAddress.self, name: "192.168.0.9")?.spec.parentRef?.name == "late")
    }

    @Test func aFullRangeIsHelpedByTheNext() throws {
        let cluster = try ControllerCluster()
        // Two addresses, neither the network's nor the broadcast one.
        try cluster.user.create(range("small", "10.0.0.0/30"))
        for name in ["a", "b"] {
            #expect(try cluster.user.create(service(name)).spec.clusterIP?.hasPrefix("10.0.0.") == true)
        }
        do throws(StatusError) {
            try cluster.user.create(service("c"))
            Issue.record("the range is full")
        } catch {
            #expect(error.message == "Internal error occurred: failed to allocate a serviceIP: range is full")
        }
        try cluster.user.create(range("more", "192.168.0.0/24"))
        #expect(try cluster.user.create(service("c")).spec.clusterIP?.hasPrefix("192.168.0.") == true)
    }

    @Test func anAddressOfSomebodyElseIsLeftAlone() throws {
        let cluster = try ControllerCluster()
        try cluster.user.create(range("small", "10.0.0.0/30"))
        var taken = IPAddress(name: "10.0.0.1")
        var parent = ParentReference()
        parent.resource = "gateways"
        parent.name = "edge"
        taken.spec.parentRef = parent
        try cluster.user.create(taken)
        #expect(throws: StatusError.self) { try cluster.user.create(service("a", clusterIP: "10.0.0.1")) }
        #expect(try cluster.user.create(service("a")).spec.clusterIP == "10.0.0.2")
        try cluster.user.delete(taken.key)
        #expect(try cluster.user.create(service("b")).spec.clusterIP == "10.0.0.1")
    }

    @Test func aRangeThatIsUsedStaysUntilItsAddressesAreGone() throws {
        let cluster = try cluster()
        let (more, holder) = try usedRange(cluster, "more", "192.168.0.0/24", "192.168.0.9")
        try cluster.user.delete(more)
        cluster.settle()
        #expect(
            ready(cluster, "more")
                == "False Terminating: There are still IPAddresses referencing the ServiceCIDR, please remove them or "
                + "create a new ServiceCIDR")
        #expect(throws: StatusError.self) { try cluster.user.create(service("late", clusterIP: "192.168.0.10")) }
        cluster.advance(.minutes(1))
        #expect(cluster.user.object(more) != nil)
        try cluster.user.delete(holder)
        cluster.settle()
        #expect(cluster.user.object(more) == nil)
    }

    @Test func aRangeWithinAnotherGoesAfterTheGracePeriod() throws {
        let cluster = try cluster()
        let (part, _) = try usedRange(cluster, "part", "10.100.0.0/16", "10.100.0.9")
        try cluster.user.delete(part)
        cluster.advance(.seconds(9))
        #expect(cluster.user.object(part) != nil)
        cluster.advance(.seconds(1))
        #expect(cluster.user.object(part) == nil)
    }

    @Test func aNewRangeLetsAnOldOneGo() throws {
        let cluster = try cluster()
        let (more, _) = try usedRange(cluster, "more", "192.168.0.0/24", "192.168.0.9")
        try cluster.user.delete(more)
        cluster.advance(.minutes(1))
        #expect(cluster.user.object(more) != nil)
        try cluster.user.create(range("wider", "192.168.0.0/16"))
        cluster.settle()
        #expect(cluster.user.object(more) == nil)
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("The endpoint slice mirroring controller")
struct EndpointSliceMirroringControllerTests {
    private let author = EndpointSliceMirroringController.component
    private let fixture: EndpointFixture
    private var cluster: ControllerCluster { fixture.cluster }

    init() throws { fixture = try EndpointFixture(author) { EndpointSliceMirroringController($0) } }

    private func address(_ ip: String) -> EndpointAddress {
        var address = EndpointAddress()
        address.ip = ip
        return address
    }

    private func endpoints(_ change: (inout Endpoints) -> Void = { _ in }) throws {
        var port = EndpointPort()
        port.name = "http"
        port.port = 8080
        port.protocol = "TCP"
        var subset = EndpointSubset()
        subset.addresses = [address("192.0.2.1"), address("192.0.2.2")]
        subset.notReadyAddresses = [address("192.0.2.3")]
        subset.ports = [port]
        var endpoints = Endpoints(name: "web", namespace: "default")
        endpoints.subsets = [subset]
        change(&endpoints)
        try cluster.user.create(endpoints)
        cluster.settle()
    }

    private let mirrored = "http/TCP:8080 | 192.0.2.1 r | 192.0.2.2 r | 192.0.2.3 -"

    @Test func endpointsOfAServiceWithoutASelectorAreMirrored() throws {
        try endpoints {
            $0.metadata.labels = ["team": "blue"]
            $0.metadata.annotations = ["note": "x", "kubectl.kubernetes.io/last-applied-configuration": "{}"]
        }
        #expect(cluster.actions(by: author).isEmpty, "without a service there is nothing to mirror for")
        try fixture.service { $0.spec.selector = [:] }
        #expect(fixture.slices() == [mirrored])
        let slice = try #require(fixture.objects().first)
        #expect(slice.metadata.generateName == "web-" && slice.addressType == "IPv4")
        #expect(
            slice.labels == [
                "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
                "kubernetes.io/service-name": "web", "team": "blue",
            ])
        #expect(slice.annotations == ["note": "x"])
        let owner = try #require(slice.metadata.ownerReferences.first)
        #expect(owner.kind == "Endpoints" && owner.apiVersion == "v1" && owner.controller == true)
        #expect(cluster.isQuiet(author))
    }

    @Test func changesFollow() throws {
        try fixture.service { $0.spec.selector = [:] }
        try endpoints()
        let key = ObjectKey(.endpoints, namespace: "default", name: "web")
        let name = fixture.objects().first?.name
        try cluster.user.mutate(Endpoints.self, key) { endpoints in
            endpoints.subsets[0].addresses.removeLast()
            endpoints.subsets[0].ports[0].port = 9090
        }
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:9090 | 192.0.2.1 r | 192.0.2.3 -"])
        #expect(fixture.objects().first?.name == name, "the slice of the old ports is written anew")
        try cluster.user.delete(fixture.objects()[0].key)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:9090 | 192.0.2.1 r | 192.0.2.3 -"])
        try cluster.user.delete(key)
        cluster.settle()
        #expect(fixture.slices() == [])
    }

    @Test func addressesOfEachFamilyHaveTheirSlice() throws {
        try fixture.service { $0.spec.selector = [:] }
        try endpoints { $0.subsets[0].addresses.append(address("2001:db8::1")) }
        #expect(fixture.slices().sorted() == ["http/TCP:8080 | 2001:db8::1 r", mirrored].sorted())
        #expect(Set(fixture.objects().map(\.addressType)) == ["IPv4", "IPv6"])
    }

    @Test func aSelectorOrALabelEndsIt() throws {
        let service = try fixture.service { $0.spec.selector = [:] }
        try endpoints()
        #expect(fixture.slices() == [mirrored])
        try cluster.user.mutate(Service.self, service.key) { $0.spec.selector = ["app": "web"] }
        cluster.settle()
        #expect(fixture.slices() == [])
        try cluster.user.mutate(Service.self, service.key) { $0.spec.selector = [:] }
        cluster.settle()
        #expect(fixture.slices() == [mirrored])
        try cluster.user.mutate(Endpoints.self, ObjectKey(.endpoints, namespace: "default", name: "web")) {
            $0.metadata.labels["endpointslice.kubernetes.io/skip-mirror"] = "true"
        }
        cluster.settle()
        #expect(fixture.slices() == [])
    }

    @Test func aSubsetMirrorsAThousandAddresses() throws {
        try fixture.service { $0.spec.selector = [:] }
        try endpoints { endpoints in
            endpoints.subsets[0].addresses = (1...1002).map { address("192.0.\($0 / 250).\($0 % 250 + 1)") }
        }
        #expect(fixture.counts() == [1000])
        #expect(
            cluster.events(by: author) == [
                "TooManyAddressesToMirror: A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints "
                    + "subset. 3 addresses were skipped"
            ])
    }
}

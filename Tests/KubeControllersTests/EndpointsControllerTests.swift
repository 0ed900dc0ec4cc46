import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("The endpoints controller")
struct EndpointsControllerTests {
    private let author = EndpointsController.component
    private let fixture: EndpointFixture
    private var cluster: ControllerCluster { fixture.cluster }

    init() throws {
        fixture = try EndpointFixture()
        let controller = EndpointsController(fixture.context(EndpointsController.component))
        controller.start()
        fixture.cluster.keep(controller)
    }

    /// The subsets: ports, ready addresses, then those that are not after a semicolon.
    private func subsets() throws -> [String] {
        try cluster.get(Endpoints.self, "web").subsets.map { subset in
            func line(_ address: EndpointAddress) -> String {
                address.ip + (address.hostname.map { "=" + $0 } ?? "")
            }
            let ports = subset.ports.map { "\($0.name ?? "")/\($0.protocol ?? ""):\($0.port)" }
            return ports.joined(separator: ",") + " | " + subset.addresses.map(line).joined(separator: " ") + "; "
                + subset.notReadyAddresses.map(line).joined(separator: " ")
        }
    }

    @Test func readyAndOtherAddressesAreToldApart() throws {
        try fixture.service { $0.metadata.labels["team"] = "blue" }
        let pod = try fixture.pod(1)
        try fixture.pod(2, isReady: false)
        let ending = try fixture.pod(3)
        cluster.settle()
        try cluster.user.delete(ending.key)
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8080 | 10.0.0.1; 10.0.0.2"])
        let endpoints = try cluster.get(Endpoints.self, "web")
        #expect(
            endpoints.labels == ["endpoints.kubernetes.io/managed-by": "endpoint-controller", "team": "blue"])
        let target = try #require(endpoints.subsets.first?.addresses.first?.targetRef)
        #expect(target.kind == "Pod" && target.uid == pod.uid && target.name == "web-01")
        #expect(endpoints.subsets.first?.addresses.first?.nodeName == "node-1")
    }

    @Test func publishingOnRequestTakesAllThatLive() throws {
        try fixture.service { $0.spec.publishNotReadyAddresses = true }
        try fixture.pod(1, isReady: false)
        let ending = try fixture.pod(2)
        let failed = try fixture.pod(3)
        try cluster.user.mutate(Pod.self, failed.key, .status) { $0.status.phase = "Failed" }
        try cluster.user.delete(ending.key)
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8080 | 10.0.0.1 10.0.0.2; "])
    }

    /// A pod that has ended is no endpoint, whatever its restart policy.
    @Test(arguments: ["Always", "OnFailure", "Never"], ["Failed", "Succeeded"])
    func endedPodsAreNone(policy: String, phase: String) throws {
        try fixture.service()
        let pod = try fixture.pod(1) { $0.spec.restartPolicy = policy }
        try cluster.user.mutate(Pod.self, pod.key, .status) { $0.status.phase = phase }
        cluster.settle()
        #expect(try subsets() == [])
    }

    @Test func portsMakeSubsetsAndHeadlessServicesNameHosts() throws {
        try fixture.service { $0.spec.clusterIP = "None" }
        try fixture.pod(1) { pod in
            pod.spec.hostname = "first"
            pod.spec.subdomain = "web"
        }
        try fixture.pod(2, port: 8081)
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8080 | 10.0.0.1=first; ", "http/TCP:8081 | 10.0.0.2; "])
        #expect(try cluster.get(Endpoints.self, "web").labels["service.kubernetes.io/headless"] == "")
    }

    @Test func theObjectGoesWithItsServiceAndIsPutRight() throws {
        let service = try fixture.service()
        try fixture.pod(1)
        cluster.settle()
        try cluster.user.mutate(Endpoints.self, ObjectKey(.endpoints, namespace: "default", name: "web")) {
            $0.subsets = []
        }
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8080 | 10.0.0.1; "])
        try cluster.user.delete(service.key)
        cluster.settle()
        #expect(cluster.user.list(Endpoints.self, namespace: "default").isEmpty)
    }

    @Test func addressesThatSomeoneWroteNeedNoService() throws {
        var endpoints = Endpoints(name: "web", namespace: "default")
        var subset = EndpointSubset()
        var address = EndpointAddress()
        address.ip = "192.0.2.1"
        subset.addresses = [address]
        var port = EndpointPort()
        port.name = "http"
        port.port = 8080
        subset.ports = [port]
        endpoints.subsets = [subset]
        try cluster.user.create(endpoints)
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8080 | 192.0.2.1; "])
        try cluster.user.mutate(Endpoints.self, ObjectKey(.endpoints, namespace: "default", name: "web")) {
            $0.subsets[0].ports[0].port = 8081
        }
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8081 | 192.0.2.1; "])
    }

    /// What services left behind while no controller ran is found when one starts.
    @Test func whatServicesLeftBehindGoes() throws {
        try cluster.user.create(Endpoints(name: "web", namespace: "default"))
        var lock = Endpoints(name: "lock", namespace: "default")
        lock.metadata.annotations["control-plane.alpha.kubernetes.io/leader"] = "{}"
        try cluster.user.create(lock)
        let controller = EndpointsController(fixture.context(EndpointsController.component))
        controller.start()
        cluster.keep(controller)
        cluster.settle()
        #expect(cluster.user.list(Endpoints.self, namespace: "default").map(\.name) == ["lock"])
    }

    /// More than a thousand addresses are cut, and the object says so.
    @Test func anObjectHoldsAThousandAddresses() throws {
        try fixture.service()
        for number in 1...1003 { try fixture.pod(number, isReady: number > 10) }
        cluster.advance(.seconds(2))
        let endpoints = try cluster.get(Endpoints.self, "web")
        #expect(endpoints.annotations["endpoints.kubernetes.io/over-capacity"] == "truncated")
        #expect(endpoints.subsets.map(\.addresses.count) == [993])
        #expect(endpoints.subsets.map(\.notReadyAddresses.count) == [7])
    }
}

@Suite("The endpoint slice mirroring controller")
struct EndpointSliceMirroringControllerTests {
    private let author = EndpointSliceMirroringController.component
    private let fixture: EndpointFixture
    private var cluster: ControllerCluster { fixture.cluster }

    init() throws {
        fixture = try EndpointFixture()
        let controller = EndpointSliceMirroringController(fixture.context(EndpointSliceMirroringController.component))
        controller.start()
        fixture.cluster.keep(controller)
    }

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

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

    init() throws { fixture = try EndpointFixture(author) { EndpointsController($0) } }

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

    /// What somebody writes into the object stays until the service or its pods change; an object that is deleted comes
    /// back at once.
    @Test func theObjectGoesWithItsServiceAndComesBackWithoutIt() throws {
        let service = try fixture.service()
        try fixture.pod(1)
        cluster.settle()
        let key = ObjectKey(.endpoints, namespace: "default", name: "web")
        try cluster.user.mutate(Endpoints.self, key) { $0.subsets = [] }
        #expect(cluster.isQuiet(author))
        #expect(try subsets() == [])
        try fixture.pod(2)
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8080 | 10.0.0.1 10.0.0.2; "])
        try cluster.user.delete(key)
        cluster.settle()
        #expect(try subsets() == ["http/TCP:8080 | 10.0.0.1 10.0.0.2; "])
        try cluster.user.delete(service.key)
        cluster.settle()
        #expect(cluster.user.list(Endpoints.self, namespace: "default").isEmpty)
    }

    /// Ports that the same pods serve stand together, in the order of upstream's hashes; a port that one of them lacks
    /// stands alone.
    @Test func portsStandWithTheAddressesThatServeThem() throws {
        func port(_ name: String, _ number: Int, _ target: IntOrString, _ type: String = "TCP") -> ServicePort {
            var port = ServicePort()
            port.name = name
            port.port = number
            port.protocol = type
            port.targetPort = target
            return port
        }
        try fixture.service { service in
            service.spec.ports = [
                port("dns", 53, 53, "UDP"), port("dns-tcp", 53, 53), port("metrics", 9153, "http"),
            ]
        }
        try fixture.pod(1, port: 9153)
        cluster.settle()
        #expect(try subsets() == ["metrics/TCP:9153,dns-tcp/TCP:53,dns/UDP:53 | 10.0.0.1; "])
        try fixture.pod(2, isReady: false) { $0.spec.containers[0].ports = [] }
        cluster.settle()
        #expect(
            try subsets() == ["dns-tcp/TCP:53,dns/UDP:53 | 10.0.0.1; 10.0.0.2", "metrics/TCP:9153 | 10.0.0.1; "])
    }

    /// From upstream's `TestTruncateEndpoints`: ready and other addresses of each subset, and those that are left.
    struct Truncation: Sendable {
        var ready: [Int]
        var others: [Int]
        var readyLeft: [Int]
        var othersLeft: [Int]
    }

    @Test(arguments: [
        Truncation(ready: [], others: [], readyLeft: [], othersLeft: []),
        Truncation(
            ready: [50, 100, 100, 100, 100], others: [50, 100, 100, 100, 100], readyLeft: [50, 100, 100, 100, 100],
            othersLeft: [50, 100, 100, 100, 100]),
        Truncation(
            ready: [100, 100, 100, 100, 100], others: [100, 100, 100, 100, 100], readyLeft: [100, 100, 100, 100, 100],
            othersLeft: [100, 100, 100, 100, 100]),
        Truncation(
            ready: [90, 110, 50, 10, 20], others: [101, 200, 200, 201, 298], readyLeft: [90, 110, 50, 10, 20],
            othersLeft: [73, 144, 144, 145, 214]),
        Truncation(
            ready: [205, 400, 402, 400, 693], others: [100, 200, 200, 200, 300], readyLeft: [98, 191, 192, 191, 328],
            othersLeft: [0, 0, 0, 0, 0]),
    ])
    func subsetsLoseTheirPart(_ row: Truncation) {
        var subsets = zip(row.ready, row.others).map { ready, others in
            var subset = EndpointSubset()
            subset.addresses = Array(repeating: EndpointAddress(), count: ready)
            subset.notReadyAddresses = Array(repeating: EndpointAddress(), count: others)
            return subset
        }
        let isCut = row.readyLeft != row.ready || row.othersLeft != row.others
        #expect(EndpointsController.truncate(&subsets, to: 1000) == isCut)
        #expect(subsets.map(\.addresses.count) == row.readyLeft)
        #expect(subsets.map(\.notReadyAddresses.count) == row.othersLeft)
    }

    /// The annotation tells since when the object was out of date: from the creation of the service, or the last change
    /// of a pod's readiness; a change that is neither tells nothing.
    @Test func theObjectTellsSinceWhen() throws {
        func annotation() throws -> String? {
            try cluster.get(Endpoints.self, "web").annotations["endpoints.kubernetes.io/last-change-trigger-time"]
        }
        try fixture.service()
        #expect(try annotation() == "2026-01-01T00:00:00Z")
        cluster.advance(.seconds(10))
        let pod = try fixture.pod(1)
        cluster.advance(.milliseconds(1500))
        #expect(try annotation() == "2026-01-01T00:00:10Z")
        try cluster.user.delete(pod.key)
        cluster.settle()
        #expect(try annotation() == nil)
    }

    /// In a namespace that goes away nothing is created, and nothing is said of it.
    @Test func aNamespaceThatGoesAwayGetsNone() throws {
        try cluster.createNamespace("going")
        try fixture.service { $0.metadata.namespace = "going" }
        try #require(cluster.user.list(Endpoints.self, namespace: "going").count == 1)
        try cluster.user.delete(ObjectKey(.namespace, name: "going"))
        let before = cluster.revision
        try cluster.user.delete(ObjectKey(.endpoints, namespace: "going", name: "web"))
        cluster.settle()
        #expect(cluster.isQuiet(author))
        #expect(cluster.actions(by: author, after: before).isEmpty)
        #expect(cluster.user.list(Endpoints.self, namespace: "going").isEmpty)
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

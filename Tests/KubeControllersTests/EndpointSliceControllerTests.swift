import ClusterCore
import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("The endpoint slice controller")
struct EndpointSliceControllerTests {
    private let author = EndpointSliceController.component
    private let fixture: EndpointFixture
    private var cluster: ControllerCluster { fixture.cluster }

    init() throws { fixture = try EndpointFixture(author) { EndpointSliceController($0) } }

    // MARK: Conditions

    @Test func anEndpointIsReadyServingAndTerminatingAsItsPodIs() throws {
        try fixture.service()
        let pod = try fixture.pod(1, isReady: false)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 --- node-1/a"])
        fixture.set(pod, ready: true)
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 rs- node-1/a"])
        try cluster.user.delete(pod.key)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 -st node-1/a"])
        try cluster.user.mutate(Pod.self, pod.key, .status) { pod in
            pod.status.conditions = pod.status.conditions.filter { $0.type != "Ready" }
        }
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 --t node-1/a"])
        _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(fixture.slices() == [""], "one empty slice without ports stays")
    }

    @Test func addressesThatAreNotReadyArePublishedOnRequest() throws {
        try fixture.service { $0.spec.publishNotReadyAddresses = true }
        let pod = try fixture.pod(1, isReady: false)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 r-- node-1/a"])
        try cluster.user.delete(pod.key)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 r-t node-1/a"])
    }

    @Test func podsThatEndedOrHaveNoAddressAreNone() throws {
        try fixture.service()
        let pod = try fixture.pod(1)
        let ended = try fixture.pod(2)
        try fixture.cluster.user.mutate(Pod.self, pod.key, .status) {
            $0.status.podIP = nil
            $0.status.podIPs = []
        }
        try fixture.cluster.user.mutate(Pod.self, ended.key, .status) { $0.status.phase = "Failed" }
        cluster.settle()
        #expect(fixture.slices() == [""])
    }

    @Test func aPodWithoutItsNodeIsLeftOutAndLookedForAgain() throws {
        try cluster.user.delete(ObjectKey(.node, name: "node-3"))
        try fixture.service()
        try fixture.pod(1, node: 1)
        try fixture.pod(2, node: 3)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 rs- node-1/a"])
        #expect(
            cluster.events(by: author) == [
                "FailedToUpdateEndpointSlices: Error updating Endpoint Slices for Service default/web: "
                    + "skipping Pod web-02 for Service default/web: Node node-3 Not Found"
            ])
        try cluster.user.create(Node(name: "node-3"))
        cluster.advance(.milliseconds(999))
        #expect(fixture.counts() == [1])
        cluster.advance(.milliseconds(1))
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 rs- node-1/a | 10.0.0.2 rs- node-3/"])
    }

    // MARK: Ports

    /// Pods whose named ports come out differently are in different slices; one without the port has none of it.
    @Test func namedPortsGroupPods() throws {
        try fixture.service { service in
            var metrics = ServicePort()
            metrics.name = "metrics"
            metrics.port = 9090
            metrics.protocol = "UDP"
            metrics.appProtocol = "example.com/m"
            service.spec.ports.append(metrics)
        }
        try fixture.pod(1)
        try fixture.pod(2, port: 8081)
        try fixture.pod(3) { $0.spec.containers[0].ports = [] }
        cluster.settle()
        #expect(
            fixture.slices().sorted() == [
                "http/TCP:8080,metrics/UDP:9090 | 10.0.0.1 rs- node-1/a",
                "http/TCP:8081,metrics/UDP:9090 | 10.0.0.2 rs- node-1/a",
                "metrics/UDP:9090 | 10.0.0.3 rs- node-1/a",
            ])
        #expect(fixture.objects().first?.ports.last?.appProtocol == "example.com/m")
    }

    /// Ports are in the order of upstream's hashes, whatever the service's is.
    @Test func portsAreInAnOrderOfTheirOwn() throws {
        try fixture.service { service in
            service.spec.ports = [("metrics", 9153, "TCP"), ("dns-tcp", 53, "TCP"), ("dns", 53, "UDP")].map {
                name, number, type in
                var port = ServicePort()
                port.name = name
                port.port = number
                port.protocol = type
                port.targetPort = .int(number)
                return port
            }
        }
        try fixture.pod(1)
        cluster.settle()
        #expect(fixture.slices() == ["dns/UDP:53,dns-tcp/TCP:53,metrics/TCP:9153 | 10.0.0.1 rs- node-1/a"])
        #expect(cluster.isQuiet(author))
    }

    @Test func aHeadlessServiceNamesHosts() throws {
        try fixture.service { service in
            service.spec.clusterIP = "None"
            service.spec.ports = []
            service.metadata.labels = ["team": "blue"]
        }
        try fixture.pod(1) { pod in
            pod.spec.hostname = "first"
            pod.spec.subdomain = "web"
        }
        try fixture.pod(2) { pod in
            pod.spec.hostname = "second"
            pod.spec.subdomain = "other"
        }
        cluster.settle()
        #expect(fixture.slices() == [" | 10.0.0.1 rs- node-1/a first | 10.0.0.2 rs- node-1/a"])
        let slice = try #require(fixture.objects().first)
        #expect(
            slice.labels == [
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                "kubernetes.io/service-name": "web", "service.kubernetes.io/headless": "", "team": "blue",
            ])
        let owner = try #require(slice.metadata.ownerReferences.first)
        #expect(owner.kind == "Service" && owner.controller == true && owner.blockOwnerDeletion == true)
        #expect(slice.metadata.generateName == "web-")
    }

    /// The annotation tells since when the slice was out of date: from the creation of the service, or the last change
    /// of a pod's readiness; a change that is neither, as the deletion of a ready pod, tells nothing.
    @Test func aSliceTellsSinceWhen() throws {
        func annotation() -> String? {
            fixture.objects().first?.annotations["endpoints.kubernetes.io/last-change-trigger-time"]
        }
        try fixture.service()
        #expect(annotation() == "2026-01-01T00:00:00Z")
        cluster.advance(.seconds(10))
        let pod = try fixture.pod(1)
        cluster.advance(.milliseconds(1500))
        #expect(annotation() == "2026-01-01T00:00:10Z")
        try cluster.user.delete(pod.key)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 -st node-1/a"])
        #expect(annotation() == nil)
        // A pod that comes to match has been ready before, which is its time.
        let other = try fixture.pod(2) { $0.metadata.labels = [:] }
        cluster.advance(.seconds(10))
        try cluster.user.mutate(Pod.self, other.key) { $0.metadata.labels = ["app": "web"] }
        cluster.settle()
        #expect(annotation() == "2026-01-01T00:00:11Z")
    }

    /// A slice that is taken from the controller or from its service is made again.
    @Test func slicesThatAreTakenAwayAreMadeAgain() throws {
        try fixture.service()
        try fixture.pod(1)
        cluster.settle()
        let slice = try #require(fixture.objects().first)
        try cluster.user.mutate(EndpointSlice.self, slice.key) {
            $0.metadata.labels["endpointslice.kubernetes.io/managed-by"] = "somebody"
        }
        cluster.advance(.seconds(1))
        #expect(fixture.counts() == [1, 1])
        let second = try #require(fixture.objects().first { $0.uid != slice.uid })
        try cluster.user.mutate(EndpointSlice.self, second.key) {
            $0.metadata.labels["kubernetes.io/service-name"] = "other"
        }
        cluster.advance(.seconds(1))
        #expect(fixture.counts() == [1, 1])
        #expect(fixture.counts(of: "other") == [1])
    }

    /// The slices of a service that waits for a finalizer are kept up, but get no company.
    @Test func aServiceThatIsBeingDeletedGetsNoMoreSlices() throws {
        let service = try fixture.service { $0.metadata.finalizers = ["example.com/hold"] }
        let pod = try fixture.pod(1)
        cluster.settle()
        try cluster.user.delete(service.key)
        fixture.set(pod, ready: false)
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 --- node-1/a"])
        try fixture.pod(2, port: 8081)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 --- node-1/a"])
    }

    @Test func servicesWithoutASelectorAreSomebodyElses() throws {
        try fixture.service { $0.spec.selector = [:] }
        try fixture.service("external") { service in
            service.spec.type = "ExternalName"
            service.spec.externalName = "example.com"
        }
        try fixture.pod(1)
        cluster.settle()
        #expect(cluster.actions(by: author).isEmpty)
    }

    /// A slice of a service of the same name that is gone is not taken over.
    @Test func aServiceMadeAnewGetsItsOwnSlices() throws {
        let service = try fixture.service()
        try fixture.pod(1)
        cluster.settle()
        let old = try #require(fixture.objects().first)
        try cluster.user.delete(service.key)
        try fixture.service()
        cluster.settle()
        #expect(fixture.objects().map(\.uid) != [old.uid])
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 rs- node-1/a"])
    }

    // MARK: How slices are filled

    @Test func aHundredEndpointsFillASlice() throws {
        try fixture.service()
        for number in 1...150 { try fixture.pod(number) }
        cluster.settle()
        #expect(fixture.counts() == [50, 100])
        // What comes goes where there is room for all of it.
        try fixture.pod(151)
        cluster.settle()
        #expect(fixture.counts() == [51, 100])
    }

    /// A slice that loses an endpoint is filled first, for it is written anyway.
    @Test func aSliceThatIsWrittenAnywayIsFilledFirst() throws {
        try fixture.service()
        for number in 1...120 { try fixture.pod(number) }
        cluster.settle()
        #expect(fixture.counts() == [20, 100])
        let full = try #require(fixture.objects().first { $0.endpoints.count == 100 })
        let victim = try #require(full.endpoints.first?.targetRef?.name)
        let before = cluster.revision
        _ = try cluster.user.delete(
            ObjectKey(.pod, namespace: "default", name: victim), DeleteOptions(gracePeriodSeconds: 0))
        try fixture.pod(121)
        cluster.settle()
        #expect(fixture.counts() == [20, 100])
        #expect(cluster.writes(by: author, after: before).count == 1, "only the slice that lost one")
    }

    /// Endpoints that fit nowhere together make a slice of their own, as upstream has it: slices are not packed.
    @Test func endpointsThatFitNowhereTogetherMakeASlice() throws {
        try fixture.service()
        for number in 1...198 { try fixture.pod(number) }
        cluster.settle()
        #expect(fixture.counts() == [98, 100])
        for number in 199...201 { try fixture.pod(number) }
        cluster.settle()
        #expect(fixture.counts() == [3, 98, 100])
    }

    @Test func emptySlicesGoAndNothingIsMergedForItsOwnSake() throws {
        try fixture.service()
        var pods: [Pod] = []
        for number in 1...101 { pods.append(try fixture.pod(number)) }
        cluster.settle()
        #expect(fixture.counts() == [1, 100])
        let small = try #require(fixture.objects().first { $0.endpoints.count == 1 })
        let lone = try #require(small.endpoints.first?.targetRef?.name)
        let before = cluster.revision
        for pod in pods.filter({ $0.name != lone }).dropLast(1) {
            _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        }
        cluster.settle()
        #expect(fixture.counts() == [1, 1], "two half-empty slices stay two")
        _ = try cluster.user.delete(
            ObjectKey(.pod, namespace: "default", name: lone), DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(fixture.counts() == [1])
        #expect(cluster.writes(by: author, after: before).last == "delete EndpointSlice web-*****")
    }

    /// The last endpoint's slice becomes the placeholder, and the placeholder the first endpoint's: the name stays.
    @Test func thePlaceholderIsRecycled() throws {
        try fixture.service()
        #expect(fixture.slices() == [""])
        let name = try #require(fixture.objects().first?.name)
        let before = cluster.revision
        let pod = try fixture.pod(1)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 rs- node-1/a"])
        _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(fixture.slices() == [""])
        #expect(fixture.objects().map(\.name) == [name])
        #expect(
            cluster.writes(by: author, after: before) == [
                "update EndpointSlice web-*****", "update EndpointSlice web-*****",
            ])
    }

    /// After a second, or with the next change of a pod or the service.
    @Test func whatOthersChangeIsPutRight() throws {
        try fixture.service()
        try fixture.pod(1)
        cluster.settle()
        let slice = try #require(fixture.objects().first)
        try cluster.user.mutate(EndpointSlice.self, slice.key) { $0.endpoints[0].conditions?.ready = false }
        cluster.advance(.milliseconds(999))
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 -s- node-1/a"])
        cluster.advance(.milliseconds(1))
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 rs- node-1/a"])
        try cluster.user.delete(slice.key)
        cluster.settle()
        #expect(fixture.slices() == [])
        try fixture.pod(2, node: 2)
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 rs- node-1/a | 10.0.0.2 rs- node-2/b"])
        try cluster.user.mutate(Service.self, ObjectKey(.service, namespace: "default", name: "web")) {
            $0.metadata.labels["team"] = "red"
        }
        cluster.settle()
        #expect(fixture.objects().first?.labels["team"] == "red")
    }

    // MARK: Hints

    @Test(arguments: [
        ("PreferClose", " for a", " for b"), ("PreferSameZone", " for a", " for b"),
        ("PreferSameNode", " for a,node-1", " for b,node-2"),
    ])
    func shortWaysAreHinted(distribution: String, first: String, second: String) throws {
        try fixture.service { $0.spec.trafficDistribution = distribution }
        let pod = try fixture.pod(1)
        try fixture.pod(2, node: 2)
        cluster.settle()
        #expect(
            fixture.slices() == [
                "http/TCP:8080 | 10.0.0.1 rs- node-1/a\(first) | 10.0.0.2 rs- node-2/b\(second)"
            ])
        // Only ready endpoints are hinted.
        fixture.set(pod, ready: false)
        #expect(
            fixture.slices() == ["http/TCP:8080 | 10.0.0.1 --- node-1/a | 10.0.0.2 rs- node-2/b\(second)"])
        try cluster.user.mutate(Service.self, ObjectKey(.service, namespace: "default", name: "web")) {
            $0.spec.trafficDistribution = nil
        }
        cluster.settle()
        #expect(fixture.slices() == ["http/TCP:8080 | 10.0.0.1 --- node-1/a | 10.0.0.2 rs- node-2/b"])
    }

    // MARK: Any history

    /// Whatever happens, the slices hold each pod once, as a controller that has only just started would have it.
    @Test(arguments: UInt64(1)...8)
    func anyHistoryEndsRight(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        try fixture.service()
        var pods: [Pod] = []
        var count = 0
        for _ in 0..<60 {
            for _ in 0...random.below(12) {
                switch random.below(4) {
                case 0, 1:
                    count += 1
                    let port = 8080 + random.below(2)
                    pods.append(
                        try fixture.pod(count, node: 1 + random.below(3), port: port, isReady: random.below(3) > 0))
                case 2 where !pods.isEmpty:
                    PodRunner.setReady(pods[random.below(pods.count)].key, random.below(2) == 0, cluster.user)
                default:
                    guard !pods.isEmpty else { continue }
                    let pod = pods.remove(at: random.below(pods.count))
                    _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
                }
            }
            if random.below(10) == 0, let slice = fixture.objects().first { try cluster.user.delete(slice.key) }
            cluster.advance(.seconds(1))
            let found = fixture.objects().flatMap { slice in
                slice.endpoints.map { "\($0.addresses[0]) \(slice.ports[0].port ?? 0) \($0.conditions?.ready == true)" }
            }
            let wanted = fixture.cluster.pods(["app": "web"]).map { pod in
                let isReady = pod.status.conditions.contains { $0.type == "Ready" && $0.status == "True" }
                return "\(pod.status.podIP ?? "") \(pod.spec.containers[0].ports[0].containerPort) \(isReady)"
            }
            #expect(found.sorted() == wanted.sorted(), "seed \(seed)")
            #expect(fixture.counts().allSatisfy { $0 <= 100 && ($0 > 0 || fixture.objects().count == 1) })
        }
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct ServiceAllocationTests {
    private func service(_ name: String, type: String = "ClusterIP", port: Int = 80) -> Service {
        var service = Service(name: name, namespace: "default")
        service.spec.type = type
        service.spec.selector = ["app": name]
        var servicePort = ServicePort()
        servicePort.port = port
        servicePort.protocol = "TCP"
        servicePort.targetPort = .int(port)
        service.spec.ports = [servicePort]
        return service
    }

    @Test func aServiceGetsAnAddressAndAnObjectForIt() throws {
        let test = try TestServer()
        let stored = try test.client.create(service("web"))
        let address = try #require(stored.spec.clusterIP)
        #expect(stored.spec.clusterIPs == [address])
        #expect(stored.spec.ipFamilies == ["IPv4"] && stored.spec.ipFamilyPolicy == "SingleStack")
        let number = try #require(IPv4Range.address(address))
        // The first 256 addresses are left to those who ask for one.
        let range = try #require(IPv4Range("10.96.0.0/12"))
        #expect(range.contains(number) && number >= range.base + 257)
        let object = try #require(test.client.get(IPAddress.self, name: address))
        #expect(object.spec.parentRef?.resource == "services" && object.spec.parentRef?.name == "web")
        try test.client.delete(Service.self, namespace: "default", name: "web")
        #expect(test.client.get(IPAddress.self, name: address) == nil)
        // What was given back can be asked for again.
        var next = service("next")
        next.spec.clusterIP = address
        #expect(try test.client.create(next).spec.clusterIPs == [address])
    }

    @Test func whatIsGivenForAWriteThatFailsIsGivenBack() throws {
        let test = try TestServer()
        var changed = try test.client.create(service("web"))
        changed.spec.type = "NodePort"
        changed.spec.ports[0].nodePort = 30500
        // Nothing is wrong with it but that it is too large to be kept.
        let value = String(repeating: "v", count: 60)
        changed.spec.selector = StringMap((100_000..<125_000).map { ("key-\($0)", value) })
        var request = Request(Requester(author: "tester", user: UserInfo()))
        request.checksSize = true
        let failure = TestServer.failure { () throws(StatusError) in
            _ = try test.server.update(changed.boxed, nil, request)
        }
        #expect(failure?.code == 413)
        var other = service("other", type: "NodePort")
        other.spec.ports[0].nodePort = 30500
        #expect(try test.client.create(other).spec.ports[0].nodePort == 30500)
    }

    /// Told before anything is allocated. Follows upstream's `ValidateServiceClusterIPsRelatedFields`.
    @Test(
        arguments: [
            (
                "10.96.0.9", ["10.96.0.8"], [],
                #"spec.clusterIPs: Invalid value: ["10.96.0.8"]: first value must match `clusterIP`"#
            ),
            (
                nil, ["10.96.0.8"], [],
                #"spec.clusterIPs: Invalid value: ["10.96.0.8"]: must be empty when `clusterIP` is not specified"#
            ),
            (
                nil, [], ["X", "IPv4", "IPv4"],
                #"[spec.ipFamilies[0]: Unsupported value: "X": supported values: "IPv4", "IPv6", "#
                    + #"spec.ipFamilies[2]: Duplicate value: "IPv4"]"#
            ),
        ] as [(String?, [String], [String], String)])
    func contradictionsAreRefused(
        _ row: (address: String?, addresses: [String], families: [String], expected: String)
    ) throws {
        let test = try TestServer()
        var service = service("a")
        service.spec.clusterIP = row.address
        service.spec.clusterIPs = row.addresses
        service.spec.ipFamilies = row.families
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(service) }?.message
                == "Service \"a\" is invalid: " + row.expected)
    }

    @Test func whatIsTakenIsRefused() throws {
        let test = try TestServer()
        var first = service("first", type: "NodePort")
        first.spec.clusterIP = "10.96.0.10"
        first.spec.ports[0].nodePort = 30001
        try test.client.create(first)
        var second = service("second")
        second.spec.clusterIP = "10.96.0.10"
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(second) }?.message
                == "Service \"second\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.10\"]: failed to allocate IP "
                + "10.96.0.10: provided IP is already allocated")
        var third = service("third", type: "NodePort")
        third.spec.ports[0].nodePort = 30001
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(third) }?.message
                == "Service \"third\" is invalid: spec.ports[0].nodePort: Invalid value: 30001: provided port is already "
                + "allocated")
        third.spec.ports[0].nodePort = 80
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(third) }?.message
                == "Service \"third\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the "
                + "valid range. The range of valid ports is 30000-32767")
        second.spec.clusterIP = "10.200.0.1"
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(second) }?.message
                == "Service \"second\" is invalid: spec.clusterIPs: Invalid value: [\"10.200.0.1\"]: failed to allocate IP "
                + "10.200.0.1: the provided network does not match the current range")
        second.spec.clusterIP = "10.96.0.0"
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(second) }?.message
                == "Service \"second\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.0\"]: failed to allocate IP "
                + "10.96.0.0: the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is "
                + "10.96.0.0/12")
    }

    @Test func aChangeOfTypeTakesAndGivesBack() throws {
        let test = try TestServer()
        var stored = try test.client.create(service("web"))
        let address = stored.spec.clusterIP
        stored.spec.type = "NodePort"
        stored = try test.client.update(stored)
        let port = try #require(stored.spec.ports[0].nodePort)
        #expect((30000..<32768).contains(port))
        #expect(stored.spec.clusterIP == address)
        // A client that leaves out what it was given keeps it.
        var blank = stored
        blank.spec.clusterIP = nil
        blank.spec.clusterIPs = []
        blank.spec.ports[0].nodePort = nil
        blank.spec.sessionAffinity = "ClientIP"
        blank = try test.client.update(blank)
        #expect(blank.spec.clusterIP == address && blank.spec.ports[0].nodePort == port)
        blank.spec.type = "ClusterIP"
        let plain = try test.client.update(blank)
        #expect(plain.spec.ports[0].nodePort == nil)
        var taker = service("taker", type: "NodePort")
        taker.spec.ports[0].nodePort = port
        #expect(try test.client.create(taker).spec.ports[0].nodePort == port)
    }

    @Test func headlessServicesTakeNothing() throws {
        let test = try TestServer()
        var headless = service("web")
        headless.spec.clusterIP = "None"
        let stored = try test.client.create(headless)
        #expect(stored.spec.clusterIPs == ["None"])
        #expect(stored.spec.ipFamilies == ["IPv4"])
        #expect(test.client.list(IPAddress.self).isEmpty)
        headless.metadata.name = "external"
        headless.spec.selector = [:]
        let without = try test.client.create(headless)
        #expect(without.spec.ipFamilyPolicy == "RequireDualStack" && without.spec.ipFamilies == ["IPv4", "IPv6"])
    }

    @Test func portsThatDifferInProtocolShareANodePort() throws {
        let test = try TestServer()
        var dns = service("dns", type: "NodePort", port: 53)
        dns.spec.ports[0].name = "tcp"
        var udp = dns.spec.ports[0]
        udp.name = "udp"
        udp.protocol = "UDP"
        dns.spec.ports.append(udp)
        let ports = try test.client.create(dns).spec.ports.map(\.nodePort)
        #expect(ports[0] != nil && ports[0] == ports[1])
    }

    /// The address may be taken away by hand or left for the server to take away.
    @Test(arguments: [false, true]) func aServiceBecomesAName(dropsAddress: Bool) throws {
        let test = try TestServer()
        var changed = try test.client.create(service("web"))
        let address = try #require(changed.spec.clusterIP)
        changed.spec.type = "ExternalName"
        changed.spec.externalName = "example.com"
        if dropsAddress {
            changed.spec.clusterIP = nil
            changed.spec.clusterIPs = []
        }
        let stored = try test.client.update(changed)
        #expect(stored.spec.clusterIP == nil && stored.spec.clusterIPs == [])
        #expect(stored.spec.ipFamilies == [] && stored.spec.ipFamilyPolicy == nil)
        #expect(test.client.get(IPAddress.self, name: address) == nil)
    }

    @Test func addressesOfBalancersAreVirtualUnlessToldOtherwise() throws {
        let test = try TestServer()
        try test.client.create(service("web", type: "LoadBalancer"))
        let key = ObjectKey(.service, namespace: "default", name: "web")
        try test.client.mutate(Service.self, key, .status) { service in
            var first = LoadBalancerIngress()
            first.ip = "203.0.113.1"
            var second = LoadBalancerIngress()
            second.ip = "203.0.113.2"
            second.ipMode = "Proxy"
            service.status.loadBalancer = LoadBalancerStatus()
            service.status.loadBalancer?.ingress = [first, second]
        }
        let balancer = try #require(test.client.get(Service.self, key))
        #expect(balancer.status.loadBalancer?.ingress.map(\.ipMode) == ["VIP", "Proxy"])
        // Whoever gives the balancer up sees its addresses go at once.
        try test.client.mutate(Service.self, key) { $0.spec.type = "ClusterIP" }
        let plain = try #require(test.client.get(Service.self, key))
        #expect(plain.status.loadBalancer?.ingress.isEmpty != false)
    }

    @Test func aRefusedServiceLeavesNothingTaken() throws {
        let test = try TestServer()
        var bad = service("web", type: "NodePort")
        bad.spec.clusterIP = "10.96.0.50"
        bad.spec.ports[0].nodePort = 1
        #expect(TestServer.failure { () throws(StatusError) in try test.client.create(bad) } != nil)
        var good = service("good")
        good.spec.clusterIP = "10.96.0.50"
        #expect(try test.client.create(good).spec.clusterIP == "10.96.0.50")
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func nothingIsGivenTwice(seed: UInt64) throws {
        let test = try TestServer(seed: seed)
        var random = SeededRandom(seed: seed)
        let types = ["ClusterIP", "NodePort", "LoadBalancer"]
        for step in 0..<300 {
            let name = "service-\(random.below(25))"
            let key = ObjectKey(.service, namespace: "default", name: name)
            if let stored = test.client.get(Service.self, key) {
                if random.below(2) == 0 {
                    try test.client.delete(key)
                } else {
                    var changed = stored
                    changed.spec.type = types[random.below(3)]
                    try test.client.update(changed)
                }
            } else {
                var wanted = service(name, type: types[random.below(3)])
                if random.below(4) == 0 { wanted.spec.clusterIP = "10.96.0.\(20 + random.below(10))" }
                if wanted.spec.type == "NodePort", random.below(4) == 0 {
                    wanted.spec.ports[0].nodePort = 30000 + random.below(10)
                }
                _ = TestServer.failure { () throws(StatusError) in try test.client.create(wanted) }
            }
            let services = test.client.list(Service.self, namespace: "default")
            let addresses = services.flatMap(\.spec.clusterIPs)
            let ports = services.flatMap { $0.spec.ports.compactMap(\.nodePort) }
            #expect(Set(addresses).count == services.count, "seed \(seed), step \(step)")
            #expect(Set(ports).count == ports.count, "seed \(seed), step \(step)")
            #expect(
                test.client.list(IPAddress.self).map(\.name).sorted() == addresses.sorted(),
                "seed \(seed), step \(step)")
            for service in services where service.spec.type != "ClusterIP" {
                #expect(service.spec.ports.allSatisfy { $0.nodePort != nil }, "seed \(seed), step \(step)")
            }
        }
    }
}

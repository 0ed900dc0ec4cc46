import KubeAPI
import KubeClient
import KubeNetwork
import Testing

/// What of a service and its slices reaches the rules at all, in the cases of kubernetes
/// `pkg/proxy/servicechangetracker_test.go`, `pkg/proxy/endpointslicecache_test.go` and, for the labels, of
/// `test/e2e/network/service.go`.
@Suite struct ServicePortTests {
    private func fixture(address: String? = nil, _ change: (inout Service) -> Void = { _ in }) -> ProxyFixture {
        var fixture = ProxyFixture()
        var node = Node(name: "node-1")
        if let address {
            var entry = NodeAddress()
            entry.type = "InternalIP"
            entry.address = address
            node.status.addresses = [entry]
        }
        fixture.put(node)
        fixture.put(ProxyFixture.service("ns1", "svc1", "172.30.0.41", change))
        fixture.put(ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"]))
        return fixture
    }

    private func balancer(_ addresses: String...) -> LoadBalancerStatus {
        var status = LoadBalancerStatus()
        status.ingress = addresses.map { address in
            var ingress = LoadBalancerIngress()
            ingress.ip = address
            return ingress
        }
        return status
    }

    private func rules(_ fixture: ProxyFixture, _ prefix: String) -> [String] {
        fixture.proxies.rules.chains(namespace: "ns1", service: "svc1", node: "node-1")
            .filter { $0.name.hasPrefix(prefix) }.flatMap { $0.rules.map(\.text) }
    }

    // MARK: Labels

    @Test(arguments: ["service.kubernetes.io/service-proxy-name", "service.kubernetes.io/headless"])
    func aServiceOfAnotherProxyHasNoRules(_ label: String) {
        var fixture = fixture { $0.metadata.labels[label] = "" }
        #expect(!fixture.proxies.rules.text(node: "node-1").contains("svc1"))
        // Labels may come and go, with nothing else changed.
        fixture.put(ProxyFixture.service("ns1", "svc1", "172.30.0.41"))
        fixture.put(ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"]))
        #expect(rules(fixture, "KUBE-SVC-").count == 2)
        fixture.put(ProxyFixture.service("ns1", "svc1", "172.30.0.41") { $0.metadata.labels[label] = "other" })
        #expect(!fixture.proxies.rules.text(node: "node-1").contains("svc1"))
    }

    @Test func aSliceOfAnotherProxyHasNoEndpoints() {
        var fixture = fixture()
        var slice = ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"])
        slice.metadata.labels["service.kubernetes.io/service-proxy-name"] = "other"
        fixture.put(slice)
        #expect(rules(fixture, "KUBE-SVC-").isEmpty)
        #expect(rules(fixture, "KUBE-SERVICES").map { $0.hasSuffix("-j REJECT") } == [true])
        slice.metadata.labels["service.kubernetes.io/service-proxy-name"] = nil
        fixture.put(slice)
        #expect(rules(fixture, "KUBE-SVC-").count == 2)
    }

    // MARK: Addresses

    @Test func addressesOfTheOtherFamilyAreLeftAside() {
        let fixture = fixture {
            $0.spec.type = "LoadBalancer"
            $0.spec.externalIPs = ["192.168.99.22", "2001:db8::1"]
            $0.status.loadBalancer = balancer("2001:db8::2", "1.2.3.4")
        }
        let captured = rules(fixture, "KUBE-SERVICES").compactMap { rule in
            rule.split(separator: " ").drop { $0 != "-d" }.dropFirst().first.map(String.init)
        }
        #expect(captured == ["172.30.0.41", "192.168.99.22", "1.2.3.4"])
    }

    /// Ranges may have spaces around them and bits beyond their prefix; a service whose ranges are all of the other
    /// family is open to all.
    @Test(arguments: [
        ([" 203.0.113.77/25 "], ["203.0.113.0/25"]), (["2001:db8::/32", "1.2.3.4/8"], ["1.0.0.0/8"]),
        (["0.0.0.0/0"], ["0.0.0.0/0"]), (["2001:db8::/32"], []),
    ])
    func sourceRangesAreReadAsUpstreamReadsThem(_ ranges: [String], _ expected: [String]) {
        let fixture = fixture {
            $0.spec.type = "LoadBalancer"
            $0.spec.loadBalancerSourceRanges = ranges
            $0.status.loadBalancer = balancer("1.2.3.4")
        }
        let sources = rules(fixture, "KUBE-FW-").compactMap { rule in
            rule.split(separator: " ").drop { $0 != "-s" }.dropFirst().first.map(String.init)
        }
        #expect(sources == expected)
        #expect(rules(fixture, "KUBE-PROXY-FIREWALL").isEmpty == expected.isEmpty)
    }

    /// TestLoadBalancer: with the node's own address in the ranges, what comes back from the balancer's is let in.
    @Test(arguments: [("203.0.113.9", true), ("203.0.113.200", false), (nil, false)])
    func theNodeItselfReachesABalancerThatIsOneOfItsAddresses(_ address: String?, _ isLetIn: Bool) {
        let fixture = fixture(address: address) {
            $0.spec.type = "LoadBalancer"
            $0.spec.loadBalancerSourceRanges = ["203.0.113.0/25"]
            $0.status.loadBalancer = balancer("1.2.3.4", "5.6.7.8")
        }
        let prefix = #"-m comment --comment "ns1/svc1:p80 loadbalancer IP" -s "#
        let sources = ["203.0.113.0/25"] + (isLetIn ? ["1.2.3.4", "5.6.7.8"] : [])
        #expect(
            rules(fixture, "KUBE-FW-").dropLast()
                == sources.map { "\(prefix)\($0) -j KUBE-EXT-XPGD46QRK7WJZT7O" }[...])
    }

    @Test func aNodesAddressMayComeLate() {
        var fixture = fixture {
            $0.spec.type = "LoadBalancer"
            $0.spec.loadBalancerSourceRanges = ["203.0.113.0/25"]
            $0.status.loadBalancer = balancer("1.2.3.4")
        }
        #expect(rules(fixture, "KUBE-FW-").count == 2)
        var node = Node(name: "node-1")
        var entry = NodeAddress()
        entry.type = "InternalIP"
        entry.address = "203.0.113.9"
        node.status.addresses = [entry]
        let version = fixture.proxies.rules.version
        fixture.put(node)
        #expect(rules(fixture, "KUBE-FW-").count == 3)
        #expect(fixture.proxies.rules.version > version)
    }

    // MARK: Endpoints

    /// What a slice leaves unsaid: ready and serving, and not terminating.
    @Test func aTerminatingEndpointServesUnlessItSaysOtherwise() {
        for (serving, isUsed) in [(nil, true), (true, true), (false, false)] as [(Bool?, Bool)] {
            var fixture = fixture()
            fixture.put(
                ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"]) {
                    var conditions = EndpointConditions()
                    conditions.ready = false
                    conditions.serving = serving
                    conditions.terminating = true
                    $0.conditions = conditions
                })
            #expect(rules(fixture, "KUBE-SEP-").isEmpty != isUsed)
        }
    }

    @Test func aPortWithoutANumberIsLeftAside() {
        for number in [0, nil] as [Int?] {
            var fixture = fixture()
            var slice = ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"])
            slice.ports[0].port = number
            fixture.put(slice)
            #expect(rules(fixture, "KUBE-SEP-").isEmpty)
        }
    }
}

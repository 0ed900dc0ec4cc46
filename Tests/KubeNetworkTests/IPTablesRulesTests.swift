import KubeAPI
import KubeClient
import KubeNetwork
import Testing

@Suite struct IPTablesRulesTests {
    /// Six services of every shape, whose rules on upstream's proxy are known line by line
    /// (kubernetes pkg/proxy/iptables/proxier_test.go, TestOverallIPTablesRules).
    private func sixServices() -> ProxyFixture {
        var fixture = ProxyFixture()
        fixture.put(Node(name: "node-1"))
        fixture.put(ProxyFixture.service("ns1", "svc1", "172.30.0.41"))
        fixture.put(
            ProxyFixture.service("ns2", "svc2", "172.30.0.42") {
                $0.spec.type = "LoadBalancer"
                $0.spec.externalTrafficPolicy = "Local"
                $0.spec.ports[0].nodePort = 3001
                $0.spec.healthCheckNodePort = 30000
                $0.spec.externalIPs = ["192.168.99.22"]
                $0.status.loadBalancer = balancer("1.2.3.4")
            })
        fixture.put(
            ProxyFixture.service("ns3", "svc3", "172.30.0.43") {
                $0.spec.type = "NodePort"
                $0.spec.ports[0].nodePort = 3003
            })
        fixture.put(
            ProxyFixture.service("ns4", "svc4", "172.30.0.44") {
                $0.spec.type = "NodePort"
                $0.spec.externalIPs = ["192.168.99.33"]
            })
        fixture.put(
            ProxyFixture.service("ns5", "svc5", "172.30.0.45") {
                $0.spec.type = "LoadBalancer"
                $0.spec.ports[0].nodePort = 3002
                $0.spec.loadBalancerSourceRanges = ["203.0.113.0/25"]
                $0.status.loadBalancer = balancer("5.6.7.8")
            })
        fixture.put(ProxyFixture.service("ns6", "svc6", "172.30.0.46"))
        fixture.put(ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"]))
        fixture.put(ProxyFixture.slice("ns2", "svc2", ["10.180.0.2"], node: "host2"))
        fixture.put(ProxyFixture.slice("ns3", "svc3", ["10.180.0.3"]))
        fixture.put(ProxyFixture.slice("ns4", "svc4", ["10.180.0.4", "10.180.0.5"]))
        fixture.put(ProxyFixture.slice("ns5", "svc5", ["10.180.0.3"]))
        return fixture
    }

    private func balancer(_ address: String) -> LoadBalancerStatus {
        var ingress = LoadBalancerIngress()
        ingress.ip = address
        var status = LoadBalancerStatus()
        status.ingress = [ingress]
        return status
    }

    private func rules(_ text: String, table: String, chain: String) -> [String] {
        let body = text.components(of: table)
        return body.filter { $0.hasPrefix("-A \(chain) ") }.map { String($0.dropFirst(4 + chain.count)) }
    }

    @Test func sharedChainsHoldEveryServicesRules() {
        let text = sixServices().proxies.rules.text(node: "node-1")
        #expect(
            rules(text, table: "nat", chain: "KUBE-SERVICES") == [
                #"-m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j KUBE-SVC-XPGD46QRK7WJZT7O"#,
                #"-m comment --comment "ns2/svc2:p80 cluster IP" -m tcp -p tcp -d 172.30.0.42 --dport 80 -j KUBE-SVC-GNZBNJ2PO5MGZ6GT"#,
                #"-m comment --comment "ns2/svc2:p80 external IP" -m tcp -p tcp -d 192.168.99.22 --dport 80 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT"#,
                #"-m comment --comment "ns2/svc2:p80 loadbalancer IP" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT"#,
                #"-m comment --comment "ns3/svc3:p80 cluster IP" -m tcp -p tcp -d 172.30.0.43 --dport 80 -j KUBE-SVC-X27LE4BHSL4DOUIK"#,
                #"-m comment --comment "ns4/svc4:p80 cluster IP" -m tcp -p tcp -d 172.30.0.44 --dport 80 -j KUBE-SVC-4SW47YFZTEDKD3PK"#,
                #"-m comment --comment "ns4/svc4:p80 external IP" -m tcp -p tcp -d 192.168.99.33 --dport 80 -j KUBE-EXT-4SW47YFZTEDKD3PK"#,
                #"-m comment --comment "ns5/svc5:p80 cluster IP" -m tcp -p tcp -d 172.30.0.45 --dport 80 -j KUBE-SVC-NUKIZ6OKUXPJNT4C"#,
                #"-m comment --comment "ns5/svc5:p80 loadbalancer IP" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j KUBE-FW-NUKIZ6OKUXPJNT4C"#,
                #"-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"#,
            ])
        #expect(
            rules(text, table: "nat", chain: "KUBE-NODEPORTS") == [
                "-m comment --comment ns2/svc2:p80 -m tcp -p tcp --dport 3001 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT",
                "-m comment --comment ns3/svc3:p80 -m tcp -p tcp --dport 3003 -j KUBE-EXT-X27LE4BHSL4DOUIK",
                "-m comment --comment ns5/svc5:p80 -m tcp -p tcp --dport 3002 -j KUBE-EXT-NUKIZ6OKUXPJNT4C",
            ])
    }

    @Test func trafficThatCannotBeServedIsRefusedInTheFilterTable() {
        let text = sixServices().proxies.rules.text(node: "node-1")
        #expect(
            rules(text, table: "filter", chain: "KUBE-SERVICES") == [
                #"-m comment --comment "ns6/svc6:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.46 --dport 80 -j REJECT"#
            ])
        #expect(
            rules(text, table: "filter", chain: "KUBE-EXTERNAL-SERVICES") == [
                #"-m comment --comment "ns2/svc2:p80 has no local endpoints" -m tcp -p tcp -d 192.168.99.22 --dport 80 -j DROP"#,
                #"-m comment --comment "ns2/svc2:p80 has no local endpoints" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP"#,
                #"-m comment --comment "ns2/svc2:p80 has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j DROP"#,
            ])
        #expect(
            rules(text, table: "filter", chain: "KUBE-PROXY-FIREWALL") == [
                #"-m comment --comment "ns5/svc5:p80 traffic not accepted by KUBE-FW-NUKIZ6OKUXPJNT4C" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j DROP"#
            ])
        #expect(
            rules(text, table: "filter", chain: "KUBE-NODEPORTS") == [
                #"-m comment --comment "ns2/svc2:p80 health check node port" -m tcp -p tcp --dport 30000 -j ACCEPT"#
            ])
        #expect(
            rules(text, table: "filter", chain: "KUBE-FORWARD") == [
                "-m conntrack --ctstate INVALID -j DROP",
                #"-m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT"#,
                #"-m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"#,
            ])
    }

    @Test func chainsOfTheirOwnAreUpstreams() {
        let text = sixServices().proxies.rules.text(node: "node-1")
        let expected: [String: [String]] = [
            "KUBE-EXT-4SW47YFZTEDKD3PK": [
                #"-m comment --comment "masquerade traffic for ns4/svc4:p80 external destinations" -j KUBE-MARK-MASQ"#,
                "-j KUBE-SVC-4SW47YFZTEDKD3PK",
            ],
            "KUBE-EXT-GNZBNJ2PO5MGZ6GT": [
                #"-m comment --comment "pod traffic for ns2/svc2:p80 external destinations" -s 10.0.0.0/8 -j KUBE-SVC-GNZBNJ2PO5MGZ6GT"#,
                #"-m comment --comment "masquerade LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ"#,
                #"-m comment --comment "route LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-GNZBNJ2PO5MGZ6GT"#,
            ],
            "KUBE-FW-NUKIZ6OKUXPJNT4C": [
                #"-m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 203.0.113.0/25 -j KUBE-EXT-NUKIZ6OKUXPJNT4C"#,
                #"-m comment --comment "other traffic to ns5/svc5:p80 will be dropped by KUBE-PROXY-FIREWALL""#,
            ],
            "KUBE-SVC-4SW47YFZTEDKD3PK": [
                #"-m comment --comment "ns4/svc4:p80 cluster IP" -m tcp -p tcp -d 172.30.0.44 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ"#,
                #"-m comment --comment "ns4/svc4:p80 -> 10.180.0.4:80" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-UKSFD7AGPMPPLUHC"#,
                #"-m comment --comment "ns4/svc4:p80 -> 10.180.0.5:80" -j KUBE-SEP-C6EBXVWJJZMIWKLZ"#,
            ],
            "KUBE-SEP-C6EBXVWJJZMIWKLZ": [
                "-m comment --comment ns4/svc4:p80 -s 10.180.0.5 -j KUBE-MARK-MASQ",
                "-m comment --comment ns4/svc4:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.5:80",
            ],
            "KUBE-SEP-SXIVWICOYRO3J4NJ": [
                "-m comment --comment ns1/svc1:p80 -s 10.180.0.1 -j KUBE-MARK-MASQ",
                "-m comment --comment ns1/svc1:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80",
            ],
        ]
        for (chain, lines) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(rules(text, table: "nat", chain: chain) == lines, "\(chain)")
        }
    }

    @Test func localPolicyUsesTheNodesOwnEndpointsOnItsNode() {
        var fixture = sixServices()
        fixture.put(Node(name: "host2"))
        let text = fixture.proxies.rules.text(node: "host2")
        #expect(rules(text, table: "nat", chain: "KUBE-EXT-GNZBNJ2PO5MGZ6GT").last == "-j KUBE-SVL-GNZBNJ2PO5MGZ6GT")
        #expect(
            rules(text, table: "nat", chain: "KUBE-SVL-GNZBNJ2PO5MGZ6GT") == [
                #"-m comment --comment "ns2/svc2:p80 -> 10.180.0.2:80" -j KUBE-SEP-RS4RBKLTHTF2IUXJ"#
            ])
        #expect(rules(text, table: "filter", chain: "KUBE-EXTERNAL-SERVICES").isEmpty)
    }

    @Test func chancesAreEvenAndPrintedWithTenDigits() {
        var fixture = ProxyFixture()
        fixture.put(Node(name: "node-1"))
        fixture.put(ProxyFixture.service("ns1", "svc1", "172.30.0.41"))
        fixture.put(ProxyFixture.slice("ns1", "svc1", ["10.0.1.1", "10.0.1.2", "10.0.1.3"]))
        let text = fixture.proxies.rules.text(node: "node-1")
        let chances = rules(text, table: "nat", chain: "KUBE-SVC-XPGD46QRK7WJZT7O").compactMap { rule in
            rule.split(separator: " ").drop { $0 != "--probability" }.dropFirst().first.map(String.init)
        }
        #expect(chances == ["0.3333333333", "0.5000000000"])
    }

    @Test func stickyClientsAreTriedFirst() {
        var fixture = ProxyFixture()
        fixture.put(Node(name: "node-1"))
        fixture.put(ProxyFixture.service("ns1", "svc1", "172.30.0.41") { $0.spec.sessionAffinity = "ClientIP" })
        fixture.put(ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"]))
        let text = fixture.proxies.rules.text(node: "node-1")
        #expect(
            rules(text, table: "nat", chain: "KUBE-SVC-XPGD46QRK7WJZT7O").dropFirst().first
                == #"-m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --rcheck --seconds 10800 --reap -j KUBE-SEP-SXIVWICOYRO3J4NJ"#
        )
        #expect(
            rules(text, table: "nat", chain: "KUBE-SEP-SXIVWICOYRO3J4NJ").last
                == "-m comment --comment ns1/svc1:p80 -m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80"
        )
    }

    @Test func terminatingEndpointsServeOnlyWhenNoneIsReady() {
        var fixture = ProxyFixture()
        fixture.put(Node(name: "node-1"))
        fixture.put(ProxyFixture.service("ns1", "svc1", "172.30.0.41"))
        let leaving: (inout Endpoint) -> Void = { endpoint in
            var conditions = EndpointConditions()
            conditions.ready = false
            conditions.serving = true
            conditions.terminating = true
            endpoint.conditions = conditions
        }
        fixture.put(ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"], leaving))
        #expect(fixture.proxies.rules.text(node: "node-1").contains("--to-destination 10.180.0.1:80"))
        var second = ProxyFixture.slice("ns1", "svc1", ["10.180.0.9"])
        second.metadata.name = "svc1-2"
        fixture.put(second)
        let text = fixture.proxies.rules.text(node: "node-1")
        #expect(text.contains("--to-destination 10.180.0.9:80"))
        #expect(!text.contains("--to-destination 10.180.0.1:80"))
    }

    @Test func aNodeThatIsCutOffKeepsItsRules() {
        var fixture = sixServices()
        fixture.put(Node(name: "node-2"))
        fixture.proxies.hold("node-2")
        let before = fixture.proxies.rules.text(node: "node-2")
        fixture.remove(ObjectKey(.service, namespace: "ns1", name: "svc1"))
        #expect(fixture.proxies.rules.text(node: "node-2") == before)
        #expect(!fixture.proxies.rules.text(node: "node-1").contains("ns1/svc1"))
        fixture.proxies.release("node-2")
        #expect(fixture.proxies.rules.text(node: "node-2") == fixture.proxies.rules.text(node: "node-1"))
    }

    @Test func headlessServicesHaveNoRules() {
        var fixture = ProxyFixture()
        fixture.put(Node(name: "node-1"))
        let empty = fixture.proxies.rules.text(node: "node-1")
        fixture.put(ProxyFixture.service("ns1", "svc1", "None"))
        fixture.put(ProxyFixture.slice("ns1", "svc1", ["10.180.0.1"]))
        #expect(fixture.proxies.rules.text(node: "node-1") == empty)
    }
}

extension String {
    /// The lines of one table of an iptables-save text.
    fileprivate func components(of table: String) -> [String] {
        let lines = split(separator: "\n").map(String.init)
        guard let start = lines.firstIndex(of: "*" + table) else { return [] }
        return Array(lines[start...].prefix { $0 != "COMMIT" })
    }
}

import KubeAPI
import KubeClient
import KubeNetwork
import Testing

/// Which endpoints a node uses when slices say whom they are for. Compared with kubernetes
/// `pkg/proxy/topology_test.go`.
@Suite struct TopologyTests {
    /// Nodes `node-1` and `node-2` in zone `a`, `node-3` in `b`, `node-4` in none; `web` with an endpoint on each.
    private func fixture(
        _ change: (inout Service) -> Void = { _ in }, hints: (Int) -> (zones: [String], nodes: [String])
    ) -> ProxyFixture {
        var fixture = ProxyFixture()
        for (number, zone) in [(1, "a"), (2, "a"), (3, "b"), (4, "")] {
            var node = Node(name: "node-\(number)")
            if !zone.isEmpty { node.metadata.labels["topology.kubernetes.io/zone"] = zone }
            fixture.put(node)
        }
        fixture.put(ProxyFixture.service("default", "web", "10.96.0.10", change))
        fixture.put(slice(hints))
        return fixture
    }

    private func slice(_ hints: (Int) -> (zones: [String], nodes: [String])) -> EndpointSlice {
        var number = 0
        return ProxyFixture.slice("default", "web", (1...4).map { "10.1.0.\($0)" }) { endpoint in
            number += 1
            endpoint.nodeName = "node-\(number)"
            let (zones, nodes) = hints(number)
            if zones.isEmpty, nodes.isEmpty { return }
            var found = EndpointHints()
            found.forZones = zones.map { name in
                var zone = ForZone()
                zone.name = name
                return zone
            }
            found.forNodes = nodes.map { name in
                var node = ForNode()
                node.name = name
                return node
            }
            endpoint.hints = found
        }
    }

    /// The last numbers of the addresses that a node's cluster chain leads to.
    private func reached(_ fixture: ProxyFixture, _ node: Int) -> [Int] {
        reached(fixture.proxies.rules, "node-\(node)")
    }

    private func reached(_ rules: ServiceRules, _ node: String) -> [Int] {
        let chains = rules.chains(namespace: "default", service: "web", node: node)
        guard let cluster = chains.first(where: { $0.name.hasPrefix("KUBE-SVC-") }) else { return [] }
        let targets = Set(cluster.rules.map(\.target))
        return chains.filter { targets.contains($0.name) }.flatMap(\.rules).compactMap { rule in
            guard rule.target == "DNAT" else { return nil }
            return rule.text.split(whereSeparator: { ".:".contains($0) }).dropLast().last.flatMap { Int($0) }
        }.sorted()
    }

    private static func zone(_ number: Int) -> String { number < 3 ? "a" : number == 3 ? "b" : "c" }

    @Test func withoutHintsAllAreUsed() {
        let fixture = fixture { _ in ([], []) }
        for node in 1...4 { #expect(reached(fixture, node) == [1, 2, 3, 4]) }
    }

    @Test func zoneHintsKeepTrafficInTheZone() {
        let fixture = fixture { ([Self.zone($0)], []) }
        #expect(reached(fixture, 1) == [1, 2] && reached(fixture, 2) == [1, 2])
        #expect(reached(fixture, 3) == [3])
        #expect(reached(fixture, 4) == [1, 2, 3, 4], "a node without a zone uses all")
    }

    @Test func oneEndpointWithoutAHintTurnsHintsOff() {
        let fixture = fixture { ($0 == 4 ? [] : [Self.zone($0)], []) }
        for node in 1...4 { #expect(reached(fixture, node) == [1, 2, 3, 4]) }
    }

    @Test func aZoneThatNothingIsHintedForUsesAll() {
        let fixture = fixture { _ in (["b"], []) }
        #expect(reached(fixture, 1) == [1, 2, 3, 4])
        #expect(reached(fixture, 3) == [1, 2, 3, 4], "all are for b")
    }

    /// Node hints go first; a node without an endpoint of its own falls back to its zone.
    @Test func nodeHintsGoBeforeZoneHints() {
        let fixture = fixture { number in ([Self.zone(number)], [number == 2 ? "node-1" : "node-\(number)"]) }
        #expect(reached(fixture, 1) == [1, 2])
        #expect(reached(fixture, 2) == [1, 2], "by its zone")
        #expect(reached(fixture, 3) == [3])
        #expect(reached(fixture, 4) == [4])
    }

    /// Hints of endpoints that are not ready count for nothing.
    @Test func onlyReadyEndpointsCount() {
        var fixture = fixture { ([Self.zone($0)], []) }
        var slice = slice { ([Self.zone($0)], []) }
        for index in 0..<2 {
            slice.endpoints[index].conditions = EndpointConditions()
            slice.endpoints[index].conditions?.ready = false
        }
        fixture.put(slice)
        #expect(reached(fixture, 1) == [3, 4])
        #expect(reached(fixture, 3) == [3])
    }

    /// The Local policies know no hints: traffic from outside stays on the node, that from inside follows the hints.
    @Test func localTrafficKnowsNoHints() {
        let fixture = fixture({
            $0.spec.type = "NodePort"
            $0.spec.ports[0].nodePort = 30080
            $0.spec.externalTrafficPolicy = "Local"
        }) { _ in (["b"], []) }
        let chains = fixture.proxies.rules.chains(namespace: "default", service: "web", node: "node-1")
        let local = chains.first { $0.name.hasPrefix("KUBE-SVL-") }
        #expect(local?.rules.count == 1)
        #expect(chains.filter { $0.name.hasPrefix("KUBE-SEP-") }.count == 4)
        #expect(reached(fixture, 3) == [1, 2, 3, 4])
    }

    /// A node that moves to another zone gets other rules; one without power keeps its own until it is back.
    @Test func nodesMayMove() {
        var fixture = fixture { ([Self.zone($0)], []) }
        let version = fixture.proxies.rules.version
        var node = Node(name: "node-1")
        node.metadata.labels["topology.kubernetes.io/zone"] = "b"
        fixture.put(node)
        #expect(reached(fixture, 1) == [3])
        #expect(fixture.proxies.rules.version > version)
        node.status.nodeInfo = NodeSystemInfo()
        let moved = fixture.proxies.rules.version
        fixture.put(node)
        #expect(fixture.proxies.rules.version == moved, "a status changes no rule")
        fixture.proxies.hold("node-3")
        fixture.put(slice { _ in ([], []) })
        #expect(reached(fixture, 3) == [3] && reached(fixture, 1) == [1, 2, 3, 4])
        fixture.proxies.release("node-3")
        #expect(reached(fixture, 3) == [1, 2, 3, 4])
    }
}

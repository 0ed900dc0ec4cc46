import ClusterCore
import KubeAPI
import KubeControllers
import Testing

/// The shares of zones, kept up with the nodes' changes.
@Suite struct ZoneProcessorsTests {
    private func node(_ zone: String?, cpu: Quantity, isReady: Bool = true, role: String? = nil) -> Node {
        var node = Node(name: "node")
        node.metadata.labels["topology.kubernetes.io/zone"] = zone
        if let role { node.metadata.labels["node-role.kubernetes.io/" + role] = "" }
        node.status.allocatable["cpu"] = cpu
        var condition = NodeCondition()
        condition.type = "Ready"
        condition.status = isReady ? "True" : "False"
        node.status.conditions = [condition]
        return node
    }

    /// Nil if there are none.
    private func shares(_ processors: ZoneProcessors) -> [String]? {
        processors.shares?.map { "\($0.zone) \($0.share)" }
    }

    @Test func sharesAreOfReadyWorkers() {
        var processors = ZoneProcessors()
        processors.replace(nil, with: node("b", cpu: "3"))
        #expect(shares(processors) == nil)
        processors.replace(nil, with: node("a", cpu: "1"))
        processors.replace(nil, with: node("c", cpu: "8", isReady: false))
        processors.replace(nil, with: node("c", cpu: "8", role: "control-plane"))
        processors.replace(nil, with: node("c", cpu: "8", role: "master"))
        #expect(shares(processors) == ["a 0.25", "b 0.75"])
    }

    @Test func aNodeMovesWithItsProcessors() {
        var processors = ZoneProcessors()
        processors.replace(nil, with: node("a", cpu: "1"))
        processors.replace(nil, with: node("b", cpu: "1"))
        processors.replace(nil, with: node("b", cpu: "2"))
        processors.replace(node("b", cpu: "2"), with: node("c", cpu: "6"))
        #expect(shares(processors) == ["a 0.125", "b 0.125", "c 0.75"])
        processors.replace(node("c", cpu: "6"), with: nil)
        #expect(shares(processors) == ["a 0.5", "b 0.5"])
        processors.replace(node("b", cpu: "1"), with: node("b", cpu: "1", isReady: false))
        #expect(shares(processors) == nil)
    }

    @Test func oneNodeThatDoesNotTellHidesAllShares() {
        var processors = ZoneProcessors()
        processors.replace(nil, with: node("a", cpu: "1"))
        processors.replace(nil, with: node("b", cpu: "1"))
        processors.replace(nil, with: node("b", cpu: "0"))
        processors.replace(nil, with: node(nil, cpu: "2"))
        #expect(shares(processors) == nil)
        processors.replace(node("b", cpu: "0"), with: nil)
        #expect(shares(processors) == nil)
        processors.replace(node(nil, cpu: "2"), with: node("b", cpu: "2"))
        #expect(shares(processors) == ["a 0.25", "b 0.75"])
    }

    /// 2048 nodes of 2^53 thousandths would be 0 in 64 bits, and as floating-point numbers would swallow the small
    /// ones.
    @Test func theLargestNodesAddUpAndLeaveNothingBehind() {
        var processors = ZoneProcessors()
        processors.replace(nil, with: node("a", cpu: "1m"))
        processors.replace(nil, with: node("b", cpu: "3m"))
        let zones = ["a", "b"]
        for number in 0..<2048 { processors.replace(nil, with: node(zones[number % 2], cpu: "9P")) }
        #expect(shares(processors) == ["a 0.5", "b 0.5"])
        for number in 0..<2048 { processors.replace(node(zones[number % 2], cpu: "9P"), with: nil) }
        #expect(shares(processors) == ["a 0.25", "b 0.75"])
    }

    /// Whatever comes and goes, the shares are those of a count from the start.
    @Test(arguments: 1...5) func sumsStayThoseOfTheNodes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let zones = ["a", "b", "c", "d"]
        var processors = ZoneProcessors()
        var nodes = [Node?](repeating: nil, count: 8)
        for _ in 0..<500 {
            let place = Int.random(in: nodes.indices, using: &random)
            let kind = Int.random(in: 0..<16, using: &random)
            let zone = kind == 1 ? nil : zones[Int.random(in: zones.indices, using: &random)]
            let cpu = Quantity(Int.random(in: 1...64, using: &random))
            let new = kind == 0 ? nil : node(zone, cpu: kind == 2 ? "0" : cpu, isReady: kind < 3 || kind > 4)
            processors.replace(nodes[place], with: new)
            nodes[place] = new
            var counted = ZoneProcessors()
            for node in nodes { counted.replace(nil, with: node) }
            #expect(shares(processors) == shares(counted))
        }
    }
}

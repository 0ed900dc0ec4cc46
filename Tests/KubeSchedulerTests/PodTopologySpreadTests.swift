import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

/// Which nodes spread constraints leave, and how they score, by the cases of upstream's
/// `podtopologyspread/filtering_test.go` and `scoring_test.go`. Nodes `node-a` and `node-b` are in `zone-1`, `node-x`
/// and `node-y` in `zone-2`.
@Suite struct PodTopologySpreadTests {
    private static let hostname = "kubernetes.io/hostname"
    private static let zone = "topology.kubernetes.io/zone"

    private struct Rule {
        var key = PodTopologySpreadTests.hostname
        var maxSkew = 1
        var minDomains: Int?
        var label = "foo"
        var isSoft = false
        var affinityPolicy: String?
        var taintsPolicy: String?

        var constraint: TopologySpreadConstraint {
            var constraint = TopologySpreadConstraint.make(key, countingLabel: label)
            constraint.maxSkew = maxSkew
            constraint.minDomains = minDomains
            if isSoft { constraint.whenUnsatisfiable = "ScheduleAnyway" }
            constraint.nodeAffinityPolicy = affinityPolicy
            constraint.nodeTaintsPolicy = taintsPolicy
            return constraint
        }
    }

    private func cluster(_ names: [String] = ["a", "b", "x", "y"], tainted: [String] = []) throws -> TestCluster {
        let cluster = try TestCluster()
        for name in names {
            let zone = "ab".contains(name) ? "zone-1" : "zone-2"
            let taints = tainted.contains(name) ? [Taint.make("key")] : []
            try cluster.add(Node.make("node-\(name)", zone: zone, taints: taints))
        }
        return cluster
    }

    /// Puts pods with a label on nodes, as many as told: `a2 x1`.
    private func occupy(
        _ cluster: TestCluster, _ counts: String, labels: StringMap<String> = ["foo": ""]
    ) throws {
        for word in counts.split(separator: " ") {
            let count = try #require(Int(word.dropFirst()))
            for number in 0..<count {
                let name = "foo-\(word.first ?? "?")-\(number)"
                try cluster.add(
                    Pod.make(name, labels: labels).with { $0.spec.nodeName = "node-\(word.first ?? "?")" })
            }
        }
        cluster.settle()
    }

    /// Submits a pod, and tells the decision on it.
    private func decide(
        _ cluster: TestCluster, _ rules: [Rule], labels: StringMap<String> = ["foo": ""],
        _ change: (inout Pod) -> Void = { _ in }
    ) throws -> SchedulingDecision {
        let pod = Pod.make("p", labels: labels).with { pod in
            pod.spec.topologySpreadConstraints = rules.map(\.constraint)
            change(&pod)
        }
        try cluster.add(pod)
        cluster.settle()
        return try #require(cluster.decision("p"))
    }

    /// The feasible nodes, by the last letter of their names.
    private func feasible(_ decision: SchedulingDecision) -> String {
        String(decision.nodes.filter { $0.rejection == nil }.compactMap(\.node.last))
    }

    // MARK: Filters

    @Test(arguments: [
        ("", hostname, 1, "abxy"),
        // Three to three, and one more on either side.
        ("a2 b1 y3", zone, 1, "abxy"), ("a2 b1 y2", zone, 1, "xy"), ("a2 b1 y4", zone, 1, "ab"),
        ("a2 b1 y3", hostname, 1, "x"), ("a2 b1 y3", hostname, 2, "bx"), ("a2 b1 y3", hostname, 3, "abx"),
        ("a1 b1 x1 y1", hostname, 1, "abxy"),
    ])
    func skewsThatAreNotTooLarge(counts: String, key: String, maxSkew: Int, expected: String) throws {
        let cluster = try cluster()
        try occupy(cluster, counts)
        #expect(feasible(try decide(cluster, [Rule(key: key, maxSkew: maxSkew)])) == expected)
    }

    /// A pod that its own constraint does not count leaves the skew as it is.
    @Test func aPodThatDoesNotCountItself() throws {
        let cluster = try cluster()
        try occupy(cluster, "a2 b1 y3")
        #expect(feasible(try decide(cluster, [Rule()], labels: ["bar": ""])) == "bx")
    }

    @Test func podsOfOtherNamespacesDoNotCount() throws {
        let cluster = try cluster(["a", "b"])
        try cluster.add(
            Pod.make("stranger", namespace: "other", labels: ["foo": ""]).with { $0.spec.nodeName = "node-a" })
        try occupy(cluster, "b1")
        #expect(feasible(try decide(cluster, [Rule()])) == "a")
    }

    @Test func podsThatAreLeavingDoNotCount() throws {
        let cluster = try cluster(["a", "b"])
        try occupy(cluster, "a2 b1")
        for number in 0..<2 {
            _ = try cluster.client.delete(ObjectKey(.pod, namespace: "default", name: "foo-a-\(number)"))
        }
        cluster.settle()
        #expect(feasible(try decide(cluster, [Rule()])) == "a")
    }

    /// All constraints must hold.
    @Test(arguments: [
        // Zones 3 to 1, and nodes 2, 1, 0, 1; zones 2 to 1, and nodes 1, 1, 0, 1.
        ("a2 b1 y1", 1, 1, "x"), ("a1 b1 y1", 1, 1, "x"),
        // Zones 3 to 2 leave the second, nodes 3, 0, 1, 1 one in the first.
        ("a3 x1 y1", 1, 1, ""), ("a3 x1 y1", 1, 2, "xy"), ("a3 x1 y1", 2, 1, "b"),
    ])
    func twoConstraints(counts: String, zoneSkew: Int, nodeSkew: Int, expected: String) throws {
        let cluster = try cluster()
        try occupy(cluster, counts)
        let rules = [Rule(key: Self.zone, maxSkew: zoneSkew), Rule(maxSkew: nodeSkew)]
        #expect(feasible(try decide(cluster, rules)) == expected)
    }

    @Test func aNodeWithoutTheLabelIsOutForGood() throws {
        let cluster = try cluster(["a"])
        try cluster.add(Node.make("node-z"))
        let decision = try decide(cluster, [Rule(key: "rack")])
        #expect(feasible(decision) == "")
        #expect(decision.rejections.map(\.rejection.isUnresolvable) == [true])
        #expect(
            decision.rejections.map(\.rejection.reasons) == [
                ["node(s) didn't match pod topology spread constraints (missing required label)"]
            ])
    }

    /// With fewer domains than demanded, the least count is zero.
    @Test(arguments: [
        ("a2 b2 x1", hostname, 2, 4, "x"), ("a2 b2 x1", hostname, 2, 3, "abx"), ("a2 b2 x1", hostname, 2, 2, "abx"),
        ("a1 b1 x1", zone, 2, 3, "x"), ("a1 b1 x1", zone, 2, 2, "abx"),
    ])
    func tooFewDomains(counts: String, key: String, maxSkew: Int, minDomains: Int, expected: String) throws {
        let cluster = try cluster(["a", "b", "x"])
        try occupy(cluster, counts)
        let rule = Rule(key: key, maxSkew: maxSkew, minDomains: minDomains)
        #expect(feasible(try decide(cluster, [rule])) == expected)
    }

    /// Nodes that the pod can't go to don't set the least count, unless told to.
    @Test(arguments: [(nil, "a"), ("Honor", "a"), ("Ignore", "")] as [(String?, String)])
    func nodesOutsideOfTheAffinity(policy: String?, expected: String) throws {
        let cluster = try cluster()
        try occupy(cluster, "a2 b1 y3")
        var requirement = NodeSelectorRequirement()
        requirement.key = Self.hostname
        requirement.operator = "In"
        requirement.values = ["node-a", "node-y"]
        let decision = try decide(cluster, [Rule(affinityPolicy: policy)]) { $0.spec.affinity = .nodes([requirement]) }
        #expect(feasible(decision) == expected)
    }

    @Test(
        arguments: [(nil, false, ""), ("Ignore", false, ""), ("Honor", false, "a"), ("Honor", true, "x")]
            as [(String?, Bool, String)])
    func nodesWithTaints(policy: String?, isTolerant: Bool, expected: String) throws {
        let cluster = try cluster(tainted: ["x"])
        try occupy(cluster, "a1 b2 y2")
        let decision = try decide(cluster, [Rule(taintsPolicy: policy)]) { pod in
            if isTolerant { pod.spec.tolerations = [Toleration.make("key")] }
        }
        #expect(feasible(decision) == expected)
    }

    /// Only pods of the same value of a label are counted, as those of one ReplicaSet.
    @Test(arguments: [("1", "x"), ("2", "abxy"), (nil, "x")] as [(String?, String)])
    func podsOfOneRevision(revision: String?, expected: String) throws {
        let cluster = try cluster()
        try occupy(cluster, "a2 b1 y3", labels: ["foo": "", "revision": "1"])
        var labels: StringMap<String> = ["foo": ""]
        labels["revision"] = revision
        let decision = try decide(cluster, [Rule()], labels: labels) { pod in
            pod.spec.topologySpreadConstraints[0].matchLabelKeys = ["revision"]
        }
        #expect(feasible(decision) == expected)
    }

    // MARK: Scores

    /// The plugin's weight is two.
    private func scores(_ decision: SchedulingDecision) -> [Int] {
        decision.nodes.map { $0.score.podTopologySpread / 2 }
    }

    @Test(
        arguments: [
            ("", hostname, [100, 100, 100, 100]), ("a1 b1 x1 y1", hostname, [100, 100, 100, 100]),
            ("a2 b1 y3", hostname, [20, 60, 100, 0]),
            // Zones 3 to 3, 3 to 1, and 0 to 2.
            ("a2 b1 y3", zone, [100, 100, 100, 100]), ("a2 b1 y1", zone, [25, 25, 100, 100]),
            ("x2", zone, [100, 100, 0, 0]),
        ] as [(String, String, [Int])])
    func fewerPodsScoreHigher(counts: String, key: String, expected: [Int]) throws {
        let cluster = try cluster()
        try occupy(cluster, counts)
        #expect(scores(try decide(cluster, [Rule(key: key, isSoft: true)])) == expected)
    }

    /// A greater skew that is allowed weighs the differences less.
    @Test func theSkewThatIsAllowedCounts() throws {
        let cluster = try cluster()
        try occupy(cluster, "a2 b1 y3")
        #expect(scores(try decide(cluster, [Rule(maxSkew: 2, isSoft: true)])) == [33, 66, 100, 16])
    }

    @Test func nodesWithoutTheLabelScoreNothing() throws {
        let cluster = try cluster(["a", "x"])
        try cluster.add(Node.make("node-z"))
        try occupy(cluster, "a1")
        #expect(scores(try decide(cluster, [Rule(key: Self.zone, isSoft: true)])) == [0, 100, 0])
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

/// Which nodes the terms about other pods leave, and how they score, by the cases of upstream's
/// `interpodaffinity/filtering_test.go` and `scoring_test.go`. Nodes `node-a` and `node-b` are in region `china`,
/// `node-c` is in `india`, and `node-d` is in none.
@Suite struct InterPodAffinityTests {
    private func cluster() throws -> TestCluster {
        let cluster = try TestCluster()
        for (name, region) in [("a", "china"), ("b", "china"), ("c", "india"), ("d", nil)] {
            var labels = StringMap<String>()
            labels["region"] = region
            try cluster.add(Node.make("node-\(name)", labels: labels))
        }
        try cluster.client.mutate(Namespace.self, ObjectKey(.namespace, name: "other")) {
            $0.metadata.labels["team"] = "red"
        }
        cluster.settle()
        return cluster
    }

    /// A term over regions for pods with these labels.
    private func term(_ labels: StringMap<String>, _ change: (inout PodAffinityTerm) -> Void = { _ in })
        -> PodAffinityTerm
    {
        var term = PodAffinityTerm()
        term.topologyKey = "region"
        term.labelSelector = .labels(labels)
        change(&term)
        return term
    }

    private func affinity(
        near: [PodAffinityTerm] = [], away: [PodAffinityTerm] = [], ratherNear: [PodAffinityTerm] = [],
        ratherAway: [PodAffinityTerm] = [], weight: Int = 5
    ) -> Affinity {
        func weighted(_ terms: [PodAffinityTerm]) -> [WeightedPodAffinityTerm] {
            terms.map { term in
                var weighted = WeightedPodAffinityTerm()
                weighted.weight = weight
                weighted.podAffinityTerm = term
                return weighted
            }
        }
        var podAffinity = PodAffinity()
        podAffinity.requiredDuringSchedulingIgnoredDuringExecution = near
        podAffinity.preferredDuringSchedulingIgnoredDuringExecution = weighted(ratherNear)
        var podAntiAffinity = PodAntiAffinity()
        podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution = away
        podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution = weighted(ratherAway)
        var affinity = Affinity()
        affinity.podAffinity = podAffinity
        affinity.podAntiAffinity = podAntiAffinity
        return affinity
    }

    private func occupy(
        _ cluster: TestCluster, _ name: String, on node: String, namespace: String = "default",
        labels: StringMap<String> = [:], _ affinity: Affinity? = nil
    ) throws {
        try cluster.add(
            Pod.make(name, namespace: namespace, labels: labels).with { pod in
                pod.spec.nodeName = "node-\(node)"
                pod.spec.affinity = affinity
            })
        cluster.settle()
    }

    private func decide(
        _ cluster: TestCluster, _ affinity: Affinity?, labels: StringMap<String> = [:]
    ) throws -> SchedulingDecision {
        try cluster.add(Pod.make("p", labels: labels).with { $0.spec.affinity = affinity })
        cluster.settle()
        return try #require(cluster.decision("p"))
    }

    private func feasible(_ decision: SchedulingDecision) -> String {
        String(decision.nodes.filter { $0.rejection == nil }.compactMap(\.node.last))
    }

    // MARK: Filters

    @Test func aTermNeedsAPodInTheRegion() throws {
        let cluster = try cluster()
        try occupy(cluster, "s1", on: "a", labels: ["security": "S1"])
        #expect(feasible(try decide(cluster, affinity(near: [term(["security": "S1"])]))) == "ab")
    }

    /// A pod on a node without the label is no company, not even on that node.
    @Test func aPodOutsideOfAllRegionsIsNoCompany() throws {
        let cluster = try cluster()
        try occupy(cluster, "s1", on: "d", labels: ["security": "S1"])
        #expect(feasible(try decide(cluster, affinity(near: [term(["security": "S1"])]))) == "")
    }

    /// Several terms must be met by one and the same pod.
    @Test func twoPodsDoNotMakeUpForOne() throws {
        let terms = [term(["security": "S1"]), term(["tier": "web"])]
        let parted = try cluster()
        try occupy(parted, "s1", on: "a", labels: ["security": "S1"])
        try occupy(parted, "web", on: "a", labels: ["tier": "web"])
        #expect(feasible(try decide(parted, affinity(near: terms))) == "")
        let joined = try cluster()
        try occupy(joined, "both", on: "c", labels: ["security": "S1", "tier": "web"])
        #expect(feasible(try decide(joined, affinity(near: terms))) == "c")
    }

    /// The first of a group that wants its own company may go to any node with the label, once it is the first.
    @Test(arguments: [(false, "abc"), (true, "c")])
    func theFirstOfAGroup(isSecond: Bool, expected: String) throws {
        let cluster = try cluster()
        if isSecond { try occupy(cluster, "first", on: "c", labels: ["security": "S1"]) }
        let decision = try decide(
            cluster, affinity(near: [term(["security": "S1"])]), labels: ["security": "S1"])
        #expect(feasible(decision) == expected)
    }

    /// The pod's own namespace, unless the term names others, by name or by label; an empty selector means all.
    @Test(arguments: [(0, ""), (1, "c"), (2, "c"), (3, ""), (4, "c")])
    func namespacesOfATerm(number: Int, expected: String) throws {
        let cluster = try cluster()
        try occupy(cluster, "s1", on: "c", namespace: "other", labels: ["security": "S1"])
        let terms = [
            term(["security": "S1"]), term(["security": "S1"]) { $0.namespaces = ["other"] },
            term(["security": "S1"]) { $0.namespaceSelector = .labels(["team": "red"]) },
            term(["security": "S1"]) { $0.namespaceSelector = .labels(["team": "blue"]) },
            term(["security": "S1"]) { $0.namespaceSelector = LabelSelector() },
        ]
        #expect(feasible(try decide(cluster, affinity(near: [terms[number]]))) == expected)
    }

    /// The rules of pods that are there hold as well as the pod's own; a node in no region can't break them.
    @Test func eitherKeepsTheOtherAway() throws {
        let own = try cluster()
        try occupy(own, "s1", on: "a", labels: ["security": "S1"])
        let decision = try decide(own, affinity(away: [term(["security": "S1"])]))
        #expect(feasible(decision) == "cd")
        #expect(
            decision.rejections.map(\.rejection.reasons) == [["node(s) didn't match pod anti-affinity rules"]])
        let others = try cluster()
        try occupy(others, "shy", on: "a", affinity(away: [term(["security": "S1"])]))
        let repelled = try decide(others, nil, labels: ["security": "S1"])
        #expect(feasible(repelled) == "cd")
        #expect(
            repelled.rejections.map(\.rejection.reasons) == [
                ["node(s) didn't satisfy existing pods anti-affinity rules"]
            ])
    }

    /// Any term keeps the pod away.
    @Test func eachTermKeepsAwayByItself() throws {
        let cluster = try cluster()
        try occupy(cluster, "s1", on: "a", labels: ["security": "S1"])
        try occupy(cluster, "web", on: "c", labels: ["tier": "web"])
        let terms = [term(["security": "S1"]), term(["tier": "web"])]
        #expect(feasible(try decide(cluster, affinity(away: terms))) == "d")
    }

    // MARK: Scores

    /// The plugin's weight is two.
    private func scores(_ decision: SchedulingDecision) -> [Int] {
        decision.nodes.map { $0.score.interPodAffinity / 2 }
    }

    @Test func moreCompanyScoresHigher() throws {
        let cluster = try cluster()
        for (number, node) in ["a", "a", "b", "c", "d"].enumerated() {
            try occupy(cluster, "s2-\(number)", on: node, labels: ["security": "S2"])
        }
        let decision = try decide(cluster, affinity(ratherNear: [term(["security": "S2"])]))
        #expect(scores(decision) == [100, 100, 33, 0])
    }

    @Test func fewerToAvoidScoreHigher() throws {
        let cluster = try cluster()
        try occupy(cluster, "s1-1", on: "a", labels: ["security": "S1"])
        try occupy(cluster, "s1-2", on: "b", labels: ["security": "S1"])
        try occupy(cluster, "s1-3", on: "c", labels: ["security": "S1"])
        let decision = try decide(cluster, affinity(ratherAway: [term(["security": "S1"])]))
        #expect(scores(decision) == [0, 0, 50, 100])
    }

    /// What pods that are there want of the pod counts too; what they demand counts for one.
    @Test func theWishesOfOthersCount() throws {
        let cluster = try cluster()
        try occupy(cluster, "fond", on: "a", affinity(ratherNear: [term(["security": "S1"])], weight: 2))
        try occupy(cluster, "bound", on: "c", labels: ["security": "S1"], affinity(near: [term(["security": "S1"])]))
        #expect(scores(try decide(cluster, nil, labels: ["security": "S1"])) == [100, 100, 50, 0])
    }
}

import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

/// Node selectors and node affinity, by the cases of upstream's `nodeaffinity/node_affinity_test.go`.
@Suite struct NodeAffinityTests {
    /// A requirement told as `key In a b`; keys with a dot are fields.
    private func requirement(_ text: String) -> NodeSelectorRequirement {
        let words = text.split(separator: " ").map(String.init)
        var requirement = NodeSelectorRequirement()
        requirement.key = words[0]
        requirement.operator = words[1]
        requirement.values = Array(words[2...])
        return requirement
    }

    /// A term's requirements, all of which must hold.
    private func term(_ requirements: [String]) -> NodeSelectorTerm {
        var term = NodeSelectorTerm()
        term.matchFields = requirements.filter { $0.hasPrefix("metadata.name ") }.map(requirement)
        term.matchExpressions = requirements.filter { !$0.hasPrefix("metadata.name ") }.map(requirement)
        return term
    }

    private func pod(
        _ terms: [[String]]?, selector: StringMap<String> = [:], preferred: [(Int, [String])] = []
    ) -> Pod {
        var affinity = terms.map { Affinity.nodes($0.map(term)) } ?? Affinity()
        var nodeAffinity = affinity.nodeAffinity ?? KubeAPI.NodeAffinity()
        nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution = preferred.map { weight, requirements in
            var preference = PreferredSchedulingTerm()
            preference.weight = weight
            preference.preference = term(requirements)
            return preference
        }
        affinity.nodeAffinity = nodeAffinity
        return Pod.make("p").with { pod in
            pod.spec.affinity = affinity
            pod.spec.nodeSelector = selector
        }
    }

    private func shape(_ pod: Pod) -> PodShape {
        var shapes = ShapeRegistry()
        return shapes.take(pod)
    }

    private func info(_ labels: StringMap<String>) -> NodeInfo {
        let node = NodeInfo(name: "node-1")
        node.set(Node(name: "node-1").with { $0.metadata.labels = labels })
        return node
    }

    @Test(
        arguments: [
            ([:], ["foo": "bar"], true), (["foo": "bar"], ["foo": "bar"], true),
            (["foo": "bar"], ["foo": "bar", "baz": "blah"], true),
            (["foo": "bar", "baz": "blah"], ["foo": "bar"], false),
            (["foo": "bar"], [:], false), (["foo": "bar"], ["foo": "bur"], false),
        ] as [(StringMap<String>, StringMap<String>, Bool)])
    func nodeSelectors(selector: StringMap<String>, labels: StringMap<String>, matches: Bool) {
        #expect((NodeAffinityPlugin.filter(shape(pod(nil, selector: selector)), info(labels)) == nil) == matches)
    }

    /// The node `node-1` with `foo=bar`, `kernel=0204` and `gpu=nvidia`.
    @Test(
        arguments: [
            ([["foo In bar value2"]], true), ([["foo In value1 value2"]], false), ([["foo NotIn bar"]], false),
            ([["foo NotIn other"]], true), ([["memory NotIn ddr ddr2"]], true), ([["gpu Exists"]], true),
            ([["memory Exists"]], false), ([["memory DoesNotExist"]], true), ([["gpu DoesNotExist"]], false),
            ([["kernel Gt 0203"]], true), ([["kernel Gt 0204"]], false), ([["kernel Lt 0205"]], true),
            ([["kernel Lt 204"]], false), ([["foo Gt 1"]], false), ([["memory Lt 5"]], false),
            // No terms, and terms without requirements, match nothing.
            ([], false), ([[]], false), ([[], ["foo In bar"]], true),
            // Requirements of a term hold together, and one term is enough.
            ([["gpu Exists", "gpu NotIn amd inter"]], true), ([["gpu Exists", "gpu In amd inter"]], false),
            ([["foo In other"], ["gpu Exists"]], true), ([["foo In other"], ["gpu In amd"]], false),
            // Fields, alone and with labels.
            ([["metadata.name In node-1"]], true), ([["metadata.name In node-2"]], false),
            ([["metadata.name NotIn node-2"]], true), ([["metadata.name NotIn node-1"]], false),
            ([["metadata.name In node-2"], ["foo In bar"]], true),
            ([["metadata.name In node-2", "foo In bar"]], false),
            ([["metadata.name In node-1", "foo In bar"]], true),
            ([["metadata.name In node-1", "foo In other"]], false),
        ] as [([[String]], Bool)])
    func requiredTerms(terms: [[String]], matches: Bool) {
        let node = info(["foo": "bar", "kernel": "0204", "gpu": "nvidia"])
        #expect((NodeAffinityPlugin.filter(shape(pod(terms)), node) == nil) == matches)
    }

    @Test func theSelectorAndTheAffinityMustBothMatch() {
        let node = info(["foo": "bar"])
        #expect(NodeAffinityPlugin.filter(shape(pod([["foo Exists"]], selector: ["foo": "bar"])), node) == nil)
        #expect(NodeAffinityPlugin.filter(shape(pod([["foo Exists"]], selector: ["foo": "bur"])), node) != nil)
        #expect(NodeAffinityPlugin.filter(shape(pod([["bar Exists"]], selector: ["foo": "bar"])), node) != nil)
    }

    /// The only nodes that are looked at, where every term names some.
    @Test(
        arguments: [
            ([["metadata.name In a"]], ["a"]), ([["metadata.name In a"], ["metadata.name In b"]], ["a", "b"]),
            ([["metadata.name In a"], ["metadata.name In a"]], ["a"]),
            ([["metadata.name In a", "foo In bar"]], ["a"]), ([["metadata.name In a"], ["foo In bar"]], nil),
            ([["metadata.name NotIn a"]], nil), ([["foo In bar"]], nil), ([[]], nil),
            ([["metadata.name In a", "metadata.name In b"]], []),
            ([["metadata.name In a", "metadata.name In b"], ["metadata.name In c"]], ["c"]),
        ] as [([[String]], [String]?)])
    func namedNodes(terms: [[String]], names: [String]?) {
        #expect(shape(pod(terms)).nodeNames == names)
    }

    @Test func preferencesAddUp() {
        let preferred = [
            (2, ["foo In bar"]), (4, ["key In value"]), (5, ["foo In bar", "key In value", "az In az1"]),
            (8, ["metadata.name In node-1"]), (16, []),
        ]
        let shape = shape(pod(nil, preferred: preferred))
        #expect(NodeAffinityPlugin.score(shape, info(["foo": "bar"])) == 10)
        #expect(NodeAffinityPlugin.score(shape, info(["key": "value"])) == 12)
        #expect(NodeAffinityPlugin.score(shape, info(["foo": "bar", "key": "value", "az": "az1"])) == 19)
        #expect(NodeAffinityPlugin.score(shape, info(["az": "az1"])) == 8)
    }

    /// Names that contradict each other turn the pod down before any node is looked at.
    @Test func namesThatConflictAreTold() throws {
        let cluster = try TestCluster()
        for number in 1...3 { try cluster.add(Node.make("node-\(number)")) }
        try cluster.add(pod([["metadata.name In node-1", "metadata.name In node-2"]]))
        cluster.settle()
        #expect(
            cluster.messages("FailedScheduling", about: "p") == [
                "0/3 nodes are available: pod affinity terms conflict. not found"
            ])
        #expect(cluster.decision("p")?.outcome == .unschedulable)
    }

    /// What both PreFilter and Filter turned down waits for what either cares for.
    @Test func aPodThatNamesItsNodeWaitsForRoomThere() throws {
        let cluster = try TestCluster()
        for number in 1...2 { try cluster.add(Node.make("node-\(number)", cpu: "2")) }
        try cluster.add(
            pod([["metadata.name In node-1"]]).with { pod in
                var resources = ResourceRequirements()
                resources.requests = ["cpu": "4"]
                pod.spec.containers[0].resources = resources
            })
        cluster.settle()
        let key = ObjectKey(.pod, namespace: "default", name: "p")
        #expect(cluster.scheduler.waiting(key)?.rejectors.plugins == [.nodeAffinity, .nodeResourcesFit])
        try cluster.client.mutate(Node.self, ObjectKey(.node, name: "node-1"), .status) {
            $0.status.allocatable["cpu"] = "4"
        }
        cluster.settle()
        #expect(cluster.node(of: "p") == "node-1")
    }
}

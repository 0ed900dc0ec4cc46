import KubeAPI
import KubeScheduler
import Testing

/// Which changes wake a pod that PodTopologySpread turned down, by the cases of upstream's
/// `podtopologyspread/plugin_test.go`.
@Suite struct PodTopologySpreadHintTests {
    /// A pod with a constraint for each topology, which counts pods that have the label of the same place.
    private func pod(
        _ topologies: [String], counting labels: [String] = ["foo", "foo"], taintsPolicy: String? = nil
    ) -> Pod {
        Pod.make("p", labels: ["foo": ""]).with { pod in
            for (topology, label) in zip(topologies, labels) {
                var constraint = TopologySpreadConstraint.make(topology, countingLabel: label)
                constraint.nodeTaintsPolicy = taintsPolicy
                pod.spec.topologySpreadConstraints.append(constraint)
            }
        }
    }

    private func shapes(_ pods: Pod...) -> [PodShape] {
        var registry = ShapeRegistry()
        return pods.map { registry.take($0) }
    }

    private func wakes(_ pod: Pod, _ event: (PodShape) -> ClusterEvent) -> Bool {
        var registry = ShapeRegistry()
        let shape = registry.take(pod)
        return PodTopologySpread.mayBecomeSchedulable(shape, after: event(shape))
    }

    // MARK: Nodes

    @Test(
        arguments: [
            // Added: all topologies must be there.
            (["zone"], nil, ["foo": "bar"], false), (["zone"], nil, ["zone": "1"], true),
            (["zone", "node"], nil, ["zone": "1"], false), (["zone", "node"], nil, ["zone": "1", "node": "1"], true),
            // Deleted.
            (["zone"], ["foo": "bar"], nil, false), (["zone"], ["zone": "1"], nil, true),
            // Changed.
            (["zone"], ["zone": "1"], ["zone": "2"], true), (["zone"], ["foo": "1"], ["foo": "2"], false),
            (["zone"], ["zone": "1", "foo": "1"], ["zone": "1", "foo": "2"], false),
            (["zone", "node"], ["zone": "1"], ["zone": "2"], false),
            (["zone", "node"], ["zone": "1", "node": "1"], ["zone": "1"], true),
            (["zone", "node"], ["zone": "1", "node": "1"], ["zone": "1", "node": "2"], true),
        ] as [([String], StringMap<String>?, StringMap<String>?, Bool)])
    func labelsOfNodes(topologies: [String], old: StringMap<String>?, new: StringMap<String>?, wakes: Bool) {
        func node(_ labels: StringMap<String>) -> Node { Node.make("node-a", labels: labels) }
        let result = self.wakes(pod(topologies)) { _ in
            switch (old.map(node), new.map(node)) {
            case (let old?, let new?): .nodeUpdated(old: old, new: new, NodeChanges(from: old, to: new))
            case (let old?, nil): .nodeDeleted(old)
            case (nil, let new?): .nodeAdded(new)
            case (nil, nil): .forced
            }
        }
        #expect(result == wakes)
    }

    /// Taints count whatever the policy of the constraints, but only of nodes that have the topologies.
    @Test(arguments: [("zone", true), ("rack", false)])
    func taintsOfNodes(label: String, wakes: Bool) {
        let old = Node.make("node-a", labels: [label: "1"], taints: [Taint.make("key")])
        let new = Node.make("node-a", labels: [label: "1"])
        #expect(
            self.wakes(pod(["zone"])) { _ in .nodeUpdated(old: old, new: new, NodeChanges(from: old, to: new)) }
                == wakes)
    }

    // MARK: Other pods

    @Test(
        arguments: [
            ("default", ["foo": ""], true), ("default", ["bar": ""], true), ("default", ["baz": ""], false),
            ("other", ["foo": ""], false),
        ] as [(String, StringMap<String>, Bool)])
    func onePodThatAnyConstraintCounts(namespace: String, labels: StringMap<String>, wakes: Bool) {
        let pod = pod(["zone", "node"], counting: ["foo", "bar"])
        let other = shapes(Pod.make("other", namespace: namespace, labels: labels))[0]
        #expect(self.wakes(pod) { _ in .assignedPodAdded(other) } == wakes)
        #expect(self.wakes(pod) { _ in .assignedPodDeleted(other) } == wakes)
    }

    @Test(
        arguments: [
            ([:], ["foo": ""], true), (["foo": ""], [:], true), (["foo": "1"], ["foo": "2"], false),
            (["foo": "", "baz": "1"], ["foo": "", "baz": "2"], false),
            // One of two constraints counts the pod from now on.
            (["foo": ""], ["foo": "", "bar": ""], true), (["foo": "", "bar": ""], ["foo": "", "bar": "2"], false),
            // What one loses the other gains.
            (["foo": ""], ["bar": ""], true),
        ] as [(StringMap<String>, StringMap<String>, Bool)])
    func labelsOfPods(old: StringMap<String>, new: StringMap<String>, wakes: Bool) {
        let pod = pod(["zone", "node"], counting: ["foo", "bar"])
        let other = shapes(Pod.make("other", labels: old), Pod.make("other", labels: new))
        #expect(self.wakes(pod) { _ in .assignedPodUpdated(old: other[0], new: other[1]) } == wakes)
    }

    // MARK: The pod itself

    @Test(
        arguments: [
            // A label that no constraint looks at; the label that all look at.
            (["foo": "", "baz": ""], false, nil, false), ([:], false, nil, true),
            // A toleration helps where taints decide which nodes count.
            (["foo": ""], true, nil, false), (["foo": ""], true, "Honor", true), (["foo": ""], true, "Ignore", false),
        ] as [(StringMap<String>, Bool, String?, Bool)])
    func changesOfThePod(labels: StringMap<String>, isTolerant: Bool, policy: String?, wakes: Bool) {
        let old = pod(["zone"], taintsPolicy: policy)
        let new = old.with { pod in
            pod.metadata.labels = labels
            if isTolerant { pod.spec.tolerations = [Toleration.make("key")] }
        }
        let shapes = shapes(old, new)
        let event = ClusterEvent.podUpdated(old: shapes[0], new: shapes[1], gatesEliminated: false)
        #expect(PodTopologySpread.mayBecomeSchedulable(shapes[1], after: event) == wakes)
    }
}

/// Which changes wake a pod that InterPodAffinity turned down, by the cases of upstream's
/// `interpodaffinity/plugin_test.go`.
@Suite struct InterPodAffinityHintTests {
    /// A pod with a required term for each of the labels, over zones.
    private func pod(near: [String] = [], awayFrom: [String] = [], labels: StringMap<String> = [:]) -> Pod {
        func terms(_ labels: [String]) -> [PodAffinityTerm] {
            labels.map { label in
                var exists = LabelSelectorRequirement()
                exists.key = label
                exists.operator = "Exists"
                var selector = LabelSelector()
                selector.matchExpressions = [exists]
                var term = PodAffinityTerm()
                term.topologyKey = "zone"
                term.labelSelector = selector
                return term
            }
        }
        var podAffinity = PodAffinity()
        podAffinity.requiredDuringSchedulingIgnoredDuringExecution = terms(near)
        var podAntiAffinity = PodAntiAffinity()
        podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution = terms(awayFrom)
        var affinity = Affinity()
        affinity.podAffinity = podAffinity
        affinity.podAntiAffinity = podAntiAffinity
        return Pod.make("p", labels: labels).with { $0.spec.affinity = affinity }
    }

    private func wakes(_ pod: Pod, _ event: (inout ShapeRegistry) -> ClusterEvent) -> Bool {
        var registry = ShapeRegistry()
        let shape = registry.take(pod)
        return InterPodAffinity.mayBecomeSchedulable(shape, after: event(&registry))
    }

    // MARK: Other pods

    @Test func aPodThatHasAllThatIsWantedArrives() {
        func wakes(_ labels: StringMap<String>) -> Bool {
            self.wakes(pod(near: ["a", "b"])) { .assignedPodAdded($0.take(Pod.make("other", labels: labels))) }
        }
        #expect(wakes(["a": "", "b": ""]))
        #expect(!wakes(["a": ""]))
        #expect(!wakes(["c": ""]))
    }

    @Test(
        arguments: [
            (["c": ""], ["a": "", "b": ""], true), (["a": ""], ["a": "", "b": ""], true),
            (["a": "1", "b": ""], ["a": "2", "b": ""], false), (["a": "", "b": ""], ["a": ""], false),
        ] as [(StringMap<String>, StringMap<String>, Bool)])
    func aPodBecomesTheCompanyThatIsWanted(old: StringMap<String>, new: StringMap<String>, wakes: Bool) {
        let result = self.wakes(pod(near: ["a", "b"])) { registry in
            let other = registry.take(Pod.make("other", labels: old))
            return .assignedPodUpdated(old: other, new: registry.take(Pod.make("other", labels: new)))
        }
        #expect(result == wakes)
    }

    @Test(
        arguments: [
            (["a": ""], ["c": ""], true), (["c": ""], ["a": ""], false), (["a": "1"], ["a": "2"], false),
        ] as [(StringMap<String>, StringMap<String>, Bool)])
    func aPodThatIsAvoidedChanges(old: StringMap<String>, new: StringMap<String>, wakes: Bool) {
        let result = self.wakes(pod(awayFrom: ["a", "b"])) { registry in
            let other = registry.take(Pod.make("other", labels: old))
            return .assignedPodUpdated(old: other, new: registry.take(Pod.make("other", labels: new)))
        }
        #expect(result == wakes)
    }

    /// Either may have kept the other away. Company that leaves is no help.
    @Test(
        arguments: [
            (["a"], [:], [], ["a": ""], true), (["a", "b"], [:], [], ["b": ""], true),
            (["a"], [:], [], ["c": ""], false),
            ([], ["mine": ""], ["mine"], [:], true), ([], ["mine": ""], ["other"], [:], false),
        ] as [([String], StringMap<String>, [String], StringMap<String>, Bool)])
    func aPodLeaves(
        avoided: [String], labels: StringMap<String>, avoids: [String], labelsOfOther: StringMap<String>, wakes: Bool
    ) {
        let pending = pod(near: ["friend"], awayFrom: avoided, labels: labels)
        let other = pod(awayFrom: avoids, labels: labelsOfOther).with { $0.metadata.name = "other" }
        #expect(self.wakes(pending) { .assignedPodDeleted($0.take(other)) } == wakes)
        let friend = Pod.make("friend", labels: ["friend": ""])
        #expect(!self.wakes(pending) { .assignedPodDeleted($0.take(friend)) })
    }

    @Test func labelsOfThePodItselfCount() {
        let result = wakes(pod(labels: ["foo": "bar"])) { registry in
            let old = registry.take(pod(labels: ["foo": "bar"]))
            return .podUpdated(old: old, new: registry.take(pod(labels: ["foo": "baz"])), gatesEliminated: false)
        }
        #expect(result)
    }

    // MARK: Nodes

    @Test(
        arguments: [
            (nil, ["zone": "1"], true, true), (nil, ["rack": "1"], false, true),
            (["rack": "1"], ["rack": "2"], false, false),
            (["zone": "1"], ["zone": "1", "rack": "1"], false, false),
            (["zone": "1"], ["zone": "2"], true, true),
            // A node that joins a zone may bring company, one that leaves may take away what is avoided.
            (["rack": "1"], ["rack": "1", "zone": "1"], true, false),
            (["rack": "1", "zone": "1"], ["rack": "1"], false, true),
        ] as [(StringMap<String>?, StringMap<String>, Bool, Bool)])
    func labelsOfNodes(old: StringMap<String>?, new: StringMap<String>, wakesSociable: Bool, wakesShy: Bool) {
        let newNode = Node.make("node-a", labels: new)
        func event() -> ClusterEvent {
            guard let old else { return .nodeAdded(newNode) }
            let oldNode = Node.make("node-a", labels: old)
            return .nodeUpdated(old: oldNode, new: newNode, NodeChanges(from: oldNode, to: newNode))
        }
        #expect(wakes(pod(near: ["a"])) { _ in event() } == wakesSociable)
        #expect(wakes(pod(awayFrom: ["a"])) { _ in event() } == wakesShy)
        #expect(wakes(pod(near: ["a"], awayFrom: ["b"])) { _ in event() } == (wakesSociable || wakesShy))
    }

    /// A pod without terms was kept away by the terms of others.
    @Test func aPodWithoutTermsLooksAtLabelsOnly() {
        let old = Node.make("node-a", labels: ["zone": "1"])
        let moved = Node.make("node-a", labels: ["zone": "2"])
        let larger = Node.make("node-a", cpu: "8", labels: ["zone": "1"])
        for (new, wakes) in [(moved, true), (larger, false)] {
            let event = ClusterEvent.nodeUpdated(old: old, new: new, NodeChanges(from: old, to: new))
            #expect(self.wakes(Pod.make("p")) { _ in event } == wakes)
        }
    }
}

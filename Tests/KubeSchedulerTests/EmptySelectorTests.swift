import KubeAPI
import KubeScheduler
import Testing

/// What the scheduler takes an empty selector to mean, and what an absent one.
@Suite struct EmptySelectorTests {
    private func isMeant(
        _ change: (inout PodAffinityTerm) -> Void, namespace: String, labels: StringMap<String> = ["app": "a"]
    ) -> Bool {
        var term = PodAffinityTerm()
        term.topologyKey = "zone"
        term.labelSelector = .labels(["app": "a"])
        change(&term)
        return AffinityTerm(term, namespace: "own", labels: [:])
            .matches(namespace: namespace, labels: labels) { ["name": $0] }
    }

    @Test func anAbsentNamespaceSelectorMeansThePodsOwnNamespace() {
        #expect(isMeant({ _ in }, namespace: "own"))
        #expect(!isMeant({ _ in }, namespace: "other"))
    }

    @Test func anEmptyNamespaceSelectorMeansAllNamespaces() {
        #expect(isMeant({ $0.namespaceSelector = LabelSelector() }, namespace: "own"))
        #expect(isMeant({ $0.namespaceSelector = LabelSelector() }, namespace: "other"))
    }

    /// Beside named namespaces an absent selector adds none, not even the pod's own.
    @Test func namedNamespacesStandAlone() {
        #expect(isMeant({ $0.namespaces = ["other"] }, namespace: "other"))
        #expect(!isMeant({ $0.namespaces = ["other"] }, namespace: "own"))
    }

    @Test func anAbsentLabelSelectorMeansNoPodAndAnEmptyOneAll() {
        #expect(!isMeant({ $0.labelSelector = nil }, namespace: "own"))
        #expect(isMeant({ $0.labelSelector = LabelSelector() }, namespace: "own", labels: [:]))
    }

    @Test func theSameHoldsForSpreadConstraints() {
        var constraint = TopologySpreadConstraint()
        constraint.topologyKey = "zone"
        #expect(SpreadConstraint(constraint, labels: [:]).selector.isNothing)
        constraint.labelSelector = LabelSelector()
        #expect(SpreadConstraint(constraint, labels: [:]).selector.isEverything)
    }

    /// Of all who read disruption budgets the scheduler alone takes an empty selector for none.
    @Test(arguments: [nil, LabelSelector()])
    func suchABudgetDoesNotKeepPodsFromPreemption(selector: LabelSelector?) throws {
        let cluster = try TestCluster()
        var priorityClass = PriorityClass(name: "high")
        priorityClass.value = 1000
        try cluster.client.create(priorityClass)
        for number in 1...2 { try cluster.add(Node.make("node-\(number)", cpu: "2")) }
        cluster.settle()
        try cluster.add(Pod.make("guarded", cpu: "2", labels: ["app": "guarded"]))
        try cluster.add(Pod.make("other", cpu: "2", labels: ["app": "other"]))
        for (name, selector) in [("all", selector), ("other", .labels(["app": "other"]))] {
            var budget = PodDisruptionBudget(name: name, namespace: "default")
            budget.spec.selector = selector
            budget.spec.minAvailable = .int(1)
            try cluster.client.create(budget)
        }
        cluster.settle()
        try cluster.add(Pod.make("urgent", cpu: "2").with { $0.spec.priorityClassName = "high" })
        cluster.settle()
        #expect(cluster.pod("guarded")?.metadata.deletionTimestamp != nil)
        #expect(cluster.pod("other")?.metadata.deletionTimestamp == nil)
    }
}

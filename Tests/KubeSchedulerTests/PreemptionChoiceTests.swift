import ClusterCore
import KubeAPI
import KubeClient
import KubeScheduler
import Testing

/// Who has to go, and where, by the cases of upstream's `defaultpreemption/default_preemption_test.go`. Nodes have 500
/// thousandths of a CPU.
@Suite struct PreemptionChoiceTests {
    private func cluster() throws -> TestCluster {
        let cluster = try TestCluster()
        let classes = [("negative", -100), ("low", 0), ("middle", 100), ("high", 1000), ("highest", 10000)]
        for (name, value) in classes {
            var priorityClass = PriorityClass(name: name)
            priorityClass.value = value
            try cluster.client.create(priorityClass)
        }
        return cluster
    }

    /// Adds a pod that runs already, told as `name node priority thousandths [start]`, the start in seconds.
    private func occupy(_ cluster: TestCluster, _ text: String, _ change: (inout Pod) -> Void = { _ in }) throws {
        let words = text.split(separator: " ").map(String.init)
        let cpu = Quantity(milli: try #require(Int(words[3])))
        let pod = Pod.make(words[0], cpu: cpu).with { pod in
            pod.spec.nodeName = words[1]
            pod.spec.priorityClassName = words[2]
            change(&pod)
        }
        let created = try cluster.add(pod)
        let start = words.count > 4 ? Int(words[4]) ?? 0 : 0
        try cluster.client.mutate(Pod.self, created.key, .status) {
            $0.status.startTime = (Instant.simulationStart + .seconds(start)).time
        }
    }

    private func nodes(_ cluster: TestCluster, _ count: Int) throws {
        for number in 1...count { try cluster.add(Node.make("node-\(number)", cpu: "500m")) }
    }

    /// Submits a pod of this priority and size, and lets it be tried.
    private func submit(
        _ cluster: TestCluster, _ priority: String, cpu: Int, _ change: (inout Pod) -> Void = { _ in }
    ) throws {
        let pod = Pod.make("p", cpu: Quantity(milli: cpu)).with { pod in
            pod.spec.priorityClassName = priority
            change(&pod)
        }
        try cluster.add(pod)
        cluster.settle()
    }

    private func nominated(_ cluster: TestCluster) -> String? { cluster.pod("p")?.status.nominatedNodeName }

    private func victims(_ cluster: TestCluster) -> [String] {
        cluster.client.list(Pod.self, namespace: "default").filter { $0.metadata.deletionTimestamp != nil }.map(\.name)
    }

    // MARK: Where

    @Test(arguments: [
        // The lowest of the highest priorities.
        (
            [
                "p1.1 node-1 middle 200", "p1.2 node-1 middle 300", "p2.1 node-2 middle 200", "p2.2 node-2 low 200",
                "p3.1 node-3 low 200", "p3.2 node-3 low 200",
            ], "high", "node-3"
        ),
        // With equal highest ones, the lowest sum.
        (
            [
                "p1.1 node-1 middle 200", "p1.2 node-1 middle 300", "p2.1 node-2 middle 300", "p2.2 node-2 low 200",
                "p3.1 node-3 middle 200", "p3.2 node-3 middle 200",
            ], "high", "node-2"
        ),
        // With equal sums, the fewest pods.
        (
            [
                "p1.1 node-1 middle 100", "p1.2 node-1 negative 100", "p1.3 node-1 middle 100",
                "p1.4 node-1 negative 100", "p2.1 node-2 middle 300", "p2.2 node-2 negative 200",
                "p3.1 node-3 middle 200", "p3.2 node-3 negative 100", "p3.3 node-3 low 100",
            ], "high", "node-2"
        ),
        // A negative priority does not make three pods less than two.
        (
            [
                "p1.1 node-1 middle 100", "p1.2 node-1 negative 100", "p1.3 node-1 negative 100",
                "p2.1 node-2 middle 300", "p2.2 node-2 negative 200",
                "p3.1 node-3 middle 200", "p3.2 node-3 negative 100", "p3.3 node-3 low 100",
            ], "high", "node-2"
        ),
        // The highest priority comes before the sum, and the sum before the number.
        (
            [
                "p1.1 node-1 middle 100", "p1.2 node-1 low 100", "p1.3 node-1 low 100", "p2.1 node-2 high 300",
                "p3.1 node-3 middle 200", "p3.2 node-3 low 100", "p3.3 node-3 low 100", "p3.4 node-3 low 100",
                "p4.1 node-4 middle 200", "p4.2 node-4 middle 100", "p4.3 node-4 middle 100",
                "p4.4 node-4 negative 100",
            ], "highest", "node-1"
        ),
        // All else equal, where the longest running of the most important ones began last.
        (
            [
                "p1.1 node-1 middle 200 20", "p1.2 node-1 middle 200 20", "p2.1 node-2 middle 200 30",
                "p2.2 node-2 middle 200 30", "p3.1 node-3 middle 200 10", "p3.2 node-3 middle 200 10",
            ], "high", "node-2"
        ),
        (
            [
                "p1.1 node-1 middle 200 40", "p1.2 node-1 middle 200 10", "p2.1 node-2 middle 200 30",
                "p2.2 node-2 middle 200 20", "p3.1 node-3 middle 200 60", "p3.2 node-3 middle 200 5",
            ], "high", "node-2"
        ),
        // Those of lower priority have no say in that.
        (
            [
                "p1.1 node-1 middle 200 40", "p1.2 node-1 low 200 1", "p2.1 node-2 middle 200 30",
                "p2.2 node-2 low 200 50",
            ], "high", "node-1"
        ),
    ])
    func theNodeOfLeastHarm(pods: [String], priority: String, expected: String) throws {
        let cluster = try cluster()
        try nodes(cluster, Set(pods.map { $0.split(separator: " ")[1] }).count)
        for pod in pods { try occupy(cluster, pod) }
        cluster.settle()
        try submit(cluster, priority, cpu: 500)
        #expect(nominated(cluster) == expected)
        let leaving = pods.filter { $0.contains(" \(expected) ") }.map { String($0.split(separator: " ")[0]) }
        #expect(victims(cluster) == leaving)
    }

    // MARK: Who

    @Test(arguments: [
        // The small one of lower priority may stay.
        (["p1.1 node-1 low 100", "p1.2 node-1 middle 300"], ["p1.2"]),
        (
            [
                "p1.1 node-1 middle 100", "p1.2 node-1 low 100", "p1.3 node-1 middle 200", "p1.4 node-1 high 100",
            ], ["p1.2", "p1.3"]
        ),
        // Of two that are alike the one that began later goes.
        (
            [
                "p1.1 node-1 low 100 5", "p1.2 node-1 low 100 4", "p1.3 node-1 middle 200 3", "p1.4 node-1 high 100 2",
            ], ["p1.1", "p1.3"]
        ),
        // Nobody of equal priority goes.
        (["p1.1 node-1 high 300", "p1.2 node-1 low 200"], []),
    ])
    func noMoreThanNeeded(pods: [String], expected: [String]) throws {
        let cluster = try cluster()
        try nodes(cluster, 1)
        for pod in pods { try occupy(cluster, pod) }
        cluster.settle()
        try submit(cluster, "high", cpu: 300)
        #expect(victims(cluster) == expected)
        #expect(nominated(cluster) == (expected.isEmpty ? nil : "node-1"))
    }

    private func exists(_ label: String) -> LabelSelector {
        var exists = LabelSelectorRequirement()
        exists.key = label
        exists.operator = "Exists"
        var selector = LabelSelector()
        selector.matchExpressions = [exists]
        return selector
    }

    @Test func onlyThePodThatKeepsOthersAwayGoes() throws {
        let cluster = try cluster()
        try nodes(cluster, 1)
        var term = PodAffinityTerm()
        term.topologyKey = "kubernetes.io/hostname"
        term.labelSelector = exists("foo")
        var antiAffinity = PodAntiAffinity()
        antiAffinity.requiredDuringSchedulingIgnoredDuringExecution = [term]
        var affinity = Affinity()
        affinity.podAntiAffinity = antiAffinity
        try occupy(cluster, "p1.1 node-1 low 100") { pod in
            pod.metadata.labels = ["foo": ""]
            pod.spec.affinity = affinity
        }
        try occupy(cluster, "p1.2 node-1 middle 100")
        try occupy(cluster, "p1.3 node-1 high 100")
        cluster.settle()
        try submit(cluster, "high", cpu: 100) { $0.metadata.labels = ["foo": ""] }
        #expect(victims(cluster) == ["p1.1"])
        #expect(nominated(cluster) == "node-1")
    }

    /// Two in one zone and two in the other would do, and one fewer on the node itself.
    @Test func aPodGoesWhereTheSkewIsTooLarge() throws {
        let cluster = try cluster()
        for (name, zone) in [("node-a", "1"), ("node-b", "1"), ("node-x", "2")] {
            try cluster.add(Node.make(name, cpu: "4", zone: zone))
        }
        let pods = [
            "pod-a1 node-a middle 100 1", "pod-a2 node-a low 100 1", "pod-b1 node-b low 100 2",
            "pod-x1 node-x high 100 1", "pod-x2 node-x high 100 1",
        ]
        for pod in pods { try occupy(cluster, pod) { $0.metadata.labels = ["foo": ""] } }
        cluster.settle()
        let constraints = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map { key in
            var constraint = TopologySpreadConstraint()
            constraint.topologyKey = key
            constraint.maxSkew = 1
            constraint.whenUnsatisfiable = "DoNotSchedule"
            constraint.labelSelector = exists("foo")
            return constraint
        }
        try submit(cluster, "high", cpu: 100) { pod in
            pod.metadata.labels = ["foo": ""]
            pod.spec.topologySpreadConstraints = constraints
        }
        // node-a without pod-a2 would do as well; pod-b1 began later.
        #expect(victims(cluster) == ["pod-b1"])
        #expect(nominated(cluster) == "node-b")
    }

    // MARK: Budgets

    /// A node where no budget is broken is chosen, whatever the priorities; a pod whose eviction has been granted
    /// breaks none.
    @Test(arguments: [(1, [], "node-2"), (1, ["p1.2"], "node-1"), (1, ["another"], "node-2"), (2, [], "node-1")])
    func budgetsAreBrokenLast(allowed: Int, disrupted: [String], expected: String) throws {
        let cluster = try cluster()
        try nodes(cluster, 2)
        for pod in ["p1.1 node-1 low 200", "p1.2 node-1 low 200"] {
            try occupy(cluster, pod) { $0.metadata.labels = ["app": "foo"] }
        }
        for pod in ["p2.1 node-2 middle 200", "p2.2 node-2 middle 200"] { try occupy(cluster, pod) }
        var budget = PodDisruptionBudget(name: "foo", namespace: "default")
        budget.spec.selector = .labels(["app": "foo"])
        budget.spec.minAvailable = .int(1)
        let created = try cluster.client.create(budget)
        try cluster.client.mutate(PodDisruptionBudget.self, created.key, .status) { budget in
            budget.status.disruptionsAllowed = allowed
            for name in disrupted { budget.status.disruptedPods[name] = Instant.simulationStart.time }
        }
        cluster.settle()
        try submit(cluster, "high", cpu: 500)
        #expect(nominated(cluster) == expected)
    }

    // MARK: Afterwards

    /// The condition stands where it stood, with the time at which it came true.
    @Test func aVictimThatIsMarkedAlreadyKeepsTheTime() throws {
        let cluster = try cluster()
        try nodes(cluster, 1)
        try occupy(cluster, "p1 node-1 low 500")
        let key = ObjectKey(.pod, namespace: "default", name: "p1")
        try cluster.client.mutate(Pod.self, key, .status) { pod in
            pod.status.conditions = ["DisruptionTarget", "Ready"].map { type in
                var condition = PodCondition()
                condition.type = type
                condition.status = "True"
                condition.reason = "EvictionByEvictionAPI"
                condition.lastTransitionTime = Instant.simulationStart.time
                return condition
            }
        }
        cluster.advance(.seconds(60))
        try submit(cluster, "high", cpu: 500)
        let conditions = try #require(cluster.pod("p1")).status.conditions.filter { $0.type != "PodScheduled" }
        #expect(conditions.map(\.type) == ["DisruptionTarget", "Ready"])
        #expect(conditions.first?.reason == "PreemptionByScheduler")
        #expect(conditions.first?.lastTransitionTime == Instant.simulationStart.time)
    }

    /// Room that is given up concerns those who had to leave it alone: nobody of higher priority.
    @Test func roomThatIsGivenUpWakesNobodyOfHigherPriority() throws {
        let cluster = try cluster()
        try nodes(cluster, 1)
        try occupy(cluster, "lesser node-1 low 500")
        cluster.settle()
        try submit(cluster, "high", cpu: 500)
        #expect(nominated(cluster) == "node-1")
        let waiting = [("top", "highest", 900), ("equal", "high", 500), ("below", "middle", 500)]
        for (name, priority, cpu) in waiting {
            let pod = Pod.make(name, cpu: Quantity(milli: cpu)).with { $0.spec.priorityClassName = priority }
            try cluster.add(pod)
        }
        cluster.settle()
        #expect(waiting.map { cluster.decision($0.0)?.attempt } == [1, 1, 1])
        _ = try cluster.client.delete(ObjectKey(.pod, namespace: "default", name: "p"))
        cluster.advance(.seconds(2))
        #expect(waiting.map { cluster.decision($0.0)?.attempt } == [1, 2, 2])
    }

    /// What PreFilter turns down ends with the error of a plugin that was never asked; the nomination stays.
    @Test func aPodThatNoNodeCanTakeKeepsItsNomination() throws {
        let cluster = try cluster()
        try nodes(cluster, 1)
        try occupy(cluster, "lesser node-1 low 500")
        var claim = PersistentVolumeClaim(name: "data", namespace: "default")
        claim.spec.accessModes = ["ReadWriteOnce"]
        var resources = VolumeResourceRequirements()
        resources.requests = ["storage": "1Gi"]
        claim.spec.resources = resources
        try cluster.client.create(claim)
        cluster.settle()
        try submit(cluster, "high", cpu: 500) { pod in
            var source = PersistentVolumeClaimVolumeSource()
            source.claimName = "data"
            var volume = Volume()
            volume.name = "data"
            volume.persistentVolumeClaim = source
            pod.spec.volumes = [volume]
        }
        #expect(nominated(cluster) == "node-1")
        _ = try cluster.client.delete(claim.key)
        // A change that makes the pod be tried again.
        try cluster.client.mutate(Node.self, ObjectKey(.node, name: "node-1"), .status) {
            $0.status.allocatable["pods"] = "120"
        }
        cluster.advance(.seconds(3))
        #expect(cluster.decision("p")?.attempt == 2)
        let message = cluster.messages("FailedScheduling", about: "p").last ?? ""
        #expect(message.hasPrefix(#"0/1 nodes are available: persistentvolumeclaim "data" "#))
        #expect(message.hasSuffix(". not found"))
        #expect(nominated(cluster) == "node-1")
    }
}

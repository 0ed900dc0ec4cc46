import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("The disruption controller")
struct DisruptionControllerTests {
    private let cluster: ControllerCluster
    private let author = DisruptionController.component

    init() throws {
        cluster = try ControllerCluster()
        cluster.startReplicas(of: ReplicaSet.self)
        let controller = DisruptionController(cluster.context(author))
        controller.start()
        cluster.keep(controller)
    }

    private func replicaSet(_ name: String = "web", replicas: Int) throws {
        var replicaSet = ReplicaSet(name: name, namespace: "default")
        replicaSet.spec.replicas = replicas
        replicaSet.spec.selector = LabelSelector(matchLabels: ["app": "web", "set": name])
        replicaSet.spec.template = ReplicaSetControllerTests.template
        replicaSet.spec.template?.metadata.labels = ["app": "web", "set": name]
        try cluster.user.create(replicaSet)
    }

    private func budget(
        _ name: String = "web", minimum: IntOrString? = nil, maximum: IntOrString? = nil,
        selector: LabelSelector? = LabelSelector(matchLabels: ["app": "web"])
    ) throws -> ObjectKey {
        var budget = PodDisruptionBudget(name: name, namespace: "default")
        budget.spec.minAvailable = minimum
        budget.spec.maxUnavailable = maximum
        budget.spec.selector = selector
        return try cluster.user.create(budget).key
    }

    /// `allowed, healthy/desired of expected`.
    private func counts(_ key: ObjectKey) -> String {
        let status = cluster.user.get(PodDisruptionBudget.self, key)?.status
        return
            "\(status?.disruptionsAllowed ?? -1), \(status?.currentHealthy ?? -1)/\(status?.desiredHealthy ?? -1) of "
            + "\(status?.expectedPods ?? -1)"
    }

    private func condition(_ key: ObjectKey) -> String {
        let conditions = cluster.user.get(PodDisruptionBudget.self, key)?.status.conditions ?? []
        return conditions.map { "\($0.type)=\($0.status) \($0.reason) \($0.message)" }.joined(separator: "; ")
    }

    @Test(arguments: [
        (minimum: nil as IntOrString?, maximum: "30%" as IntOrString?, "3, 7/4 of 7"), (nil, 1, "1, 7/6 of 7"),
        ("30%", nil, "4, 7/3 of 7"), (5, nil, "2, 7/5 of 7"), (9, nil, "0, 7/9 of 7"), (nil, 0, "0, 7/7 of 7"),
        (nil, nil, "0, 7/0 of 0"),
    ])
    func countsWhatMayBeDisrupted(_ row: (minimum: IntOrString?, maximum: IntOrString?, expected: String)) throws {
        _ = cluster.startPodRunner()
        try replicaSet(replicas: 7)
        let key = try budget(minimum: row.minimum, maximum: row.maximum)
        cluster.advance(.minutes(1))
        #expect(counts(key) == row.expected)
        let isAllowed = !row.expected.hasPrefix("0")
        #expect(
            condition(key)
                == "DisruptionAllowed=" + (isAllowed ? "True SufficientPods " : "False InsufficientPods "))
        #expect(cluster.user.get(PodDisruptionBudget.self, key)?.status.observedGeneration == 1)
        #expect(cluster.isQuiet(author))
    }

    /// An empty selector covers all pods of the namespace, an absent one none.
    @Test func anEmptySelectorIsNotAnAbsentOne() throws {
        _ = cluster.startPodRunner()
        try replicaSet("front", replicas: 2)
        try replicaSet("back", replicas: 3)
        let all = try budget("all", maximum: 1, selector: LabelSelector())
        let none = try budget("none", maximum: 1, selector: nil)
        cluster.advance(.minutes(1))
        #expect(counts(all) == "1, 5/4 of 5")
        #expect(counts(none) == "0, 0/0 of 0")
    }

    @Test func followsPodsAsTheyComeAndGo() throws {
        _ = cluster.startPodRunner(readyAfter: .seconds(5))
        let key = try budget(maximum: 1)
        cluster.settle()
        #expect(counts(key) == "0, 0/0 of 0")
        #expect(cluster.events(by: author).first == "NoPods: No matching pods found")
        try replicaSet(replicas: 3)
        cluster.advance(.seconds(1))
        #expect(counts(key) == "0, 0/2 of 3")
        cluster.advance(.seconds(10))
        #expect(counts(key) == "1, 3/2 of 3")
        let pod = try #require(cluster.pods().first)
        try cluster.user.evict(pod.key)
        cluster.settle()
        // Its replacement is not ready yet.
        #expect(counts(key) == "0, 2/2 of 3")
        cluster.advance(.seconds(10))
        #expect(counts(key) == "1, 3/2 of 3")
        #expect(cluster.user.get(PodDisruptionBudget.self, key)?.status.disruptedPods.isEmpty == true)
    }

    @Test func anEvictedPodThatIsNotDeletedCountsAgainAfterTwoMinutes() throws {
        _ = cluster.startPodRunner()
        try replicaSet(replicas: 3)
        let key = try budget(minimum: 2)
        cluster.advance(.minutes(1))
        let pod = try #require(cluster.pods().first)
        try cluster.user.mutate(PodDisruptionBudget.self, key, .status) { budget in
            budget.status.disruptionsAllowed = 0
            budget.status.disruptedPods[pod.name] = cluster.loop.now.time
        }
        cluster.settle()
        #expect(counts(key) == "0, 2/2 of 3")
        cluster.advance(.minutes(3))
        #expect(counts(key) == "1, 3/2 of 3")
        #expect(cluster.user.get(PodDisruptionBudget.self, key)?.status.disruptedPods.isEmpty == true)
        #expect(
            cluster.events(by: author).contains(
                "NotDeleted: Pod was expected by PDB default/default to be deleted but it wasn't"))
    }

    @Test func aDeploymentCountsOnceForAllItsRevisions() throws {
        _ = cluster.startPodRunner()
        _ = cluster.start(DeploymentController.self)
        var deployment = Deployment(name: "web", namespace: "default")
        deployment.spec.replicas = 4
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        deployment.spec.template = ReplicaSetControllerTests.template
        deployment.spec.template.metadata.labels = ["app": "web"]
        let key = try budget(maximum: "25%")
        try cluster.user.create(deployment)
        cluster.advance(.minutes(1))
        #expect(counts(key) == "1, 4/3 of 4")
        try cluster.user.mutate(Deployment.self, deployment.key) { deployment in
            deployment.spec.template.metadata.annotations["again"] = "1"
        }
        cluster.advance(.seconds(1))
        #expect(counts(key).hasSuffix("/3 of 4"))
        cluster.advance(.minutes(2))
        #expect(counts(key) == "1, 4/3 of 4")
    }

    @Test func podsOfNobodyAreToldOf() throws {
        _ = cluster.startPodRunner()
        var pod = Pod(name: "alone", namespace: "default")
        pod.metadata.labels = ["app": "web"]
        pod.spec = ReplicaSetControllerTests.template.spec
        try cluster.user.create(pod)
        let key = try budget(maximum: 1)
        cluster.advance(.minutes(1))
        #expect(counts(key) == "0, 1/0 of 0")
        let message = """
            UnmanagedPods: Pods selected by this PodDisruptionBudget (selector: \
            &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) \
            were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may \
            result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB \
            to an integer value.
            """
        #expect(cluster.events(by: author).first == message)
    }

    @Test func anOwnerWithoutAScaleAllowsNothing() throws {
        _ = cluster.startPodRunner()
        var pod = Pod(name: "one", namespace: "default")
        pod.metadata.labels = ["app": "web"]
        pod.spec = ReplicaSetControllerTests.template.spec
        var owner = OwnerReference()
        owner.apiVersion = "apps/v1"
        owner.kind = "DaemonSet"
        owner.name = "agents"
        owner.uid = "d5f7"
        owner.controller = true
        pod.metadata.ownerReferences = [owner]
        try cluster.user.create(pod)
        let key = try budget(maximum: 1)
        cluster.advance(.seconds(10))
        let message = "daemonsets.apps does not implement the scale subresource"
        #expect(condition(key) == "DisruptionAllowed=False SyncFailed \(message)")
        #expect(
            cluster.events(by: author).first
                == "CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: \(message)")
    }

    @Test func aStaleConditionIsTakenBack() throws {
        _ = cluster.startPodRunner()
        try replicaSet(replicas: 1)
        cluster.advance(.minutes(1))
        let pod = try #require(cluster.pods().first)
        try cluster.user.mutate(Pod.self, pod.key, .status) { pod in
            var condition = PodCondition()
            condition.type = "DisruptionTarget"
            condition.status = "True"
            condition.reason = "PreemptionByScheduler"
            pod.status.setCondition(condition, now: cluster.loop.now.time)
        }
        cluster.advance(.seconds(119))
        #expect(cluster.user.get(Pod.self, pod.key)?.status.condition("DisruptionTarget")?.status == "True")
        cluster.advance(.seconds(1))
        let condition = cluster.user.get(Pod.self, pod.key)?.status.condition("DisruptionTarget")
        #expect(condition?.status == "False" && condition?.reason == nil)
        let generation = try #require(pod.metadata.generation)
        #expect(condition?.observedGeneration == generation)
        #expect(cluster.isQuiet(author))
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// Evictions and the budgets that hold them back. Counts are written by the test, as the controller would.
@Suite struct EvictionTests {
    private let test: TestServer
    private let budgetKey = ObjectKey(.podDisruptionBudget, namespace: "default", name: "web")

    init() throws { test = try TestServer() }

    private func pod(_ name: String, isReady: Bool = true, phase: String = "Running") throws -> Pod {
        var pod = TestServer.pod(name)
        pod.metadata.labels = ["app": "web"]
        let created = try test.client.create(pod)
        try test.client.bind(pod: created.key, uid: created.uid, to: "node-1")
        try test.client.mutate(Pod.self, created.key, .status) { pod in
            pod.status.phase = phase
            var ready = PodCondition()
            ready.type = "Ready"
            ready.status = isReady ? "True" : "False"
            pod.status.conditions.append(ready)
        }
        return try #require(test.client.get(Pod.self, created.key))
    }

    private func budget(
        _ name: String = "web", allowed: Int, healthy: Int = 3, desired: Int = 2, policy: String? = nil,
        isObserved: Bool = true, selector: LabelSelector? = LabelSelector(matchLabels: ["app": "web"])
    ) throws {
        var budget = PodDisruptionBudget(name: name, namespace: "default")
        budget.spec.minAvailable = 2
        budget.spec.unhealthyPodEvictionPolicy = policy
        budget.spec.selector = selector
        let created = try test.client.create(budget)
        try test.client.mutate(PodDisruptionBudget.self, created.key, .status) { budget in
            budget.status.observedGeneration = isObserved ? budget.metadata.generation : 0
            budget.status.disruptionsAllowed = allowed
            budget.status.currentHealthy = healthy
            budget.status.desiredHealthy = desired
            budget.status.expectedPods = 3
        }
    }

    private func evict(_ pod: Pod, _ options: DeleteOptions = DeleteOptions(), isDryRun: Bool = false) -> StatusError? {
        TestServer.failure { () throws(StatusError) in
            var write = WriteOptions()
            write.isDryRun = isDryRun
            try test.client.evict(pod.key, options, write)
        }
    }

    @Test func aBudgetOfAnEmptySelectorCoversEveryPodAndOneWithoutNone() throws {
        let pod = try pod("web")
        try budget("none", allowed: 0, selector: nil)
        #expect(evict(pod, isDryRun: true) == nil)
        try budget("all", allowed: 0, selector: LabelSelector())
        #expect(evict(pod, isDryRun: true)?.reason == .tooManyRequests)
    }

    @Test func withoutABudgetAPodGoesWithItsGracePeriod() throws {
        let pod = try pod("web")
        #expect(evict(pod) == nil)
        let ending = try #require(test.client.get(Pod.self, pod.key))
        #expect(ending.metadata.deletionGracePeriodSeconds == 30)
        let condition = ending.status.condition("DisruptionTarget")
        #expect(condition?.status == "True" && condition?.reason == "EvictionByEvictionAPI")
        #expect(condition?.message == "Eviction API: evicting")
    }

    @Test func aBudgetIsSpent() throws {
        let first = try pod("a")
        let second = try pod("b")
        try budget(allowed: 1)
        #expect(evict(first) == nil)
        let spent = try #require(test.client.get(PodDisruptionBudget.self, budgetKey))
        #expect(spent.status.disruptionsAllowed == 0)
        #expect(spent.status.disruptedPods == ["a": test.loop.now.time])
        #expect(
            spent.status.conditions.map { "\($0.type) \($0.status) \($0.reason)" } == [
                "DisruptionAllowed False InsufficientPods"
            ])
        let error = try #require(evict(second))
        #expect(error.code == 429 && error.reason == .tooManyRequests && error.retryAfterSeconds == 0)
        #expect(error.message == "Cannot evict pod as it would violate the pod's disruption budget.")
        #expect(
            error.causes.map { "\($0.reason ?? ""): \($0.message ?? "")" } == [
                "DisruptionBudget: The disruption budget web needs 2 healthy pods and has 3 currently"
            ])
        #expect(test.client.get(Pod.self, second.key)?.metadata.deletionTimestamp == nil)
        // A pod that is on its way already takes nothing more.
        #expect(evict(first) == nil)
    }

    @Test func aBudgetThatIsNotCountedYetAllowsNothing() throws {
        let pod = try pod("a")
        try budget(allowed: 5, isObserved: false)
        let error = try #require(evict(pod))
        #expect(error.code == 429 && error.retryAfterSeconds == 10)
        #expect(
            error.causes.map(\.message) == [
                "The disruption budget web is still being processed by the server."
            ])
    }

    @Test func severalBudgetsAreTooMany() throws {
        let pod = try pod("a")
        try budget(allowed: 1)
        try budget("other", allowed: 1)
        let error = try #require(evict(pod))
        #expect(error.code == 500)
        #expect(
            error.message
                == "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
    }

    @Test(arguments: [
        // What is not ready goes while the others are enough, or if the budget says that it may.
        (healthy: 2, policy: nil as String?, isEvicted: true), (healthy: 1, policy: nil, isEvicted: false),
        (healthy: 1, policy: "IfHealthyBudget", isEvicted: false), (healthy: 0, policy: "AlwaysAllow", isEvicted: true),
    ])
    func podsThatAreNotReady(_ row: (healthy: Int, policy: String?, isEvicted: Bool)) throws {
        let pod = try pod("a", isReady: false)
        try budget(allowed: 0, healthy: row.healthy, policy: row.policy)
        #expect((evict(pod) == nil) == row.isEvicted)
        #expect(test.client.get(PodDisruptionBudget.self, budgetKey)?.status.disruptedPods.isEmpty == true)
    }

    @Test(arguments: ["Pending", "Succeeded", "Failed"])
    func whatDoesNotRunIsNotCounted(_ phase: String) throws {
        let pod = try pod("a", phase: phase)
        try budget(allowed: 0)
        #expect(evict(pod) == nil)
    }

    @Test func aDryRunAsksAndChangesNothing() throws {
        let pod = try pod("a")
        try budget(allowed: 1)
        let revision = test.client.revision
        #expect(evict(pod, isDryRun: true) == nil)
        var options = DeleteOptions()
        options.dryRun = ["All"]
        #expect(evict(pod, options) == nil)
        #expect(test.client.revision == revision)
        try test.client.mutate(PodDisruptionBudget.self, budgetKey, .status) { $0.status.disruptionsAllowed = 0 }
        #expect(evict(pod, isDryRun: true)?.code == 429)
    }

    @Test func whatTheClientKnewOfThePodCounts() throws {
        let pod = try pod("a")
        #expect(evict(pod, DeleteOptions(uid: "another"))?.isConflict == true)
        var options = DeleteOptions()
        options.preconditions = Preconditions()
        options.preconditions?.resourceVersion = "1"
        #expect(evict(pod, options)?.isConflict == true)
        #expect(test.client.get(Pod.self, pod.key)?.status.condition("DisruptionTarget") == nil)
        options.preconditions?.resourceVersion = pod.metadata.resourceVersion
        #expect(evict(pod, options) == nil)
        #expect(test.client.get(Pod.self, pod.key)?.metadata.deletionTimestamp != nil)
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// Tells how many pods of each PodDisruptionBudget may be disrupted, which evictions go by.
///
/// A pod's change is counted in the tallies of the budgets that cover it, and makes a budget due only if a count
/// changed.
///
/// Follows kubernetes `pkg/controller/disruption/disruption.go`.
package final class DisruptionController: Controller, Reconciler, ChangeHandler {
    package static let component = "disruption-controller"
    /// As events name their source.
    package static let eventSource = "controllermanager"
    /// How long a pod that was evicted may take until it is being deleted.
    private static let deletionTimeout = Interval.minutes(2)

    /// What the controller knows of one budget.
    private final class Covered {
        let key: ObjectKey
        var selector: Selector
        var tally = BudgetTally()

        init(key: ObjectKey, selector: Selector) {
            self.key = key
            self.selector = selector
        }
    }

    private let context: ComponentContext
    private let scale: ExpectedScale
    private let staleConditions: StaleDisruptionConditions
    private lazy var worker: Worker<DisruptionController> = Worker(self, client: context.client, loop: context.loop)
    /// By the budget's UID.
    private var covered: [String: Covered] = [:]
    private var selectors = SelectorIndex()

    package init(_ context: ComponentContext) {
        self.context = context
        scale = ExpectedScale(context.client)
        staleConditions = StaleDisruptionConditions(context)
    }

    package func start() {
        context.client.watch(PodDisruptionBudget.self, .all, self)
        context.client.watch(Pod.self, .all, self)
    }

    // MARK: What happens

    package func handle(_ change: Change) {
        if change.kind == .pod { podChanged(change) } else { budgetChanged(change) }
    }

    private func budgetChanged(_ change: Change) {
        let old = change.old(PodDisruptionBudget.self)
        let new = change.new(PodDisruptionBudget.self)
        if let old, old.uid != new?.uid { forget(old) }
        if let new, covered[new.uid] == nil || old?.spec.selector != new.spec.selector { learn(new) }
        worker.add(change.key, cause: change.revision)
    }

    /// Counts the pods of a budget afresh. O(pods of the namespace).
    private func learn(_ budget: PodDisruptionBudget) {
        forget(budget)
        let selector: Selector
        // A selector that cannot be read covers nothing, as does none at all.
        do throws(StatusError) { selector = try Selector(budget.spec.selector) } catch { return }
        let entry = Covered(key: budget.key, selector: selector)
        covered[budget.uid] = entry
        selectors.insert(selector, namespace: budget.namespace, budget.uid)
        context.client.forEach(.pod, namespace: budget.namespace) { object in
            if let pod = object.as(Pod.self), selector.matches(pod.labels) {
                _ = entry.tally.set(BudgetTally.Mark(pod), pod: pod.name)
            }
            return true
        }
    }

    private func forget(_ budget: PodDisruptionBudget) {
        guard let entry = covered.removeValue(forKey: budget.uid) else { return }
        selectors.remove(entry.selector, namespace: budget.namespace, budget.uid)
    }

    private func podChanged(_ change: Change) {
        let new = change.new(Pod.self)
        if let old = change.old, old.metadata.labels != change.new?.metadata.labels {
            for entry in budgets(covering: old) where new.map({ !entry.selector.matches($0.labels) }) ?? true {
                count(nil, change, entry)
            }
        }
        if let pod = new, let object = change.new {
            let entries = budgets(covering: object)
            if entries.count > 1 { tellOfMany(entries, pod) }
            for entry in entries { count(BudgetTally.Mark(pod), change, entry) }
            staleConditions.podChanged(pod)
        }
    }

    private func count(_ mark: BudgetTally.Mark?, _ change: Change, _ entry: Covered) {
        if entry.tally.set(mark, pod: change.key.name) { worker.add(entry.key, cause: change.revision) }
    }

    private func budgets(covering pod: KubeObject) -> [Covered] {
        selectors.candidates(namespace: pod.namespace, labels: pod.metadata.labels).compactMap { uid in
            guard let entry = covered[uid], entry.selector.matches(pod.metadata.labels) else { return nil }
            return entry
        }
    }

    private func tellOfMany(_ entries: [Covered], _ pod: Pod) {
        let name = entries.map(\.key).min()?.name ?? ""
        context.recorder.event(
            pod, .warning, "MultiplePodDisruptionBudgets",
            "Pod \(GoText.quoted(pod.namespace))/\(GoText.quoted(pod.name)) matches multiple PodDisruptionBudgets.  "
                + "Chose \(GoText.quoted(name)) arbitrarily.")
    }

    // MARK: Reconciling

    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let budget = context.client.get(PodDisruptionBudget.self, key) else { return }
        let tally = covered[budget.uid]?.tally ?? BudgetTally()
        if tally.podCount == 0 { context.recorder.event(budget, .normal, "NoPods", "No matching pods found") }
        let expected: (count: Int, healthy: Int)
        do throws(ExpectedScale.Failure) {
            expected = try expectedCounts(budget, tally)
        } catch {
            context.recorder.event(
                budget, .warning, "CalculateExpectedPodCountFailed",
                "Failed to calculate the number of expected pods: \(error.message)")
            return try failSafe(budget, error.message)
        }
        let (disrupted, recheck) = disruptedPods(budget, tally)
        let healthy = tally.healthyCount - disrupted.filter { isAwaited($0.1) && isHealthy($0.0, tally) }.count
        try update(budget, expected, healthy: healthy, disrupted)
        if let recheck { worker.add(key, after: recheck - context.now) }
    }

    private func isHealthy(_ pod: String, _ tally: BudgetTally) -> Bool { tally.marks[pod]?.isHealthy ?? false }

    private func isAwaited(_ time: Time) -> Bool { time.instant + Self.deletionTimeout > context.now }

    /// How many pods there should be, and how many of them healthy.
    private func expectedCounts(
        _ budget: PodDisruptionBudget, _ tally: BudgetTally
    ) throws(ExpectedScale.Failure) -> (count: Int, healthy: Int) {
        if let maximum = budget.spec.maxUnavailable {
            let count = try managedScale(budget, tally)
            return (count, max(count - (maximum.scaled(of: count, roundUp: true) ?? 0), 0))
        }
        switch budget.spec.minAvailable {
        case nil: return (0, 0)
        case .some(.int(let minimum)): return (tally.podCount, minimum)
        case .some(let minimum):
            let count = try managedScale(budget, tally)
            return (count, minimum.scaled(of: count, roundUp: true) ?? 0)
        }
    }

    private func managedScale(
        _ budget: PodDisruptionBudget, _ tally: BudgetTally
    ) throws(ExpectedScale.Failure) -> Int {
        let count = try scale.total(tally, namespace: budget.namespace)
        if tally.unmanagedCount > 0 {
            context.recorder.event(
                budget, .warning, "UnmanagedPods",
                "Pods selected by this PodDisruptionBudget (selector: \(DisruptionTexts.go(budget.spec.selector))) "
                    + "were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, "
                    + "which may result in undefined behavior. To account for these pods please set "
                    + "\".spec.minAvailable\" field of the PDB to an integer value.")
        }
        return count
    }

    /// The evicted pods that are still to be deleted, and when to look for them again.
    private func disruptedPods(
        _ budget: PodDisruptionBudget, _ tally: BudgetTally
    ) -> (pods: StringMap<Time>, recheck: Instant?) {
        var pods: StringMap<Time> = [:]
        var recheck: Instant?
        for (name, time) in budget.status.disruptedPods {
            guard let mark = tally.marks[name], !mark.isBeingDeleted else { continue }
            let due = time.instant + Self.deletionTimeout
            if due <= context.now {
                guard let pod = context.client.get(Pod.self, namespace: budget.namespace, name: name) else { continue }
                // Upstream names the namespace twice.
                context.recorder.event(
                    pod, .warning, "NotDeleted",
                    "Pod was expected by PDB \(budget.namespace)/\(budget.namespace) to be deleted but it wasn't")
            } else {
                recheck = min(recheck ?? due, due)
                pods[name] = time
            }
        }
        return (pods, recheck)
    }

    private func update(
        _ budget: PodDisruptionBudget, _ expected: (count: Int, healthy: Int), healthy: Int,
        _ disrupted: StringMap<Time>
    ) throws(StatusError) {
        var updated = budget
        updated.status.expectedPods = expected.count
        updated.status.desiredHealthy = expected.healthy
        updated.status.currentHealthy = healthy
        // None while nothing is expected: the first pods of a new budget are safe before they are counted.
        updated.status.disruptionsAllowed = expected.count > 0 ? max(healthy - expected.healthy, 0) : 0
        updated.status.disruptedPods = disrupted
        updated.status.observedGeneration = budget.metadata.generation
        if updated.status == budget.status, budget.hasCurrentCondition { return }
        updated.updateDisruptionAllowedCondition(now: context.now.time)
        try context.client.updateStatus(updated)
    }

    /// Allows no disruption when the number of pods cannot be told.
    private func failSafe(_ budget: PodDisruptionBudget, _ message: String) throws(StatusError) {
        var updated = budget
        updated.status.disruptionsAllowed = 0
        var condition = Condition()
        condition.type = PodDisruptionBudget.disruptionAllowed
        condition.status = "False"
        condition.reason = "SyncFailed"
        condition.message = message
        condition.observedGeneration = budget.status.observedGeneration
        updated.status.conditions.set(condition, now: context.now.time)
        try context.client.updateStatus(updated)
    }
}

enum DisruptionTexts {
    /// A selector as Go prints it with `%v`.
    static func go(_ selector: LabelSelector?) -> String {
        guard let selector else { return "nil" }
        let labels = selector.matchLabels.map { "\($0.0): \($0.1)," }.joined()
        let requirements = selector.matchExpressions.map { expression in
            "LabelSelectorRequirement{Key:\(expression.key),Operator:\(expression.operator),"
                + "Values:[\(expression.values.joined(separator: " "))],},"
        }
        return "&LabelSelector{MatchLabels:map[string]string{\(labels)},"
            + "MatchExpressions:[]LabelSelectorRequirement{\(requirements.joined())},}"
    }
}

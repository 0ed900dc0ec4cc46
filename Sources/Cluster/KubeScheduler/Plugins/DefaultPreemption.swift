import ClusterCore
import KubeAPI

/// Looks for a node where the pod would fit if pods of lower priority were gone, and for the least harmful such choice.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/defaultpreemption and pkg/scheduler/framework/preemption.
package enum DefaultPreemption: Plugin {
    package static let identifier = PluginIdentifier.defaultPreemption

    private static let notHelpful = "Preemption is not helpful for scheduling"
    private static let noVictims = "No preemption victims found for incoming pod"
    static let neverEligible = "preemption: not eligible due to preemptionPolicy=Never."
    static let victimsTerminating = "preemption: not eligible due to a terminating pod on the nominated node."

    /// A node, and the pods that would have to go.
    struct Candidate {
        let node: NodeInfo
        /// The most important first.
        let victims: [Victim]
        /// How many of them a disruption budget protects.
        let violations: Int
    }

    /// A pod that might have to go.
    struct Victim {
        let pod: AssignedPod
        let object: Pod
        /// When it started; now, if it hasn't.
        let start: Instant

        func isMoreImportant(than other: Victim) -> Bool {
            if pod.priority != other.pod.priority { return pod.priority > other.pod.priority }
            return start < other.start
        }
    }

    /// What a search for candidates needs to know.
    struct Search {
        let evaluation: ShapeEvaluation
        let priority: Int
        let budgets: [PodDisruptionBudget]
        let now: Instant
        /// Pods nominated to a node that the pod must leave room for.
        let nominated: (NodeInfo) -> [PodShape]
        let object: (AssignedPod) -> Pod?
    }

    // MARK: Words

    /// The message when nothing can be done: for each node where removing pods might have helped, why it would not.
    static func failureMessage(nodeCount: Int, dryRun: RejectionCounts) -> String {
        var error = FitError(nodeCount: nodeCount)
        error.rejections = dryRun
        error.absentReason = notHelpful
        return "preemption: " + error.message
    }

    /// As if a dry run had found no pod of lower priority on any of the nodes.
    static func withoutVictims(_ count: Int) -> RejectionCounts {
        var counts = RejectionCounts()
        counts.add(Rejection(identifier, unresolvable: true, noVictims), count)
        return counts
    }

    // MARK: Dry run

    /// Tries the nodes one after the other from `offset` on, until enough candidates are found: a tenth of the nodes,
    /// and at least a hundred.
    static func findCandidates(
        _ search: Search, nodes: [NodeInfo], offset: Int
    ) -> (candidates: [Candidate], rejections: RejectionCounts) {
        let wanted = min(max(nodes.count / 10, 100), nodes.count)
        var candidates: [Candidate] = []
        var rejections = RejectionCounts()
        var hasHarmless = false
        for index in nodes.indices {
            let node = nodes[(offset + index) % nodes.count]
            switch selectVictims(search, node) {
            case .success(let candidate):
                candidates.append(candidate)
                hasHarmless = hasHarmless || candidate.violations == 0
                if hasHarmless, candidates.count >= wanted { return (candidates, rejections) }
            case .failure(let refusal): rejections.add(refusal.rejection)
            }
        }
        return (candidates, rejections)
    }

    struct Refusal: Error { let rejection: Rejection }

    /// The fewest pods that must go from a node: all of lower priority are taken away, then given back one by one, the
    /// protected and the important first, as long as the pod still fits.
    static func selectVictims(_ search: Search, _ node: NodeInfo) -> Result<Candidate, Refusal> {
        var potential: [Victim] = []
        for pod in node.pods where pod.priority < search.priority {
            guard let object = search.object(pod) else { continue }
            potential.append(Victim(pod: pod, object: object, start: object.status.startTime?.instant ?? search.now))
        }
        guard !potential.isEmpty else {
            return .failure(Refusal(rejection: Rejection(identifier, unresolvable: true, noVictims)))
        }
        var trial = NodeTrial(search.evaluation, node)
        for victim in potential { trial.remove(victim.pod) }
        let nominated = search.nominated(node)
        if let rejection = trial.filter(leavingRoomFor: nominated) { return .failure(Refusal(rejection: rejection)) }
        potential.sort { left, right in
            if left.isMoreImportant(than: right) { return true }
            if right.isMoreImportant(than: left) { return false }
            return left.pod.key < right.pod.key
        }
        let (violating, harmless) = split(potential, by: search.budgets)
        var victims: [Victim] = []
        var violations = 0
        for (group, isViolating) in [(violating, true), (harmless, false)] {
            for victim in group {
                trial.putBack(victim.pod)
                if trial.filter(leavingRoomFor: nominated) == nil { continue }
                trial.remove(victim.pod)
                victims.append(victim)
                if isViolating { violations += 1 }
            }
        }
        if !violating.isEmpty, !harmless.isEmpty { victims.sort { $0.isMoreImportant(than: $1) } }
        return .success(Candidate(node: node, victims: victims, violations: violations))
    }

    /// Parts pods whose removal a disruption budget would not allow from the others, keeping their order.
    static func split(
        _ victims: [Victim], by budgets: [PodDisruptionBudget]
    ) -> (violating: [Victim], harmless: [Victim]) {
        var allowed = budgets.map { $0.status.disruptionsAllowed ?? 0 }
        let selectors = budgets.map { Selector(lenient: $0.spec.selector) }
        var violating: [Victim] = []
        var harmless: [Victim] = []
        for victim in victims {
            var isViolated = false
            for (index, budget) in budgets.enumerated()
            where !victim.object.labels.isEmpty && budget.namespace == victim.object.namespace {
                guard !selectors[index].isEverything, selectors[index].matches(victim.object.labels),
                    !budget.status.disruptedPods.contains(victim.object.name)
                else { continue }
                allowed[index] -= 1
                if allowed[index] < 0 { isViolated = true }
            }
            if isViolated { violating.append(victim) } else { harmless.append(victim) }
        }
        return (violating, harmless)
    }

    // MARK: Choice

    /// The candidate that does the least harm: fewest budgets broken, then the lowest highest priority, the lowest sum
    /// of priorities, the fewest victims, and the latest start of the most important ones; the first of equals.
    static func choose(_ candidates: [Candidate]) -> Candidate? {
        var left = candidates
        let measures: [(Candidate) -> Int] = [
            { -$0.violations },
            { -($0.victims.first?.pod.priority ?? 0) },
            // Shifted so that two victims of negative priority don't look better than one.
            { -$0.victims.reduce(0) { $0 + $1.pod.priority + Int(Int32.max) + 1 } },
            { -$0.victims.count },
            { Int(earliestStart($0).nanoseconds) },
        ]
        for measure in measures where left.count > 1 {
            let best = left.map(measure).max()
            left = left.filter { measure($0) == best }
        }
        return left.first
    }

    /// The earliest start among the victims of the highest priority.
    private static func earliestStart(_ candidate: Candidate) -> Instant {
        let highest = candidate.victims.map(\.pod.priority).max()
        let starts = candidate.victims.filter { $0.pod.priority == highest }.map(\.start)
        return starts.min() ?? Instant(nanoseconds: .min)
    }

    /// Whether a pod is going away because the scheduler preempted it.
    static func isTerminatingByPreemption(_ pod: Pod) -> Bool {
        guard pod.metadata.deletionTimestamp != nil else { return false }
        let condition = pod.status.conditions.first { $0.type == "DisruptionTarget" }
        return condition?.status == "True" && condition?.reason == "PreemptionByScheduler"
    }
}

extension NodeTrial {
    /// Asks twice when pods are nominated to the node: with them there, and without, as they may never come.
    mutating func filter(leavingRoomFor nominated: [PodShape]) -> Rejection? {
        if nominated.isEmpty { return filter() }
        for shape in nominated { add(shape) }
        let rejection = filter()
        for shape in nominated { remove(shape) }
        return rejection ?? filter()
    }
}

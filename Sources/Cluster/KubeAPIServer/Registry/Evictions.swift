import KubeAPI
import KubeClient
import KubeStore

/// The `eviction` subresource of pods: a deletion that disruption budgets may refuse.
///
/// Follows kubernetes pkg/registry/core/pod/storage/eviction.go.
extension APIServer {
    /// A budget that has more evicted pods than this, whose end nobody has noticed, allows no more.
    private static let maximumDisruptedPods = 2000

    /// Evicts a pod.
    ///
    /// - Throws: `tooManyRequests` (429, with a cause of the type DisruptionBudget) when a budget does not allow it,
    ///   an error of code 500 when several budgets cover the pod, `forbidden`, and what `delete` throws.
    package func evict(_ eviction: Eviction, _ request: Request) throws(StatusError) {
        let key = ObjectKey(
            .pod, namespace: eviction.metadata.namespace ?? "", name: eviction.metadata.name ?? "")
        var options = eviction.deleteOptions ?? DeleteOptions()
        var request = request
        if options.dryRun.contains("All") { request.options.isDryRun = true }
        if request.options.isDryRun { options.dryRun = ["All"] }
        guard let object = store.object(key), let pod = object.as(Pod.self) else {
            throw .notFound(kind: .pod, name: key.name)
        }
        // What has ended, or has not begun, is disrupted already: no budget is asked.
        if pod.isTerminal || pod.status.phase == "Pending" || pod.metadata.deletionTimestamp != nil {
            _ = try delete(key, options, request)
            return
        }
        let budgets = budgets(covering: pod)
        if budgets.count > 1 {
            throw StatusError(
                reason: .unknown, code: 500,
                message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
                    + "support.")
        }
        if let budget = budgets.first, !APIServer.isHarmless(pod, budget) { try spend(budget, on: pod, request) }
        try markAndDelete(object, options, request)
    }

    private func budgets(covering pod: Pod) -> [PodDisruptionBudget] {
        var found: [PodDisruptionBudget] = []
        store.forEach(.podDisruptionBudget, namespace: pod.namespace) { object in
            guard let budget = object.as(PodDisruptionBudget.self) else { return true }
            do throws(StatusError) {
                let selector = try Selector(budget.spec.selector)
                if selector.matches(pod.labels) { found.append(budget) }
            } catch {
                // A selector that cannot be read covers nothing.
            }
            return true
        }
        return found
    }

    /// Whether a budget need not be spent: the pod does not count as healthy, and its end takes nothing away.
    private static func isHarmless(_ pod: Pod, _ budget: PodDisruptionBudget) -> Bool {
        if pod.status.condition("Ready")?.status == "True" { return false }
        if budget.spec.unhealthyPodEvictionPolicy == "AlwaysAllow" { return true }
        let desired = budget.status.desiredHealthy ?? 0
        return desired > 0 && budget.status.currentHealthy ?? 0 >= desired
    }

    /// Takes one disruption from a budget, and notes for the controller whose it is.
    private func spend(_ budget: PodDisruptionBudget, on pod: Pod, _ request: Request) throws(StatusError) {
        let resource = GroupResource(group: "policy", resource: "poddisruptionbudget")
        if budget.status.observedGeneration ?? 0 < budget.metadata.generation ?? 0 {
            throw APIServer.refusal(
                "The disruption budget \(budget.name) is still being processed by the server.", retryAfterSeconds: 10)
        }
        let allowed = budget.status.disruptionsAllowed ?? 0
        if allowed < 0 {
            throw .forbidden(resource: resource, name: budget.name, message: "pdb disruptions allowed is negative")
        }
        if budget.status.disruptedPods.count > APIServer.maximumDisruptedPods {
            throw .forbidden(
                resource: resource, name: budget.name,
                message: "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
        }
        if allowed == 0 {
            throw APIServer.refusal(
                "The disruption budget \(budget.name) needs \(budget.status.desiredHealthy ?? 0) healthy pods and has "
                    + "\(budget.status.currentHealthy ?? 0) currently")
        }
        if request.options.isDryRun { return }
        var spent = budget
        spent.status.disruptionsAllowed = allowed - 1
        if allowed == 1 { spent.updateDisruptionAllowedCondition(now: now) }
        spent.status.disruptedPods[pod.name] = now
        _ = try replace(stored(budget.key), with: spent.boxed, .status, request)
    }

    private func stored(_ key: ObjectKey) throws(StatusError) -> KubeObject {
        guard let object = store.object(key) else { throw .notFound(kind: key.kind, name: key.name) }
        return object
    }

    private static func refusal(_ cause: String, retryAfterSeconds: Int = 0) -> StatusError {
        var error = StatusError.tooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds: retryAfterSeconds)
        var budget = StatusCause()
        budget.reason = StatusCauseType.disruptionBudget
        budget.message = cause
        error.causes = [budget]
        return error
    }

    /// Says in the pod's status why it ends, and deletes it.
    private func markAndDelete(
        _ object: KubeObject, _ options: DeleteOptions, _ request: Request
    ) throws(StatusError) {
        var options = options
        if !request.options.isDryRun, var pod = object.as(Pod.self) {
            // The mark is a write of its own: what the client knows of the pod is asked before it.
            try Deletions.validate(options)
            try Deletions.checkPreconditions(options, object)
            var condition = PodCondition()
            condition.type = "DisruptionTarget"
            condition.status = "True"
            condition.reason = "EvictionByEvictionAPI"
            condition.message = "Eviction API: evicting"
            condition.observedGeneration = pod.metadata.generation
            pod.status.setCondition(condition, now: now)
            let marked = try replace(object, with: pod.boxed, .status, request)
            if options.preconditions?.resourceVersion != nil {
                options.preconditions?.resourceVersion = marked.metadata.resourceVersion
            }
        }
        _ = try delete(object.key, options, request)
    }
}

extension LocalClient {
    /// Evicts a pod, after the grace period of the options or its own.
    package func evict(
        _ pod: ObjectKey, _ options: DeleteOptions = DeleteOptions(), _ write: WriteOptions = WriteOptions()
    ) throws(StatusError) {
        var eviction = Eviction()
        eviction.metadata.namespace = pod.namespace
        eviction.metadata.name = pod.name
        eviction.deleteOptions = options
        try server.evict(eviction, request(to: .create, .pod, pod, .eviction, write))
    }
}

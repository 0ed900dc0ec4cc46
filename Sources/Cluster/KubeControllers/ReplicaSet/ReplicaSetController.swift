import ClusterCore
import KubeAPI
import KubeClient

package typealias ReplicaSetController = ReplicaController<ReplicaSet>
package typealias ReplicationControllerController = ReplicaController<ReplicationController>

/// Keeps as many pods as a ReplicaSet, or a ReplicationController, wants.
///
/// A pod's change is counted in its owner's tally as it comes, and makes the owner due only if a count changed; many
/// at one moment make it due once. Pods are listed only when some are to be deleted.
///
/// Follows kubernetes `pkg/controller/replicaset/replica_set.go`.
package final class ReplicaController<Owner: ReplicaOwner>: Controller, Reconciler, ChangeHandler {
    package static var component: String { Owner.controllerComponent }
    /// The most pods that one sync creates or deletes.
    private static var burstReplicas: Int { 500 }

    private let context: ComponentContext
    private let podControl: PodControl
    private lazy var worker: Worker<ReplicaController> = Worker(self, client: context.client, loop: context.loop)
    /// By the owner's UID.
    private var managed: [String: ManagedReplicas] = [:]
    private var selectors = SelectorIndex()
    /// Pods without a controller: their names by namespace.
    private var orphans: [String: Set<String>] = [:]
    /// By the owner's UID.
    private var expectations = Expectations()
    private let ownerKindName = Owner.kind.info.name

    package init(_ context: ComponentContext) {
        self.context = context
        podControl = PodControl(context)
    }

    package func start() {
        context.client.watch(Owner.self, .all, self)
        context.client.watch(Pod.self, .all, self)
    }

    // MARK: What happens

    // Pods' changes come through here by the thousand: without a version of its own for replica sets, the method looks
    // the types it uses up at run time.
    @_specialize(where Owner == ReplicaSet)
    package func handle(_ change: Change) {
        if change.kind == .pod { podChanged(change) } else { ownerChanged(change) }
    }

    private func ownerChanged(_ change: Change) {
        let old = change.old(Owner.self)
        let new = change.new(Owner.self)
        if let old, old.uid != new?.uid { forget(old) }
        let isSameSpec = if let old, let new { new.hasSameSpec(as: old) } else { false }
        if let new, !isSameSpec { learn(new) }
        if let old, let new, isSameSpec, isOwnNote(change, old, new) { return }
        worker.add(change.key, cause: change.revision)
    }

    /// Whether the change is a status that this controller wrote, and that leaves it nothing to do: counts follow from
    /// pods. A failure is tried again at once, as upstream does.
    private func isOwnNote(_ change: Change, _ old: Owner, _ new: Owner) -> Bool {
        change.author == context.client.component && old.uid == new.uid
            && old.metadata.isBeingDeleted == new.metadata.isBeingDeleted
            && old.replicaStatus.conditions == new.replicaStatus.conditions
    }

    /// Counts an owner's pods afresh if what they are matched with is new. O(its pods + orphans of the namespace).
    private func learn(_ owner: Owner) {
        let selector: Selector
        do throws(StatusError) { selector = try owner.podSelector() } catch { return }
        let templateLabels = Selector(owner.podTemplate.metadata.labels)
        let entry: ManagedReplicas
        if let known = managed[owner.uid] {
            if known.selector == selector, known.templateLabels == templateLabels { return }
            selectors.remove(known.selector, namespace: owner.namespace, owner.uid)
            entry = known
            entry.selector = selector
            entry.templateLabels = templateLabels
        } else {
            entry = ManagedReplicas(key: owner.key, selector: selector, templateLabels: templateLabels)
            managed[owner.uid] = entry
        }
        selectors.insert(selector, namespace: owner.namespace, owner.uid)
        entry.tally = ReplicaTally()
        for pod in context.client.list(Pod.self, index: .owner(uid: owner.uid))
        where pod.metadata.controllerReference?.uid == owner.uid {
            entry.tally.set(entry.mark(pod), pod: pod.name)
        }
        entry.adoptable = []
        for name in orphans[owner.namespace] ?? [] {
            let pod = context.client.get(Pod.self, namespace: owner.namespace, name: name)
            if let pod, selector.matches(pod.metadata.labels) { entry.adoptable.insert(name) }
        }
    }

    private func forget(_ owner: Owner) {
        expectations.remove(owner.uid)
        guard let entry = managed.removeValue(forKey: owner.uid) else { return }
        selectors.remove(entry.selector, namespace: owner.namespace, owner.uid)
    }

    private func podChanged(_ change: Change) {
        let old = controllerUID(change.old)
        let new = controllerUID(change.new)
        if let old, old != new, let entry = managed[old] {
            entry.tally.set(nil, pod: change.key.name)
            expectations.deletionObserved(old, change.key.name)
            worker.add(entry.key, cause: change.revision)
        }
        guard let new else { return orphanChanged(change) }
        if change.old != nil, old == nil { forgetOrphan(change.key) }
        guard let entry = managed[new], let pod = change.new(Pod.self) else { return }
        let isCounted = entry.tally.set(entry.mark(pod), pod: pod.name)
        if pod.metadata.isBeingDeleted {
            expectations.deletionObserved(new, pod.name)
        } else if change.verb == .create {
            expectations.creationObserved(new)
        }
        if isCounted || change.verb == .create { worker.add(entry.key, cause: change.revision) }
    }

    /// The UID of an object's controller, which is empty for one of another kind: no owner has that.
    private func controllerUID(_ object: KubeObject?) -> String? {
        guard let references = object?.metadata.ownerReferences,
            let place = references.indices.first(where: { references[$0].controller == true })
        else { return nil }
        return references[place].kind == ownerKindName ? references[place].uid : ""
    }

    /// A pod without a controller may be somebody's to adopt.
    private func orphanChanged(_ change: Change) {
        guard let pod = change.new(Pod.self) else { return forgetOrphan(change.key) }
        orphans[pod.namespace, default: []].insert(pod.name)
        if let old = change.old, old.metadata.labels == pod.metadata.labels, old.metadata.controllerReference == nil {
            return
        }
        guard pod.isActive else { return }
        for uid in selectors.candidates(namespace: pod.namespace, labels: pod.metadata.labels) {
            guard let entry = managed[uid], entry.selector.matches(pod.metadata.labels) else { continue }
            entry.adoptable.insert(pod.name)
            worker.add(entry.key, cause: change.revision)
        }
    }

    private func forgetOrphan(_ key: ObjectKey) {
        orphans[key.namespace]?.remove(key.name)
        if orphans[key.namespace]?.isEmpty == true { orphans[key.namespace] = nil }
    }

    // MARK: Reconciling

    @_specialize(where Owner == ReplicaSet)
    package func sync(_ key: ObjectKey) throws(StatusError) {
        guard let owner = context.client.get(Owner.self, key), let entry = managed[owner.uid] else { return }
        let needsSync = expectations.isSatisfied(owner.uid, now: context.now)
        try claimPods(owner, entry)
        let counts = ReplicaCounts(entry.tally, minReadySeconds: owner.minReadySeconds, now: context.now)
        var failure: StatusError?
        if needsSync, !owner.metadata.isBeingDeleted {
            let budget = requestBudget
            failure = manageReplicas(owner, entry, budget)
            // A client with a limit is still at it: the status is written once all is done.
            let wanted = (entry.tally.replicas - owner.desiredReplicas).magnitude
            if failure == nil, budget < Self.burstReplicas, wanted > budget { return }
        }
        let status = owner.calculateStatus(counts, failure: failure, now: context.now)
        if status != owner.replicaStatus {
            var updated = owner
            updated.replicaStatus = status
            try context.client.updateStatus(updated)
        }
        if let failure { throw failure }
        if owner.minReadySeconds > 0, counts.ready != counts.available {
            let next = entry.tally.nextAvailability(minReadySeconds: owner.minReadySeconds, now: context.now)
            worker.add(key, after: next ?? .seconds(owner.minReadySeconds))
        }
    }

    /// Lets go of pods that the selector doesn't match any more, and adopts those without a controller that it does.
    /// The owner was just read from the API server, so nobody adopts for an owner that is gone or going.
    private func claimPods(_ owner: Owner, _ entry: ManagedReplicas) throws(StatusError) {
        if entry.tally.strays.isEmpty && entry.adoptable.isEmpty || owner.metadata.isBeingDeleted { return }
        for name in entry.tally.strays.sorted() {
            let released = try changeOwners(ObjectKey(.pod, namespace: owner.namespace, name: name)) { pod in
                pod.metadata.ownerReferences.removeAll { $0.uid == owner.uid }
            }
            if released != nil { entry.tally.set(nil, pod: name) }
        }
        for name in entry.adoptable.sorted() {
            entry.adoptable.remove(name)
            let key = ObjectKey(.pod, namespace: owner.namespace, name: name)
            guard let pod = context.client.get(Pod.self, key), pod.isActive,
                pod.metadata.controllerReference == nil, entry.selector.matches(pod.metadata.labels)
            else { continue }
            let adopted = try changeOwners(key) { pod in
                pod.metadata.ownerReferences.removeAll { $0.uid == owner.uid }
                pod.metadata.ownerReferences.append(OwnerReference(controller: owner))
            }
            if let adopted { entry.tally.set(entry.mark(adopted), pod: name) }
        }
    }

    /// Nil if the pod is gone, or nothing changed.
    private func changeOwners(_ key: ObjectKey, _ change: (inout Pod) -> Void) throws(StatusError) -> Pod? {
        do throws(StatusError) {
            return try context.client.mutate(Pod.self, key, nil, change)
        } catch {
            if error.isNotFound || error.isInvalid { return nil }
            throw error
        }
    }

    /// Creates the pods that are missing, or deletes those that are too many. Returns the first failure.
    private func manageReplicas(_ owner: Owner, _ entry: ManagedReplicas, _ budget: Int) -> StatusError? {
        let difference = entry.tally.replicas - owner.desiredReplicas
        if difference < 0 { return createPods(min(-difference, budget), owner) }
        if difference > 0 { return deletePods(owner, entry, budget) }
        return nil
    }

    /// How many pods one sync creates or deletes: as many as the client may at once, if it is limited. What is left
    /// waits for the changes that these make.
    private var requestBudget: Int {
        min(Self.burstReplicas, context.client.rateLimiter?.allowance(context.now) ?? Self.burstReplicas)
    }

    private func createPods(_ count: Int, _ owner: Owner) -> StatusError? {
        expectations.expectCreations(owner.uid, count, now: context.now)
        let pod = PodControl.pod(from: owner.podTemplate, owner: owner)
        let (successes, failure) = slowStartBatch(count: count) {
            guard let error = podControl.create(pod, for: owner) else { return nil }
            return error.hasCause(StatusCauseType.namespaceTerminating) ? nil : error
        }
        for _ in successes..<count { expectations.creationObserved(owner.uid) }
        return failure
    }

    private func deletePods(_ owner: Owner, _ entry: ManagedReplicas, _ budget: Int) -> StatusError? {
        let replicas = context.client.list(Pod.self, index: .owner(uid: owner.uid)).filter { pod in
            pod.metadata.controllerReference?.uid == owner.uid && entry.mark(pod).isReplica
        }
        let count = min(replicas.count - owner.desiredReplicas, budget)
        guard count > 0 else { return nil }
        let doomed = podsToDelete(
            replicas, count: count, podsOnNode: count < replicas.count ? relatedPodsOnNodes(owner) : [:],
            now: context.now)
        expectations.expectDeletions(owner.uid, doomed.map(\.name), now: context.now)
        var failure: StatusError?
        for pod in doomed {
            guard let error = podControl.delete(pod, for: owner) else { continue }
            expectations.deletionObserved(owner.uid, pod.name)
            if !error.isNotFound { failure = failure ?? error }
        }
        return failure
    }

    /// How many active pods each node has of all owners that belong to this owner's own controller: of all revisions
    /// of a Deployment. Empty for an owner that nobody controls.
    private func relatedPodsOnNodes(_ owner: Owner) -> [String: Int] {
        guard let controller = owner.metadata.controllerReference else { return [:] }
        var counts: [String: Int] = [:]
        for related in context.client.list(Owner.self, index: .owner(uid: controller.uid))
        where related.metadata.controllerReference?.uid == controller.uid {
            context.client.forEach(.pod, index: .owner(uid: related.uid)) { object in
                if let pod = object.as(Pod.self), pod.isActive { counts[pod.nodeName, default: 0] += 1 }
                return true
            }
        }
        return counts
    }
}

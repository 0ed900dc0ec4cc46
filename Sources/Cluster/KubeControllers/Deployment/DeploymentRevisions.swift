import ClusterCore
import KubeAPI
import KubeClient

// Finding a Deployment's ReplicaSets, creating the one for its template, and counting revisions.
// Follows kubernetes `pkg/controller/deployment/sync.go` and `util/deployment_util.go`.

extension DeploymentController {
    /// The Deployment's ReplicaSets as they are now, with the revision of the new one counted on; creates the new one
    /// if that is asked for and it isn't there.
    func replicaSetsWithRevision(
        _ deployment: inout Deployment, create: Bool
    ) throws(StatusError) -> RolloutReplicaSets {
        var replicaSets = RolloutReplicaSets(deployment, ownedReplicaSets(deployment))
        let revision = (replicaSets.old.lazy.map(\.revision).max() ?? 0) + 1
        if let existing = replicaSets.new {
            replicaSets.new = try adopt(existing, revision, &deployment)
        } else if create {
            replicaSets.new = try createReplicaSet(revision, replicaSets.old, &deployment)
        }
        return replicaSets
    }

    func ownedReplicaSets(_ deployment: Deployment) -> [ReplicaSet] {
        context.client.list(ReplicaSet.self, index: .owner(uid: deployment.uid)).filter {
            $0.metadata.controllerReference?.uid == deployment.uid
        }
    }

    /// Brings a ReplicaSet of the Deployment's template, which may be an old one that was rolled back to, up to date
    /// with the Deployment, or the Deployment with it.
    private func adopt(
        _ existing: ReplicaSet, _ revision: Int, _ deployment: inout Deployment
    ) throws(StatusError) -> ReplicaSet {
        var replicaSet = existing
        let isAnnotated = replicaSet.setAnnotations(of: deployment, revision: revision, exists: true)
        if isAnnotated || replicaSet.minReadySeconds != deployment.spec.minReadySeconds ?? 0 {
            replicaSet.spec.minReadySeconds = deployment.spec.minReadySeconds
            return try context.client.update(replicaSet)
        }
        var needsUpdate = deployment.setRevision(replicaSet.metadata.annotations[DeploymentAnnotations.revision])
        if deployment.progressDeadline != nil, deployment.status.condition(.progressing) == nil {
            deployment.status.set(
                DeploymentCondition(
                    .progressing, "True", DeploymentReason.foundNewReplicaSet,
                    "Found new replica set \(GoText.quoted(replicaSet.name))", context.now))
            needsUpdate = true
        }
        if needsUpdate { deployment = try context.client.updateStatus(deployment) }
        return replicaSet
    }

    private func createReplicaSet(
        _ revision: Int, _ old: [ReplicaSet], _ deployment: inout Deployment
    ) throws(StatusError) -> ReplicaSet {
        var replicaSet = deployment.newReplicaSet()
        replicaSet.spec.replicas = deployment.newReplicaSetSize(replicaSet, among: old + [replicaSet])
        _ = replicaSet.setAnnotations(of: deployment, revision: revision, exists: false)
        let size = replicaSet.desiredReplicas
        let created: ReplicaSet
        var alreadyExists = false
        do throws(StatusError) {
            created = try context.client.create(replicaSet)
        } catch {
            guard let existing = try existing(replicaSet, after: error, &deployment) else { throw error }
            created = existing
            alreadyExists = true
        }
        if !alreadyExists, size > 0 {
            context.recorder.event(
                deployment, .normal, "ScalingReplicaSet", "Scaled up replica set \(created.name) from 0 to \(size)")
        }
        var needsUpdate = deployment.setRevision(String(revision))
        if !alreadyExists, deployment.progressDeadline != nil {
            deployment.status.set(
                DeploymentCondition(
                    .progressing, "True", DeploymentReason.newReplicaSetCreated,
                    "Created new replica set \(GoText.quoted(created.name))", context.now))
            needsUpdate = true
        }
        if needsUpdate { deployment = try context.client.updateStatus(deployment) }
        return created
    }

    /// What a failed creation comes to: the ReplicaSet that is there already if it is the one wanted. Another one of
    /// its name is a collision of hashes, which is counted so that the next try takes another name; all else is told
    /// in a condition and an event.
    private func existing(
        _ replicaSet: ReplicaSet, after error: StatusError, _ deployment: inout Deployment
    ) throws(StatusError) -> ReplicaSet? {
        if error.isAlreadyExists {
            guard let existing = context.client.get(ReplicaSet.self, replicaSet.key) else { return nil }
            if existing.metadata.controllerReference?.uid == deployment.uid,
                existing.podTemplate.isEqualIgnoringHash(deployment.spec.template)
            {
                return existing
            }
            deployment.status.collisionCount = (deployment.status.collisionCount ?? 0) + 1
            deployment = try context.client.updateStatus(deployment)
            return nil
        }
        if error.hasCause(StatusCauseType.namespaceTerminating) { return nil }
        let message = "Failed to create new replica set \(GoText.quoted(replicaSet.name)): \(error.message)"
        if deployment.progressDeadline != nil {
            deployment.status.set(
                DeploymentCondition(
                    .progressing, "False", DeploymentReason.replicaSetCreateError, message, context.now))
            // The failed creation is the greater trouble: that one is thrown, whether this write succeeds or not.
            do throws(StatusError) { deployment = try context.client.updateStatus(deployment) } catch {}
        }
        context.recorder.event(deployment, .warning, DeploymentReason.replicaSetCreateError, message)
        return nil
    }

    /// Deletes the oldest ReplicaSets beyond the revision history limit, those with pods excepted.
    func cleanUp(_ old: [ReplicaSet], _ deployment: Deployment) throws(StatusError) {
        guard let limit = deployment.revisionHistoryLimit else { return }
        var alive = old.filter { !$0.metadata.isBeingDeleted }
        guard alive.count > limit else { return }
        alive.sort { $0.revision != $1.revision ? $0.revision < $1.revision : ReplicaSet.isOlder($0, $1) }
        for replicaSet in alive.prefix(alive.count - limit) {
            let isObserved = replicaSet.metadata.generation ?? 0 <= replicaSet.status.observedGeneration ?? 0
            guard replicaSet.status.replicas == 0, replicaSet.desiredReplicas == 0, isObserved else { continue }
            do throws(StatusError) {
                try context.client.delete(replicaSet.key)
            } catch {
                if !error.isNotFound { throw error }
            }
        }
    }
}

extension Deployment {
    /// Whether that changed anything.
    fileprivate mutating func setRevision(_ revision: String?) -> Bool {
        let revision = revision ?? ""
        if metadata.annotations[DeploymentAnnotations.revision] == revision { return false }
        metadata.annotations[DeploymentAnnotations.revision] = revision
        return true
    }

    /// A ReplicaSet of no pods for the Deployment's template. Its name comes from the template, so that creating it
    /// twice is noticed.
    fileprivate func newReplicaSet() -> ReplicaSet {
        let hash = spec.template.hash(collisionCount: status.collisionCount)
        var template = spec.template
        template.metadata.labels[DeploymentAnnotations.podTemplateHashLabel] = hash
        var replicaSet = ReplicaSet(name: replicaSetName(hash), namespace: namespace)
        replicaSet.metadata.ownerReferences = [OwnerReference(controller: self)]
        replicaSet.metadata.labels = template.metadata.labels
        replicaSet.spec.replicas = 0
        replicaSet.spec.minReadySeconds = spec.minReadySeconds
        var selector = spec.selector ?? LabelSelector()
        selector.matchLabels[DeploymentAnnotations.podTemplateHashLabel] = hash
        replicaSet.spec.selector = selector
        replicaSet.spec.template = template
        return replicaSet
    }

    /// The Deployment's name, cut if it leaves no room for the hash. Follows upstream's `generateReplicaSetName`.
    private func replicaSetName(_ hash: String) -> String {
        let room = 253 - 1 - hash.utf8.count
        // Names are plain ASCII.
        return name.prefix(room) + "-" + hash
    }

    /// How many pods the new ReplicaSet may have now: in a rolling update as many as the surge leaves room for.
    package func newReplicaSetSize(_ new: ReplicaSet, among all: [ReplicaSet]) -> Int {
        guard isRollingUpdate else { return desiredReplicas }
        let room = desiredReplicas + maxSurge - all.desiredCount
        guard room > 0 else { return new.desiredReplicas }
        return new.desiredReplicas + min(room, desiredReplicas - new.desiredReplicas)
    }
}

extension ReplicaSet {
    /// Copies the Deployment's annotations and counts the revision on. Returns whether anything changed.
    ///
    /// Revisions never fall: if ReplicaSets with higher ones were deleted, the own one stays. A ReplicaSet whose
    /// revision rises is being rolled back to, and remembers what it was before.
    fileprivate mutating func setAnnotations(of deployment: Deployment, revision: Int, exists: Bool) -> Bool {
        var isChanged = false
        for (key, value) in deployment.metadata.annotations
        where !DeploymentAnnotations.isOwn(key) && metadata.annotations[key] != value {
            metadata.annotations[key] = value
            isChanged = true
        }
        let earlier = metadata.annotations[DeploymentAnnotations.revision]
        // Of a revision that is no number nobody knows what to make: it stays, and nothing is written for its sake.
        if let earlier, !earlier.isEmpty, Int(earlier) == nil { return false }
        if self.revision < revision {
            metadata.annotations[DeploymentAnnotations.revision] = String(revision)
            isChanged = true
            if let earlier { remember(revision: earlier) }
        }
        if !exists, setSizeAnnotations(of: deployment) { isChanged = true }
        return isChanged
    }

    /// Appends to the revision history, and drops its oldest entries when it gets too long.
    private mutating func remember(revision: String) {
        let history = metadata.annotations[DeploymentAnnotations.revisionHistory] ?? ""
        guard !history.isEmpty else {
            metadata.annotations[DeploymentAnnotations.revisionHistory] = revision
            return
        }
        var entries = history.split(separator: ",", omittingEmptySubsequences: false).map(String.init)[...]
        var length = history.utf8.count + revision.utf8.count + 1
        while length > DeploymentAnnotations.historyLimit, let oldest = entries.popFirst() {
            length -= oldest.utf8.count + 1
        }
        metadata.annotations[DeploymentAnnotations.revisionHistory] = (entries + [revision]).joined(separator: ",")
    }

    /// Notes the Deployment's size, which tells a change of size from a rollout, and a share of it from the whole.
    /// Returns whether that changed anything.
    mutating func setSizeAnnotations(of deployment: Deployment) -> Bool {
        let desired = String(deployment.desiredReplicas)
        let most = String(deployment.desiredReplicas + deployment.maxSurge)
        if metadata.annotations[DeploymentAnnotations.desiredReplicas] == desired,
            metadata.annotations[DeploymentAnnotations.maxReplicas] == most
        {
            return false
        }
        metadata.annotations[DeploymentAnnotations.desiredReplicas] = desired
        metadata.annotations[DeploymentAnnotations.maxReplicas] = most
        return true
    }
}

import KubeAPI

/// What `rollout undo` comes to. Follows kubectl `pkg/polymorphichelpers/rollback.go`.
package enum DeploymentRollback: Equatable, Sendable {
    /// The Deployment to write.
    case rolledBack(Deployment)
    /// Nothing is to be done, for a reason that kubectl prints.
    case skipped(String)
    /// The rollback can't be done, for a reason that kubectl prints.
    case refused(String)
}

extension Deployment {
    /// The Deployment with the template, and the annotations, that it had at a revision; 0 for the one before the
    /// current one. The controller then counts the ReplicaSet of that template as the newest revision.
    ///
    /// - Parameter replicaSets: The Deployment's own ReplicaSets, in any order.
    package func rollback(to revision: Int, _ replicaSets: [ReplicaSet]) -> DeploymentRollback {
        if revision < 0 { return .refused("unable to find specified revision \(revision) in history") }
        let byRevision = replicaSets.sorted {
            $0.revision != $1.revision ? $0.revision > $1.revision : ReplicaSet.isOlder($0, $1)
        }
        let target: ReplicaSet
        if revision > 0 {
            guard let found = byRevision.first(where: { $0.revision == revision }) else {
                return .refused("unable to find specified revision \(revision) in history")
            }
            target = found
        } else {
            guard byRevision.count > 1 else {
                return .refused("no rollout history found for deployment \(GoText.quoted(name))")
            }
            target = byRevision[1]
        }
        if spec.paused == true {
            return .refused(
                "cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
        }
        if target.podTemplate.isEqualIgnoringHash(spec.template) {
            return .skipped("skipped rollback (current template already matches revision \(revision))")
        }
        return .rolledBack(rolledBack(to: target))
    }

    /// The Deployment with the template and the annotations of a ReplicaSet.
    func rolledBack(to target: ReplicaSet) -> Deployment {
        var result = self
        result.spec.template = target.podTemplate
        result.spec.template.metadata.labels[DeploymentAnnotations.podTemplateHashLabel] = nil
        result.metadata.annotations = StringMap(
            metadata.annotations.filter { DeploymentAnnotations.isOwn($0.key) }
                + target.metadata.annotations.filter { !DeploymentAnnotations.isOwn($0.key) })
        return result
    }
}

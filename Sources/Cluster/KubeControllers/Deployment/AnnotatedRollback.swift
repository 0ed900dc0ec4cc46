import KubeAPI
import KubeClient

// Follows kubernetes `pkg/controller/deployment/rollback.go`.

extension DeploymentController {
    /// Rolls the Deployment back to a revision, 0 for the one before the current one, as an annotation asks for that
    /// stands for `rollbackTo` of API versions that are no more. The annotation goes, whatever comes of it.
    func rollBack(_ deployment: inout Deployment, to revision: Int) throws(StatusError) {
        let all = try replicaSetsWithRevision(&deployment, create: true).all
        let target = revision == 0 ? all.lastRevision : revision
        let replicaSet = target == 0 ? nil : all.first { $0.revision == target }
        guard let replicaSet else {
            let message = target == 0 ? "Unable to find last revision." : "Unable to find the revision to rollback to."
            context.recorder.event(deployment, .warning, DeploymentReason.rollbackRevisionNotFound, message)
            return try updateWithoutRollback(&deployment)
        }
        let name = GoText.quoted(deployment.name)
        if replicaSet.podTemplate.isEqualIgnoringHash(deployment.spec.template) {
            context.recorder.event(
                deployment, .warning, DeploymentReason.rollbackTemplateUnchanged,
                "The rollback revision contains the same template as current deployment \(name)")
            return try updateWithoutRollback(&deployment)
        }
        deployment = deployment.rolledBack(to: replicaSet)
        try updateWithoutRollback(&deployment)
        context.recorder.event(
            deployment, .normal, DeploymentReason.rollback, "Rolled back deployment \(name) to revision \(target)")
    }

    private func updateWithoutRollback(_ deployment: inout Deployment) throws(StatusError) {
        deployment.metadata.annotations[DeploymentAnnotations.rollbackTo] = nil
        deployment = try context.client.update(deployment)
    }
}

extension Deployment {
    /// The revision that is asked for; nil without such an annotation, or with one that is no number.
    var annotatedRollback: Int? { metadata.annotations[DeploymentAnnotations.rollbackTo].flatMap { Int($0) } }
}

extension [ReplicaSet] {
    /// The revision before the newest; 0 if there is none.
    fileprivate var lastRevision: Int {
        let revisions = map(\.revision).sorted(by: >)
        return revisions.count > 1 ? revisions[1] : 0
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers

extension Cluster {
    /// `kubectl rollout undo`: gives a Deployment the template of an earlier revision (nil: of the one before).
    func rollBack(_ key: ObjectKey, toRevision revision: Int?) throws(StatusError) {
        guard key.kind == .deployment else { throw .badRequest("\(key.kind.info.plural) cannot be rolled back") }
        guard let deployment = operatorClient.get(Deployment.self, key) else {
            throw .notFound(kind: .deployment, name: key.name)
        }
        let replicaSets = operatorClient.list(ReplicaSet.self, index: .owner(uid: deployment.uid))
        switch deployment.rollback(to: revision ?? 0, replicaSets) {
        case .rolledBack(let target): try operatorClient.update(target)
        case .skipped(let why), .refused(let why): throw .badRequest(why)
        }
    }
}

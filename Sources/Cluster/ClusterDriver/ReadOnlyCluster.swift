import KubeAPI
import KubeCluster

/// What a cluster still takes whose journal keeps nothing more.
extension Durability {
    /// Why a write is refused; nil when all is well.
    package var refusal: StatusError? {
        failure.map { .serviceUnavailable("the cluster is read-only: \($0)") }
    }

    /// Why a deletion is refused. One that leaves nothing of the object is taken where it makes room; one that only
    /// begins, by a mark on the object, is a write like any other.
    ///
    /// Follows etcd's NOSPACE alarm, under which a delete is done and a put is not.
    package func refusal(
        ofDeleting keys: some Sequence<ObjectKey>, _ options: DeleteOptions, _ cluster: Cluster
    ) -> StatusError? {
        guard let failure else { return nil }
        guard takesDeletions else { return refusal }
        if keys.allSatisfy({ cluster.server.removesAtOnce($0, options) }) { return nil }
        return .serviceUnavailable(
            "the cluster is read-only: \(failure) Only what is gone at once can be deleted, as pods are with "
                + "--grace-period=0 --force.")
    }

    func refusal(of command: ClusterCommand, _ cluster: Cluster) -> StatusError? {
        guard case .delete(let keys, let options) = command else { return refusal }
        return refusal(ofDeleting: keys, options, cluster)
    }
}

import ClusterDriver
import KubeAPI
import KubeClient
import KubeCluster

/// A cluster that runs and that nobody has seen yet, and what may be shown of it.
struct StartedCluster {
    /// The objects of the manifests that were applied.
    private(set) var created: [ObjectKey] = []
    /// How far its journal is; nil without one.
    let durability: Durability?
    /// Where the newest state could not be written, the last that was: all that may be shown for now.
    let kept: ClusterSnapshot?

    /// Boots a cluster and gives it what it is to begin with. One whose journal is damaged stands still instead, and is
    /// given nothing. On a full disk it has booted, but shows no more than it did before, until there is room.
    ///
    /// - Throws: Why there is nothing to show.
    init(
        _ cluster: Cluster, _ data: DurableData?, speed: Double, apply: (Cluster) throws -> [ObjectKey]
    ) throws {
        if data?.refusal == nil {
            cluster.boot()
            created = try apply(cluster)
        } else {
            cluster.standStill()
        }
        let durability = try data?.settle()
        self.durability = durability
        guard let durability, durability.revision < cluster.server.store.revision else {
            kept = nil
            return
        }
        guard let then = cluster.snapshot(at: durability.revision, speed: speed) else {
            throw CommandProblem(durability.failure ?? "the journal is not written")
        }
        kept = then
    }
}

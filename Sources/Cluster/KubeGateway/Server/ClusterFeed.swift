import ClusterDriver
import KubeClient
import KubeCluster
import NIOConcurrencyHelpers

/// Takes what the cluster publishes: the newest state for reads on any thread, and the changes for the watches.
final class ClusterFeed: ClusterObserver {
    private let newest: NIOLockedValueBox<ClusterSnapshot>
    let hub: WatchHub
    private let hasEnded = NIOLockedValueBox(false)

    init(_ snapshot: ClusterSnapshot, _ hub: WatchHub) {
        newest = NIOLockedValueBox(snapshot)
        self.hub = hub
    }

    /// The newest state that has been published. Never older than a write that a client has been told of.
    var snapshot: ClusterSnapshot { newest.withLockedValue { $0 } }

    func observe(_ snapshot: ClusterSnapshot, _ changes: [Change], isReset: Bool) {
        newest.withLockedValue { $0 = snapshot }
        // Under the lock, so that the loops of the watches do not end meanwhile.
        hasEnded.withLockedValue { hasEnded in
            if !hasEnded { hub.publish(snapshot, changes, isReset: isReset) }
        }
    }

    /// Tells the watches nothing more: loops that have ended take no work.
    func end() { hasEnded.withLockedValue { $0 = true } }
}

import ClusterCore
import KubeClient
import KubeCluster

/// Work for the cluster's thread: done between two events, it may read and write the cluster as it likes, and returns
/// what is to be called once its writes can be seen by every observer.
package typealias ClusterWork = @Sendable (Cluster) -> (@Sendable () -> Void)?

/// A reader of a cluster on a thread of its own that wants every change, unlike the console, which wants the newest
/// state.
package protocol ClusterObserver: AnyObject, Sendable {
    /// Given the newest state and all changes up to it that were not given before, in order. Called on the driver's
    /// thread, which waits meanwhile: it hands over and returns.
    ///
    /// - Parameter isReset: Some changes are lost; whoever followed them starts over from the snapshot.
    func observe(_ snapshot: ClusterSnapshot, _ changes: [Change], isReset: Bool)
}

/// What the observers have been given. Lives on the driver's thread.
struct ObserverFeed {
    /// A clock that runs is told this often, in seconds, though nothing changes: ages depend on it.
    private static let clockInterval = 0.25

    private var observers: [any ClusterObserver] = []
    private var revision: Revision = 0
    private var lastPublished = -1.0

    mutating func add(_ observer: any ClusterObserver, revision: Revision) {
        observers.append(observer)
        self.revision = revision
    }

    /// Gives every observer what has changed, by way of the queue. O(changes).
    mutating func publish(
        _ cluster: Cluster, to outgoing: inout OutgoingQueue, at wallTime: Double, speed: Double, isClockPaused: Bool,
        evenIfUnchanged: Bool = false
    ) {
        if observers.isEmpty { return }
        let isClockDue = !outgoing.isHeld && wallTime - lastPublished >= ObserverFeed.clockInterval
        let isDue = evenIfUnchanged || isClockDue
        guard isDue || cluster.server.store.revision != revision else { return }
        lastPublished = wallTime
        let (changes, isReset) = cluster.changes(after: revision)
        revision = cluster.server.store.revision
        let snapshot = cluster.snapshot(speed: speed, isClockPaused: isClockPaused)
        let observers = observers
        outgoing.add(at: revision) {
            for observer in observers { observer.observe(snapshot, changes, isReset: isReset) }
        }
    }
}

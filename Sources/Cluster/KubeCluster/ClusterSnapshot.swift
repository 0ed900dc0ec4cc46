import ClusterCore
import KubeAPI
import KubeClient

/// Everything that a reader outside the core sees of a cluster at one moment. Immutable; made in O(1).
package struct ClusterSnapshot: Sendable {
    /// The objects, their revision and the virtual time.
    package let objects: Snapshot
    package let statistics: ClusterStatistics
    /// The rules of the service proxies, as they carry the traffic.
    package let serviceRules: ServiceRules
    package let seed: UInt64
    /// The machines that there are, by the names under which their kubelets register, sorted: one has no Node object
    /// once somebody deleted that, until its kubelet starts again.
    package let machines: [String]
    /// Of these, those whose power is off, sorted.
    package let poweredOffNodes: [String]
    /// The last drain of each node that was drained, by the node's name, whether it still runs or has ended.
    package let drains: [DrainProgress]
    /// Virtual seconds a real second; infinity for as fast as it goes.
    package let speed: Double
    package let isClockPaused: Bool
    /// Events of the loop that have run since the start.
    package let eventCount: UInt64

    package init(
        objects: Snapshot, statistics: ClusterStatistics, serviceRules: ServiceRules, seed: UInt64,
        machines: [String], poweredOffNodes: [String], drains: [DrainProgress] = [], speed: Double, isClockPaused: Bool,
        eventCount: UInt64
    ) {
        self.objects = objects
        self.statistics = statistics
        self.serviceRules = serviceRules
        self.seed = seed
        self.machines = machines
        self.poweredOffNodes = poweredOffNodes
        self.drains = drains
        self.speed = speed
        self.isClockPaused = isClockPaused
        self.eventCount = eventCount
    }

    package var time: Instant { objects.time }
    package var revision: Revision { objects.revision }
}

/// What a reader outside is given each time it asks: the newest snapshot, the changes since it last asked, and what
/// came of its commands.
package struct ClusterUpdate: Sendable {
    package var snapshot: ClusterSnapshot
    /// In order of revision. With `isReset` only what users wrote, the newest of each object.
    package var changes: [Change]
    /// Too much has changed since the reader last asked: it starts over from the snapshot.
    package var isReset: Bool
    package var outcomes: [CommandOutcome]

    package init(snapshot: ClusterSnapshot, changes: [Change], isReset: Bool, outcomes: [CommandOutcome]) {
        self.snapshot = snapshot
        self.changes = changes
        self.isReset = isReset
        self.outcomes = outcomes
    }
}

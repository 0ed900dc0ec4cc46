import ClusterCore
import ClusterDriver
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import KubeStore

/// A number that several threads see, and that can be waited for.
final class Watched: @unchecked Sendable {
    private let condition = NSCondition()
    private var number = 0

    var value: Int {
        condition.lock()
        defer { condition.unlock() }
        return number
    }

    func add(_ count: Int = 1) {
        condition.lock()
        number += count
        condition.broadcast()
        condition.unlock()
    }

    /// Waits until the number is at least this, and tells whether it came to be. The limit is for a test that fails.
    func wait(for least: Int) -> Bool {
        let limit = Date(timeIntervalSinceNow: 60)
        condition.lock()
        defer { condition.unlock() }
        while number < least { if !condition.wait(until: limit) { return number >= least } }
        return true
    }
}

/// A wall clock that goes only when it is told to.
final class HandClock: @unchecked Sendable {
    private let lock = NSLock()
    private var seconds = 1000.0

    var now: Double { lock.withLock { seconds } }
    func advance(_ more: Double) { lock.withLock { seconds += more } }
}

/// Counts the revisions that reached the store.
private final class Counter: Journal, Sendable {
    let commits: Watched
    init(_ commits: Watched) { self.commits = commits }
    func append(_ changes: [Change]) { commits.add(changes.count) }
}

/// A booted cluster of one node on a driver, its wall clock moved by hand.
final class DrivenCluster {
    let driver: ClusterDriver
    let clock = HandClock()
    let wakeUps = Watched()
    let commits = Watched()
    /// When the cluster had booted.
    let start: Instant
    private(set) var latest: ClusterUpdate?
    private var seenWakeUps = 0

    /// - Parameter isByHand: whether the wall clock goes only when it is told to.
    init(
        speed: Double = 1, isByHand: Bool = true, maximumPending: Int = ClusterDriver.maximumPendingChanges
    ) {
        var configuration = Cluster.Configuration()
        configuration.nodes = 1
        configuration.start = .simulationStart
        configuration.journal = Counter(commits)
        let cluster = Cluster(configuration)
        cluster.boot()
        _ = cluster.takeChanges()
        start = cluster.loop.now
        let clock = clock
        let wakeUps = wakeUps
        driver = ClusterDriver(
            cluster, speed: speed, wallTime: { isByHand ? clock.now : ClusterDriver.monotonicTime() },
            maximumPending: maximumPending, onUpdate: { wakeUps.add() })
    }

    deinit { driver.stop() }

    /// Takes updates until one fulfils a condition; their changes and outcomes come together. Nil when none does.
    func wait(until isDone: (ClusterUpdate) -> Bool) -> ClusterUpdate? {
        var gathered: ClusterUpdate?
        while true {
            guard wakeUps.wait(for: seenWakeUps + 1) else { return nil }
            seenWakeUps = wakeUps.value
            guard var update = driver.take() else { continue }
            if let before = gathered {
                update.changes = before.changes + update.changes
                update.outcomes = before.outcomes + update.outcomes
                update.isReset = update.isReset || before.isReset
            }
            gathered = update
            latest = update
            if isDone(update) { return update }
        }
    }

    /// Sends a command and waits for its outcome.
    func perform(_ command: ClusterCommand, id: Int) -> ClusterUpdate? {
        driver.send(command, id: id)
        return wait { $0.outcomes.contains { $0.id == id } }
    }
}

extension ConfigMap {
    static func named(_ name: String) -> KubeObject { ConfigMap(name: name, namespace: "default").boxed }
}

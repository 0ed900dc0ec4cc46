import ClusterConsole
import ClusterCore
import ClusterDriver
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import KubeStore
import TerminalUI

/// Notes when a node was last made schedulable or not, on the thread that commits it.
private final class CommitClock: Journal, @unchecked Sendable {
    private let lock = NSLock()
    private var commits: [Bool: Double] = [:]

    func append(_ changes: [Change]) {
        for change in changes where change.kind == .node && change.key.name == ScreenProbe.node {
            guard let before = change.old(Node.self), let after = change.new(Node.self) else { continue }
            let isCordoned = after.spec.unschedulable == true
            if isCordoned == (before.spec.unschedulable == true) { continue }
            let now = wallSeconds()
            lock.withLock { commits[isCordoned] = now }
        }
    }

    func takeCommit(_ isCordoned: Bool) -> Double? { lock.withLock { commits.removeValue(forKey: isCordoned) } }
}

/// The console as it runs on a terminal, over a cluster on a thread of its own, its screen in memory.
private final class ScreenProbe {
    /// Among the first in the order of names, so that its row is on the screen.
    static let node = "node-11"
    private static let frameInterval = 1.0 / 60

    private let clock = CommitClock()
    private let wakeUp = DispatchSemaphore(value: 0)
    private let driver: ClusterDriver
    private let console: Console
    private let screen = MemoryScreen(size: Size(width: 160, height: 50))
    private var lastFrame = 0.0

    init() {
        var configuration = Cluster.Configuration()
        configuration.nodes = 100
        configuration.journal = clock
        let cluster = Cluster(configuration)
        cluster.boot()
        _ = cluster.perform(.create([Boxed(Fixtures.deployment(replicas: 1000))]))
        cluster.run(for: .minutes(1))
        _ = cluster.takeChanges()
        console = Console(
            ClusterUpdate(snapshot: cluster.snapshot(), changes: [], isReset: true, outcomes: []), size: screen.size)
        let wakeUp = wakeUp
        // Sixty virtual seconds a second: heartbeats and status updates of a hundred nodes go on meanwhile.
        driver = ClusterDriver(cluster, speed: 60, onUpdate: { wakeUp.signal() })
        if let keys = try? KeySequence(parsing: ":nodes<enter>") {
            for case .key(let key) in keys.steps { console.handle(.key(key)) }
        }
        driver.start()
    }

    /// Cordons or uncordons the node, and waits until the screen says so. Seconds from the commit to the screen.
    func change(_ isCordoned: Bool, id: Int) -> Double? {
        driver.send(.setCordoned(ScreenProbe.node, isCordoned), id: id)
        let limit = wallSeconds() + 5
        while wallSeconds() < limit {
            _ = wakeUp.wait(timeout: .now() + 0.05)
            guard let update = driver.take() else { continue }
            console.apply(update)
            let pause = lastFrame + ScreenProbe.frameInterval - wallSeconds()
            if pause > 0 { usleep(UInt32(pause * 1_000_000)) }
            if let last = driver.take() { console.apply(last) }
            lastFrame = wallSeconds()
            screen.present(console.frame(wallSeconds: lastFrame), cursor: console.cursor)
            if screen.text.contains("SchedulingDisabled") == isCordoned, let commit = clock.takeCommit(isCordoned) {
                return wallSeconds() - commit
            }
        }
        return nil
    }

    func stop() { driver.stop() }
}

extension Measurement {
    /// From the commit of a change in a busy cluster until the frame that shows it is drawn.
    static let changeToScreen = Measurement(
        name: "change-to-screen",
        bounds: [
            Bound(
                label: "a commit until it is on the screen, 100 nodes at 60x, p99", unit: "ms", floor: 50, aim: 20)
        ]
    ) {
        let probe = ScreenProbe()
        defer { probe.stop() }
        var times: [Double] = []
        for number in 0..<300 {
            guard let time = probe.change(number % 2 == 0, id: number + 1) else { return [] }
            times.append(time * 1000)
        }
        return [percentile99(times)]
    }
}

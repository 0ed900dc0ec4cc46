import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Plays keys to the console over a cluster that stands still between them, and draws what a user would see: the
/// console without a terminal, a thread or a wall clock.
package struct FramePlayer {
    private let cluster: Cluster
    private let console: Console
    private var speed: Double
    private var isClockPaused = false
    /// Stands in for the wall clock: moves with the cluster's.
    private var seconds = 0.0

    /// - Parameters:
    ///   - created: objects that the user brought along in a file.
    package init(_ cluster: Cluster, size: Size, theme: Theme = .dark, speed: Double = 1, created: [ObjectKey] = []) {
        self.speed = speed
        self.cluster = cluster
        let changes = cluster.takeChanges().changes.filter(\.isByUser)
        console = Console(
            ClusterUpdate(snapshot: cluster.snapshot(speed: speed), changes: [], isReset: true, outcomes: []),
            size: size,
            theme: theme)
        console.noteBrought(created, changes)
    }

    package mutating func play(_ steps: [KeyStep]) {
        for step in steps {
            switch step {
            case .key(let key):
                // A user types at what is on the screen.
                _ = frame()
                console.handle(.key(key))
                carryOut()
            case .wait(let nanoseconds): wait(Interval(nanoseconds: nanoseconds))
            }
        }
    }

    /// Lets the cluster run, and the console see it twenty times a second as a user would.
    package mutating func wait(_ duration: Interval) {
        let end = cluster.loop.now + duration
        while cluster.loop.now < end {
            let next = min(end, cluster.loop.now + .milliseconds(50))
            if !isClockPaused { cluster.run(until: next) }
            seconds += 0.05
            update([])
            _ = console.frame(wallSeconds: seconds)
            if isClockPaused { break }
        }
    }

    package var cursor: Point? { console.cursor }

    package func frame() -> Frame {
        console.finishWork()
        return console.frame(wallSeconds: seconds)
    }

    private mutating func carryOut() {
        var outcomes: [CommandOutcome] = []
        for (id, command) in console.takeCommands() {
            switch command {
            case .setClockPaused(let paused): isClockPaused = paused
            case .setSpeed(let speed): self.speed = speed
            case .step: _ = cluster.loop.step()
            default:
                outcomes.append(cluster.perform(command, id: id))
                continue
            }
            outcomes.append(CommandOutcome(id: id))
        }
        while console.takeExternalRequest() != nil {
            console.externalResult(.failed("files and the editor are there only in a terminal"))
        }
        update(outcomes)
    }

    private func update(_ outcomes: [CommandOutcome]) {
        let (changes, isReset) = cluster.takeChanges()
        console.apply(
            ClusterUpdate(
                snapshot: cluster.snapshot(speed: speed, isClockPaused: isClockPaused), changes: changes,
                isReset: isReset,
                outcomes: outcomes))
    }
}

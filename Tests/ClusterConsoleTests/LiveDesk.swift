import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// The console over a whole cluster, its time moved by hand.
final class LiveDesk {
    let cluster: Cluster
    let console: Console
    let screen: MemoryScreen
    private(set) var isPaused = false
    private(set) var speed = 1.0
    var requests: [ExternalRequest] = []
    var answers: [ExternalResult] = []

    init(nodes: Int = 5, size: Size = Size(width: 120, height: 40), theme: Theme = .dark) {
        var configuration = Cluster.Configuration()
        configuration.nodes = nodes
        configuration.start = .simulationStart
        cluster = Cluster(configuration)
        cluster.boot()
        _ = cluster.takeChanges()
        let update = ClusterUpdate(snapshot: cluster.snapshot(), changes: [], isReset: true, outcomes: [])
        console = Console(update, size: size, theme: theme)
        screen = MemoryScreen(size: size)
        draw()
    }

    func update(_ outcomes: [CommandOutcome] = []) {
        let (changes, isReset) = cluster.takeChanges()
        console.apply(
            ClusterUpdate(
                snapshot: cluster.snapshot(speed: speed, isClockPaused: isPaused), changes: changes, isReset: isReset,
                outcomes: outcomes))
    }

    func draw() {
        console.finishWork()
        let frame = console.frame(wallSeconds: (cluster.loop.now - .simulationStart).seconds)
        screen.present(frame, cursor: console.cursor)
    }

    func settle() {
        for _ in 0..<8 {
            let commands = console.takeCommands()
            var outcomes: [CommandOutcome] = []
            for (id, command) in commands {
                switch command {
                case .setClockPaused(let paused): isPaused = paused
                case .setSpeed(let value): speed = value
                case .step: _ = cluster.loop.step()
                default: break
                }
                outcomes.append(cluster.perform(command, id: id))
            }
            if !commands.isEmpty { update(outcomes) }
            guard let request = console.takeExternalRequest() else { break }
            requests.append(request)
            console.externalResult(answers.isEmpty ? .failed("no answer") : answers.removeFirst())
        }
        draw()
    }

    @discardableResult
    func press(_ keys: String) -> LiveDesk {
        do {
            for step in try KeySequence(parsing: keys).steps {
                switch step {
                case .key(let key): console.handle(.key(key))
                case .wait(let nanoseconds):
                    // In pieces, so that what fades does so.
                    let end = cluster.loop.now + Interval(nanoseconds: nanoseconds)
                    while cluster.loop.now < end {
                        cluster.run(until: min(end, cluster.loop.now + .seconds(1)))
                        update()
                        draw()
                    }
                }
                settle()
            }
        } catch {
            preconditionFailure("bad keys \(keys): \(error)")
        }
        return self
    }

    var text: String { screen.text }
}

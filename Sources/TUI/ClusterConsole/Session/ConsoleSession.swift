import ClusterCore
import ClusterDriver
import Glibc
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// The console on a real terminal, over a cluster that runs on its own thread.
///
/// The loop waits for input or for the cluster to say that something is new, takes the update, and draws, at most sixty
/// times a second however much changes.
package final class ConsoleSession {
    /// Seconds between two frames at least.
    private static let frameInterval = 1.0 / 60

    private let screen: CursesScreen
    private let driver: ClusterDriver
    private let console: Console
    private let files = ConsoleFiles()
    private let api: APINotice?
    /// Why the cluster was read-only when that was last told.
    private var failure: String?
    private var isDirty = true
    private var lastFrame = 0.0

    /// Takes a cluster over that has booted.
    /// - Parameters:
    ///   - first: what is shown first; nil for the newest state. The changes since then are shown as they may be told.
    ///   - created: objects that the user brought along.
    ///   - areInFiles: whether these are in files, and not lost with the cluster.
    ///   - durability: how far the cluster's journal is, if it has one.
    ///   - prepare: called with the driver before it starts, so that others can take part; with the state at that time.
    ///     Tells where these find the cluster.
    ///   - parseManifests: reads YAML or JSON of one or more objects.
    package init(
        _ cluster: sending Cluster, speed: Double, first: ClusterSnapshot? = nil, screen: CursesScreen, theme: Theme,
        created: [ObjectKey] = [], areInFiles: Bool = true,
        durability: Durability? = nil,
        prepare: (ClusterDriver, ClusterSnapshot) -> APINotice? = { _, _ in nil },
        parseManifests: @escaping (String) -> Result<[WrittenObject], ManifestProblem>
    ) {
        self.screen = screen
        let newest = cluster.snapshot(speed: speed, isClockPaused: false)
        let shown = first ?? newest
        // What may not be shown yet comes with the updates of the driver.
        let changes =
            shown.objects.revision == newest.objects.revision
            ? cluster.takeChanges().changes.filter(\.isByUser) : []
        let first = ClusterUpdate(snapshot: shown, changes: [], isReset: true, outcomes: [])
        console = Console(
            first, size: screen.size, theme: theme, hasMouse: screen.capabilities.hasMouse,
            isDurable: durability != nil, parseManifests: parseManifests)
        console.noteBrought(created, changes, areInFiles: areInFiles)
        let wakeUp = screen.wakeUp
        driver = ClusterDriver(cluster, speed: speed, durability: durability, onUpdate: { wakeUp.wake() })
        api = prepare(driver, first.snapshot)
    }

    /// Runs until the user leaves or the terminal is gone.
    ///
    /// - Parameter beforeStop: called while the cluster still runs, so that others can leave it.
    package func run(beforeStop: () -> Void = {}) {
        draw()
        // Seen from the first frame on.
        if let api { console.noteAPI(api) }
        noteFailure()
        isDirty = true
        driver.start()
        while !console.exitRequested {
            for event in screen.wait(deadlineMilliseconds: timeout()) {
                console.handle(event)
                if event != .wake { isDirty = true }
            }
            if let update = driver.take() {
                console.apply(update)
                isDirty = true
            }
            noteFailure()
            for (id, command) in console.takeCommands() { driver.send(command, id: id) }
            serveRequests()
            let now = ConsoleSession.wallTime()
            if let due = console.wantsRedrawAt, due <= now { isDirty = true }
            if isDirty, now - lastFrame >= ConsoleSession.frameInterval { draw() }
        }
        beforeStop()
        driver.stop()
    }

    private func noteFailure() {
        if driver.failure == failure { return }
        failure = driver.failure
        console.noteFailure(failure)
        isDirty = true
    }

    private func draw() {
        let now = ConsoleSession.wallTime()
        lastFrame = now
        isDirty = false
        screen.present(console.frame(wallSeconds: now), cursor: console.cursor)
    }

    /// Milliseconds until something is to be drawn; nil when only an event can be the reason.
    private func timeout() -> Int? {
        let now = ConsoleSession.wallTime()
        var due = console.wantsRedrawAt
        if isDirty { due = lastFrame + ConsoleSession.frameInterval }
        guard let due else { return nil }
        let next = max(due, lastFrame + ConsoleSession.frameInterval)
        return max(0, Int(((next - now) * 1000).rounded(.up)))
    }

    private func serveRequests() {
        while let request = console.takeExternalRequest() {
            console.externalResult(perform(request))
            isDirty = true
        }
        for (id, command) in console.takeCommands() { driver.send(command, id: id) }
    }

    private func perform(_ request: ExternalRequest) -> ExternalResult {
        switch request {
        case .edit(let text, let name): screen.suspend { files.edit(text, name: name) }
        case .readFile(let path): files.read(path)
        case .writeFile(let path, let text): files.write(text, to: path)
        }
    }

    private static func wallTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

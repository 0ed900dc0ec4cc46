import Foundation
import KubeClient
import KubeStore

/// A journal in a SQLite file. The core hands changes over and goes on; a thread of the journal's own writes all that
/// wait in one transaction, which is one wait for the disk, however many there are.
///
/// For example, three writes come while the disk works on a fourth: the fourth is acknowledged when it is on the disk,
/// then the three are written and acknowledged together.
///
/// What cannot be written stays in line and is tried again every second: nothing is acknowledged, and nothing lost,
/// meanwhile. `state` says so, and whoever serves the cluster refuses writes until it is over.
///
/// A quota is no wall: beyond it everything is written still, but `state` says that it is, and whoever serves the
/// cluster takes deletions alone until enough is gone. Follows etcd's NOSPACE alarm, which refuses puts and
/// transactions with puts in them (server/etcdserver/apply `applierV3Capped`), but that this one ends by itself.
package final class SQLiteJournal: Journal, @unchecked Sendable {
    package struct State: Sendable {
        /// Everything up to this revision is on the disk.
        package var durableRevision: Revision
        /// Why nothing is written at present, or nothing but deletions is to be.
        package var failure: JournalError?

        /// Whether what is handed over has to wait.
        package var isStuck: Bool { failure.map { $0.kind != .overQuota } ?? false }
    }

    package struct Options: Sendable {
        /// The most bytes that are to be kept, as etcd's `--quota-backend-bytes`; nil for as many as the disk has.
        package var quota: Int?
        /// The most bytes that the file can take, as on a disk of that size.
        package var capacity: Int?
        /// How many changes are kept for watches that go on after a restart; up to twice as many are in the file.
        package var keptChanges = 10_000
        package init() {}
    }

    /// The core waits once so many changes are in line: memory must not grow without bound behind a slow disk.
    private static let mostWaiting = 100_000
    private static let retryInterval = 1.0

    private let database: JournalDatabase
    private let options: Options
    private let directory: DataDirectory
    private let condition = NSCondition()
    // Guarded by `condition`.
    private var waiting: [Change] = []
    /// The last revision that was handed over.
    private var appended: Revision = 0
    private var progress: State
    private var isClosing = false
    private var hasClosed = false
    private var observer: (@Sendable (State) -> Void)?

    // The journal's thread alone.
    private var changeCount: Int
    /// The last change that is not folded into the snapshot.
    private var base: Revision

    /// What was kept when the journal was opened.
    package let contents: JournalContents

    /// Opens the journal of a folder, or makes it, and reads what it keeps.
    package init(_ directory: DataDirectory, _ options: Options = Options()) throws(JournalError) {
        self.directory = directory
        self.options = options
        database = try JournalDatabase(path: directory.journalPath, capacity: options.capacity)
        contents = try database.load()
        progress = State(durableRevision: contents.revision)
        changeCount = contents.changes.count
        base = contents.base
        // What cannot be folded on a full disk is told by the first write.
        do throws(JournalError) {
            try makeRoom(through: contents.revision)
            progress = try written(through: contents.revision)
        } catch {
            if error.kind == .corrupt { throw error }
        }
        let thread = Thread { [self] in run() }
        thread.name = "journal"
        thread.start()
    }

    /// Keeps what the cluster is given from outside. Call it before the first `append`.
    package func setInput(_ name: String, _ value: [UInt8]) throws(JournalError) { try database.setInput(name, value) }
    package func input(_ name: String) throws(JournalError) -> [UInt8]? { try database.input(name) }

    package var state: State {
        condition.lock()
        defer { condition.unlock() }
        return progress
    }

    /// Told of every change of `state`, on the journal's thread.
    package func observe(_ observer: @escaping @Sendable (State) -> Void) {
        condition.lock()
        self.observer = observer
        let state = progress
        condition.unlock()
        observer(state)
    }

    package func append(_ changes: [Change]) {
        condition.lock()
        while waiting.count >= SQLiteJournal.mostWaiting, !progress.isStuck, !isClosing { condition.wait() }
        waiting += changes
        appended = changes.last?.revision ?? appended
        condition.broadcast()
        condition.unlock()
    }

    /// Waits until nothing waits to be written, or it cannot be.
    package func settle() -> State {
        condition.lock()
        defer { condition.unlock() }
        while progress.durableRevision < appended, !progress.isStuck, !hasClosed { condition.wait() }
        return progress
    }

    /// Writes what waits, if it can be written, closes the file, and lets go of the folder.
    package func close() {
        condition.lock()
        isClosing = true
        condition.broadcast()
        while !hasClosed { condition.wait() }
        condition.unlock()
    }

    // MARK: The thread

    private func run() {
        while let changes = take() {
            do throws(JournalError) {
                try database.append(changes)
                changeCount += changes.count
            } catch {
                fail(changes, error)
                continue
            }
            let revision = changes[changes.count - 1].revision
            // What is written is written, whatever else the file says.
            do throws(JournalError) {
                try makeRoom(through: revision)
                finish(try written(through: revision))
            } catch {
                finish(State(durableRevision: revision, failure: error.kind == .corrupt ? error : nil))
            }
            // A fold that fails loses nothing, and is due again after the next write.
            do throws(JournalError) { try foldIfDue() } catch { if error.kind == .corrupt { report(error) } }
        }
        // The file is whole whether or not its log could be merged into it.
        do throws(JournalError) { try database.close() } catch { report(error) }
        directory.release()
        condition.lock()
        hasClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// All that waits, once something does; nil at the end.
    private func take() -> [Change]? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isClosing { condition.wait() }
        if waiting.isEmpty || isClosing && progress.isStuck { return nil }
        let taken = waiting
        waiting = []
        condition.broadcast()
        return taken
    }

    private func finish(_ state: State) {
        condition.lock()
        progress = state
        let observer = observer
        condition.broadcast()
        condition.unlock()
        observer?(state)
    }

    /// Puts changes that could not be written back in line, and waits before the next attempt.
    private func fail(_ changes: [Change], _ error: JournalError) {
        condition.lock()
        waiting = changes + waiting
        condition.unlock()
        report(error)
        condition.lock()
        let until = Date(timeIntervalSinceNow: SQLiteJournal.retryInterval)
        while !isClosing, condition.wait(until: until) {}
        condition.unlock()
    }

    private func report(_ error: JournalError) {
        finish(State(durableRevision: state.durableRevision, failure: error))
    }

    private func isOverQuota() throws(JournalError) -> Bool {
        guard let quota = options.quota else { return false }
        return try database.usedBytes() > quota
    }

    /// Gives all history up, if more is kept than the quota allows: that comes before anybody is refused.
    private func makeRoom(through revision: Revision) throws(JournalError) {
        guard changeCount > 0, try isOverQuota() else { return }
        try database.fold(through: revision)
        changeCount = 0
        base = revision
    }

    /// The state with all up to a revision written.
    private func written(through revision: Revision) throws(JournalError) -> State {
        guard try isOverQuota() else { return State(durableRevision: revision) }
        let failure = JournalError(
            .overQuota,
            "\(directory.journalPath): more is kept than --quota-backend-bytes allows. "
                + "Delete something, and the cluster goes on.")
        return State(durableRevision: revision, failure: failure)
    }

    private func foldIfDue() throws(JournalError) {
        if changeCount < 2 * options.keptChanges { return }
        let target = base + changeCount - options.keptChanges
        try database.fold(through: target)
        changeCount -= target - base
        base = target
    }
}

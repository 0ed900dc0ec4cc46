import ClusterCore
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
/// The thread also looks through the files, a little every second. Once anything is found wrong with them they are
/// never written again, and `state` says so to the end: what is in memory is whole, and can be saved by `rescue`.
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
        /// Seconds between two looks at the files, and about how many bytes one of them reads.
        package var inspectionInterval = 1.0
        package var inspectedBytes = 4 << 20
        package init() {}
    }

    /// The core waits once so many changes are in line: memory must not grow without bound behind a slow disk.
    private static let mostWaiting = 100_000
    private static let retryInterval = 1.0

    private let database: JournalDatabase
    private let options: Options
    private let directory: DataDirectory
    private let scrub: JournalScrub
    private let acknowledged: Acknowledged
    private let condition = NSCondition()
    // Guarded by `condition`.
    private var waiting: [Change] = []
    /// The last revision that was handed over.
    private var appended: Revision = 0
    private var progress: State
    private var isClosing = false
    private var hasClosed = false
    private var observer: (@Sendable (State) -> Void)?
    private var inputs: [String: [UInt8]]

    // The journal's thread alone.
    private var changeCount: Int
    /// The last change that is not folded into the snapshot.
    private var base: Revision
    /// The files are not to be written any more.
    private var isDamaged = false
    private var inspectionDue = 0.0
    private var hasJustInspected = false

    /// What was kept when the journal was opened.
    package let contents: JournalContents

    /// Opens the journal of a folder, or makes it, and reads what it keeps.
    ///
    /// - Throws: `corrupt` when something is wrong with it; then nothing has been written.
    package init(_ directory: DataDirectory, _ options: Options = Options()) throws(JournalError) {
        self.directory = directory
        self.options = options
        let reading = try JournalFiles.examine(directory.path)
        contents = reading?.contents ?? JournalContents(base: 0)
        inputs = reading?.inputs ?? [:]
        if let reading, reading.format < JournalDatabase.format {
            // Nothing is lost with the log once all of it is in the file.
            try JournalDatabase(path: directory.journalPath).close()
            try Backup.replaceJournal(of: directory, reading.contents, reading.inputs)
        }
        database = try JournalDatabase(path: directory.journalPath, capacity: options.capacity)
        scrub = try JournalScrub(path: directory.journalPath)
        acknowledged = Acknowledged(in: directory.path)
        // It was meant for a process that is gone; the files have just been read.
        Backup.remove(DataDirectory.alarmPath(in: directory.path))
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
    package func setInput(_ name: String, _ value: [UInt8]) throws(JournalError) {
        try database.setInput(name, value)
        condition.lock()
        inputs[name] = value
        condition.unlock()
    }

    package func input(_ name: String) -> [UInt8]? {
        condition.lock()
        defer { condition.unlock() }
        return inputs[name]
    }

    /// Keeps a cluster as it is in memory beside its journal, which is damaged.
    package func rescue(_ snapshot: Snapshot) throws(JournalError) {
        condition.lock()
        let inputs = inputs
        condition.unlock()
        var contents = JournalContents(base: snapshot.revision)
        _ = snapshot.objects.forEach { _, object in
            contents.objects.append(object)
            return true
        }
        try Backup.lay(contents, inputs, at: directory.rescuePath)
    }

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

    private enum Work {
        case write([Change])
        case inspect
    }

    private func run() {
        while let work = take() {
            switch work {
            case .write(let changes): write(changes)
            case .inspect: inspect()
            }
        }
        if isDamaged {
            database.abandon()
        } else {
            // The file is whole whether or not its log could be merged into it.
            do throws(JournalError) {
                try scrub.close()
                try database.close()
            } catch {
                report(error)
            }
        }
        acknowledged.end()
        directory.release()
        condition.lock()
        hasClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// What is to be done next, once something is; nil at the end.
    private func take() -> Work? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if isClosing, waiting.isEmpty || progress.isStuck { return nil }
            if isDamaged {
                condition.wait()
                continue
            }
            let now = ProcessInfo.processInfo.systemUptime
            // However slow the disk, no write waits for more than one look.
            if now >= inspectionDue, !isClosing, !hasJustInspected || waiting.isEmpty {
                inspectionDue = now + options.inspectionInterval
                hasJustInspected = true
                return .inspect
            }
            hasJustInspected = false
            if !waiting.isEmpty {
                let taken = waiting
                waiting = []
                condition.broadcast()
                return .write(taken)
            }
            _ = condition.wait(until: Date(timeIntervalSinceNow: min(inspectionDue - now, 60)))
        }
    }

    private func write(_ changes: [Change]) {
        do throws(JournalError) {
            try database.append(changes)
            // What the next start does not find is not kept.
            try scrub.checkIdentity()
        } catch {
            return fail(changes, error)
        }
        changeCount += changes.count
        let revision = changes[changes.count - 1].revision
        acknowledged.note(revision)
        // What is written is written, whatever else the file says.
        do throws(JournalError) {
            try makeRoom(through: revision)
            finish(try written(through: revision))
        } catch {
            finish(State(durableRevision: revision))
            if error.kind == .corrupt { return report(error) }
        }
        // A fold that fails loses nothing, and is due again after the next write.
        do throws(JournalError) { try foldIfDue() } catch { if error.kind == .corrupt { report(error) } }
    }

    /// Looks at a part of the files, and whether somebody else has found them damaged.
    private func inspect() {
        let alarm = DataDirectory.alarmPath(in: directory.path)
        do throws(JournalError) {
            if let reason = FileBytes.read(alarm) {
                Backup.remove(alarm)
                throw .damaged(directory.journalPath, Flaw(String(decoding: reason, as: UTF8.self)))
            }
            try scrub.step(options.inspectedBytes)
        } catch {
            report(error)
        }
    }

    private func finish(_ state: State) {
        condition.lock()
        progress = state
        let observer = observer
        condition.broadcast()
        condition.unlock()
        observer?(state)
    }

    /// Puts changes that could not be written back in line, and waits before the next attempt, if there is to be one.
    private func fail(_ changes: [Change], _ error: JournalError) {
        condition.lock()
        waiting = changes + waiting
        condition.unlock()
        report(error)
        if isDamaged { return }
        condition.lock()
        let until = Date(timeIntervalSinceNow: SQLiteJournal.retryInterval)
        while !isClosing, condition.wait(until: until) {}
        condition.unlock()
    }

    private func report(_ error: JournalError) {
        var failure = error
        if error.kind == .corrupt {
            isDamaged = true
            failure = JournalError(
                .corrupt,
                "\(directory.journalPath): the journal was damaged while the cluster ran: "
                    + "\(error.flaw?.text ?? error.description). All that was acknowledged is in memory: save it with "
                    + "`drydock backup`, and bring it back with `drydock restore`.")
        }
        finish(State(durableRevision: state.durableRevision, failure: failure))
    }

    private func isOverQuota() throws(JournalError) -> Bool {
        guard let quota = options.quota else { return false }
        return try database.usedBytes() > quota
    }

    /// Gives all history up, if more is kept than the quota allows: that comes before anybody is refused.
    private func makeRoom(through revision: Revision) throws(JournalError) {
        guard changeCount > 0, try isOverQuota() else { return }
        try database.fold(through: revision)
        scrub.noteFold()
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
        scrub.noteFold()
        changeCount -= target - base
        base = target
    }
}

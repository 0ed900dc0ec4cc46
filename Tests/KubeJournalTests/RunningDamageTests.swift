import ClusterCore
import Foundation
import JournalWorkload
import KubeAPI
import KubeClient
import KubeJournal
import KubeStore
import TestSupport
import Testing

/// Files that something happens to while a cluster is written into them.
@Suite struct RunningDamageTests {
    /// A cluster that writes, and what its journal says.
    private final class Running {
        let folder: TemporaryFolder
        let store: ObjectStore
        let journal: SQLiteJournal
        private let failed = DispatchSemaphore(value: 0)

        init(steps: Int = 200, keptChanges: Int = 10_000, inspectionInterval: Double = 0.001) throws {
            folder = try TemporaryFolder()
            var options = SQLiteJournal.Options()
            options.inspectionInterval = inspectionInterval
            options.inspectedBytes = 50_000
            options.keptChanges = keptChanges
            journal = try SQLiteJournal(DataDirectory(folder.path), options)
            store = ObjectStore(loop: EventLoop(start: .simulationStart), journal: journal)
            try write(steps)
            try #require(journal.settle().durableRevision == steps)
            journal.observe { [failed] in if $0.failure != nil { failed.signal() } }
        }

        func write(_ count: Int) throws {
            for _ in 0..<count { try Workload.step(store, seed: 1) }
            store.pump()
        }

        var path: String { folder.path + "/journal.db" }

        func waitForFailure() -> SQLiteJournal.State {
            failed.wait()
            return journal.state
        }

        /// Writes over the file without making it another one.
        func overwrite(_ file: String, at offset: Int, _ bytes: [UInt8]) throws {
            let handle = try #require(FileHandle(forUpdatingAtPath: file))
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: Data(bytes))
            try handle.close()
        }

        /// Has what is in the log merged into the file, as it is when the log has grown.
        func merge() throws { try DamagedJournal(folder: folder).change("PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// All files as they are, but for what another process takes out of the way.
    private func files(_ running: Running) -> [[UInt8]] { DamagedJournal(folder: running.folder).files }

    @Test(arguments: [UInt64.random(in: 1...UInt64.max)])
    func aPageThatIsOverwrittenIsFound(seed: UInt64) throws {
        let running = try Running(keptChanges: 60)
        try running.merge()
        var random = SeededRandom(seed: seed)
        // The first pages have the tables' roots; each of the others holds rows or is free.
        let size = FileManager.default.contents(atPath: running.path)?.count ?? 0
        for page in 1..<size / 4096 where page > 5 {
            try running.overwrite(running.path, at: page * 4096, (0..<4096).map { _ in UInt8(random.below(256)) })
        }
        let state = running.waitForFailure()
        #expect(state.failure?.kind == .corrupt, "seed \(seed)")
        #expect(state.durableRevision == 200)
        let text = try #require(state.failure?.description)
        #expect(text.hasPrefix("\(running.path): the journal was damaged while the cluster ran: "), "\(text)")
        #expect(text.contains("`drydock backup`"))

        // It is the end of writing: nothing is acknowledged any more, and no byte of the files changes.
        let before = files(running)
        try running.write(5)
        #expect(running.journal.settle().durableRevision == 200)
        running.journal.close()
        #expect(files(running) == before)
        #expect(running.journal.state.failure?.kind == .corrupt)
    }

    @Test func aLogThatIsOverwrittenIsFound() throws {
        let running = try Running(steps: 0, inspectionInterval: 0.001)
        for _ in 0..<20 {
            try running.write(5)
            _ = running.journal.settle()
        }
        try running.overwrite(running.path + "-wal", at: 32 + 24 + 100, [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(running.waitForFailure().failure?.description.contains("frame 1 of its log is broken") == true)
        running.journal.close()
    }

    /// Nothing is acknowledged that went into a file which the next start does not find.
    @Test(arguments: ["journal.db", "journal.db-wal"], [false, true])
    func aFileThatIsTakenAwayIsMissed(name: String, isReplaced: Bool) throws {
        let running = try Running(inspectionInterval: .infinity)
        let file = running.folder.path + "/" + name
        let bytes = FileManager.default.contents(atPath: file)
        try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
        if isReplaced { try #require(bytes).write(to: URL(fileURLWithPath: file)) }
        try running.write(5)
        let state = running.journal.settle()
        #expect(state.durableRevision == 200)
        #expect(state.failure?.kind == .corrupt)
        let what = isReplaced ? "\(file) has been replaced by another file" : "\(file) has been deleted"
        #expect(state.failure?.description.contains(what) == true, "\(String(describing: state.failure))")
        running.journal.close()
    }

    /// SQLite knows from the memory that it shares what was in the log, and calls it an I/O error that it is not there.
    @Test(arguments: [false, true])
    func aBackupOfAClusterWhoseLogIsTakenAwayIsOfItsMemory(isReplaced: Bool) throws {
        let running = try Running(inspectionInterval: .infinity)
        let saved = running.store.snapshot()
        let journal = running.journal
        journal.observe { state in
            guard state.failure?.kind == .corrupt else { return }
            #expect(throws: Never.self) { try journal.rescue(saved) }
        }
        let log = running.path + "-wal"
        let bytes = FileManager.default.contents(atPath: log)
        try FileManager.default.moveItem(atPath: log, toPath: log + ".away")
        if isReplaced { try #require(bytes).write(to: URL(fileURLWithPath: log)) }
        try running.write(5)
        #expect(journal.settle().failure?.kind == .corrupt)

        let file = running.folder.path + "/backup"
        let copy = try Backup.write(from: running.folder.path, to: file)
        #expect(copy.revision == 200 && copy.isWhole)
        let text = try #require(copy.damage?.description)
        #expect(text.hasPrefix("\(running.path): the journal is damaged: "), "\(text)")
        #expect(text.contains("The copy is of what process \(getpid()) has in memory"), "\(text)")
        journal.close()
        let directory = try DataDirectory(running.folder.path)
        let start = try Backup.restore(file, into: directory)
        let again = try SQLiteJournal(directory)
        #expect(again.contents.revision == start)
        #expect(again.contents.objects.map(\.json) == saved.all.map(\.json))
        again.close()
    }

    /// What is folded has been read before: damage never becomes a part of a snapshot.
    @Test func damageIsNotFolded() throws {
        let running = try Running(steps: 100, keptChanges: 100, inspectionInterval: .infinity)
        try DamagedJournal(folder: running.folder).change("UPDATE changes SET author = 'x' WHERE revision = 30")
        try running.write(110)
        #expect(running.waitForFailure().failure?.description.contains("revision 30, of ") == true)
        running.journal.close()
        let failure = #expect(throws: JournalError.self) { try SQLiteJournal(DataDirectory(running.folder.path)) }
        #expect(try SalvagedJournal(running.folder.path, after: #require(failure)).contents.revision == 29)
    }

    /// A backup finds the damage first; what it copies comes out of the memory of the process.
    @Test func aBackupOfADamagedClusterThatRunsIsOfItsMemory() throws {
        let running = try Running(inspectionInterval: 0.001)
        let saved = running.store.snapshot()
        let journal = running.journal
        journal.observe { state in
            guard state.failure?.kind == .corrupt else { return }
            #expect(throws: Never.self) { try journal.rescue(saved) }
        }
        // Nobody but the next start reads a key again.
        try DamagedJournal(folder: running.folder).change("INSERT INTO meta VALUES ('input/sa.key', x'00')")
        let file = running.folder.path + "/backup"
        let copy = try Backup.write(from: running.folder.path, to: file)
        #expect(copy.revision == 200 && copy.isWhole)
        #expect(
            copy.damage?.description
                == "\(running.path): the journal is damaged: sa.key does not match its checksum. The copy is of what "
                + "process \(getpid()) has in memory: all that was acknowledged. Bring it back with `drydock restore`.")
        #expect(!FileManager.default.fileExists(atPath: running.folder.path + "/alarm"))
        #expect(journal.state.failure?.kind == .corrupt)
        journal.close()

        // The next start has it too.
        let failure = #expect(throws: JournalError.self) { try SQLiteJournal(DataDirectory(running.folder.path)) }
        let salvaged = try SalvagedJournal(running.folder.path, after: #require(failure))
        #expect(salvaged.isWhole && salvaged.contents.revision == 200)
        let directory = try DataDirectory(running.folder.path)
        let start = try Backup.restore(file, into: directory)
        let again = try SQLiteJournal(directory)
        #expect(again.contents.revision == start)
        #expect(again.contents.objects.map(\.json) == saved.all.map(\.json))
        again.close()
    }

    /// Files that nothing happens to are looked through again and again while they are written and folded.
    @Test func wholeFilesAreFoundWhole() throws {
        let running = try Running(steps: 0, keptChanges: 50, inspectionInterval: 0)
        for _ in 0..<150 {
            try running.write(7)
            #expect(running.journal.settle().failure == nil)
        }
        running.journal.close()
        #expect(running.journal.state.failure == nil)
        #expect(running.journal.state.durableRevision == 1050)
    }
}

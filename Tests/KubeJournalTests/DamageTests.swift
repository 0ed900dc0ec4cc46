import ClusterCore
import Foundation
import GRDB
import JournalWorkload
import KubeAPI
import KubeClient
import KubeJournal
import KubeStore
import TestSupport
import Testing

/// Files that are not what was written, found at the start.
@Suite struct DamageTests {
    /// What is served is exactly what the cluster was at some revision, and the message says at which. What was
    /// acknowledged never reads differently, is never missed in silence, and the files stay as they are.
    @Test(arguments: KeptJournal.Layout.allCases, [UInt64.random(in: 1...UInt64.max)])
    func whatIsServedIsAStateThatWas(layout: KeptJournal.Layout, seed: UInt64) throws {
        let kept = try KeptJournal(layout)
        var random = SeededRandom(seed: seed)
        var served = 0
        for _ in 0..<50 {
            let damaged = try kept.copy()
            let hasLog = !damaged.bytes("journal.db-wal").isEmpty
            let name = hasLog && random.below(2) == 0 ? "journal.db-wal" : "journal.db"
            let what: Comment = "\(layout), \(try damaged.damage(name, &random)), seed \(seed)"
            let before = damaged.files
            let opened = open(damaged)
            guard case .failure(let failure) = opened else {
                // Where it is taken for whole, it is.
                let journal = try opened.get()
                #expect(journal.contents.revision == kept.store.revision, what)
                #expect(try kept.holds(journal.contents), what)
                journal.close()
                continue
            }
            #expect(failure.kind == .corrupt, what)
            #expect(failure.description.contains(damaged.path + "/journal.db"), what)
            #expect(damaged.files == before, "written: \(what)")
            switch salvage(damaged, failure) {
            case .success(let salvaged):
                served += 1
                let revision = salvaged.contents.revision
                #expect(try kept.holds(salvaged.contents), what)
                #expect(salvaged.isWhole == (revision == kept.store.revision), what)
                let text = salvaged.failure.description
                #expect(text.contains(damaged.path + "/journal.db: the journal is damaged: "), what)
                #expect(
                    text.contains(
                        salvaged.isWhole
                            ? "All that was acknowledged can be read, up to revision \(revision)"
                            : "Revisions \(revision + 1) to \(kept.store.revision) are lost"), what)
                #expect(salvaged.inputs["sa.key"] == [1, 2, 3] || salvaged.inputs["sa.key"] == nil, what)
            case .failure(let error):
                #expect(error.description.hasSuffix("Nothing of it can be proved, so nothing is served."), what)
            }
            #expect(damaged.files == before, "written: \(what)")
        }
        // A snapshot has no part that could be done without.
        #expect(served >= (layout == .folded ? 1 : 10), "\(layout), seed \(seed): hardly ever is anything served")
    }

    private func open(_ damaged: DamagedJournal) -> Result<SQLiteJournal, JournalError> {
        Result { () throws(JournalError) in try SQLiteJournal(DataDirectory(damaged.path)) }
    }

    private func salvage(
        _ damaged: DamagedJournal, _ failure: JournalError
    ) -> Result<SalvagedJournal, JournalError> {
        Result { () throws(JournalError) in try SalvagedJournal(damaged.path, after: failure) }
    }

    /// SQLite takes what is gone from the end of its log for what was never there.
    @Test func aLogThatIsGoneIsNoticed() throws {
        let kept = try KeptJournal(.both)
        let damaged = try kept.copy()
        try damaged.remove("journal.db-wal")
        let failure = #expect(throws: JournalError.self) { try SQLiteJournal(DataDirectory(damaged.path)) }
        let salvaged = try SalvagedJournal(damaged.path, after: #require(failure))
        let revision = salvaged.contents.revision
        #expect(revision > 0 && revision < 1800)
        #expect(try kept.holds(salvaged.contents))
        #expect(
            salvaged.failure.description
                == "\(damaged.path)/journal.db: the journal is damaged: it ends with revision \(revision), and "
                + "revision 1800 was kept in it. Revisions \(revision + 1) to 1800 are lost; what can be proved is the "
                + "cluster of revision \(revision). Save that with `drydock backup`, and bring it or another backup "
                + "back with `drydock restore`.")
    }

    @Test func aFileThatIsGoneIsNotBegunAnew() throws {
        let damaged = try KeptJournal(.merged).copy()
        try damaged.remove("journal.db")
        let failure = #expect(throws: JournalError.self) { try SQLiteJournal(DataDirectory(damaged.path)) }
        #expect(
            failure?.description.contains("journal.db: the journal is damaged: it is gone, and revision 216") == true)
        #expect(!FileManager.default.fileExists(atPath: damaged.path + "/journal.db"))
        #expect(throws: JournalError.self) { try SalvagedJournal(damaged.path, after: #require(failure)) }
    }

    /// All was in the log.
    @Test func aFileThatIsGoneIsReadFromItsLog() throws {
        let kept = try KeptJournal(.log)
        let damaged = try kept.copy()
        try damaged.remove("journal.db")
        let failure = #expect(throws: JournalError.self) { try SQLiteJournal(DataDirectory(damaged.path)) }
        let salvaged = try SalvagedJournal(damaged.path, after: #require(failure))
        #expect(salvaged.isWhole)
        #expect(try kept.holds(salvaged.contents))
    }

    /// A process that ends while it makes the file leaves one with nothing in it.
    @Test func anEmptyFileIsBegunAnew() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("", as: "journal.db")
        let journal = try SQLiteJournal(DataDirectory(folder.path))
        #expect(journal.contents.isEmpty)
        journal.close()
    }

    @Test(arguments: [
        ("DELETE FROM changes WHERE revision = 100", "revision 100 is missing", 99),
        ("UPDATE changes SET author = 'another' WHERE revision = 50", "revision 50, of ", 49),
        ("UPDATE changes SET time = time + 1 WHERE revision = 60", "does not match its checksum", 59),
        ("UPDATE meta SET value = 3 WHERE name = 'format'", "the format is said to be 3", 0),
        ("UPDATE meta SET value = x'00' WHERE name = 'snapshot'", "what the snapshot adds up to cannot be read", 0),
        ("UPDATE meta SET value = x'00' WHERE name = 'input/sa.key'", "sa.key does not match its checksum", 216),
    ])
    func rowsAreChecked(sql: String, flaw: String, served: Revision) throws {
        let kept = try KeptJournal(.merged)
        let damaged = try kept.copy()
        try damaged.change(sql)
        try expect(kept, damaged, flaw, served)
    }

    /// That no object of a snapshot is gone can only be seen by what they add up to.
    @Test(arguments: [
        ("DELETE FROM objects WHERE rowid = (SELECT max(rowid) FROM objects)", "objects", 0),
        ("UPDATE objects SET revision = revision - 1", "does not match its checksum", 0),
    ])
    func snapshotsAreChecked(sql: String, flaw: String, served: Revision) throws {
        let kept = try KeptJournal(.folded)
        let damaged = try kept.copy()
        try damaged.change(sql)
        try expect(kept, damaged, flaw, served)
    }

    /// - Parameter served: 0 for nothing.
    private func expect(_ kept: KeptJournal, _ damaged: DamagedJournal, _ flaw: String, _ served: Revision) throws {
        let failure = #expect(throws: JournalError.self) { try SQLiteJournal(DataDirectory(damaged.path)) }
        #expect(failure?.description.contains(flaw) == true, "\(String(describing: failure))")
        if served == 0 {
            #expect(throws: JournalError.self) { try SalvagedJournal(damaged.path, after: #require(failure)) }
        } else {
            let salvaged = try SalvagedJournal(damaged.path, after: #require(failure))
            #expect(salvaged.contents.revision == served)
            #expect(try kept.holds(salvaged.contents))
        }
    }

    /// The copy holds what can be proved, says what is missing, and can be gone on from.
    @Test func aBackupOfADamagedJournalSaysWhatItLacks() throws {
        let kept = try KeptJournal(.merged)
        let damaged = try kept.copy()
        try damaged.change("DELETE FROM changes WHERE revision = 100")
        let before = damaged.files
        let copy = try Backup.write(from: damaged.path, to: damaged.path + "/backup")
        #expect(copy.revision == 99 && !copy.isWhole)
        #expect(copy.damage?.description.contains("Revisions 100 to 216 are lost") == true)
        #expect(damaged.files == before)

        let directory = try DataDirectory(damaged.path)
        #expect(try Backup.restore(damaged.path + "/backup", into: directory) == 1_000_216)
        let journal = try SQLiteJournal(directory)
        #expect(try journal.contents.objects.map(\.json) == kept.store.snapshot(at: 99).all.map(\.json))
        #expect(journal.contents.revision == 1_000_216)
        #expect(journal.input("sa.key") == [1, 2, 3])
        journal.close()
    }

    /// A folder of the first format, which had no seals, is gone on from.
    @Test func theFirstFormatIsRewritten() throws {
        let kept = try KeptJournal(.folded)
        let old = try kept.copy()
        try old.remove("acknowledged")
        let base = try SQLiteJournal.contents(of: old.path).base
        try old.change(
            """
            CREATE TABLE old (
                revision INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL,
                verb TEXT NOT NULL, author TEXT NOT NULL, cause INTEGER NOT NULL, object BLOB,
                checksum INTEGER NOT NULL);
            INSERT INTO old SELECT revision, time, key, verb, author, cause, object, checksum FROM changes;
            DROP TABLE changes;
            ALTER TABLE old RENAME TO changes;
            DELETE FROM meta;
            INSERT INTO meta VALUES ('format', 1), ('base', \(base)), ('input/sa.key', x'010203');
            """)
        for _ in 0..<2 {
            let journal = try SQLiteJournal(DataDirectory(old.path))
            #expect(journal.contents.revision == kept.store.revision)
            #expect(try kept.holds(journal.contents))
            #expect(journal.input("sa.key") == [1, 2, 3])
            journal.close()
        }
    }
}

extension SQLiteJournal {
    static func contents(of folder: String) throws -> JournalContents {
        let journal = try SQLiteJournal(DataDirectory(folder))
        defer { journal.close() }
        return journal.contents
    }
}

extension DamagedJournal {
    func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path + "/journal.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

extension Snapshot {
    /// Its objects, by the names of their keys in etcd.
    var all: [KubeObject] {
        var all: [KubeObject] = []
        _ = objects.forEach { _, object in
            all.append(object)
            return true
        }
        return all
    }
}

import ClusterCore
import Foundation
import JournalWorkload
import KubeAPI
import KubeClient
import KubeJournal
import KubeStore
import TestSupport
import Testing

@Suite struct JournalTests {
    /// A store over a folder's journal.
    private func open(
        _ folder: TemporaryFolder, _ options: SQLiteJournal.Options = SQLiteJournal.Options()
    ) throws -> (ObjectStore, SQLiteJournal) {
        let journal = try SQLiteJournal(DataDirectory(folder.path), options)
        let store = ObjectStore(loop: EventLoop(start: .simulationStart), journal: journal)
        store.restore(journal.contents)
        return (store, journal)
    }

    private func write(_ count: Int, _ store: ObjectStore, seed: UInt64 = 1) throws {
        for _ in 0..<count { try Workload.step(store, seed: seed) }
        store.pump()
    }

    @Test func aNewJournalIsEmpty() throws {
        let folder = try TemporaryFolder()
        let (store, journal) = try open(folder)
        #expect(journal.contents.isEmpty)
        #expect(store.revision == 0)
        journal.close()
    }

    @Test func everythingIsThereAfterAClose() throws {
        let folder = try TemporaryFolder()
        let (store, journal) = try open(folder)
        try write(300, store)
        journal.close()
        #expect(journal.state.durableRevision == 300)

        let (again, second) = try open(folder)
        #expect(again.revision == 300)
        #expect(again.objectCount == store.objectCount)
        store.forEach(.configMap, namespace: nil) { object in
            #expect(again.object(object.key)?.json == object.json)
            return true
        }
        // Authors, causes and times are kept with the changes.
        let change = again.history[200]
        #expect(change.author == "writer" && change.cause == 199 && change.time == .simulationStart)
        #expect(change.old?.json == store.history[200].old?.json)
        second.close()
    }

    @Test func foldingKeepsTheObjectsAndTheYoungerChanges() throws {
        let folder = try TemporaryFolder()
        var options = SQLiteJournal.Options()
        options.keptChanges = 50
        let (store, journal) = try open(folder, options)
        for _ in 0..<40 { try write(25, store) }
        journal.close()

        let (again, second) = try open(folder, options)
        #expect(again.revision == 1000)
        #expect(second.contents.base > 800, "the journal was never folded")
        #expect(second.contents.changes.count >= 50)
        store.forEach(.configMap, namespace: nil) { object in
            #expect(again.object(object.key)?.json == object.json)
            return true
        }
        #expect(again.objectCount == store.objectCount)
        second.close()
    }

    @Test func aFullJournalAcknowledgesNothingAndSaysSo() throws {
        let folder = try TemporaryFolder()
        var options = SQLiteJournal.Options()
        options.capacity = 300_000
        let (store, journal) = try open(folder, options)
        let stopped = DispatchSemaphore(value: 0)
        journal.observe { if $0.failure != nil { stopped.signal() } }
        for _ in 0..<60 { try write(20, store) }
        stopped.wait()
        let state = journal.state
        #expect(state.failure?.kind == .full)
        #expect(state.failure?.description.contains("no space is left") == true)
        #expect(state.durableRevision < store.revision)
        journal.close()

        // What was acknowledged is there, and with more room it goes on.
        let (again, second) = try open(folder)
        #expect(again.revision >= state.durableRevision)
        try write(10, again)
        second.close()
        #expect(second.state.durableRevision == again.revision)
    }

    /// A quota is kept by whoever writes: all is written, and said to be too much until enough is gone.
    @Test func deletionsBringAJournalBackUnderItsQuota() throws {
        let folder = try TemporaryFolder()
        var options = SQLiteJournal.Options()
        options.quota = 300_000
        let (store, journal) = try open(folder, options)
        for number in 0..<100 {
            var object = ConfigMap(name: "big-\(number)", namespace: "default")
            object.data = ["text": String(repeating: "x", count: 8000)]
            _ = try store.create(object.boxed, author: "test", cause: 0)
        }
        store.pump()
        #expect(journal.settle().durableRevision == 100)
        journal.close()
        #expect(journal.state.failure?.kind == .overQuota)
        #expect(journal.state.failure?.description.contains("--quota-backend-bytes") == true)

        // The next life begins with it, and nothing was lost.
        let (again, second) = try open(folder, options)
        #expect(second.state.failure?.kind == .overQuota)
        #expect(again.objectCount == 100)
        for number in 0..<90 {
            let key = ObjectKey(.configMap, namespace: "default", name: "big-\(number)")
            try again.delete(key, expecting: nil, author: "test", cause: 0)
        }
        again.pump()
        #expect(second.settle().durableRevision == 190)
        second.close()
        #expect(second.state.failure == nil)
        let (third, last) = try open(folder, options)
        #expect(third.objectCount == 10 && third.revision == 190)
        last.close()
    }

    @Test func aFolderHasOneClusterAtATime() throws {
        let folder = try TemporaryFolder()
        let first = try DataDirectory(folder.path)
        let error = #expect(throws: JournalError.self) { try DataDirectory(folder.path) }
        #expect(error?.kind == .inUse)
        #expect(error?.description.contains("process \(getpid())") == true)
        #expect(DataDirectory.holder(of: folder.path)?.process == getpid())
        _ = first
    }

    @Test(arguments: [
        ("d", "."), ("data", "."), ("./d", "."), ("a/d", "a"), ("/d", "/"), ("/a/b/d", "/a/b"), ("", "."),
    ])
    func aFolderMayHaveANameOfOneCharacter(path: String, folder: String) {
        #expect(Backup.folder(of: path) == folder)
    }

    @Test func inputsAreKept() throws {
        let folder = try TemporaryFolder()
        let (_, journal) = try open(folder)
        #expect(journal.input("ca.key") == nil)
        try journal.setInput("ca.key", [1, 2, 3])
        journal.close()
        let (_, second) = try open(folder)
        #expect(second.input("ca.key") == [1, 2, 3])
        second.close()
    }

    /// Every byte of the file may be damaged: either nothing of it matters, or it is noticed. Never are other objects
    /// read than were written.
    @Test(arguments: [UInt64.random(in: 1...UInt64.max)])
    func damageIsNoticed(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let (store, journal) = try open(folder)
        try write(120, store)
        journal.close()
        let path = folder.path + "/journal.db"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SeededRandom(seed: seed)
        var noticed = 0
        for _ in 0..<150 {
            var damaged = whole
            damaged[random.below(damaged.count)] ^= UInt8(1 + random.below(255))
            try damaged.write(to: URL(fileURLWithPath: path))
            do throws(JournalError) {
                let second = try SQLiteJournal(DataDirectory(folder.path))
                let contents = second.contents
                second.close()
                let restored = ObjectStore(loop: EventLoop(start: .simulationStart))
                restored.restore(contents)
                #expect(restored.objectCount == store.objectCount, "seed \(seed)")
                store.forEach(.configMap, namespace: nil) { object in
                    #expect(restored.object(object.key)?.json == object.json, "seed \(seed)")
                    return true
                }
            } catch {
                noticed += 1
                #expect(error.description.contains("journal.db"), "seed \(seed): \(error)")
            }
        }
        #expect(noticed > 50, "seed \(seed): damage is hardly ever noticed")
    }

    @Test func aFileThatIsNoJournalIsRefused() throws {
        let folder = try TemporaryFolder()
        try "not a database, but long enough to look at: it goes on and on and on and on and on and on and on and on"
            .write(toFile: folder.path + "/journal.db", atomically: true, encoding: .utf8)
        let error = #expect(throws: JournalError.self) { try SQLiteJournal(DataDirectory(folder.path)) }
        #expect(error?.kind == .corrupt)
    }
}

@Suite struct BackupTests {
    @Test func aBackupOfARunningClusterIsRestoredUnderNewRevisions() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/backup.db"
        let directory = try DataDirectory(folder.path + "/data")
        let journal = try SQLiteJournal(directory)
        let store = ObjectStore(loop: EventLoop(start: .simulationStart), journal: journal)
        for _ in 0..<100 { try Workload.step(store, seed: 1) }
        store.pump()
        let durable = DispatchSemaphore(value: 0)
        journal.observe { if $0.durableRevision == 100 { durable.signal() } }
        durable.wait()
        #expect(try Backup.write(from: directory.path, to: file).revision == 100)
        // Secrets are in it.
        for path in [file, directory.path + "/journal.db"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(path)")
        }
        let saved = store.snapshot()
        for _ in 0..<50 { try Workload.step(store, seed: 1) }
        store.pump()
        journal.close()

        let start = try Backup.restore(file, into: directory)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["backup.db", "data"])
        #expect(start > 150, "a revision would be given out twice")
        let second = try SQLiteJournal(directory)
        let again = ObjectStore(loop: EventLoop(start: .simulationStart), journal: second)
        again.restore(second.contents)
        #expect(again.revision == start)
        #expect(again.objectCount == saved.objects.count)
        saved.forEach(.configMap) { object in
            #expect(again.object(object.key)?.json == object.json)
            return true
        }
        second.close()
    }

    @Test func aDamagedBackupReplacesNothing() throws {
        let folder = try TemporaryFolder()
        let directory = try DataDirectory(folder.path + "/data")
        let journal = try SQLiteJournal(directory)
        let store = ObjectStore(loop: EventLoop(start: .simulationStart), journal: journal)
        for _ in 0..<30 { try Workload.step(store, seed: 1) }
        store.pump()
        journal.close()
        let file = folder.path + "/backup.db"
        try "no backup".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: JournalError.self) { try Backup.restore(file, into: directory) }
        #expect(throws: JournalError.self) { try Backup.restore(folder.path + "/none.db", into: directory) }
        let second = try SQLiteJournal(directory)
        #expect(second.contents.revision == 30)
        second.close()
        #expect(throws: JournalError.self) { try Backup.write(from: directory.path, to: file) }
    }
}

import Foundation
import GRDB
import KubeAPI
import KubeClient
import KubeStore

/// The journal's file: a snapshot of all objects as of a base revision, and every change after it.
///
///     meta      name, value            format, what the snapshot adds up to, and what the cluster was given
///     objects   key, revision, object, checksum                                    as of the base
///     changes   revision, time, key, verb, author, cause, object, checksum, seal   base + 1, base + 2, …
///
/// A write is one row at the end of `changes`. When that has grown long, its older half is folded into `objects` and
/// the base moves up, in one transaction; the younger half stays, so that watches can go on after a restart from where
/// they were. Keys are those of upstream's API server in etcd, objects are JSON with kind and apiVersion. All that is
/// kept is covered by a checksum, see `JournalRows.swift`.
///
/// Not safe for several threads at once: `SQLiteJournal` has it on one.
struct JournalDatabase {
    /// The first format had checksums over objects alone, and none over the snapshot as a whole.
    static let format = 2
    let path: String
    private let queue: DatabaseQueue

    static let schema = """
        CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS objects (
            key TEXT PRIMARY KEY, revision INTEGER NOT NULL, object BLOB NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS changes (
            revision INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL,
            verb TEXT NOT NULL, author TEXT NOT NULL, cause INTEGER NOT NULL, object BLOB,
            checksum INTEGER NOT NULL, seal INTEGER NOT NULL);
        """

    /// - Parameter capacity: The most bytes that the file can take, as on a disk of that size; nil for all there is.
    init(path: String, isReadOnly: Bool = false, capacity: Int? = nil) throws(JournalError) {
        self.path = path
        // Secrets are in it, and the cluster's keys: nobody else is to read it. SQLite's own files take its mode.
        if !isReadOnly {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            if descriptor >= 0 { Glibc.close(descriptor) }
        }
        do {
            var configuration = Configuration()
            configuration.readonly = isReadOnly
            configuration.journalMode = isReadOnly ? .default : .wal
            configuration.busyMode = .timeout(5)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            if isReadOnly { return }
            try queue.writeWithoutTransaction { database in
                // Every commit is on the disk before it returns: WAL mode alone would only keep the file whole.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                // One large commit does not leave a large log behind, which would be read through for ever.
                _ = try Int.fetchOne(database, sql: "PRAGMA journal_size_limit = \(8 << 20)")
                if let capacity {
                    let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
                    _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(max(capacity / pageSize, 16))")
                }
            }
            try queue.write { database in
                try database.execute(sql: JournalDatabase.schema)
                let insert = "INSERT OR IGNORE INTO meta VALUES (?, ?)"
                try database.execute(sql: insert, arguments: ["format", JournalDatabase.format])
                try database.execute(sql: insert, arguments: ["snapshot", SnapshotSeal(base: 0).data])
            }
        } catch {
            throw JournalError(error, path: path)
        }
    }

    func close() throws(JournalError) {
        do { try queue.close() } catch { throw JournalError(error, path: path) }
    }

    /// Never closes the file: closing writes what is in its log into it, and one that is damaged is left as it is.
    func abandon() { _ = Unmanaged.passRetained(queue) }

    private func read<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        do { return try queue.read(body) } catch { throw JournalError(error, path: path) }
    }

    /// One transaction, which is on the disk when this returns.
    private func write(_ body: (Database) throws -> Void) throws(JournalError) {
        do { try queue.write(body) } catch { throw JournalError(error, path: path) }
    }

    // MARK: Writing

    /// Adds changes in one transaction, which is on the disk when this returns.
    func append(_ changes: [Change]) throws(JournalError) {
        try write { database in try JournalDatabase.insert(changes, database) }
    }

    private static func insert(_ changes: [Change], _ database: Database) throws {
        let insert = try database.cachedStatement(sql: "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for change in changes {
            let key = StorageKey.path(of: change.key)
            let object = change.new.map { Data($0.json) }
            let row = ChangeRow(
                revision: change.revision, time: change.time.nanoseconds, key: key, verb: change.verb.rawValue,
                author: change.author, cause: change.cause, object: object,
                checksum: ObjectRow.checksum(key, change.revision, object), seal: nil)
            try insert.execute(arguments: [
                row.revision, row.time, key, row.verb, row.author, row.cause, object, row.checksum, row.expectedSeal,
            ])
        }
    }

    /// Moves the base up to a revision: what the changes up to there made of the objects becomes the snapshot. Nothing
    /// is folded that is not whole, so that damage never becomes part of what a snapshot is sealed with.
    func fold(through revision: Revision) throws(JournalError) {
        try write { database in
            let reader = JournalReader(database: database)
            guard var seal = try reader.seal() else { throw Flaw("what the snapshot adds up to cannot be read") }
            var next = seal.base + 1
            try reader.forEachChange(after: seal.base) { row throws(Flaw) in
                if row.revision > revision { return false }
                if row.revision != next { throw Flaw("revision \(next) is missing") }
                try row.verify()
                next += 1
                return true
            }
            if next != revision + 1 { throw Flaw("revision \(next) is missing") }
            let replaced = "key IN (SELECT key FROM changes WHERE revision <= ?)"
            let newest = """
                revision IN (SELECT max(revision) FROM changes WHERE revision <= ? GROUP BY key) AND object IS NOT NULL
                """
            let gone = try Int64.fetchAll(
                database, sql: "SELECT checksum FROM objects WHERE \(replaced)", arguments: [revision])
            let come = try Int64.fetchAll(
                database, sql: "SELECT checksum FROM changes WHERE \(newest)", arguments: [revision])
            for checksum in gone { seal.remove(checksum) }
            for checksum in come { seal.add(checksum) }
            seal.base = revision
            try database.execute(sql: "DELETE FROM objects WHERE \(replaced)", arguments: [revision])
            try database.execute(
                sql: "INSERT INTO objects SELECT key, revision, object, checksum FROM changes WHERE \(newest)",
                arguments: [revision])
            try database.execute(sql: "DELETE FROM changes WHERE revision <= ?", arguments: [revision])
            try database.execute(sql: "UPDATE meta SET value = ? WHERE name = 'snapshot'", arguments: [seal.data])
        }
    }

    /// Keeps something that the cluster is given from outside: keys, certificates, its configuration.
    func setInput(_ name: String, _ value: [UInt8]) throws(JournalError) {
        try write { database in try JournalDatabase.setInput(name, value, database) }
    }

    private static func setInput(_ name: String, _ value: [UInt8], _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            arguments: ["input/" + name, SealedInput.data(name, value)])
    }

    /// Writes a whole journal into a file that is not there yet, and that can be read without any beside it.
    static func write(_ contents: JournalContents, _ inputs: [String: [UInt8]], to path: String) throws(JournalError) {
        let journal = try JournalDatabase(path: path)
        // Without a log, in which all of it would stand once more.
        do {
            _ = try journal.queue.writeWithoutTransaction { database in
                try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
            }
        } catch {
            throw JournalError(error, path: path)
        }
        try journal.write { database in
            var seal = SnapshotSeal(base: contents.base)
            let insert = try database.cachedStatement(sql: "INSERT INTO objects VALUES (?, ?, ?, ?)")
            for object in contents.objects {
                let key = StorageKey.path(of: object.key)
                let data = Data(object.json)
                let checksum = ObjectRow.checksum(key, object.revision, data)
                try insert.execute(arguments: [key, object.revision, data, checksum])
                seal.add(checksum)
            }
            try database.execute(sql: "UPDATE meta SET value = ? WHERE name = 'snapshot'", arguments: [seal.data])
            try JournalDatabase.insert(contents.changes, database)
            for (name, value) in inputs.sorted(by: { $0.key < $1.key }) { try setInput(name, value, database) }
        }
        try journal.close()
    }

    // MARK: Reading

    /// The bytes of the pages that hold something; what was deleted leaves free ones, which are filled again.
    func usedBytes() throws(JournalError) -> Int {
        try read { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * (try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096)
        }
    }

    /// Everything that is kept, as far as it can be proved; nil if nothing was ever written.
    func load() throws(JournalError) -> JournalReading? {
        try read { database in
            let reader = JournalReader(database: database)
            return try reader.isNew() ? nil : try reader.read()
        }
    }

    /// Reads without what the connection has in memory: what the file says now.
    func inspect(_ body: (JournalReader) throws -> Void) throws(JournalError) {
        try read { database in
            try database.execute(sql: "PRAGMA shrink_memory")
            try body(JournalReader(database: database))
        }
    }
}

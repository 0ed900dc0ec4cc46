import ClusterCore
import Foundation
import GRDB
import KubeAPI
import KubeClient
import KubeStore

/// The journal's file: a snapshot of all objects as of a base revision, and every change after it.
///
///     meta      name, value                                        format, base, and what the cluster was given
///     objects   key, revision, object, checksum                    as of the base
///     changes   revision, time, key, verb, author, cause, object, checksum      base + 1, base + 2, …
///
/// A write is one row at the end of `changes`. When that has grown long, its older half is folded into `objects` and
/// the base moves up, in one transaction; the younger half stays, so that watches can go on after a restart from where
/// they were. Keys are those of upstream's API server in etcd, objects are JSON with kind and apiVersion, and the
/// checksum covers key, revision and object, as SQLite does not notice a flipped bit in a row.
///
/// Not safe for several threads at once: `SQLiteJournal` has it on one.
struct JournalDatabase {
    static let format = 1
    let path: String
    private let queue: DatabaseQueue

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
                if let capacity {
                    let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
                    _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(max(capacity / pageSize, 16))")
                }
            }
            try queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
                        CREATE TABLE IF NOT EXISTS objects (
                            key TEXT PRIMARY KEY, revision INTEGER NOT NULL, object BLOB NOT NULL,
                            checksum INTEGER NOT NULL);
                        CREATE TABLE IF NOT EXISTS changes (
                            revision INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL,
                            verb TEXT NOT NULL, author TEXT NOT NULL, cause INTEGER NOT NULL, object BLOB,
                            checksum INTEGER NOT NULL);
                        INSERT OR IGNORE INTO meta VALUES ('format', \(JournalDatabase.format));
                        INSERT OR IGNORE INTO meta VALUES ('base', 0);
                        """)
            }
        } catch {
            throw JournalError(error, path: path)
        }
    }

    func close() throws(JournalError) {
        do { try queue.close() } catch { throw JournalError(error, path: path) }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        do {
            return try queue.read(body)
        } catch let error as JournalError {
            throw error
        } catch {
            throw JournalError(error, path: path)
        }
    }

    /// One transaction, which is on the disk when this returns.
    private func write(_ body: (Database) throws -> Void) throws(JournalError) {
        do { try queue.write(body) } catch { throw JournalError(error, path: path) }
    }

    // MARK: Writing

    /// Adds changes in one transaction, which is on the disk when this returns.
    func append(_ changes: [Change]) throws(JournalError) {
        try write { database in
            let insert = try database.cachedStatement(sql: "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            for change in changes {
                let key = StorageKey.path(of: change.key)
                let object = change.new.map { Data($0.json) }
                try insert.execute(arguments: [
                    change.revision, change.time.nanoseconds, key, change.verb.rawValue, change.author,
                    change.cause, object, JournalDatabase.checksum(key, change.revision, object),
                ])
            }
        }
    }

    /// Moves the base up to a revision: what the changes up to there made of the objects becomes the snapshot.
    func fold(through revision: Revision) throws(JournalError) {
        try write { database in
            let last = "SELECT max(revision) FROM changes WHERE revision <= ? GROUP BY key"
            try database.execute(
                sql: """
                    DELETE FROM objects WHERE key IN (SELECT key FROM changes WHERE revision <= ?)
                    """, arguments: [revision])
            try database.execute(
                sql: """
                    INSERT INTO objects SELECT key, revision, object, checksum FROM changes
                    WHERE revision IN (\(last)) AND object IS NOT NULL
                    """, arguments: [revision])
            try database.execute(sql: "DELETE FROM changes WHERE revision <= ?", arguments: [revision])
            try database.execute(sql: "UPDATE meta SET value = ? WHERE name = 'base'", arguments: [revision])
        }
    }

    /// The bytes of the pages that hold something; what was deleted leaves free ones, which are filled again.
    func usedBytes() throws(JournalError) -> Int {
        try read { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * (try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096)
        }
    }

    /// Keeps something that the cluster is given from outside: keys, certificates, its configuration.
    func setInput(_ name: String, _ value: [UInt8]) throws(JournalError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: ["input/" + name, Data(value)])
        }
    }

    func input(_ name: String) throws(JournalError) -> [UInt8]? {
        try read { database in
            try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE name = ?", arguments: ["input/" + name])
        }.map { [UInt8]($0) }
    }

    /// The revisions that are there: the base, and the last.
    func revisions() throws(JournalError) -> (base: Revision, last: Revision) {
        try read { database in
            let base = try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'base'") ?? 0
            let last = try Int.fetchOne(database, sql: "SELECT max(revision) FROM changes") ?? base
            return (base, max(base, last))
        }
    }

    // MARK: Reading

    /// Everything that is kept, checked row by row. An empty journal is revision 0 without objects.
    func load() throws(JournalError) -> JournalContents {
        try read(contents)
    }

    private func contents(_ database: Database) throws -> JournalContents {
        let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        if verdict != "ok" { throw damaged(verdict) }
        let format = try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'format'") ?? 0
        if format != JournalDatabase.format {
            throw JournalError(
                .other, "\(path): the journal has format \(format); this version of drydock reads \(Self.format).")
        }
        let base = try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'base'") ?? 0
        var contents = JournalContents(base: base)
        var current: [String: KubeObject] = [:]
        let objects = try Row.fetchCursor(database, sql: "SELECT * FROM objects ORDER BY key")
        while let row = try objects.next() {
            let key: String = try value(row, "key")
            let object = try decode(row, key)
            current[key] = object
            contents.objects.append(object)
        }
        let changes = try Row.fetchCursor(database, sql: "SELECT * FROM changes ORDER BY revision")
        while let row = try changes.next() {
            let change = try change(row, &current)
            if change.revision != contents.revision + 1 {
                throw damaged("revision \(contents.revision + 1) is missing")
            }
            contents.changes.append(change)
        }
        return contents
    }

    private func change(_ row: Row, _ current: inout [String: KubeObject]) throws -> Change {
        let key: String = try value(row, "key")
        let revision: Int = try value(row, "revision")
        guard let verb = Change.Verb(rawValue: try value(row, "verb")) else {
            throw damaged("revision \(revision) has no verb")
        }
        let old = current[key]
        let new = verb == .delete ? nil : try decode(row, key)
        current[key] = new
        guard let object = new ?? old else { throw damaged("revision \(revision) deletes \(key), which is not there") }
        return Change(
            revision: revision, time: Instant(nanoseconds: try value(row, "time")), key: object.key, verb: verb,
            old: old, new: new, author: try value(row, "author"), cause: try value(row, "cause"))
    }

    /// What a column holds. Damage may rename a column or change the type of what it holds, which the library's own
    /// subscripts end the process for.
    private func value<Value: DatabaseValueConvertible>(_ row: Row, _ column: String) throws -> Value {
        let stored: DatabaseValue? = row[column]
        guard let value = stored.flatMap(Value.fromDatabaseValue) else { throw damaged("a row has no \(column)") }
        return value
    }

    private func decode(_ row: Row, _ key: String) throws -> KubeObject {
        let data: Data = try value(row, "object")
        let checksum: Int64 = try value(row, "checksum")
        guard checksum == JournalDatabase.checksum(key, try value(row, "revision"), data) else {
            throw damaged("\(key) does not match its checksum")
        }
        do throws(StatusError) {
            let object = try decodeObject([UInt8](data), defaultKind: nil).object
            if StorageKey.path(of: object.key) == key { return object }
        } catch {
            throw damaged("\(key): \(error.message)")
        }
        throw damaged("\(key) holds another object")
    }

    private func damaged(_ what: String) -> JournalError {
        JournalError(
            .corrupt, "\(path): the journal is damaged: \(what). Bring a backup back with `drydock restore`.")
    }

    private static func checksum(_ key: String, _ revision: Int, _ object: Data?) -> Int64 {
        var hash = StableHash()
        hash.combine(key)
        hash.combine(UInt64(bitPattern: Int64(revision)))
        if let object { hash.combine(bytes: object) }
        return Int64(bitPattern: hash.value)
    }

    // MARK: Copies

    /// Copies all of it into another file, while the journal may be written.
    func backUp(to target: JournalDatabase) throws(JournalError) {
        do {
            try queue.backup(to: target.queue)
            // One file, which can be read without any beside it.
            _ = try target.queue.writeWithoutTransaction { database in
                try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
            }
        } catch {
            throw JournalError(error, path: target.path)
        }
    }

    /// Makes the next revision larger than any that a cluster gave out which ran from a newer state.
    func raiseBase(to revision: Revision) throws(JournalError) {
        let last = try revisions().last
        try fold(through: last)
        if revision <= last { return }
        try write { database in
            try database.execute(sql: "UPDATE meta SET value = ? WHERE name = 'base'", arguments: [revision])
        }
    }
}

import Foundation
import GRDB
import KubeClient
import KubeStore

/// What a journal's file says, as far as it can be proved.
struct JournalReading {
    var format: Int
    var contents: JournalContents
    /// What the cluster was given from outside, by name.
    var inputs: [String: [UInt8]] = [:]
    /// What is wrong with the file; nil if it is whole.
    var flaw: Flaw?
}

/// Reads a journal's tables and checks all that they hold, row by row.
struct JournalReader {
    let database: Database

    /// - Throws: What is wrong when not even a snapshot can be proved, or when the tables are not those of a journal.
    func read() throws -> JournalReading {
        let format = try format()
        let base = try base(format)
        var reconstruction = Reconstruction(base: base.base, format == 1 ? nil : base)
        try forEachObject(after: 0) { row, _ throws(Flaw) in
            try reconstruction.add(row)
            return true
        }
        try reconstruction.finishSnapshot()
        var flaw = attempt {
            try forEachChange(after: base.base) { row throws(Flaw) in
                try reconstruction.add(row)
                return true
            }
        }
        var inputs: [String: [UInt8]] = [:]
        let inputFlaw = attempt { try readInputs(format, into: &inputs) }
        flaw = flaw ?? inputFlaw ?? attempt(checkStructure)
        return JournalReading(format: format, contents: reconstruction.contents, inputs: inputs, flaw: flaw)
    }

    /// Whether there is nothing yet: the process ended while it made the file.
    func isNew() throws -> Bool {
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        return tables == 0 && pages <= 1
    }

    /// What is wrong, whoever says so.
    private func attempt(_ body: () throws -> Void) -> Flaw? {
        do {
            try body()
            return nil
        } catch {
            return JournalReader.flaw(error)
        }
    }

    static func flaw(_ error: any Error) -> Flaw {
        if let flaw = error as? Flaw { return flaw }
        return Flaw((error as? DatabaseError)?.message ?? "\(error)")
    }

    private func checkStructure() throws {
        let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        if verdict != "ok" { throw Flaw(verdict.split(separator: "\n").joined(separator: " ")) }
    }

    // MARK: What it is

    private func format() throws -> Int {
        let format = try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'format'") ?? 0
        if format == JournalDatabase.format || format == 1 { return format }
        // What is sealed tells a damaged number from a version to come.
        if try seal() != nil { throw Flaw("the format is said to be \(format)") }
        throw JournalError(
            .other,
            "the journal has format \(format); this version of drydock reads \(JournalDatabase.format).")
    }

    func seal() throws -> SnapshotSeal? {
        try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'snapshot'").flatMap(SnapshotSeal.init)
    }

    private func base(_ format: Int) throws -> SnapshotSeal {
        if format == 1 {
            return SnapshotSeal(
                base: try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'base'") ?? 0)
        }
        guard let seal = try seal() else { throw Flaw("what the snapshot adds up to cannot be read") }
        return seal
    }

    private func readInputs(_ format: Int, into inputs: inout [String: [UInt8]]) throws {
        let prefix = "input/"
        let rows = try Row.fetchCursor(database, sql: "SELECT name, value FROM meta")
        var flaw: Flaw?
        while let row = try rows.next() {
            let name: String = try value(row, "name")
            guard name.hasPrefix(prefix) else { continue }
            let data: Data = try value(row, "value")
            let input = String(name.dropFirst(prefix.count))
            do throws(Flaw) {
                inputs[input] = format == 1 ? [UInt8](data) : try SealedInput.read(input, data)
            } catch {
                flaw = error
            }
        }
        if let flaw { throw flaw }
    }

    // MARK: Rows

    /// Visits the objects after a row's number, in the order of these numbers, until `body` returns false.
    func forEachObject(after number: Int64, _ body: (ObjectRow, Int64) throws(Flaw) -> Bool) throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT rowid, * FROM objects WHERE rowid > ? ORDER BY rowid", arguments: [number])
        while let row = try rows.next() {
            let object = ObjectRow(
                key: try value(row, "key"), revision: try value(row, "revision"), object: try value(row, "object"),
                checksum: try value(row, "checksum"))
            if try !body(object, try value(row, "rowid")) { return }
        }
    }

    /// Visits the changes after a revision, in order, until `body` returns false.
    func forEachChange(after revision: Revision, _ body: (ChangeRow) throws(Flaw) -> Bool) throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT * FROM changes WHERE revision > ? ORDER BY revision", arguments: [revision])
        while let row = try rows.next() {
            let object: DatabaseValue? = row["object"]
            let seal: DatabaseValue? = row["seal"]
            let change = ChangeRow(
                revision: try value(row, "revision"), time: try value(row, "time"), key: try value(row, "key"),
                verb: try value(row, "verb"), author: try value(row, "author"), cause: try value(row, "cause"),
                object: object.flatMap(Data.fromDatabaseValue), checksum: try value(row, "checksum"),
                seal: seal == nil ? nil : try value(row, "seal"))
            if try !body(change) { return }
        }
    }

    /// What a column holds. Damage may rename a column or change the type of what it holds, which the library's own
    /// subscripts end the process for.
    private func value<Value: DatabaseValueConvertible>(_ row: Row, _ column: String) throws -> Value {
        let stored: DatabaseValue? = row[column]
        guard let value = stored.flatMap(Value.fromDatabaseValue) else { throw Flaw("a row has no \(column)") }
        return value
    }
}

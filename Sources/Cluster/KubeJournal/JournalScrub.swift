import Foundation
import KubeClient

/// Looks through a journal's files while it is written, a few bytes at a time and again and again: whether they are
/// still those that were opened, and whether all that they hold is what was written.
///
/// It reads by a connection of its own, which keeps nothing in memory, on the journal's thread, between two writes.
final class JournalScrub {
    private let path: String
    private let database: JournalDatabase
    private let identity: [FileIdentity?]

    /// The last row that was looked at.
    private var object: Int64 = 0
    private var change: Revision = 0
    /// What the objects looked at so far add up to; nil once the snapshot has changed meanwhile.
    private var sum: SnapshotSeal? = SnapshotSeal(base: 0)
    private var part = Part.log
    private var log: (salt: UInt64, frameCount: Int) = (0, 0)

    private enum Part { case log, objects, changes }

    /// Of a journal that has been written to, so that all its files are there.
    init(path: String) throws(JournalError) {
        self.path = path
        database = try JournalDatabase(path: path, isReadOnly: true)
        identity = JournalScrub.files(path).map(FileIdentity.init)
    }

    private static func files(_ path: String) -> [String] { [path, path + "-wal"] }

    func close() throws(JournalError) { try database.close() }

    /// Whether what has been written is where the next start looks for it.
    func checkIdentity() throws(JournalError) {
        for (file, before) in zip(JournalScrub.files(path), identity) {
            guard let now = FileIdentity(file) else { throw .damaged(path, Flaw("\(file) has been deleted")) }
            if now != before { throw .damaged(path, Flaw("\(file) has been replaced by another file")) }
        }
    }

    /// Has the pass that is under way leave out what the snapshot adds up to.
    func noteFold() { sum = nil }

    /// Looks at about so many bytes, from where it was.
    func step(_ bytes: Int) throws(JournalError) {
        try checkIdentity()
        var left = bytes
        do throws(JournalError) {
            try database.inspect { reader in
                switch part {
                case .log: try checkLog()
                case .objects: try checkObjects(reader, &left)
                case .changes: try checkChanges(reader, &left)
                }
            }
        } catch {
            // What the disk does not give back is as good as damaged.
            if error.kind == .inUse { return }
            throw error.kind == .corrupt ? error : .damaged(path, Flaw(error.description))
        }
    }

    private func checkLog() throws {
        let found = WriteAheadLog(FileBytes.read(path + "-wal") ?? [])
        if let flaw = found.flaw { throw flaw }
        if found.frameCount < log.frameCount, found.salt == log.salt || found.salt == 0 {
            throw Flaw("\(log.frameCount) frames of its log were committed, and \(found.frameCount) can be read")
        }
        log = (found.salt, found.frameCount)
        part = .objects
        object = 0
        sum = SnapshotSeal(base: 0)
    }

    private func checkObjects(_ reader: JournalReader, _ left: inout Int) throws {
        var isDone = true
        try reader.forEachObject(after: object) { row, number throws(Flaw) in
            try row.verify()
            sum?.add(row.checksum)
            object = number
            left -= row.object.count
            isDone = left > 0
            return isDone
        }
        if !isDone { return }
        let seal = try reader.seal()
        if let sum, sum.count != seal?.count || sum.sum != seal?.sum {
            throw Flaw("the snapshot has \(sum.count) of \(seal?.count ?? 0) objects")
        }
        change = seal?.base ?? 0
        part = .changes
    }

    private func checkChanges(_ reader: JournalReader, _ left: inout Int) throws {
        // What was folded meanwhile is no longer there.
        change = max(change, try reader.seal()?.base ?? 0)
        var isDone = true
        try reader.forEachChange(after: change) { row throws(Flaw) in
            if row.revision != change + 1 { throw Flaw("revision \(change + 1) is missing") }
            try row.verify()
            change = row.revision
            left -= row.object?.count ?? 0
            isDone = left > 0
            return isDone
        }
        if isDone { part = .log }
    }
}

/// Which file a path leads to.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// Nil when there is none.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        number = status.st_ino
    }
}

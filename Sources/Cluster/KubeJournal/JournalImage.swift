import Foundation
import GRDB
import GRDBSQLite
import KubeClient

/// A journal's file and its log as bytes in memory, for when they are damaged: SQLite is never shown the files
/// themselves, which it would mend in its own way.
struct JournalImage {
    private static let headerSize = 100
    private static let defaultPageSize = 4096

    private var bytes: [UInt8]

    /// - Parameter log: What was committed and is not in the file yet; nil for the file alone.
    init(_ file: [UInt8], _ log: WriteAheadLog?, _ logBytes: [UInt8]) {
        bytes = file
        if let log, log.pageCount > 0 {
            let size = log.pageCount * log.pageSize
            // A log that says more than file and log can hold is left alone.
            if size <= file.count + logBytes.count {
                bytes += [UInt8](repeating: 0, count: max(size - bytes.count, 0))
                bytes.removeLast(bytes.count - size)
                for (page, at) in log.pages where page <= log.pageCount {
                    let start = (page - 1) * log.pageSize
                    bytes.replaceSubrange(start..<start + log.pageSize, with: logBytes[at..<at + log.pageSize])
                }
            }
        }
    }

    /// With the first page, which says where the tables are, as a new journal has it: that is where they always are.
    func withFirstPage() -> JournalImage? {
        guard bytes.count >= Self.defaultPageSize, let fresh = JournalImage.fresh else { return nil }
        var image = self
        image.bytes.replaceSubrange(0..<Self.defaultPageSize, with: fresh.prefix(Self.defaultPageSize))
        return image
    }

    /// The bytes of an empty journal.
    private static var fresh: [UInt8]? {
        do {
            let queue = try DatabaseQueue()
            return try queue.writeWithoutTransaction { database in
                try database.execute(sql: JournalDatabase.schema)
                var size: sqlite3_int64 = 0
                guard let start = sqlite3_serialize(database.sqliteConnection, "main", &size, 0) else { return nil }
                defer { sqlite3_free(start) }
                return [UInt8](UnsafeBufferPointer(start: start, count: Int(size)))
            }
        } catch {
            return nil
        }
    }

    /// What it proves; throws why that is nothing.
    func read() throws -> JournalReading? {
        guard bytes.count >= Self.headerSize else { return nil }
        let queue = try DatabaseQueue()
        return try queue.writeWithoutTransaction { database in
            try load(into: database)
            return try JournalReader(database: database).read()
        }
    }

    private func load(into database: Database) throws {
        let size = sqlite3_int64(bytes.count)
        guard let start = sqlite3_malloc64(sqlite3_uint64(size)) else { throw Flaw("it does not fit into memory") }
        let target = UnsafeMutableRawBufferPointer(start: start, count: bytes.count)
        target.copyBytes(from: bytes)
        JournalImage.adapt(target)
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY)
        let code = sqlite3_deserialize(
            database.sqliteConnection, "main", start.assumingMemoryBound(to: UInt8.self), size, size, flags)
        if code != SQLITE_OK { throw Flaw("it cannot be opened in memory") }
    }

    /// Has the header say that there is no log, and as many pages as there are: where the file has been cut off, SQLite
    /// reads what is left.
    private static func adapt(_ image: UnsafeMutableRawBufferPointer) {
        let stored = Int(image[16]) << 8 | Int(image[17])
        let pageSize = stored == 1 ? 65_536 : stored
        image[18] = 1
        image[19] = 1
        guard pageSize >= 512 else { return }
        let count = UInt32(truncatingIfNeeded: image.count / pageSize)
        image.storeBytes(of: count.bigEndian, toByteOffset: 28, as: UInt32.self)
        // The count holds if these two agree.
        for at in 0..<4 { image[92 + at] = image[24 + at] }
    }
}

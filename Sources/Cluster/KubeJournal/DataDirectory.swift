import Foundation

/// The folder of a durable cluster: `journal.db` with its write-ahead log, and `lock`, which the process that runs the
/// cluster holds.
///
/// The lock is the kernel's (`flock`): it goes with its process, however that ends, so there are no stale ones.
/// Any thread may give it back: whether it is given back is behind a lock of this process.
package final class DataDirectory: @unchecked Sendable {
    package let path: String
    private let descriptor: Int32
    private let acceptsRestores: Bool
    private let lock = NSLock()
    private var isReleased = false

    package var journalPath: String { DataDirectory.journalPath(in: path) }
    static func journalPath(in path: String) -> String { path + "/journal.db" }

    /// A backup that the cluster is to start again from, laid here by `drydock restore` for the process that runs it.
    package var requestPath: String { DataDirectory.requestPath(in: path) }
    static func requestPath(in path: String) -> String { path + "/restore.db" }

    /// A copy of the memory of a cluster whose journal was found damaged while it ran.
    package var rescuePath: String { DataDirectory.rescuePath(in: path) }
    static func rescuePath(in path: String) -> String { path + "/rescue.db" }

    /// Laid here by `drydock backup` when it finds the journal of a running cluster damaged; says what is wrong.
    static func alarmPath(in path: String) -> String { path + "/alarm" }

    /// Where a backup is copied to before it takes a place of those.
    static func partialPath(in path: String) -> String { path + "/restore.partial" }

    /// Makes the folder if it is not there, and locks it.
    ///
    /// - Parameter acceptsRestores: Whether the process starts again from a backup when it is sent SIGHUP.
    /// - Throws: `inUse` with the number of the process that has it.
    package init(_ path: String, acceptsRestores: Bool = false) throws(JournalError) {
        self.path = path
        self.acceptsRestores = acceptsRestores
        try DataDirectory.make(path)
        descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .system(path + "/lock") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = DataDirectory.holder(of: path).map { "process \($0.process)" } ?? "another process"
            close(descriptor)
            throw JournalError(.inUse, "\(path): \(holder) runs a cluster from this folder already.")
        }
        do throws(JournalError) {
            try tell(isReadOnly: false)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Says in the file of the lock who has the folder.
    ///
    /// - Parameter isReadOnly: Whether this process leaves the journal as it is, damaged.
    package func tell(isReadOnly: Bool) throws(JournalError) {
        let text = "\(getpid())\(acceptsRestores ? " accepts restores" : "")\(isReadOnly ? " read-only" : "")\n"
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count else {
            throw JournalError(.other, "\(path)/lock cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit { release() }

    /// Makes a folder and those that it is to be in, for their owner alone.
    private static func make(_ path: String) throws(JournalError) {
        if path.isEmpty { throw JournalError(.other, "a folder without a name cannot hold a cluster. Name one.") }
        var folder = path.hasPrefix("/") ? "/" : ""
        for name in path.split(separator: "/") {
            folder += (folder.isEmpty || folder.hasSuffix("/") ? "" : "/") + name
            if mkdir(folder, 0o700) == 0 {
                Backup.sync(folderOf: folder)
                continue
            }
            let failure = errno
            var status = stat()
            let isThere = stat(folder, &status) == 0
            if isThere, status.st_mode & S_IFMT == S_IFDIR { continue }
            let reason = isThere ? "\(folder) is a file" : String(cString: strerror(failure))
            throw JournalError(.other, "\(path): the folder cannot be made: \(reason). Name another with --data-dir.")
        }
    }

    /// Lets another cluster have the folder.
    package func release() {
        lock.lock()
        defer { lock.unlock() }
        if isReleased { return }
        isReleased = true
        DataDirectory.unlock(descriptor)
    }

    /// Ends a lock and closes its file. Closing alone is not enough: a child that another thread forks holds the file
    /// open, and the lock with it, until it becomes another program.
    private static func unlock(_ descriptor: Int32) {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Who runs a cluster from a folder.
    package struct Holder: Equatable, Sendable {
        package let process: Int32
        package let acceptsRestores: Bool
        /// It leaves the journal as it is, damaged.
        package let isReadOnly: Bool
    }

    /// Who runs a cluster from a folder; nil when nobody does.
    package static func holder(of path: String) -> Holder? {
        let descriptor = open(path + "/lock", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { unlock(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let words = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let process = words.first.flatMap({ Int32($0) }) else { return nil }
        return Holder(
            process: process, acceptsRestores: words.contains("restores"), isReadOnly: words.contains("read-only"))
    }
}

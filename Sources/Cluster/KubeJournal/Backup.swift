import Foundation
import KubeClient

/// Copies of a cluster's journal in one file.
package enum Backup {
    /// How far a restored cluster's revisions are moved beyond the largest that is known, so that no client meets a
    /// revision again that it has seen with other contents. Follows etcdutl `snapshot restore --bump-revision`.
    private static let revisionLeap = 1_000_000

    /// Writes a copy of a folder's journal, whether a cluster runs from it or not.
    ///
    /// - Returns: The revision that the copy holds.
    package static func write(from directory: String, to file: String) throws(JournalError) -> Revision {
        let source = DataDirectory.journalPath(in: directory)
        guard FileManager.default.fileExists(atPath: source) else {
            throw JournalError(.other, "\(directory): there is no journal to back up.")
        }
        if FileManager.default.fileExists(atPath: file) {
            throw JournalError(.other, "\(file) exists already. Name another file, or remove it.")
        }
        let partial = file + ".partial"
        remove(partial)
        defer { remove(partial) }
        // SQLite says of a folder that is not there, or takes no file, no more than that it could not open one.
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .system(file) }
        close(descriptor)
        let journal = try JournalDatabase(path: source, isReadOnly: true)
        let copy = try JournalDatabase(path: partial)
        try journal.backUp(to: copy)
        let revision = try copy.load().revision
        try copy.close()
        try journal.close()
        try move(partial, to: file)
        return revision
    }

    /// Reads a backup through, for when nothing is to be touched unless it is good.
    package static func check(_ file: String) throws(JournalError) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .system(file) }
        close(descriptor)
        let backup = try JournalDatabase(path: file, isReadOnly: true)
        _ = try backup.load()
        try backup.close()
    }

    /// Checks a backup and makes it the journal that a folder's next start reads. Call it with the folder locked.
    ///
    /// - Returns: The revision that the cluster starts after.
    package static func restore(_ file: String, into directory: DataDirectory) throws(JournalError) -> Revision {
        guard FileManager.default.fileExists(atPath: file) else {
            throw JournalError(.other, "\(file): no such file.")
        }
        let partial = DataDirectory.partialPath(in: directory.path)
        remove(partial)
        defer { remove(partial) }
        let source = try JournalDatabase(path: file, isReadOnly: true)
        let revision = try source.load().revision
        let copy = try JournalDatabase(path: partial)
        try source.backUp(to: copy)
        try source.close()
        let start = max(revision, lastRevision(of: directory)) + revisionLeap
        try copy.raiseBase(to: start)
        try copy.close()
        remove(directory.journalPath + "-wal")
        remove(directory.journalPath + "-shm")
        try move(partial, to: directory.journalPath)
        return start
    }

    /// Checks a backup and lays it where the process that runs a cluster from a folder finds it when it is sent SIGHUP.
    package static func request(_ file: String, in directory: String) throws(JournalError) {
        let partial = DataDirectory.partialPath(in: directory)
        remove(partial)
        defer { remove(partial) }
        let source = try JournalDatabase(path: file, isReadOnly: true)
        _ = try source.load()
        let copy = try JournalDatabase(path: partial)
        try source.backUp(to: copy)
        try source.close()
        try copy.close()
        try move(partial, to: DataDirectory.requestPath(in: directory))
    }

    /// The last revision of what is replaced; 0 when that cannot be read, which may be why it is replaced.
    private static func lastRevision(of directory: DataDirectory) -> Revision {
        guard FileManager.default.fileExists(atPath: directory.journalPath) else { return 0 }
        do throws(JournalError) {
            let database = try JournalDatabase(path: directory.journalPath)
            let last = try database.revisions().last
            try database.close()
            return last
        } catch {
            return 0
        }
    }

    private static func remove(_ path: String) { _ = unlink(path) }

    private static func move(_ source: String, to target: String) throws(JournalError) {
        let descriptor = open(source, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
        guard rename(source, target) == 0 else {
            throw .system(target)
        }
        let folder = open((target as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}

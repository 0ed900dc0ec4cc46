import Foundation
import KubeClient
import KubeStore

/// Copies of a cluster's journal in one file. Each is made of what has been read and checked, row by row.
package enum Backup {
    /// How far a restored cluster's revisions are moved beyond the largest that is known, so that no client meets a
    /// revision again that it has seen with other contents. Follows etcdutl `snapshot restore --bump-revision`.
    private static let revisionLeap = 1_000_000
    /// Seconds that a process whose journal is damaged has to write down what it has in memory.
    private static let rescueTime = 60.0

    /// What has been written.
    package struct Copy: Sendable {
        package let revision: Revision
        /// What is wrong with the journal, and what of it is missing here; nil when all is well.
        package let damage: JournalError?
        /// Whether all that was acknowledged is in the copy.
        package let isWhole: Bool
    }

    /// Writes a copy of a folder's journal, whether a cluster runs from it or not. Of a damaged one it holds what the
    /// process that runs the cluster has in memory, or else what can be proved.
    package static func write(from directory: String, to file: String) throws(JournalError) -> Copy {
        guard
            FileManager.default.fileExists(atPath: DataDirectory.journalPath(in: directory))
                || Acknowledged.revision(in: directory) != nil
        else { throw JournalError(.other, "\(directory): there is no journal to back up.") }
        if FileManager.default.fileExists(atPath: file) {
            throw JournalError(.other, "\(file) exists already. Name another file, or remove it.")
        }
        // SQLite says of a folder that is not there, or takes no file, no more than that it could not open one.
        let descriptor = open(file + ".partial", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .system(file) }
        close(descriptor)
        remove(file + ".partial")
        // A process that serves a damaged journal leaves it as it is, and has no more than what is there.
        let writer = DataDirectory.holder(of: directory).flatMap { $0.isReadOnly ? nil : $0 }
        let reading: JournalReading?
        do throws(JournalError) {
            reading = try JournalFiles.examine(directory, isWritten: writer != nil)
        } catch {
            if error.kind != .corrupt, error.kind != .full { throw error }
            return try write(salvaged: directory, after: error, writer, to: file)
        }
        let contents = reading?.contents ?? JournalContents(base: 0)
        try lay(contents, reading?.inputs ?? [:], at: file)
        return Copy(revision: contents.revision, damage: nil, isWhole: true)
    }

    /// - Parameter writer: The process that has more in memory than can be read.
    private static func write(
        salvaged directory: String, after failure: JournalError, _ writer: DataDirectory.Holder?, to file: String
    ) throws(JournalError) -> Copy {
        if let writer {
            let rescued = try rescue(by: writer, directory, failure)
            try lay(rescued.contents, rescued.inputs, at: file)
            let flaw = failure.flaw?.text ?? failure.description
            let damage = JournalError(
                .corrupt,
                "\(DataDirectory.journalPath(in: directory)): the journal is damaged: \(flaw). The copy is of what "
                    + "process \(writer.process) has in memory: all that was acknowledged. Bring it back with "
                    + "`drydock restore`.")
            return Copy(revision: rescued.contents.revision, damage: damage, isWhole: true)
        }
        let salvaged = try SalvagedJournal(directory, after: failure)
        try lay(salvaged.contents, salvaged.inputs, at: file)
        return Copy(revision: salvaged.contents.revision, damage: salvaged.damage, isWhole: salvaged.isWhole)
    }

    /// Reads a backup through, for when nothing is to be touched unless it is good.
    package static func check(_ file: String) throws(JournalError) { _ = try read(file) }

    /// Checks a backup and makes it the journal that a folder's next start reads. Call it with the folder locked.
    ///
    /// - Returns: The revision that the cluster starts after.
    package static func restore(_ file: String, into directory: DataDirectory) throws(JournalError) -> Revision {
        let source = try read(file)
        let start = max(source.contents.revision, lastRevision(of: directory)) + revisionLeap
        var contents = JournalContents(base: start)
        contents.objects = source.contents.newestObjects
        try replaceJournal(of: directory, contents, source.inputs)
        // They are of before.
        remove(directory.rescuePath)
        remove(DataDirectory.alarmPath(in: directory.path))
        return start
    }

    /// Checks a backup and lays it where the process that runs a cluster from a folder finds it when it is sent SIGHUP.
    package static func request(_ file: String, in directory: String) throws(JournalError) {
        let source = try read(file)
        try lay(
            source.contents, source.inputs, at: DataDirectory.requestPath(in: directory),
            by: DataDirectory.partialPath(in: directory))
    }

    /// Writes another journal in the place of a folder's. Call it with the folder locked.
    static func replaceJournal(
        of directory: DataDirectory, _ contents: JournalContents, _ inputs: [String: [UInt8]]
    ) throws(JournalError) {
        let partial = DataDirectory.partialPath(in: directory.path)
        remove(partial)
        defer { remove(partial) }
        try JournalDatabase.write(contents, inputs, to: partial)
        // A log that is left would be taken for that of the new file.
        remove(directory.journalPath + "-wal")
        remove(directory.journalPath + "-shm")
        sync(folderOf: directory.journalPath)
        try move(partial, to: directory.journalPath)
    }

    /// Writes a file that is whole as soon as it has its name.
    static func lay(
        _ contents: JournalContents, _ inputs: [String: [UInt8]], at file: String, by partial: String? = nil
    ) throws(JournalError) {
        let partial = partial ?? file + ".partial"
        remove(partial)
        defer { remove(partial) }
        try JournalDatabase.write(contents, inputs, to: partial)
        try move(partial, to: file)
    }

    private static func read(_ file: String) throws(JournalError) -> JournalReading {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .system(file) }
        close(descriptor)
        let backup = try JournalDatabase(path: file, isReadOnly: true)
        let reading = try backup.load()
        try backup.close()
        guard let reading else {
            throw JournalError(
                .corrupt, "\(file) is not the journal of a cluster, nor a backup of one. Name another file.")
        }
        if let flaw = reading.flaw { throw .damaged(file, flaw) }
        return reading
    }

    /// Tells the process that runs a cluster of what is wrong with its journal, and waits for what it has in memory.
    private static func rescue(
        by holder: DataDirectory.Holder, _ directory: String, _ failure: JournalError
    ) throws(JournalError) -> JournalReading {
        let alarm = DataDirectory.alarmPath(in: directory)
        defer { remove(alarm) }
        let end = ProcessInfo.processInfo.systemUptime + rescueTime
        var hasTold = false
        while ProcessInfo.processInfo.systemUptime < end {
            if let rescued = SalvagedJournal.rescued(directory),
                rescued.contents.revision >= Acknowledged.revision(in: directory) ?? 0
            {
                return rescued
            }
            if !hasTold {
                let text = failure.flaw?.text ?? failure.description
                let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
                guard
                    FileManager.default.createFile(atPath: alarm, contents: Data(text.utf8), attributes: attributes)
                else { throw .system(alarm) }
                hasTold = true
            }
            Thread.sleep(forTimeInterval: 0.2)
        }
        throw JournalError(
            .corrupt,
            "\(failure.description) Process \(holder.process), which runs the cluster, has not saved what it has in "
                + "memory within a minute; it may say why.")
    }

    /// The last revision of what is replaced, as far as that can be told.
    private static func lastRevision(of directory: DataDirectory) -> Revision {
        let acknowledged = Acknowledged.revision(in: directory.path) ?? 0
        do throws(JournalError) {
            guard let reading = try JournalFiles.examine(directory.path) else { return acknowledged }
            // Nothing is lost with the log once all of it is in the file.
            try JournalDatabase(path: directory.journalPath).close()
            return max(reading.contents.revision, acknowledged)
        } catch {
            let salvaged = try? SalvagedJournal(directory.path, after: error)
            return max(salvaged?.contents.revision ?? 0, acknowledged)
        }
    }

    static func remove(_ path: String) { _ = unlink(path) }

    private static func move(_ source: String, to target: String) throws(JournalError) {
        let descriptor = open(source, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(source) }
        let isSynced = fsync(descriptor) == 0
        let failure = errno
        close(descriptor)
        if !isSynced { throw .system(source, failure) }
        if rename(source, target) != 0 { throw .system(target) }
        sync(folderOf: target)
    }

    /// Has the names in a folder outlive a power cut. There are file systems that refuse it, and need none.
    static func sync(folderOf path: String) {
        let folder = open(self.folder(of: path), O_RDONLY | O_CLOEXEC)
        if folder < 0 { return }
        fsync(folder)
        close(folder)
    }

    /// The folder that a path without a slash at its end is in. Foundation's `deletingLastPathComponent` traps for a
    /// name of one character.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

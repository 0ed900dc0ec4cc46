import Foundation
import KubeClient
import KubeStore

/// Looks at the files of a folder's journal before anything writes to them.
enum JournalFiles {
    /// What they hold, whole; nil where no cluster has been kept yet. Writes nothing.
    ///
    /// - Parameter isWritten: Whether a process writes them meanwhile; it looks after their log itself.
    /// - Throws: `corrupt` if anything is wrong with them.
    static func examine(_ directory: String, isWritten: Bool = false) throws(JournalError) -> JournalReading? {
        let path = DataDirectory.journalPath(in: directory)
        let acknowledged = Acknowledged.revision(in: directory) ?? 0
        guard FileManager.default.fileExists(atPath: path) else {
            if acknowledged > 0 {
                throw .damaged(path, Flaw("it is gone, and revision \(acknowledged) was kept in it"))
            }
            return nil
        }
        if !isWritten, let flaw = FileBytes.read(path + "-wal").flatMap({ WriteAheadLog($0).flaw }) {
            throw .damaged(path, flaw)
        }
        let database = try JournalDatabase(path: path, isReadOnly: true)
        let reading = try database.load()
        try database.close()
        if let flaw = reading?.flaw ?? JournalFiles.flaw(reading?.contents.revision ?? 0, acknowledged) {
            throw .damaged(path, flaw)
        }
        return reading
    }

    /// Whether a journal ends before what was acknowledged.
    private static func flaw(_ revision: Revision, _ acknowledged: Revision) -> Flaw? {
        if revision >= acknowledged { return nil }
        return Flaw("it ends with revision \(revision), and revision \(acknowledged) was kept in it")
    }
}

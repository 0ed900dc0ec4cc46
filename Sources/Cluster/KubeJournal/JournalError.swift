import Foundation
import GRDB

/// Why a journal cannot be opened, read or written, in one line that says what to do.
package struct JournalError: Error, CustomStringConvertible, Sendable {
    package enum Kind: Sendable {
        /// There is no room on the disk. Goes on by itself once there is.
        case full
        /// More is kept than the quota allows. Deletions are written all the same, and it goes on once they have made
        /// room.
        case overQuota
        /// What is stored is damaged, or not a journal.
        case corrupt
        /// Another process has the folder.
        case inUse
        /// Anything else that the file system or SQLite says.
        case other
    }

    package let kind: Kind
    package let description: String
    /// What is wrong with a journal that is damaged.
    let flaw: Flaw?

    package init(_ kind: Kind, _ description: String) { self.init(kind, description, nil) }

    private init(_ kind: Kind, _ description: String, _ flaw: Flaw?) {
        self.kind = kind
        self.description = description
        self.flaw = flaw
    }

    /// What the system says about a file, by `errno`.
    static func system(_ path: String, _ number: Int32 = errno) -> JournalError {
        JournalError(.other, "\(path): \(String(cString: strerror(number)))")
    }

    /// A journal of which nothing more can be said than what is wrong with it.
    static func damaged(_ path: String, _ flaw: Flaw) -> JournalError {
        JournalError(
            .corrupt, "\(path): the journal is damaged: \(flaw.text). Bring a backup back with `drydock restore`.", flaw
        )
    }

    private static let readFailures: [ResultCode] = [
        .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_CORRUPTFS,
    ]

    /// - Parameter path: The file that the error is about.
    init(_ error: any Error, path: String) {
        if let flaw = error as? Flaw {
            self = .damaged(path, flaw)
            return
        }
        if let error = error as? JournalError {
            self.init(error.kind, "\(path): \(error.description)")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.other, "\(path): \(error)")
            return
        }
        let detail = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_ERROR where detail.hasPrefix("no such table"):
            self.init(.corrupt, "\(path) is not the journal of a cluster, nor a backup of one. Name another file.")
        case .SQLITE_FULL:
            self.init(.full, "\(path): no space is left for the journal. Free some, and the cluster goes on.")
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
            self.init(.full, "\(path): no space is left to open the journal. Free some, and start again.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .damaged(path, Flaw(detail))
        case .SQLITE_IOERR where JournalError.readFailures.contains(error.extendedResultCode):
            // What the disk does not give back is as good as damaged: a log that is shorter than it was, say.
            self = .damaged(path, Flaw(detail))
        case .SQLITE_ABORT:
            // The library's word for a read that came upon one of these and went on.
            self = .damaged(path, Flaw("it cannot be read through"))
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.inUse, "\(path): another program holds the journal (\(detail)).")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
            self.init(.other, "\(path): the journal cannot be opened for writing (\(detail)).")
        default:
            self.init(.other, "\(path): \(detail)")
        }
    }
}

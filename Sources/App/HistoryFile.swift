import ClusterCore
import Foundation
import KubeAPI
import KubeClient
import KubeGateway
import KubeStore

/// One JSON line per revision: time, revision, author, cause, verb, key. It stays on the thread that runs the cluster.
final class HistoryFile: Journal, @unchecked Sendable {
    private let path: String
    private let handle: FileHandle
    /// Why no more is written; told at the end.
    private var failure: CommandProblem?
    private var writer = JSONWriter(capacity: 1 << 20)

    init(path: String) throws {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw HistoryFile.problem(path, FileErrors.reason(errno)) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func problem(_ path: String, _ reason: String) -> CommandProblem {
        CommandProblem("--history \(path): the file cannot be written: \(reason)")
    }

    func append(_ changes: [Change]) {
        for change in changes { append(change) }
        if writer.count > 1 << 20 { flush() }
    }

    private func append(_ change: Change) {
        writer.raw("{\"time\":")
        writer.string(change.time.rfc3339Micro)
        writer.raw(",\"revision\":")
        writer.int(change.revision)
        writer.raw(",\"author\":")
        writer.string(change.author)
        writer.raw(",\"cause\":")
        writer.int(change.cause)
        writer.raw(",\"verb\":")
        writer.string(change.verb.rawValue)
        writer.raw(",\"key\":")
        writer.string(change.key.kind.info.groupResource + "/" + change.key.namespacedName)
        writer.raw("}\n")
    }

    private func flush() {
        defer { writer.removeAll() }
        if failure != nil { return }
        do {
            try handle.write(contentsOf: Data(writer.bytes))
        } catch {
            failure = HistoryFile.problem(path, FileErrors.reason(error))
        }
    }

    func close() throws(CommandProblem) {
        flush()
        if let failure { throw failure }
        do { try handle.close() } catch { throw HistoryFile.problem(path, FileErrors.reason(error)) }
    }
}

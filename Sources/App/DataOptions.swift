import ArgumentParser
import KubeJournal
import Logging

/// Where a cluster is kept that outlives its process.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("data-dir"),
        help: ArgumentHelp(
            "Keep the cluster in this folder: every acknowledged write is on disk, and the next start goes on from there.",
            valueName: "DIR"))
    var directory: String?

    @Option(
        name: .customLong("quota-backend-bytes"), parsing: .unconditional,
        help: ArgumentHelp(
            "The most bytes that are kept, as etcd's option of this name: beyond them only deletions are taken.",
            valueName: "N"))
    var quota: Int?

    func validate() throws {
        if let quota, quota < 1 << 20 {
            throw ValidationError("--quota-backend-bytes is \(quota); it is at least 1 MiB.")
        }
        if quota != nil, directory == nil { throw ValidationError("--quota-backend-bytes needs --data-dir.") }
    }

    /// Opens the journal; nil without `--data-dir`.
    ///
    /// - Parameter acceptsRestores: Whether the process starts again when `drydock restore` asks it to.
    func open(acceptsRestores: Bool, _ log: Logger) throws -> DurableData? {
        guard let directory else { return nil }
        var options = SQLiteJournal.Options()
        options.quota = quota
        let folder = try DataDirectory(directory, acceptsRestores: acceptsRestores)
        let data: DurableData
        do throws(JournalError) {
            data = DurableData(folder, .journal(try SQLiteJournal(folder, options)))
        } catch {
            if error.kind != .corrupt, error.kind != .full { throw error }
            data = DurableData(folder, .salvaged(try SalvagedJournal(folder.path, after: error)))
            try folder.tell(isReadOnly: true)
        }
        if let refusal = data.refusal {
            log.error("the cluster is read-only: \(refusal)")
        } else if !data.contents.isEmpty {
            log.info("going on from \(directory) after revision \(data.contents.revision)")
        }
        return data
    }
}

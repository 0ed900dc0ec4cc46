import ClusterDriver
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import KubeGateway
import KubeJournal
import KubeStore
import Logging

/// The journal of a cluster that is kept in a folder, and what else is kept there.
final class DurableData: Sendable {
    /// What the cluster goes on from.
    enum Source: Sendable {
        case journal(SQLiteJournal)
        /// The journal cannot be opened: what can be proved of it is shown, and nothing written.
        case salvaged(SalvagedJournal)
    }

    private let source: Source
    private let folder: DataDirectory
    private let rescue = DispatchGroup()

    init(_ folder: DataDirectory, _ source: Source) {
        self.folder = folder
        self.source = source
    }

    var contents: JournalContents {
        switch source {
        case .journal(let journal): journal.contents
        case .salvaged(let salvaged): salvaged.contents
        }
    }

    /// Why nothing can be written from the start; nil when all is well.
    var refusal: String? {
        guard case .salvaged(let salvaged) = source else { return nil }
        return salvaged.failure.description
    }

    // MARK: What the cluster is given

    /// The keys of the cluster's first start: certificates and tokens of the last life are good in this one.
    func keys(_ log: Logger) throws -> ClusterKeys {
        if let certificate = text("ca.crt"), let key = text("ca.key"), let tokens = text("sa.key") {
            return ClusterKeys(
                authority: try CertificateAuthority(certificate: certificate, privateKey: key),
                serviceAccounts: try ServiceAccountKey(pem: tokens))
        }
        let keys = try ClusterKeys()
        guard case .journal(let journal) = source else {
            log.warning("the cluster's keys cannot be read: certificates and tokens of before are not good")
            return keys
        }
        try journal.setInput("ca.crt", Array(keys.authority.pem.utf8))
        try journal.setInput("ca.key", Array(keys.authority.privateKey.utf8))
        try journal.setInput("sa.key", Array(keys.serviceAccounts.pem.utf8))
        return keys
    }

    private func text(_ name: String) -> String? { input(name).map { String(decoding: $0, as: UTF8.self) } }

    private func input(_ name: String) -> [UInt8]? {
        switch source {
        case .journal(let journal): journal.input(name)
        case .salvaged(let salvaged): salvaged.inputs[name]
        }
    }

    /// Has a cluster kept here, and go on from what is. Its machines stay those of its first start.
    func configure(_ configuration: inout Cluster.Configuration, _ log: Logger) throws {
        if !contents.isEmpty { configuration.restored = contents }
        let given = DurableData.shape(of: configuration)
        if case .journal(let journal) = source {
            configuration.journal = journal
            if input("machines") == nil { try journal.setInput("machines", given.json) }
        }
        guard let kept = input("machines"), kept != given.json else { return }
        let shape = try JSONValue.decode(kept)
        configuration.nodes = shape["nodes"]?.intValue ?? configuration.nodes
        configuration.zones = shape["zones"]?.intValue ?? configuration.zones
        configuration.podsPerNode = shape["podsPerNode"]?.intValue ?? configuration.podsPerNode
        configuration.nodeCPU = shape["nodeCPU"]?.stringValue.flatMap { Quantity($0) } ?? configuration.nodeCPU
        configuration.nodeMemory = shape["nodeMemory"]?.stringValue.flatMap { Quantity($0) } ?? configuration.nodeMemory
        configuration.seed = shape["seed"]?.stringValue.flatMap { UInt64($0) } ?? configuration.seed
        log.info("\(folder.path) has a cluster of \(configuration.nodes) nodes; its machines stay as they were made")
    }

    private static func shape(of configuration: Cluster.Configuration) -> JSONValue {
        [
            "nodes": .int(configuration.nodes), "zones": .int(configuration.zones),
            "podsPerNode": .int(configuration.podsPerNode), "nodeCPU": .string(configuration.nodeCPU.text),
            "nodeMemory": .string(configuration.nodeMemory.text), "seed": .string(String(configuration.seed)),
        ]
    }

    // MARK: How far it is

    private var durability: Durability {
        switch source {
        case .journal(let journal): DurableData.durability(journal.state)
        case .salvaged(let salvaged):
            Durability(revision: salvaged.contents.revision, failure: salvaged.failure.description)
        }
    }

    /// Waits until all that has been written so far is on the disk, or cannot be written; tells how far it is.
    ///
    /// - Throws: Why nothing at all is there that could be shown.
    func settle() throws -> Durability {
        guard case .journal(let journal) = source else { return durability }
        let state = journal.settle()
        if state.isStuck, state.durableRevision == 0, let failure = state.failure { throw failure }
        return DurableData.durability(state)
    }

    /// Tells the driver how far the journal is, from now on.
    ///
    /// - Parameter onFailure: Called when it fails, and when that is over.
    func follow(_ driver: ClusterDriver, _ log: Logger, onFailure: @escaping @Sendable () -> Void = {}) {
        guard case .journal(let journal) = source else { return }
        let isFailing = FailureLog(log)
        journal.observe { [self] state in
            let isNew = isFailing.note(state.failure?.description)
            driver.setDurability(DurableData.durability(state))
            if !isNew { return }
            onFailure()
            if state.failure?.kind == .corrupt { save(journal, state.durableRevision, driver, log) }
        }
    }

    private static func durability(_ state: SQLiteJournal.State) -> Durability {
        Durability(
            revision: state.durableRevision, failure: state.failure?.description,
            takesDeletions: state.failure?.kind == .overQuota)
    }

    /// Has what the cluster has in memory written beside its damaged journal: all that was acknowledged, and no more.
    private func save(_ journal: SQLiteJournal, _ revision: Revision, _ driver: ClusterDriver, _ log: Logger) {
        driver.perform { [self] cluster in
            let snapshot: Snapshot
            do throws(StoreError) {
                snapshot = try cluster.server.store.snapshot(at: revision)
            } catch {
                log.error("the cluster of revision \(revision) is not in memory any more, and is not saved: \(error)")
                return nil
            }
            // Noted only here: work that a driver had not come to when it was stopped is never done.
            rescue.enter()
            // The disk may be slow, and the cluster answers meanwhile.
            Thread.detachNewThread { [self] in
                write(snapshot, journal, log)
                rescue.leave()
            }
            return nil
        }
    }

    private func write(_ snapshot: Snapshot, _ journal: SQLiteJournal, _ log: Logger) {
        do throws(JournalError) {
            try journal.rescue(snapshot)
            log.warning("the cluster of revision \(snapshot.revision), as it is in memory, is in \(folder.rescuePath)")
        } catch {
            log.error("the cluster cannot be saved from memory: \(error)")
        }
    }

    /// Writes what waits, and closes the journal. Call it once the driver has been stopped.
    func close() {
        guard case .journal(let journal) = source else { return }
        rescue.wait()
        journal.close()
    }

    // MARK: Restoring

    /// Whether a backup has been laid here for the cluster to start again from. One that cannot be read is told of and
    /// taken away, and the cluster runs on.
    func isRestoreRequested(_ log: Logger) -> Bool {
        guard FileManager.default.fileExists(atPath: folder.requestPath) else { return false }
        do {
            try Backup.check(folder.requestPath)
            return true
        } catch {
            log.error("the backup is not restored, and the cluster runs on: \(error)")
            removeRequest(log)
            return false
        }
    }

    /// Puts the backup in the journal's place and starts the program again, with the same arguments but for the
    /// address, which is the one that clients know, and the manifests, which would change what has been restored. Where
    /// the backup cannot be put there the cluster starts again from what it was. Returns only by throwing.
    func restoreAndRestart(at address: String, _ log: Logger) throws {
        do {
            _ = try Backup.restore(folder.requestPath, into: folder)
        } catch {
            log.error("the backup is not restored, and the cluster starts again as it was: \(error)")
        }
        removeRequest(log)
        let arguments = DurableData.arguments(CommandLine.arguments, listeningAt: address)
        var words = arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &words)
        throw JournalError(.other, "the program cannot be started again: \(FileErrors.reason(errno))")
    }

    private func removeRequest(_ log: Logger) {
        if unlink(folder.requestPath) == 0 { return }
        log.warning("\(folder.requestPath) cannot be removed: \(FileErrors.reason(errno))")
    }

    /// The port that was asked for may have been any, or have been taken: the one that was found takes its place.
    private static func arguments(_ arguments: [String], listeningAt address: String) -> [String] {
        let left = ["--listen", "-f", "--filename"]
        var kept: [String] = []
        var isValue = false
        for argument in arguments {
            if isValue {
                isValue = false
            } else if left.contains(argument) {
                isValue = true
            } else if !left.contains(where: { argument.hasPrefix($0 + "=") }) {
                kept.append(argument)
            }
        }
        return kept + ["--listen", address]
    }
}

/// Logs a failure when it begins, and its end.
private final class FailureLog: @unchecked Sendable {
    private let log: Logger
    // The journal's thread alone.
    private var failure: String?

    init(_ log: Logger) { self.log = log }

    /// Returns whether it is another than before.
    func note(_ failure: String?) -> Bool {
        if failure == self.failure { return false }
        self.failure = failure
        if let failure {
            log.error("the cluster is read-only: \(failure)")
        } else {
            log.warning("the journal is written again")
        }
        return true
    }
}

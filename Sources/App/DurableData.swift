import ClusterDriver
import Foundation
import KubeAPI
import KubeCluster
import KubeGateway
import KubeJournal
import Logging

/// The journal of a cluster that is kept in a folder, and what else is kept there.
final class DurableData: Sendable {
    let journal: SQLiteJournal
    private let folder: DataDirectory

    init(_ folder: DataDirectory, _ journal: SQLiteJournal) {
        self.folder = folder
        self.journal = journal
    }

    // MARK: What the cluster is given

    /// The keys of the cluster's first start: certificates and tokens of the last life are good in this one.
    func keys() throws -> ClusterKeys {
        if let certificate = try text("ca.crt"), let key = try text("ca.key"), let tokens = try text("sa.key") {
            return ClusterKeys(
                authority: try CertificateAuthority(certificate: certificate, privateKey: key),
                serviceAccounts: try ServiceAccountKey(pem: tokens))
        }
        let keys = try ClusterKeys()
        try journal.setInput("ca.crt", Array(keys.authority.pem.utf8))
        try journal.setInput("ca.key", Array(keys.authority.privateKey.utf8))
        try journal.setInput("sa.key", Array(keys.serviceAccounts.pem.utf8))
        return keys
    }

    private func text(_ name: String) throws -> String? {
        try journal.input(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Has a cluster kept here, and go on from what is. Its machines stay those of its first start.
    func configure(_ configuration: inout Cluster.Configuration, _ log: Logger) throws {
        configuration.journal = journal
        if !journal.contents.isEmpty { configuration.restored = journal.contents }
        let given = DurableData.shape(of: configuration)
        guard let kept = try journal.input("machines") else {
            return try journal.setInput("machines", given.json)
        }
        if kept == given.json { return }
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

    var durability: Durability { DurableData.durability(journal.state) }

    /// Waits until all that has been written so far is on the disk.
    func settle() throws {
        let state = journal.settle()
        if state.isStuck, let failure = state.failure { throw failure }
    }

    /// Tells the driver how far the journal is, from now on.
    func follow(_ driver: ClusterDriver, _ log: Logger) {
        let isFailing = FailureLog(log)
        journal.observe { state in
            isFailing.note(state.failure?.description)
            driver.setDurability(DurableData.durability(state))
        }
    }

    private static func durability(_ state: SQLiteJournal.State) -> Durability {
        Durability(
            revision: state.durableRevision, failure: state.failure?.description,
            takesDeletions: state.failure?.kind == .overQuota)
    }

    /// Writes what waits, and closes the journal.
    func close() { journal.close() }

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

    func note(_ failure: String?) {
        if failure == self.failure { return }
        self.failure = failure
        if let failure {
            log.error("the cluster is read-only: \(failure)")
        } else {
            log.warning("the journal is written again")
        }
    }
}

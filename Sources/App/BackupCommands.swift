import ArgumentParser
import Foundation
import KubeGateway
import KubeJournal

/// `drydock backup`: a copy of a durable cluster in one file, whether it runs or not.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy a cluster that is kept in a folder into one file, while it runs or not.",
        discussion: """
            Of a damaged journal the copy holds what the running cluster has in memory; if none runs, what can be \
            proved. What is missing then is told, and the status is 3.
            """)

    @Option(name: .customLong("data-dir"), help: ArgumentHelp("The folder of the cluster.", valueName: "DIR"))
    var directory: String

    @Argument(help: ArgumentHelp("The file to write.", valueName: "FILE"))
    var file: String

    func run() throws {
        let copy = try Backup.write(from: directory, to: file)
        print("\(file) holds the cluster as of revision \(copy.revision)")
        guard let damage = copy.damage else { return }
        FileHandle.standardError.write(Data("Warning: \(damage)\n".utf8))
        if !copy.isWhole { throw ExitCode(3) }
    }
}

/// `drydock restore`: the way back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring a cluster that is kept in a folder back from a backup.",
        discussion: """
            A cluster that runs under `drydock serve` is started again from the backup, at the same address. Its \
            revisions go on above all that were given out before, so that no client takes new for old.
            """)

    @Option(name: .customLong("data-dir"), help: ArgumentHelp("The folder of the cluster.", valueName: "DIR"))
    var directory: String

    @Argument(help: ArgumentHelp("The backup.", valueName: "FILE"))
    var file: String

    func run() throws {
        // Nothing is touched, and no folder made, unless the backup is good.
        try Backup.check(file)
        if let holder = DataDirectory.holder(of: directory) {
            guard holder.acceptsRestores else {
                throw JournalError(
                    .inUse, "\(directory): process \(holder.process) runs this cluster under a console. Leave it first."
                )
            }
            try Backup.request(file, in: directory)
            guard kill(holder.process, SIGHUP) == 0 else {
                throw CommandProblem(
                    "process \(holder.process), which runs the cluster, cannot be told: \(FileErrors.reason(errno))")
            }
            print("process \(holder.process) starts again from \(file)")
        } else {
            let revision = try Backup.restore(file, into: try DataDirectory(directory))
            print("\(directory) holds the cluster of \(file); it goes on after revision \(revision)")
        }
    }
}

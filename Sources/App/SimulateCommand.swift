import ArgumentParser
import ClusterCore
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import KubeGateway
import KubeStore
import Logging

/// `drydock simulate`: a run in virtual time without a terminal, and a report of it.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a cluster in virtual time as fast as it goes, and report.",
        discussion: """
            The clock starts at 2026-01-01T00:00:00Z. The same seed and arguments give the same digest on every machine.

            Example: drydock simulate -f app.yaml --nodes 100 --for 10m --at 2m:poweroff:node-7 --at 5m:poweron:node-7
            """)

    enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

    @OptionGroup var common: CommonOptions

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: "How long to run, in virtual time, such as 90s, 10m or 1h30m; 876000h at most.")
    var duration = DurationArgument(interval: .minutes(10))

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What happens when: TIME:ACTION:NODE, the action one of poweroff, poweron, cordon, uncordon, drain. Repeatable.",
            valueName: "TIME:ACTION:NODE"))
    var at: [String] = []

    @Option(name: .long, help: "The form of the report.")
    var report: ReportFormat = .text

    @Flag(name: .long, help: "Print the cluster's Events after the report.")
    var events = false

    @Option(name: .long, help: ArgumentHelp("Write one JSON line per revision into this file.", valueName: "FILE"))
    var history: String?

    func validate() throws { _ = try actions() }

    private func actions() throws -> [ScheduledAction] {
        try at.map { try ScheduledAction($0, nodes: common.nodes, duration: duration.interval) }
    }

    func run() throws {
        let started = ProcessInfo.processInfo.systemUptime
        let log = Diagnostics.start(common.logLevel ?? .warning)
        let manifests = try ManifestLoader.load(common.files)
        var configuration = common.configuration(start: .simulationStart)
        configuration.keepsDigest = true
        let historyFile = try history.map { try HistoryFile(path: $0) }
        configuration.journal = historyFile
        let cluster = Cluster(configuration)
        cluster.boot()
        log.info("\(common.nodes) nodes are Ready after \(cluster.loop.now - .simulationStart)")
        try apply(manifests, to: cluster, log)
        let actions = try self.actions().map { (after: $0.time, action: $0.kind, node: $0.node) }
        let simulation = Simulation(cluster, actions: actions) { after, action, node, outcome in
            log.info("\(after): \(action.rawValue) \(node)")
            for message in outcome.messages + outcome.warnings { log.debug("\(after): \(message)") }
            for error in outcome.errors { log.error("\(after): \(action.rawValue) \(node): \(error.message)") }
        }
        simulation.run(for: duration.interval)
        try historyFile?.close()
        let result = simulation.report()
        let wallSeconds = ProcessInfo.processInfo.systemUptime - started
        switch report {
        case .json: print(result.json(wallSeconds: wallSeconds).jsonText)
        case .text: print(result.text(wallSeconds: wallSeconds))
        }
        if events { for line in simulation.eventLines() { print(line) } }
    }
}

/// `2m:poweroff:node-7`
struct ScheduledAction {
    var time: Interval
    var kind: Simulation.Action
    var node: String

    /// Says what is wrong with the first part that is.
    init(_ text: String, nodes: Int, duration: Interval) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else {
            throw ValidationError("--at \(text): expected TIME:ACTION:NODE, such as 2m:poweroff:node-1.")
        }
        guard let time = Interval(goDuration: parts[0]), time >= .zero else {
            throw ValidationError("--at \(text): \(parts[0]) is no time; write it as 90s, 2m or 1h30m.")
        }
        if time > duration {
            throw ValidationError("--at \(text) is after the end of the run (--for \(duration)).")
        }
        guard let kind = Simulation.Action(rawValue: parts[1]) else {
            let names = Simulation.Action.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--at \(text): there is no action \(parts[1]); the actions are \(names).")
        }
        let number = parts[2].hasPrefix("node-") ? Int(parts[2].dropFirst(5)) : nil
        guard let number, number >= 1, number <= nodes, parts[2] == "node-\(number)" else {
            let existing = nodes == 1 ? "the only node is node-1" : "the nodes are node-1 … node-\(nodes)"
            throw ValidationError("--at \(text): there is no node \(parts[2]); \(existing).")
        }
        self.time = time
        self.kind = kind
        node = parts[2]
    }
}

/// One JSON line per revision: time, revision, author, cause, verb, key.
private final class HistoryFile: Journal, @unchecked Sendable {
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

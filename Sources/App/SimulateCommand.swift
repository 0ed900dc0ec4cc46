import ArgumentParser
import ClusterCore
import Foundation
import KubeAPI
import KubeCluster
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
        let pace = Pace(speed: common.speed?.speed ?? .infinity)
        simulation.run(for: duration.interval, pausing: pace?.wait(until:))
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

/// Holds a run back to so many virtual seconds a real one.
private struct Pace {
    let speed: Double
    let start = ProcessInfo.processInfo.systemUptime

    /// Nil for as fast as it goes.
    init?(speed: Double) {
        if speed == .infinity { return nil }
        self.speed = speed
    }

    /// - Parameter elapsed: The virtual time that has passed since the start.
    func wait(until elapsed: Interval) {
        let due = start + elapsed.seconds / speed
        let left = due - ProcessInfo.processInfo.systemUptime
        if left > 0 { Thread.sleep(forTimeInterval: left) }
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// A run in virtual time with actions at set moments, and what came of it.
package final class Simulation {
    package enum Action: String, Sendable, CaseIterable { case poweroff, poweron, cordon, uncordon, drain }

    private let cluster: Cluster
    private let tracker: FaultTracker
    private let start: Instant
    private var actions: [(at: Instant, action: Action, node: String)]
    private var outcomes: [CommandOutcome] = []
    private let onAction: (Interval, Action, String, CommandOutcome) -> Void

    /// Times count from now.
    /// - Parameter onAction: told what came of each action, and how long after the start that was.
    package init(
        _ cluster: Cluster, actions: [(after: Interval, action: Action, node: String)],
        onAction: @escaping (Interval, Action, String, CommandOutcome) -> Void = { _, _, _, _ in }
    ) {
        self.cluster = cluster
        self.onAction = onAction
        start = cluster.loop.now
        self.actions = actions.map { (cluster.loop.now + $0.after, $0.action, $0.node) }
        // A stable order: by time, then as given.
        self.actions = self.actions.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        tracker = FaultTracker(cluster.client("simulation"), loop: cluster.loop)
        tracker.start()
    }

    /// - Parameter pausing: Called with the time since the start after every tenth of a second, to hold the run back;
    ///   nil for as fast as it goes.
    package func run(for duration: Interval, pausing: ((Interval) -> Void)? = nil) {
        for action in actions {
            run(until: action.at, pausing)
            perform(action.action, action.node)
        }
        run(until: start + duration, pausing)
    }

    private func run(until end: Instant, _ pausing: ((Interval) -> Void)?) {
        guard let pausing else { return cluster.run(until: end) }
        while cluster.loop.now < end {
            cluster.run(until: min(end, cluster.loop.now + .milliseconds(100)))
            pausing(cluster.loop.now - start)
        }
    }

    private func perform(_ action: Action, _ node: String) {
        let command: ClusterCommand
        switch action {
        // A machine that is as it is to be has no fault.
        case .poweroff:
            if !cluster.poweredOff.contains(node) { tracker.powerOff(node) }
            command = .powerOff(node)
        case .poweron:
            if cluster.poweredOff.contains(node) { tracker.powerOn(node) }
            command = .powerOn(node)
        case .cordon: command = .setCordoned(node, true)
        case .uncordon: command = .setCordoned(node, false)
        case .drain: command = .drain(node)
        }
        let outcome = cluster.perform(command, id: outcomes.count)
        outcomes.append(outcome)
        onAction(cluster.loop.now - start, action, node, outcome)
    }

    /// What has become of the cluster until now. O(objects).
    package func report() -> SimulationReport {
        let snapshot = cluster.server.snapshot()
        var nodes: [String: Int] = [:]
        snapshot.forEach(.node) { object in
            nodes[ClusterTables.status(of: object, now: snapshot.time), default: 0] += 1
            return true
        }
        var pods: [String: Int] = [:]
        snapshot.forEach(.pod) { object in
            pods[ClusterTables.status(of: object, now: snapshot.time), default: 0] += 1
            return true
        }
        return SimulationReport(
            digest: cluster.digest, seed: cluster.configuration.seed, start: start,
            virtualTime: cluster.loop.now - start,
            revision: snapshot.revision, events: cluster.loop.eventCount, nodes: nodes, pods: pods,
            faults: tracker.records)
    }

    /// The cluster's Events, oldest first, a line each as `kubectl get events -A` shows them.
    package func eventLines() -> [String] {
        let snapshot = cluster.server.snapshot()
        return snapshot.list(Event.self)
            .sorted { ($0.lastSeen, $0.metadata.name ?? "") < ($1.lastSeen, $1.metadata.name ?? "") }
            .map { event in
                let after = (event.lastSeen - start).humanDuration
                let object = "\((event.involvedObject.kind ?? "").lowercased())/\(event.involvedObject.name ?? "")"
                return [
                    after, event.namespace, event.type ?? "", event.reason ?? "", object, event.message ?? "",
                ].joined(separator: "\t")
            }
    }
}

extension Event {
    /// When it was last seen, in whole seconds, whichever way its author says so.
    fileprivate var lastSeen: Instant {
        let seen = series?.lastObservedTime?.instant ?? lastTimestamp?.instant ?? eventTime?.instant
        return seen.map { Instant(seconds: $0.seconds) } ?? Time().instant
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// The result of a simulation.
package struct SimulationReport {
    package var digest: String
    package var seed: UInt64
    package var start: Instant
    package var virtualTime: Interval
    package var revision: Revision
    /// What the event loop ran: timers and turns, not the cluster's Events.
    package var events: UInt64
    /// By the STATUS that `kubectl get` prints.
    package var nodes: [String: Int]
    package var pods: [String: Int]
    package var faults: [FaultRecord]

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(StringMap(counts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.int($0.value)) }))
    }

    private static func seconds(_ interval: Interval?) -> JSONValue {
        guard let interval else { return .null }
        return .double(interval.seconds)
    }

    /// The report for programs; times are in seconds.
    ///
    /// - Parameter wallSeconds: How long the run took by the wall clock.
    package func json(wallSeconds: Double) -> JSONValue {
        [
            "digest": .string(digest), "seed": .int(Int(clamping: seed)),
            "virtualSeconds": .double(virtualTime.seconds),
            "wallSeconds": .double((wallSeconds * 1000).rounded() / 1000), "revision": .int(revision),
            "events": .int(Int(clamping: events)), "nodes": SimulationReport.counts(nodes),
            "pods": SimulationReport.counts(pods),
            "faults": .array(
                faults.map { fault in
                    [
                        "action": .string(fault.action), "node": .string(fault.node),
                        "at": .double((fault.at - start).seconds), "pods": .int(fault.pods),
                        "workloads": .array(fault.workloads.map(JSONValue.string)),
                        "detectedAfter": SimulationReport.seconds(fault.detectedAfter),
                        "evictedAfter": SimulationReport.seconds(fault.evictedAfter),
                        "recoveredAfter": SimulationReport.seconds(fault.recoveredAfter),
                    ]
                }),
        ]
    }

    /// The report for people.
    package func text(wallSeconds: Double) -> String {
        func list(_ counts: [String: Int]) -> String {
            counts.isEmpty
                ? "none" : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
        let speed = wallSeconds > 0 ? Int(virtualTime.seconds / wallSeconds) : 0
        var lines = [
            "Ran \(virtualTime) of virtual time in \(Int(wallSeconds * 1000)) ms (\(speed)x), seed \(seed)",
            "Nodes:    \(list(nodes))", "Pods:     \(list(pods))", "Revision: \(revision), \(events) steps of the loop",
        ]
        for fault in faults { lines += fault.lines(since: start) }
        lines.append("Digest:   \(digest)")
        return lines.joined(separator: "\n")
    }
}

extension FaultRecord {
    /// What happened, for people.
    fileprivate func lines(since start: Instant) -> [String] {
        func after(_ interval: Interval?) -> String { interval.map { "after \($0.toMilliseconds)" } ?? "not yet" }
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let moment = (at - start).toMilliseconds
        if action == "poweron" { return ["At \(moment) \(node) was powered on: Ready \(after(detectedAfter))"] }
        let eviction =
            pods == 0
            ? "nothing to evict"
            : keptPods ? "back before all were evicted" : "evicted \(after(evictedAfter))"
        let recovery = workloads.isEmpty ? "no workload to recover" : "recovered \(after(recoveredAfter))"
        return [
            "At \(moment) \(node) was powered off with \(counted(pods, "pod")) of "
                + "\(counted(workloads.count, "workload")):",
            "    detected \(after(detectedAfter)), \(eviction), \(recovery)",
        ]
    }
}

extension Interval {
    /// Rounded to what people read: nobody asks for the nanoseconds of an eviction.
    fileprivate var toMilliseconds: Interval {
        let million: Int64 = 1_000_000
        return Interval(nanoseconds: (nanoseconds + million / 2) / million * million)
    }
}

import ArgumentParser
import ClusterCore
import KubeCluster

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

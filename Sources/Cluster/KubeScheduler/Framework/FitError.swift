/// Why no node could take a pod, and the words for it.
///
/// Follows kubernetes pkg/scheduler/framework/types.go `FitError` and `Diagnosis`.
package struct FitError {
    package let nodeCount: Int
    package var rejections = RejectionCounts()
    /// Nodes that a PreFilter plugin left out, and the reason given for each.
    package var absentReason: String?
    /// What a PreFilter plugin said that turned the pod down for every node.
    package var preFilterMessage: String?
    package var postFilterMessage = ""
    package var plugins = PluginSet()

    package init(nodeCount: Int) {
        self.nodeCount = nodeCount
    }

    /// As in `0/5 nodes are available: 2 Insufficient cpu, 3 node(s) were unschedulable. preemption: …`.
    package var message: String {
        var text = "0/\(nodeCount) nodes are available:"
        if let preFilterMessage {
            text += " \(preFilterMessage)."
        } else {
            var counted = rejections.entries.map { (reasons: $0.rejection.reasons, count: $0.count) }
            let absent = nodeCount - rejections.count
            if absent > 0, let absentReason { counted.append(([absentReason], absent)) }
            let histogram = RejectionCounts.histogram(counted)
            if !histogram.isEmpty { text += " \(histogram.joined(separator: ", "))." }
        }
        if !postFilterMessage.isEmpty { text += " \(postFilterMessage)" }
        return text
    }
}

/// Orders the active queue: higher priority first, then whoever has waited longer.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/queuesort.
package enum PrioritySort: Plugin {
    package static let identifier = PluginIdentifier.prioritySort

    /// Pods of one moment keep the order in which they arrived.
    @inline(__always)
    static func isBefore(_ left: QueuedPod, _ right: QueuedPod) -> Bool {
        if left.priority != right.priority { return left.priority > right.priority }
        if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
        return left.arrival < right.arrival
    }
}

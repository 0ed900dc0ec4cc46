import KubeAPI

/// Why a plugin does not let a pod onto a node.
package struct Rejection: Hashable, Sendable {
    package let plugin: PluginIdentifier
    /// Whether removing other pods from the node would change nothing: upstream's `UnschedulableAndUnresolvable`.
    package let isUnresolvable: Bool
    /// In the plugin's order; each is counted on its own in the message.
    package let reasons: [String]

    package init(_ plugin: PluginIdentifier, unresolvable: Bool, _ reasons: [String]) {
        self.plugin = plugin
        isUnresolvable = unresolvable
        self.reasons = reasons
    }

    package init(_ plugin: PluginIdentifier, unresolvable: Bool, _ reason: String) {
        self.init(plugin, unresolvable: unresolvable, [reason])
    }
}

/// How many nodes turned the pod down for each rejection, in no order that matters.
package struct RejectionCounts {
    package private(set) var entries: [(rejection: Rejection, count: Int)] = []

    package init() {}

    package mutating func add(_ rejection: Rejection, _ count: Int = 1) {
        if count == 0 { return }
        if let index = entries.firstIndex(where: { $0.rejection == rejection }) {
            entries[index].count += count
        } else {
            entries.append((rejection, count))
        }
    }

    package var plugins: PluginSet {
        entries.reduce(into: PluginSet()) { $0.insert(PluginSet($1.rejection.plugin)) }
    }

    /// The number of nodes.
    package var count: Int { entries.reduce(0) { $0 + $1.count } }
    /// Nodes where removing pods might help.
    package var resolvableCount: Int { entries.reduce(0) { $0 + ($1.rejection.isUnresolvable ? 0 : $1.count) } }

    /// Each reason with the number of nodes that gave it, as in `3 Insufficient cpu`, sorted as text.
    package var histogram: [String] { RejectionCounts.histogram(entries.map { ($0.rejection.reasons, $0.count) }) }

    package static func histogram(_ counted: [(reasons: [String], count: Int)]) -> [String] {
        var totals: [(reason: String, count: Int)] = []
        for (reasons, count) in counted {
            for reason in reasons {
                if let index = totals.firstIndex(where: { $0.reason == reason }) {
                    totals[index].count += count
                } else {
                    totals.append((reason, count))
                }
            }
        }
        return totals.map { "\($0.count) \($0.reason)" }.sorted(by: precedesUTF8)
    }
}

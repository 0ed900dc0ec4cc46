import KubeAPI

/// The plugin NodeAffinity, not the field of that name: matches a pod's node selector and node affinity with a node's
/// labels.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/nodeaffinity.
package enum NodeAffinityPlugin: FilterPlugin, ScorePlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.nodeAffinity
    package static let weight = 2

    private static let rejection = Rejection(
        identifier, unresolvable: true, "node(s) didn't match Pod's node affinity/selector")
    /// Said for the whole pod when its terms name different nodes at once.
    static let conflict = "pod affinity terms conflict"

    package static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        matches(shape, labels: node.labels, name: node.name) ? nil : rejection
    }

    static func matches(_ shape: PodShape, labels: StringMap<String>, name: String) -> Bool {
        for (key, value) in shape.nodeSelector where labels[key] != value { return false }
        guard let terms = shape.requiredNodeTerms else { return true }
        return terms.contains { $0.matches(labels, name: name) }
    }

    /// The sum of the weights of the preferences that the node meets.
    package static func score(_ shape: PodShape, _ node: NodeInfo) -> Int {
        var sum = 0
        for (weight, query) in shape.preferredNodeTerms where query.matches(node.labels, name: node.name) {
            sum += weight
        }
        return sum
    }

    /// The only nodes that a required affinity allows: nil if some term names none. Empty if the names contradict.
    static func names(of terms: [NodeQuery]?) -> [String]? {
        guard let terms, !terms.isEmpty else { return nil }
        var union: [String] = []
        for term in terms {
            guard let names = term.names else { return nil }
            for name in names where !union.contains(name) { union.append(name) }
        }
        return union
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        switch event {
        case .nodeAdded(let node): matches(shape, labels: node.labels, name: node.name)
        case .nodeUpdated(let old, let new, _):
            matches(shape, labels: new.labels, name: new.name) && !matches(shape, labels: old.labels, name: old.name)
        default: false
        }
    }
}

import KubeAPI

/// The CPU of each zone, kept up with every node that changes: a node costs the same however many there are.
///
/// Counts the nodes that are ready and not the control plane's, as kubernetes
/// `staging/src/k8s.io/endpointslice/topologycache` `SetNodes`.
package struct ZoneProcessors {
    private struct Zone {
        var nodes = 0
        /// In thousandths. A sum that nodes come to and leave must be exact, and a thousand of the largest amounts are
        /// more than an `Int`.
        var processors: Int128 = 0
    }

    /// What a node adds.
    private enum Part: Equatable {
        case nothing
        /// The node does not tell its zone or its CPU.
        case unknown
        case known(zone: String, processors: Int)

        init(_ node: Node?) {
            guard let node, node.isReady, !node.isControlPlane else {
                self = .nothing
                return
            }
            let zone = node.zone
            let processors = node.status.allocatable["cpu"]?.accountedMilliValue ?? 0
            self = zone.isEmpty || processors <= 0 ? .unknown : .known(zone: zone, processors: processors)
        }
    }

    private var zones: [String: Zone] = [:]
    private var unknownNodes = 0

    package init() {}

    /// Takes a node's change: nil for one that is not there before, or not after. O(1).
    package mutating func replace(_ old: Node?, with new: Node?) {
        let before = Part(old)
        let after = Part(new)
        if before == after { return }
        count(before, times: -1)
        count(after, times: 1)
    }

    private mutating func count(_ part: Part, times factor: Int) {
        switch part {
        case .nothing: break
        case .unknown: unknownNodes += factor
        case .known(let name, let processors):
            var zone = zones[name] ?? Zone()
            zone.nodes += factor
            zone.processors += Int128(processors) * Int128(factor)
            zones[name] = zone.nodes == 0 ? nil : zone
        }
    }

    /// The share of each zone in all CPU, by name; nil if a node does not tell, or if there is one zone only. O(zones).
    package var shares: [(zone: String, share: Double)]? {
        if unknownNodes > 0 || zones.count < 2 { return nil }
        let total = Double(zones.values.reduce(0) { $0 + $1.processors })
        return zones.sorted { compareUTF8($0.key, $1.key) < 0 }.map { ($0.key, Double($0.value.processors) / total) }
    }

    /// Whether a node's change is a reason to look at the shares again. Follows kubernetes
    /// `pkg/controller/endpointslice` `updateNode`, which passes over a node's CPU: it counts from the next change of
    /// any node that is noticed.
    static func isNoticed(_ old: Node?, _ new: Node?) -> Bool {
        guard let old, let new else { return true }
        return old.isReady != new.isReady || old.zone != new.zone
    }
}

extension Node {
    fileprivate var zone: String { labels[WellKnownLabel.zone] ?? "" }

    fileprivate var isControlPlane: Bool {
        labels.contains("node-role.kubernetes.io/control-plane") || labels.contains("node-role.kubernetes.io/master")
    }
}

import KubeAPI

/// Checks that a node has room for what a pod asks for, and prefers nodes with much room left.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/noderesources fit.go and least_allocated.go.
package enum NodeResourcesFit: FilterPlugin, ScorePlugin, EnqueueExtensions {
    package static let identifier = PluginIdentifier.nodeResourcesFit
    package static let weight = 1

    package static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection? {
        let free = node.allocatable
        let used = node.requested
        let wanted = shape.requests.requests
        // The common case first: a handful of comparisons.
        if used.pods < free.pods, wanted.milliCPU == 0 || wanted.milliCPU <= free.milliCPU &- used.milliCPU,
            wanted.memory == 0 || wanted.memory <= free.memory &- used.memory,
            wanted.ephemeralStorage == 0 && wanted.scalars.isEmpty
        {
            return nil
        }
        return rejection(of: wanted, free, used)
    }

    private static func rejection(of wanted: Resources, _ allocatable: Resources, _ used: Resources) -> Rejection? {
        var reasons: [String] = []
        var isUnresolvable = false
        func check(_ wanted: Int, _ allocatable: Int, _ used: Int, _ name: String) {
            guard wanted > 0, wanted > allocatable &- used else { return }
            reasons.append("Insufficient \(name)")
            if wanted > allocatable { isUnresolvable = true }
        }
        if used.pods + 1 > allocatable.pods { reasons.append("Too many pods") }
        check(wanted.milliCPU, allocatable.milliCPU, used.milliCPU, "cpu")
        check(wanted.memory, allocatable.memory, used.memory, "memory")
        check(wanted.ephemeralStorage, allocatable.ephemeralStorage, used.ephemeralStorage, "ephemeral-storage")
        for (name, amount) in wanted.scalars {
            check(amount, allocatable.scalars[name] ?? 0, used.scalars[name] ?? 0, name)
        }
        return reasons.isEmpty ? nil : Rejection(identifier, unresolvable: isUnresolvable, reasons)
    }

    /// The free share of CPU and memory after the pod, in hundredths, averaged: `LeastAllocated`. Containers without
    /// requests count as if they asked for a little.
    package static func score(_ shape: PodShape, _ node: NodeInfo) -> Int {
        var sum = 0
        var weights = 0
        func add(_ requested: Int, _ capacity: Int) {
            guard capacity > 0 else { return }
            weights += 1
            if 0...capacity ~= requested { sum += (capacity - requested) * ScoreMath.maximum / capacity }
        }
        add(node.nonZeroMilliCPU &+ shape.requests.nonZeroMilliCPU, node.allocatable.milliCPU)
        add(node.nonZeroMemory &+ shape.requests.nonZeroMemory, node.allocatable.memory)
        return weights == 0 ? 0 : sum / weights
    }

    package static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool {
        let wanted = shape.requests.requests
        switch event {
        case .nodeAdded(let node): return fitsEmpty(wanted, node)
        case .nodeUpdated(let old, let new, _):
            return fitsEmpty(wanted, new) && hasGrown(wanted, old.status.allocatable, new.status.allocatable)
        case .assignedPodDeleted: return true
        case .assignedPodUpdated(let old, let new):
            return hasShrunk(wanted, old.requests.requests, new.requests.requests)
        case .podUpdated(let old, let new, _):
            return hasShrunk(old.requests.requests, old.requests.requests, new.requests.requests)
        default: return false
        }
    }

    private static func fitsEmpty(_ wanted: Resources, _ node: Node) -> Bool {
        rejection(of: wanted, Resources(node.status.allocatable), Resources()) == nil
    }

    /// Whether the node offers more of something that the pod wants.
    private static func hasGrown(_ wanted: Resources, _ old: StringMap<Quantity>, _ new: StringMap<Quantity>) -> Bool {
        let before = Resources(old)
        let after = Resources(new)
        if after.pods > before.pods || wanted.milliCPU > 0 && after.milliCPU > before.milliCPU
            || wanted.memory > 0 && after.memory > before.memory
            || wanted.ephemeralStorage > 0 && after.ephemeralStorage > before.ephemeralStorage
        {
            return true
        }
        return wanted.scalars.contains {
            $0.value > 0 && (after.scalars[$0.key] ?? 0) > (before.scalars[$0.key] ?? 0)
        }
    }

    /// Whether a pod now asks for less of something that is wanted.
    private static func hasShrunk(_ wanted: Resources, _ old: Resources, _ new: Resources) -> Bool {
        if wanted.milliCPU > 0 && new.milliCPU < old.milliCPU || wanted.memory > 0 && new.memory < old.memory
            || wanted.ephemeralStorage > 0 && new.ephemeralStorage < old.ephemeralStorage
        {
            return true
        }
        return wanted.scalars.contains {
            $0.value > 0 && (new.scalars[$0.key] ?? 0) < (old.scalars[$0.key] ?? 0)
        }
    }
}

import KubeAPI
import KubeClient
import TerminalUI

/// The pods of each node and what they ask for, as `kubectl describe node` counts them: those that are bound and have
/// not ended.
///
/// They are counted once, in slices, and from then on change by change. A change of a pod that the count has not come
/// to yet is left to it: it reads the pod as it is by then.
struct NodeLoads {
    struct Load: Equatable {
        var pods = 0
        /// Thousandths of a core.
        var milliCPU = 0
        /// Bytes.
        var memory = 0
    }

    private var loads: [String: Load] = [:]
    /// Where the count goes on; nil when it has ended.
    private var nextKey: ObjectKey?
    private(set) var isStarted = false

    var isCounting: Bool { nextKey != nil }

    /// Nil while they are counted.
    func load(of node: String) -> Load? { isStarted && !isCounting ? loads[node] ?? Load() : nil }

    mutating func start() {
        isStarted = true
        loads = [:]
        nextKey = Snapshot.range(.pod, namespace: nil).lowerBound
    }

    /// Goes on counting, at most `budget` pods. O(pods counted).
    mutating func work(_ snapshot: Snapshot, budget: Int) {
        guard let start = nextKey else { return }
        nextKey = nil
        var left = budget
        snapshot.objects.forEach(in: start..<Snapshot.range(.pod, namespace: nil).upperBound) { key, object in
            if left == 0 {
                nextKey = key
                return false
            }
            left -= 1
            if let pod = object.as(Pod.self) { count(pod, by: 1) }
            return true
        }
    }

    /// The nodes whose load is another since. O(changes).
    mutating func apply(_ changes: [Change]) -> Set<String> {
        var nodes: Set<String> = []
        for change in changes where change.kind == .pod {
            if let nextKey, !(change.key < nextKey) { continue }
            let old = change.old(Pod.self)
            let new = change.new(Pod.self)
            let (before, after) = (old?.loadedNode, new?.loadedNode)
            // Most changes are of the status alone.
            if before == after, let old, let new, old.spec.isIdentical(to: new.spec) { continue }
            if let old, let before {
                count(old, by: -1)
                nodes.insert(before)
            }
            if let new, let after {
                count(new, by: 1)
                nodes.insert(after)
            }
        }
        return nodes
    }

    private mutating func count(_ pod: Pod, by sign: Int) {
        guard let node = pod.loadedNode else { return }
        let requests = PodRequests(pod.spec)
        loads[node, default: Load()].pods += sign
        loads[node, default: Load()].milliCPU &+= sign * requests.milliCPU
        loads[node, default: Load()].memory &+= sign * requests.memory
    }
}

extension NodeLoads.Load {
    /// `850m (21%)`, of what a node allows.
    func cpuText(of node: Node) -> String {
        Quantity(milli: milliCPU).text
            + NodeLoads.Load.share(milliCPU, node.status.allocatable["cpu"]?.accountedMilliValue ?? 0)
    }

    /// `290Mi (1%)`, of what a node allows.
    func memoryText(of node: Node) -> String {
        Quantity(memory, .binarySI).text
            + NodeLoads.Load.share(memory, node.status.allocatable["memory"]?.accountedValue ?? 0)
    }

    /// A pod may ask for so much that its hundredfold is no whole number of the machine.
    static func share(_ part: Int, _ whole: Int) -> String {
        " (\(whole > 0 ? Int(min(Double(part) / Double(whole) * 100, 1e15)) : 0)%)"
    }
}

extension Pod {
    /// The node that the pod takes room on; nil for none.
    fileprivate var loadedNode: String? {
        guard let node = spec.nodeName, !node.isEmpty, status.phase != "Succeeded", status.phase != "Failed" else {
            return nil
        }
        return node
    }
}

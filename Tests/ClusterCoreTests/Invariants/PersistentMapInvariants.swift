import ClusterCore

/// What holds for every persistent map after every operation. Returns what is broken, nothing if all is well.
///
/// - Keys ascend strictly, over the whole tree.
/// - A separator lies above all keys to its left and not above any to its right.
/// - Every node but the root is within its minimum and maximum width; an inner root has two children at least.
/// - All leaves are equally deep.
/// - A node's total counts the elements below it.
func brokenInvariants<Key, Value>(of map: PersistentMap<Key, Value>) -> [String] {
    var checker = PersistentMapChecker<Key, Value>()
    checker.check(map.root, isRoot: true)
    return checker.broken
}

private struct PersistentMapChecker<Key: Comparable, Value> {
    typealias Node = PersistentMap<Key, Value>.Node

    var broken: [String] = []
    private var last: Key?

    mutating func check(_ node: Node, isRoot: Bool) {
        let widths = (isRoot ? (node.isLeaf ? 0 : 2) : Node.minimumWidth)...Node.maximumWidth
        expect(widths.contains(node.width), "a node at height \(node.height) has a width of \(node.width)")
        if node.isLeaf {
            checkLeaf(node)
        } else {
            checkInner(node)
        }
    }

    private mutating func checkLeaf(_ leaf: Node) {
        expect(leaf.children.isEmpty, "a leaf has children")
        expect(leaf.values.count == leaf.keys.count, "\(leaf.keys.count) keys have \(leaf.values.count) values")
        expect(leaf.total == leaf.keys.count, "a leaf of \(leaf.keys.count) counts \(leaf.total)")
        for key in leaf.keys {
            if let last { expect(last < key, "\(key) follows \(last)") }
            last = key
        }
    }

    private mutating func checkInner(_ node: Node) {
        expect(node.values.isEmpty, "an inner node has values")
        expect(node.keys.count == node.children.count - 1, "separators do not fit the children")
        for (slot, child) in node.children.enumerated() {
            expect(child.height == node.height - 1, "a child at height \(child.height) below \(node.height)")
            if slot > 0 {
                let separator = node.keys[slot - 1]
                if let last { expect(last < separator, "\(last) lies left of the separator \(separator)") }
                if let first = child.firstLeaf.keys.first {
                    expect(!(first < separator), "\(first) lies right of the separator \(separator)")
                }
            }
            check(child, isRoot: false)
        }
        let sum = node.children.reduce(0) { $0 + $1.total }
        expect(node.total == sum, "an inner node counts \(node.total), its children \(sum)")
    }

    private mutating func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition { broken.append(message()) }
    }
}

extension PersistentMap {
    /// How many keys are below `key`, whether or not it is in the map: its place in the order if it is. O(log n).
    @inlinable
    public func index(of key: Key) -> Int {
        var rank = 0
        var node = root
        while !node.isLeaf {
            let slot = node.childSlot(key)
            for left in 0..<slot { rank += node.children[left].total }
            node = node.children[slot]
        }
        return rank + node.lowerBound(key)
    }

    /// The element with `index` keys below its own; `index` must be in `0..<count`. O(log n).
    @inlinable
    public func element(at index: Int) -> Element {
        precondition(index >= 0 && index < count, "the map has no element \(index)")
        var rest = index
        var node = root
        while !node.isLeaf {
            var slot = 0
            while rest >= node.children[slot].total {
                rest -= node.children[slot].total
                slot += 1
            }
            node = node.children[slot]
        }
        return node.element(rest)
    }
}

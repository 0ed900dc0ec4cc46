extension PersistentMap {
    /// Builds the map from elements whose keys ascend strictly. O(n), and without the half-empty nodes that insertion
    /// leaves.
    @inlinable
    public init(sorted elements: some Collection<(Key, Value)>) {
        var level: ContiguousArray<Node> = []
        var firstKeys: ContiguousArray<Key> = []
        var rest = elements[...]
        for width in Self.widths(of: elements.count) {
            let leaf = Node(height: 0)
            leaf.keys.reserveCapacity(width)
            leaf.values.reserveCapacity(width)
            for (key, value) in rest.prefix(width) {
                precondition(leaf.keys.last.map { $0 < key } ?? true, "the keys do not ascend")
                leaf.keys.append(key)
                leaf.values.append(value)
            }
            leaf.total = width
            precondition(level.last?.keys.last.map { $0 < leaf.keys[0] } ?? true, "the keys do not ascend")
            firstKeys.append(leaf.keys[0])
            level.append(leaf)
            rest = rest.dropFirst(width)
        }
        while level.count > 1 {
            var parents: ContiguousArray<Node> = []
            var parentKeys: ContiguousArray<Key> = []
            var start = 0
            for width in Self.widths(of: level.count) {
                let parent = Node(height: level[start].height + 1)
                parent.children.append(contentsOf: level[start..<start + width])
                parent.keys.append(contentsOf: firstKeys[start + 1..<start + width])
                parent.total = parent.sumOfChildren
                parents.append(parent)
                parentKeys.append(firstKeys[start])
                start += width
            }
            level = parents
            firstKeys = parentKeys
        }
        root = level.first ?? Node(height: 0)
    }

    /// How wide to make each of the nodes for `count` slots: as equal as can be, and not quite full, so that the first
    /// insertions need not split them.
    @inlinable
    public static func widths(of count: Int) -> [Int] {
        guard count > 0 else { return [] }
        let most = Node.maximumWidth - Node.minimumWidth / 2
        let nodes = (count + most - 1) / most
        let (width, wider) = count.quotientAndRemainder(dividingBy: nodes)
        return (0..<nodes).map { $0 < wider ? width + 1 : width }
    }
}

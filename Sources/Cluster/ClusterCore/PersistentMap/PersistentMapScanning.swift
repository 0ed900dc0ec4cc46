extension PersistentMap {
    // MARK: With a closure

    /// Calls `body` with each element in order until it returns false; returns whether it never did.
    @inlinable
    @discardableResult
    public func forEach(_ body: (Key, Value) -> Bool) -> Bool {
        root.forEach(from: nil, below: nil, body)
    }

    /// The same from the first key that is not below `lowerBound`. O(log n) and O(1) for each element.
    @inlinable
    @discardableResult
    public func forEach(from lowerBound: Key, _ body: (Key, Value) -> Bool) -> Bool {
        root.forEach(from: lowerBound, below: nil, body)
    }

    /// The same for the keys in a range. O(log n) and O(1) for each element.
    @inlinable
    @discardableResult
    public func forEach(in range: Range<Key>, _ body: (Key, Value) -> Bool) -> Bool {
        root.forEach(from: range.lowerBound, below: range.upperBound, body)
    }

    // MARK: With an iterator

    /// The elements in ascending order, from a key on, or all of them; lazily, over this version of the map.
    ///
    /// Complexity: O(log n) to begin, O(1) for each element.
    @inlinable
    public func elements(from key: Key? = nil, inclusive: Bool = true) -> Elements {
        Elements(cursor: Cursor(root, before: key, inclusive: inclusive))
    }

    /// The elements in descending order, from a key on downwards, or all of them; lazily, over this version of the map.
    ///
    /// Complexity: O(log n) to begin, O(1) for each element.
    @inlinable
    public func reversed(from key: Key? = nil, inclusive: Bool = true) -> ReversedElements {
        // Below a key lies what is before the first that is not below it, or not at or below it.
        ReversedElements(cursor: key.map { Cursor(root, before: $0, inclusive: !inclusive) } ?? Cursor(atEndOf: root))
    }

    /// The first element whose key is not below `key`. O(log n).
    @inlinable
    public func lowerBound(_ key: Key) -> Element? {
        var cursor = Cursor(root, before: key, inclusive: true)
        return cursor.next()
    }

    /// A sequence in ascending order.
    public struct Elements: Sequence, IteratorProtocol {
        public var cursor: Cursor

        @inlinable
        public init(cursor: Cursor) {
            self.cursor = cursor
        }

        @inlinable
        public mutating func next() -> Element? {
            cursor.next()
        }
    }

    /// A sequence in descending order.
    public struct ReversedElements: Sequence, IteratorProtocol {
        public var cursor: Cursor

        @inlinable
        public init(cursor: Cursor) {
            self.cursor = cursor
        }

        @inlinable
        public mutating func next() -> Element? {
            cursor.previous()
        }
    }

    /// A place between two elements, or before the first or after the last one, that moves in both directions.
    public struct Cursor {
        /// The inner nodes above the leaf, the root first, each with the slot of the child that was entered.
        public var path: ContiguousArray<(node: Node, slot: Int)> = []
        public var leaf: Node
        /// The slot of the leaf right after the place.
        public var slot: Int

        /// Before a key, or after it if not `inclusive`; before all elements without a key.
        @inlinable
        public init(_ root: Node, before key: Key?, inclusive: Bool) {
            leaf = root
            slot = 0
            guard let key else {
                enter(root, atEnd: false)
                return
            }
            while !leaf.isLeaf {
                let child = leaf.childSlot(key)
                path.append((leaf, child))
                leaf = leaf.children[child]
            }
            slot = leaf.lowerBound(key)
            if !inclusive, slot < leaf.keys.count, !(key < leaf.keys[slot]) { slot += 1 }
        }

        @inlinable
        public init(atEndOf root: Node) {
            leaf = root
            slot = 0
            enter(root, atEnd: true)
        }

        @inlinable
        public mutating func next() -> Element? {
            if slot == leaf.keys.count {
                while let last = path.last, last.slot == last.node.children.count - 1 { path.removeLast() }
                guard let last = path.popLast() else { return nil }
                path.append((last.node, last.slot + 1))
                enter(last.node.children[last.slot + 1], atEnd: false)
            }
            defer { slot += 1 }
            return leaf.element(slot)
        }

        @inlinable
        public mutating func previous() -> Element? {
            if slot == 0 {
                while let last = path.last, last.slot == 0 { path.removeLast() }
                guard let last = path.popLast() else { return nil }
                path.append((last.node, last.slot - 1))
                enter(last.node.children[last.slot - 1], atEnd: true)
            }
            slot -= 1
            return leaf.element(slot)
        }

        /// Goes down to the first or the last leaf below a node.
        @inlinable
        public mutating func enter(_ node: Node, atEnd: Bool) {
            leaf = node
            while !leaf.isLeaf {
                let child = atEnd ? leaf.children.count - 1 : 0
                path.append((leaf, child))
                leaf = leaf.children[child]
            }
            slot = atEnd ? leaf.keys.count : 0
        }
    }
}

extension PersistentMap.Node {
    /// Calls `body` for the elements within the bounds, in order, until it returns false; returns whether it never did.
    @inlinable
    public func forEach(from lower: Key?, below upper: Key?, _ body: (Key, Value) -> Bool) -> Bool {
        if isLeaf {
            let start = lower.map(lowerBound) ?? 0
            let end = upper.map(lowerBound) ?? keys.count
            for slot in start..<max(start, end) where !body(keys[slot], values[slot]) { return false }
            return true
        }
        let first = lower.map(childSlot) ?? 0
        let last = upper.map(childSlot) ?? children.count - 1
        for slot in first..<max(first, last + 1) {
            // The bounds concern the outermost children only.
            guard children[slot].forEach(from: slot == first ? lower : nil, below: slot == last ? upper : nil, body)
            else { return false }
        }
        return true
    }
}

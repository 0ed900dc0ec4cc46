extension PersistentMap {
    /// A node of the tree: a leaf, with keys and their values, or an inner node, with children and the keys between.
    ///
    /// The separator `keys[i]` of an inner node lies above all keys of `children[i]`, and not above any of
    /// `children[i + 1]`. Except at the root, a node has from ``minimumWidth`` to ``maximumWidth`` keys (a leaf) or
    /// children (an inner node).
    ///
    /// A node's arrays are values that nodes share too: a leaf copied for the sake of one value keeps sharing its
    /// keys with the original.
    ///
    /// Accesses to them never overlap, since an edit goes down holding one slot of each node; checking that at run
    /// time took half the time of a lookup.
    public final class Node {
        @exclusivity(unchecked) public var keys: ContiguousArray<Key>
        /// Of a leaf, as many as keys; empty in an inner node.
        @exclusivity(unchecked) public var values: ContiguousArray<Value>
        /// Of an inner node, one more than keys; empty in a leaf.
        @exclusivity(unchecked) public var children: ContiguousArray<Node>
        /// Elements in this node and below it.
        @exclusivity(unchecked) public var total: Int
        /// Levels below this one; zero for a leaf.
        public let height: Int

        /// From 16 to 64 lookups differ little; narrower nodes make deeper trees, wider ones dearer copies.
        @inlinable public static var maximumWidth: Int { 32 }
        /// A quarter and not a half of the maximum, so that alternate insertions and removals seldom move elements
        /// between nodes, and ascending insertions leave nodes three quarters full.
        @inlinable public static var minimumWidth: Int { 8 }

        @inlinable
        public init(height: Int) {
            keys = []
            values = []
            children = []
            total = 0
            self.height = height
        }

        /// A new root over an old one that split.
        @inlinable
        public init(left: Node, split: Split) {
            keys = [split.separator]
            values = []
            children = [left, split.right]
            total = left.total + split.right.total
            height = left.height + 1
        }

        @inlinable
        public init(copying node: Node) {
            keys = node.keys
            values = node.values
            children = node.children
            total = node.total
            height = node.height
        }

        @inlinable public var isLeaf: Bool { height == 0 }

        /// Keys of a leaf, children of an inner node.
        @inlinable public var width: Int { isLeaf ? keys.count : children.count }

        @inlinable
        public func element(_ slot: Int) -> Element {
            (keys[slot], values[slot])
        }
    }

    /// The upper part of a node that became too wide, and the key between the two parts.
    public struct Split {
        public let separator: Key
        public let right: Node

        @inlinable
        public init(separator: Key, right: Node) {
            self.separator = separator
            self.right = right
        }
    }
}

// A node is changed only while it belongs to one map alone; once a snapshot shares it, it never changes again.
extension PersistentMap.Node: @unchecked Sendable where Key: Sendable, Value: Sendable {}

// MARK: Searching

extension PersistentMap.Node {
    public typealias Node = PersistentMap<Key, Value>.Node

    /// The first slot of a leaf whose key is not below `key`.
    @inlinable
    public func lowerBound(_ key: Key) -> Int {
        keys.withUnsafeBufferPointer { keys in
            var low = 0
            var high = keys.count
            while low < high {
                let middle = (low &+ high) / 2
                if keys[middle] < key { low = middle &+ 1 } else { high = middle }
            }
            return low
        }
    }

    /// The child of an inner node where `key` is if it is anywhere.
    @inlinable
    public func childSlot(_ key: Key) -> Int {
        keys.withUnsafeBufferPointer { keys in
            var low = 0
            var high = keys.count
            while low < high {
                let middle = (low &+ high) / 2
                if key < keys[middle] { high = middle } else { low = middle &+ 1 }
            }
            return low
        }
    }

    /// The slot of a key in a leaf, nil if it is not there.
    @inlinable
    public func slot(of key: Key) -> Int? {
        let slot = lowerBound(key)
        return slot < keys.count && !(key < keys[slot]) ? slot : nil
    }

    /// The leaf where `key` is if it is anywhere.
    @inlinable
    public func leaf(for key: Key) -> Node {
        var node = self
        while !node.isLeaf { node = node.children[node.childSlot(key)] }
        return node
    }

    @inlinable
    public func value(of key: Key) -> Value? {
        let leaf = leaf(for: key)
        guard let slot = leaf.slot(of: key) else { return nil }
        return leaf.values[slot]
    }

    @inlinable
    public func contains(_ key: Key) -> Bool {
        leaf(for: key).slot(of: key) != nil
    }

    @inlinable
    public var firstLeaf: Node {
        var node = self
        while !node.isLeaf { node = node.children[0] }
        return node
    }

    @inlinable
    public var lastLeaf: Node {
        var node = self
        while !node.isLeaf { node = node.children[node.children.count - 1] }
        return node
    }
}

/// An ordered map whose copies are snapshots: copying costs O(1), and changing one copy leaves the others as they were.
///
/// It is a B-tree with its elements in the leaves. A change copies the nodes on the path from the root to one leaf
/// if another map shares them, and changes them in place if none does:
///
///     var map = PersistentMap<Int, String>()
///     map[1] = "a"                  // in place
///     let snapshot = map            // one reference counted
///     map[1] = "b"                  // copies the path to 1; all other nodes stay shared
///     map[2] = "c"                  // in place again, as far as that path goes
///     snapshot[1]                   // "a"
///
/// Every node knows how many elements lie below it, so a place in the order is found as fast as a key is. Two
/// versions are compared by walking past the nodes that they share (``diff(from:isSame:_:)``).
///
/// Complexity is stated in n, the number of elements, for keys that compare in constant time.
public struct PersistentMap<Key: Comparable, Value> {
    public typealias Element = (key: Key, value: Value)

    public var root: Node

    /// An empty map.
    @inlinable
    public init() {
        root = Node(height: 0)
    }

    public init(root: Node) {
        self.root = root
    }

    /// The number of elements. O(1).
    @inlinable
    public var count: Int { root.total }

    @inlinable
    public var isEmpty: Bool { root.total == 0 }

    /// Whether the two are the same version: equal for certain if true, and perhaps equal if not. O(1).
    @inlinable
    public func isIdentical(to other: PersistentMap) -> Bool {
        root === other.root
    }

    /// The value of a key. Reading and writing are O(log n).
    @inlinable
    public subscript(key: Key) -> Value? {
        get {
            root.value(of: key)
        }
        set {
            if let newValue {
                updateValue(newValue, forKey: key)
            } else {
                removeValue(forKey: key)
            }
        }
    }

    @inlinable
    public func contains(_ key: Key) -> Bool {
        root.contains(key)
    }

    /// Sets the value of a key, new or not, and returns the value that it had. O(log n).
    @inlinable
    @discardableResult
    public mutating func updateValue(_ value: Value, forKey key: Key) -> Value? {
        var old: Value?
        if let split = Node.update(&root, key, value, &old) {
            root = Node(left: root, split: split)
        }
        return old
    }

    /// Removes a key, and returns the value that it had; changes and copies nothing if it had none. O(log n).
    @inlinable
    @discardableResult
    public mutating func removeValue(forKey key: Key) -> Value? {
        guard root.contains(key) else { return nil }
        let old = Node.remove(&root, key)
        if root.height > 0, root.children.count == 1 {
            root = root.children[0]
        }
        return old
    }

    /// The element with the least key. O(log n).
    @inlinable
    public var first: Element? {
        isEmpty ? nil : root.firstLeaf.element(0)
    }

    /// The element with the greatest key. O(log n).
    @inlinable
    public var last: Element? {
        guard !isEmpty else { return nil }
        let leaf = root.lastLeaf
        return leaf.element(leaf.keys.count - 1)
    }
}

extension PersistentMap: Sendable where Key: Sendable, Value: Sendable {}

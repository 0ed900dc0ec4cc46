// Both edits descend through inout references, so that a node held by nobody else counts one reference at every level
// and is changed where it stands.

extension PersistentMap.Node {
    public typealias Split = PersistentMap<Key, Value>.Split

    @inlinable
    public static func makeUnique(_ node: inout Node) {
        if !isKnownUniquelyReferenced(&node) { node = Node(copying: node) }
    }

    // MARK: Updating

    /// Sets a key below `node`. Leaves the value that it had in `old`, and returns what is to become the node's right
    /// neighbour if it had to split.
    @inlinable
    public static func update(_ node: inout Node, _ key: Key, _ value: Value, _ old: inout Value?) -> Split? {
        makeUnique(&node)
        guard node.isLeaf else {
            let slot = node.childSlot(key)
            let before = node.children[slot].total
            let split = update(&node.children[slot], key, value, &old)
            let after = node.children[slot].total + (split?.right.total ?? 0)
            node.total += after - before
            guard let split else { return nil }
            node.keys.insert(split.separator, at: slot)
            node.children.insert(split.right, at: slot + 1)
            return node.children.count > maximumWidth ? node.splitInner(insertedAt: slot + 1) : nil
        }
        let slot = node.lowerBound(key)
        if slot < node.keys.count, !(key < node.keys[slot]) {
            old = node.values[slot]
            node.values[slot] = value
            return nil
        }
        node.keys.insert(key, at: slot)
        node.values.insert(value, at: slot)
        node.total += 1
        return node.keys.count > maximumWidth ? node.splitLeaf(insertedAt: slot) : nil
    }

    /// Where to cut a node of one slot too many: in the middle, or near the end if it grew there, as it does with
    /// ascending keys.
    @inlinable
    public static func cut(insertedAt slot: Int) -> Int {
        slot == maximumWidth ? maximumWidth + 1 - minimumWidth : (maximumWidth + 1) / 2
    }

    @inlinable
    public func splitLeaf(insertedAt slot: Int) -> Split {
        let cut = Self.cut(insertedAt: slot)
        let right = Node(height: 0)
        right.keys = Self.takeTail(&keys, from: cut)
        right.values = Self.takeTail(&values, from: cut)
        right.total = right.keys.count
        total = cut
        return Split(separator: right.keys[0], right: right)
    }

    @inlinable
    public func splitInner(insertedAt slot: Int) -> Split {
        let cut = Self.cut(insertedAt: slot)
        let right = Node(height: height)
        right.children = Self.takeTail(&children, from: cut)
        right.keys = Self.takeTail(&keys, from: cut)
        let separator = keys.removeLast()
        right.total = right.sumOfChildren
        total -= right.total
        return Split(separator: separator, right: right)
    }

    /// Moves the elements from `start` on into an array of their own, with room to grow.
    @inlinable
    public static func takeTail<T>(_ array: inout ContiguousArray<T>, from start: Int) -> ContiguousArray<T> {
        var tail = ContiguousArray<T>()
        tail.reserveCapacity(maximumWidth + 1)
        tail.append(contentsOf: array[start...])
        array.removeSubrange(start...)
        return tail
    }

    @inlinable
    public var sumOfChildren: Int {
        var sum = 0
        for child in children { sum += child.total }
        return sum
    }

    // MARK: Removing

    /// Removes a key that is below `node`, and returns its value. The node may be left too narrow, which is its
    /// parent's to mend.
    @inlinable
    public static func remove(_ node: inout Node, _ key: Key) -> Value {
        makeUnique(&node)
        node.total -= 1
        guard node.isLeaf else {
            let slot = node.childSlot(key)
            let value = remove(&node.children[slot], key)
            if node.children[slot].width < minimumWidth { node.widenChild(slot) }
            return value
        }
        let slot = node.lowerBound(key)
        node.keys.remove(at: slot)
        return node.values.remove(at: slot)
    }

    /// Joins a child that is too narrow with a neighbour, or lets it have some of the neighbour's slots.
    @inlinable
    public func widenChild(_ slot: Int) {
        let left = slot > 0 ? slot - 1 : slot
        let sum = children[left].width + children[left + 1].width
        Self.makeUnique(&children[left])
        // Filling a node to the brim would have the next insertion split it again.
        if sum <= Self.maximumWidth - Self.minimumWidth {
            let right = children.remove(at: left + 1)
            let separator = keys.remove(at: left)
            children[left].append(right, separator: separator)
        } else {
            Self.makeUnique(&children[left + 1])
            keys[left] = children[left].share(with: children[left + 1], separator: keys[left], width: sum / 2)
        }
    }

    /// Adds all slots of the right neighbour.
    @inlinable
    public func append(_ right: Node, separator: Key) {
        if !isLeaf { keys.append(separator) }
        keys.append(contentsOf: right.keys)
        values.append(contentsOf: right.values)
        children.append(contentsOf: right.children)
        total += right.total
    }

    /// Moves slots from or to the right neighbour until this node has `width`; returns the new separator.
    @inlinable
    public func share(with right: Node, separator: Key, width: Int) -> Key {
        let sum = total + right.total
        let newSeparator: Key
        if isLeaf {
            Self.balance(&keys, &right.keys, width)
            Self.balance(&values, &right.values, width)
            newSeparator = right.keys[0]
            total = keys.count
        } else {
            // With the separator between them the two nodes' keys are one row, of which each gets its part.
            keys.append(separator)
            Self.balance(&children, &right.children, width)
            Self.balance(&keys, &right.keys, width)
            newSeparator = keys.removeLast()
            total = sumOfChildren
        }
        right.total = sum - total
        return newSeparator
    }

    /// Moves elements across the boundary of two arrays until the left one has `count`.
    @inlinable
    public static func balance<T>(_ left: inout ContiguousArray<T>, _ right: inout ContiguousArray<T>, _ count: Int) {
        if left.count < count {
            let moved = count - left.count
            left.append(contentsOf: right[..<moved])
            right.removeSubrange(..<moved)
        } else {
            right.insert(contentsOf: left[count...], at: 0)
            left.removeSubrange(count...)
        }
    }
}

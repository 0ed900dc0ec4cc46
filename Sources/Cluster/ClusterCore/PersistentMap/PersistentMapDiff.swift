extension PersistentMap {
    /// Calls `body` with each key whose value is not the same in an older version, in ascending order: the key, its
    /// value in `other` and its value here, nil where it has none.
    ///
    /// Nodes that both versions share are passed over whole, whatever lies below them. Within nodes that they do not
    /// share, `isSame` tells whether a value was left alone.
    ///
    /// Complexity: proportional to the number of changes between the versions and to log n, not to n. For maps that
    /// have no common past, O(n).
    @inlinable
    public func diff(
        from other: PersistentMap, isSame: (Value, Value) -> Bool, _ body: (Key, Value?, Value?) -> Void
    ) {
        guard root !== other.root else { return }
        var old = DiffCursor(other.root)
        var new = DiffCursor(root)
        while let oldPlace = old.place, let newPlace = new.place {
            switch (oldPlace, newPlace) {
            case (.subtree(let oldNode), .subtree(let newNode)):
                if oldNode === newNode {
                    old.advance()
                    new.advance()
                } else if oldNode.height > newNode.height {
                    old.open()
                } else if oldNode.height < newNode.height {
                    new.open()
                } else {
                    DiffCursor.openLesser(&old, &new)
                }
            case (.subtree, .element(let key, let value)):
                if let bound = old.bound, key < bound {
                    body(key, nil, value)
                    new.advance()
                } else {
                    old.open()
                }
            case (.element(let key, let value), .subtree):
                if let bound = new.bound, key < bound {
                    body(key, value, nil)
                    old.advance()
                } else {
                    new.open()
                }
            case (.element(let oldKey, let oldValue), .element(let newKey, let newValue)):
                if oldKey < newKey {
                    body(oldKey, oldValue, nil)
                    old.advance()
                } else if newKey < oldKey {
                    body(newKey, nil, newValue)
                    new.advance()
                } else {
                    if !isSame(oldValue, newValue) { body(newKey, oldValue, newValue) }
                    old.advance()
                    new.advance()
                }
            }
        }
        old.drain { key, value in body(key, value, nil) }
        new.drain { key, value in body(key, nil, value) }
    }

    /// A walk through one version that decides at every subtree whether to enter it.
    public struct DiffCursor {
        public enum Place {
            /// A subtree whose elements all are still to come.
            case subtree(Node)
            case element(Key, Value)
        }

        /// From the root down: the slot of each node where the walk is. The last one's slot is what comes next.
        public var path: ContiguousArray<(node: Node, slot: Int)>

        @inlinable
        public init(_ root: Node) {
            path = root.width > 0 ? [(root, 0)] : []
        }

        /// What comes next; nil at the end.
        @inlinable
        public var place: Place? {
            guard let (node, slot) = path.last else { return nil }
            return node.isLeaf ? .element(node.keys[slot], node.values[slot]) : .subtree(node.children[slot])
        }

        /// A key that no key still to come is below; nil if none is known, at the left edge of the tree.
        @inlinable
        public var bound: Key? {
            for (node, slot) in path.reversed() {
                if node.isLeaf { return node.keys[slot] }
                if slot > 0 { return node.keys[slot - 1] }
            }
            return nil
        }

        /// Passes what comes next.
        @inlinable
        public mutating func advance() {
            while let (node, slot) = path.popLast() {
                if slot + 1 < node.width {
                    path.append((node, slot + 1))
                    return
                }
            }
        }

        /// Enters the subtree that comes next.
        @inlinable
        public mutating func open() {
            guard let (node, slot) = path.last else { return }
            path.append((node.children[slot], 0))
        }

        /// Enters the one of two equally high subtrees that begins first, since the other may be shared with what
        /// follows in it; both if neither is known to.
        @inlinable
        public static func openLesser(_ left: inout DiffCursor, _ right: inout DiffCursor) {
            if let leftBound = left.bound, let rightBound = right.bound {
                if leftBound < rightBound { return left.open() }
                if rightBound < leftBound { return right.open() }
            }
            left.open()
            right.open()
        }

        @inlinable
        public mutating func drain(_ body: (Key, Value) -> Void) {
            while let place {
                switch place {
                case .subtree:
                    open()
                case .element(let key, let value):
                    body(key, value)
                    advance()
                }
            }
        }
    }
}

extension PersistentMap where Value: Equatable {
    /// The same with the values' own equality.
    @inlinable
    public func diff(from other: PersistentMap, _ body: (Key, Value?, Value?) -> Void) {
        diff(from: other, isSame: ==, body)
    }
}

/// A set of fields of an object, as server-side apply counts ownership: a tree whose nodes are path elements. A field
/// is in the set if it is a member of its parent's node; that something below it is in the set does not make it one.
///
///     .spec.replicas and .spec.template:   spec ─┬ member replicas
///                                                └ member template
///
/// Both lists of a node are sorted, so that every operation is a merge of two lists, O(size of both sets).
///
/// Follows structured-merge-diff `fieldpath/set.go`.
public struct FieldSet: Equatable, Sendable {
    public struct Child: Equatable, Sendable {
        public var element: PathElement
        public var set: FieldSet
    }

    public private(set) var members: [PathElement] = []
    public private(set) var children: [Child] = []

    public init() {}

    /// For sets whose parts are sorted already; children that are empty do not count.
    init(members: [PathElement], children: [Child]) {
        self.members = members
        self.children = children.filter { !$0.set.isEmpty }
    }

    /// A set of fields, each given by the names on its path.
    public init(_ paths: [[PathElement]]) {
        for path in paths { insert(path[...]) }
    }

    public var isEmpty: Bool { members.isEmpty && children.isEmpty }

    /// How many fields are in the set.
    public var count: Int { children.reduce(members.count) { $0 + $1.set.count } }

    // MARK: Finding

    /// Where an element is among sorted ones, or where it would go.
    private static func position(
        of element: PathElement, count: Int, _ at: (Int) -> PathElement
    ) -> (index: Int, found: Bool) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let order = PathElement.order(at(middle), element)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// Whether an element is in the set itself, not only something below it. O(log members).
    public func hasMember(_ element: PathElement) -> Bool {
        FieldSet.position(of: element, count: members.count) { members[$0] }.found
    }

    /// Whether the field at a path is in the set. O(depth · log members).
    public func contains(_ path: some Collection<PathElement>) -> Bool {
        guard let first = path.first else { return false }
        return path.count == 1 ? hasMember(first) : child(first)?.contains(path.dropFirst()) ?? false
    }

    /// The fields below an element; nil if there are none.
    public func child(_ element: PathElement) -> FieldSet? {
        let (index, found) = FieldSet.position(of: element, count: children.count) { children[$0].element }
        return found ? children[index].set : nil
    }

    /// Calls `body` with the path of every field: members of a node before what lies below its children.
    public func forEach(_ body: ([PathElement]) -> Void) {
        var path: [PathElement] = []
        visit(&path, body)
    }

    private func visit(_ path: inout [PathElement], _ body: ([PathElement]) -> Void) {
        for member in members { body(path + [member]) }
        for child in children {
            path.append(child.element)
            child.set.visit(&path, body)
            path.removeLast()
        }
    }

    // MARK: Changing

    /// Adds a field. The empty path is the object itself, which nobody owns.
    public mutating func insert(_ path: some Collection<PathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            insertMember(first)
        } else {
            withChild(first) { $0.insert(path.dropFirst()) }
        }
    }

    mutating func insertMember(_ element: PathElement) {
        if let last = members.last, last < element {
            members.append(element)
            return
        }
        let (index, found) = FieldSet.position(of: element, count: members.count) { members[$0] }
        if !found { members.insert(element, at: index) }
    }

    mutating func withChild(_ element: PathElement, _ body: (inout FieldSet) -> Void) {
        let (index, found) = FieldSet.position(of: element, count: children.count) { children[$0].element }
        if !found { children.insert(Child(element: element, set: FieldSet()), at: index) }
        body(&children[index].set)
        if children[index].set.isEmpty { children.remove(at: index) }
    }

    // MARK: Set operations

    /// The fields of either set.
    public func union(_ other: FieldSet) -> FieldSet {
        combined(other, members: { $0 || $1 }) { first, second in
            switch (first, second) {
            case (let first?, let second?): first.union(second)
            default: first ?? second
            }
        }
    }

    /// The fields that are in both sets.
    public func intersection(_ other: FieldSet) -> FieldSet {
        combined(other, members: { $0 && $1 }) { first, second in
            guard let first, let second else { return nil }
            return first.intersection(second)
        }
    }

    /// The fields that are not in the other set; what lies below a field is a field of its own.
    public func difference(_ other: FieldSet) -> FieldSet {
        combined(other, members: { $0 && !$1 }) { first, second in
            guard let first, let second else { return first }
            return first.difference(second)
        }
    }

    /// The fields that are not in the other set, nor below one that is.
    public func recursiveDifference(_ other: FieldSet) -> FieldSet {
        let kept = children.filter { !other.hasMember($0.element) }
        return FieldSet(members: members, children: kept).combined(other, members: { $0 && !$1 }) { first, second in
            guard let first, let second else { return first }
            return first.recursiveDifference(second)
        }
    }

    /// Goes through both sets in order. `members` tells from membership in either whether an element stays.
    private func combined(
        _ other: FieldSet, members keeps: (Bool, Bool) -> Bool, children join: (FieldSet?, FieldSet?) -> FieldSet?
    ) -> FieldSet {
        var result = FieldSet()
        FieldSet.zip(members, other.members, { $0 }) { first, second in
            guard let element = first ?? second else { return }
            if keeps(first != nil, second != nil) { result.members.append(element) }
        }
        FieldSet.zip(children, other.children, { $0.element }) { first, second in
            guard let element = first?.element ?? second?.element else { return }
            if let set = join(first?.set, second?.set), !set.isEmpty {
                result.children.append(Child(element: element, set: set))
            }
        }
        return result
    }

    /// Calls `body` for every element that is in either of two sorted lists, once.
    private static func zip<Entry>(
        _ left: [Entry], _ right: [Entry], _ element: (Entry) -> PathElement, _ body: (Entry?, Entry?) -> Void
    ) {
        var first = 0
        var second = 0
        while first < left.count || second < right.count {
            let order =
                first == left.count
                ? 1 : second == right.count ? -1 : PathElement.order(element(left[first]), element(right[second]))
            body(order <= 0 ? left[first] : nil, order >= 0 ? right[second] : nil)
            if order <= 0 { first += 1 }
            if order >= 0 { second += 1 }
        }
    }
}

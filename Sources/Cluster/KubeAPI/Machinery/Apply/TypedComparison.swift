/// What changed from one value to another, field by field; no field is in two of the sets.
///
/// A part that came or went counts with all that is in it, and with itself.
/// Follows structured-merge-diff `typed/compare.go`.
struct TypedComparison {
    private(set) var added = FieldSet()
    private(set) var modified = FieldSet()
    private(set) var removed = FieldSet()

    var isSame: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }
    /// What the new value sets otherwise than the old one.
    var changed: FieldSet { modified.union(added) }

    private init() {}

    init(_ old: JSONValue, _ new: JSONValue, _ type: ApplyType) {
        _ = compare(old, new, type)
    }

    /// Without some fields and all that is below them.
    func excluding(_ fields: FieldSet) -> TypedComparison {
        if fields.isEmpty { return self }
        var result = TypedComparison()
        result.added = added.recursiveDifference(fields)
        result.modified = modified.recursiveDifference(fields)
        result.removed = removed.recursiveDifference(fields)
        return result
    }

    private enum Change { case none, added, modified, removed }

    /// Collects what changed below; tells what became of the value itself.
    private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, _ type: ApplyType) -> Change {
        var shape = type.shape
        if case .deduced = shape {
            shape = ApplyType.deducedShape(new ?? old)
            if let old, let new, !old.hasShape(of: new) { return .modified }
        }
        switch shape {
        case .scalar, .atomicList, .atomicMap, .deduced: return leaf(old, new)
        case .set(let element):
            guard old.hasEntries || new.hasEntries else { return leaf(old, new) }
            compareEntries(old?.arrayValue ?? [], new?.arrayValue ?? [], element, setElement)
        case .listMap(let list):
            guard old.hasEntries || new.hasEntries else { return leaf(old, new) }
            compareEntries(old?.arrayValue ?? [], new?.arrayValue ?? [], list.element, list.element(of:))
        case .structure(let structure):
            guard old.hasMembers || new.hasMembers else { return leaf(old, new) }
            compareMembers(old?.objectValue ?? [:], new?.objectValue ?? [:]) {
                ApplyType.member($0, of: structure) ?? ApplyType(.json)
            }
        case .map(let element):
            guard old.hasMembers || new.hasMembers else { return leaf(old, new) }
            compareMembers(old?.objectValue ?? [:], new?.objectValue ?? [:]) { _ in element }
        }
        return old == nil ? .added : new == nil ? .removed : .none
    }

    private func leaf(_ old: JSONValue?, _ new: JSONValue?) -> Change {
        guard let old else { return .added }
        guard let new else { return .removed }
        return JSONValue.areSame(old, new) ? .none : .modified
    }

    private mutating func compareMembers(
        _ old: StringMap<JSONValue>, _ new: StringMap<JSONValue>, _ type: (String) -> ApplyType
    ) {
        for (name, value) in old { compareMember(.field(name), value, new[name], type(name)) }
        for (name, value) in new where !old.contains(name) { compareMember(.field(name), nil, value, type(name)) }
    }

    private mutating func compareMember(
        _ element: PathElement, _ old: JSONValue?, _ new: JSONValue?, _ type: ApplyType
    ) {
        var below = TypedComparison()
        let change = below.compare(old, new, type)
        note(change, element)
        if !below.added.isEmpty { added.withChild(element) { $0 = $0.union(below.added) } }
        if !below.modified.isEmpty { modified.withChild(element) { $0 = $0.union(below.modified) } }
        if !below.removed.isEmpty { removed.withChild(element) { $0 = $0.union(below.removed) } }
    }

    private mutating func note(_ change: Change, _ element: PathElement) {
        switch change {
        case .none: break
        case .added: added.insertMember(element)
        case .modified: modified.insertMember(element)
        case .removed: removed.insertMember(element)
        }
    }

    /// Entries that share a key cannot be told apart: they are compared as one.
    private mutating func compareEntries(
        _ old: [JSONValue], _ new: [JSONValue], _ type: ApplyType,
        _ element: (JSONValue) -> Result<PathElement, ApplyFailure>
    ) {
        let olds = ListEntries(old, element)
        let news = ListEntries(new, element)
        for element in olds.elements + news.elements.filter({ olds[$0] == nil }) {
            let before = olds[element] ?? []
            let after = news[element] ?? []
            switch (before.count, after.count) {
            case (...1, ...1): compareMember(element, before.first, after.first, type)
            case (2..., 2...):
                if before.count != after.count || !zip(before, after).allSatisfy(JSONValue.areSame) {
                    modified.insertMember(element)
                }
            case (2..., _):
                if let first = after.first { compareMember(element, nil, first, type) }
                removed.insertMember(element)
            default:
                if let first = before.first { compareMember(element, first, nil, type) }
                added.insertMember(element)
            }
        }
    }
}

extension JSONValue? {
    fileprivate var hasEntries: Bool {
        if case .array(let entries)? = self { !entries.isEmpty } else { false }
    }

    fileprivate var hasMembers: Bool {
        if case .object(let members)? = self { !members.isEmpty } else { false }
    }
}

extension JSONValue {
    fileprivate func hasShape(of other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object, .object), (.array, .array), (.null, _), (_, .null): return true
        case (.object, _), (_, .object), (.array, _), (_, .array): return false
        default: return true
        }
    }
}

/// The entries of a list by what they are known by. Entries that cannot be known are left out.
struct ListEntries {
    /// In the list's order, each once.
    private(set) var elements: [PathElement] = []
    private var sorted: [(element: PathElement, values: [JSONValue])] = []

    init(_ list: [JSONValue], _ element: (JSONValue) -> Result<PathElement, ApplyFailure>) {
        for entry in list {
            guard case .success(let element) = element(entry) else { continue }
            let (index, found) = position(of: element)
            if found {
                sorted[index].values.append(entry)
            } else {
                sorted.insert((element, [entry]), at: index)
                elements.append(element)
            }
        }
    }

    private func position(of element: PathElement) -> (index: Int, found: Bool) {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            let order = PathElement.order(sorted[middle].element, element)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    subscript(element: PathElement) -> [JSONValue]? {
        let (index, found) = position(of: element)
        return found ? sorted[index].values : nil
    }
}

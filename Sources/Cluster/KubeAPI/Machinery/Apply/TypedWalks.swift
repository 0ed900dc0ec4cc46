// Walks over one value by its type: is it well-formed, which fields does it have, and what is left without some.

extension JSONValue {
    /// The entries of an object; nil for anything else.
    fileprivate var members: StringMap<JSONValue>? { objectValue }

    private var isEmptyObject: Bool {
        if case .object(let members) = self { members.isEmpty } else { false }
    }

    // MARK: Validation

    /// What a schema finds wrong with a value: fields that it does not have, values of another type, entries of a list
    /// that cannot be told apart. Follows structured-merge-diff `typed/validate.go`.
    func applyFailures(_ type: ApplyType) -> [ApplyFailure] {
        if isNull { return [] }
        switch type.shape {
        case .scalar:
            return type.scalarFailure(self).map { [ApplyFailure($0)] } ?? []
        case .atomicList: return arrayValue == nil ? [.expected("list", self)] : []
        case .set(let element):
            guard let entries = arrayValue else { return [.expected("list", self)] }
            return JSONValue.failures(in: entries, element, setElement)
        case .listMap(let list):
            guard let entries = arrayValue else { return [.expected("list", self)] }
            return JSONValue.failures(in: entries, list.element, list.element(of:))
        case .structure(let structure):
            guard let members else { return [.expected("map", self)] }
            return members.flatMap { name, value in
                guard let member = ApplyType.member(name, of: structure) else {
                    return [ApplyFailure("field not declared in schema").below(.field(name))]
                }
                return value.applyFailures(member).map { $0.below(.field(name)) }
            }
        case .map(let element):
            guard let members else { return [.expected("map", self)] }
            return members.flatMap { name, value in
                value.applyFailures(element).map { $0.below(.field(name)) }
            }
        case .atomicMap: return members == nil ? [.expected("map", self)] : []
        case .deduced: return []
        }
    }

    private static func failures(
        in entries: [JSONValue], _ type: ApplyType, _ element: (JSONValue) -> Result<PathElement, ApplyFailure>
    ) -> [ApplyFailure] {
        var seen = FieldSet()
        var failures: [ApplyFailure] = []
        for (index, entry) in entries.enumerated() {
            switch element(entry) {
            case .failure(var failure):
                failure.message = "element \(index): \(failure.message)"
                failures.append(failure)
            case .success(let element):
                if seen.hasMember(element) { failures.append(ApplyFailure("duplicate entries for key \(element)")) }
                seen.insertMember(element)
                failures += entry.applyFailures(type).map { $0.below(element) }
            }
        }
        return failures
    }

    // MARK: Fields

    /// The fields that a value sets. Follows structured-merge-diff `typed/tofieldset.go`.
    func fieldSet(_ type: ApplyType) -> FieldSet {
        var set = FieldSet()
        _ = gather(type, into: &set)
        return set
    }

    /// Adds what is below the value; tells whether the value itself is a field, as one without parts is.
    private func gather(_ type: ApplyType, into set: inout FieldSet) -> Bool {
        var shape = type.shape
        if case .deduced = shape { shape = ApplyType.deducedShape(self) }
        switch shape {
        case .scalar, .atomicList, .atomicMap, .deduced: return true
        case .set(let element):
            gatherEntries(element, into: &set, setElement)
            return false
        case .listMap(let list):
            gatherEntries(list.element, into: &set, list.element(of:))
            return false
        case .structure(let structure):
            for (name, value) in members ?? [:] {
                let type = ApplyType.member(name, of: structure)
                gatherMember(name, value, type ?? ApplyType(.json), isField: type == nil, into: &set)
            }
            return false
        case .map(let element):
            for (name, value) in members ?? [:] { gatherMember(name, value, element, isField: true, into: &set) }
            return false
        }
    }

    /// Entries of a map are fields themselves; members of a struct only when they have no parts.
    private func gatherMember(
        _ name: String, _ value: JSONValue, _ type: ApplyType, isField: Bool, into set: inout FieldSet
    ) {
        var below = FieldSet()
        let isLeaf = value.gather(type, into: &below)
        if isLeaf || isField || value.isNull || value.isEmptyObject { set.insertMember(.field(name)) }
        if !below.isEmpty { set.withChild(.field(name)) { $0 = below } }
    }

    private func gatherEntries(
        _ type: ApplyType, into set: inout FieldSet, _ element: (JSONValue) -> Result<PathElement, ApplyFailure>
    ) {
        var once = FieldSet()
        var twice = FieldSet()
        let known: [(PathElement, JSONValue)] = (arrayValue ?? []).compactMap { entry in
            guard case .success(let element) = element(entry) else { return nil }
            if once.hasMember(element) { twice.insertMember(element) }
            once.insertMember(element)
            return (element, entry)
        }
        for (element, entry) in known {
            set.insertMember(element)
            // Of entries that share a key only the key is known.
            if twice.hasMember(element) { continue }
            var below = FieldSet()
            _ = entry.gather(type, into: &below)
            if !below.isEmpty { set.withChild(element) { $0 = below } }
        }
    }

    // MARK: Removal

    /// The value without some of its fields; what loses all its parts becomes null. Follows structured-merge-diff
    /// `typed/remove.go`.
    func removing(_ fields: FieldSet, _ type: ApplyType) -> JSONValue {
        var shape = type.shape
        if case .deduced = shape { shape = ApplyType.deducedShape(self) }
        switch shape {
        case .scalar, .deduced: return self
        case .atomicList, .atomicMap: return .null
        case .set(let element): return removingEntries(fields, element, setElement)
        case .listMap(let list): return removingEntries(fields, list.element, list.element(of:))
        case .structure(let structure):
            return removingMembers(fields) { ApplyType.member($0, of: structure) ?? ApplyType(.json) }
        case .map(let element): return removingMembers(fields) { _ in element }
        }
    }

    private func removingMembers(_ fields: FieldSet, _ type: (String) -> ApplyType) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        var result: StringMap<JSONValue> = [:]
        for (name, value) in members where !fields.hasMember(.field(name)) {
            result.insert(name, fields.child(.field(name)).map { value.removing($0, type(name)) } ?? value)
        }
        return result.isEmpty ? .null : .object(result)
    }

    private func removingEntries(
        _ fields: FieldSet, _ type: ApplyType, _ element: (JSONValue) -> Result<PathElement, ApplyFailure>
    ) -> JSONValue {
        guard case .array(let entries) = self else { return .null }
        let result = entries.compactMap { entry -> JSONValue? in
            guard case .success(let element) = element(entry) else { return entry }
            if fields.hasMember(element) { return nil }
            return fields.child(element).map { entry.removing($0, type) } ?? entry
        }
        return result.isEmpty ? .null : .array(result)
    }
}

extension ApplyFailure {
    fileprivate static func expected(_ what: String, _ value: JSONValue) -> ApplyFailure {
        ApplyFailure("expected \(what), got &{\(StrategicMergePatch.text(value))}")
    }
}

extension FieldSet {
    /// The set with those members of structs that hold fields of the set. Follows `EnsureNamedFieldsAreMembers`.
    func withNamedFields(_ type: ApplyType?) -> FieldSet {
        var result = self
        if case .structure(let structure)? = type?.shape {
            for child in children {
                guard case .field(let name) = child.element, ApplyType.member(name, of: structure) != nil else {
                    continue
                }
                result.insertMember(child.element)
            }
        }
        return FieldSet(
            members: result.members,
            children: children.map {
                Child(element: $0.element, set: $0.set.withNamedFields(type?.below($0.element)))
            })
    }
}

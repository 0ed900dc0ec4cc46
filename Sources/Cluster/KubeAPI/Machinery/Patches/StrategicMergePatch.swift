/// A strategic merge patch: a partial object whose lists merge by the keys of the schema, with directives in it.
///
/// - `$patch: replace` takes the object that it stands in as it is; `$patch: delete` empties it, or in a list deletes
///   the entry with the same merge key; `$patch: replace` as an entry of a list replaces the list.
/// - `$retainKeys: [a, b]` clears the other fields of an object.
/// - `$setElementOrder/list: […]` orders a list.
/// - `$deleteFromPrimitiveList/list: […]` deletes from a list of strings or numbers.
///
/// An example, for containers, which merge by name: `{a:1,b:2}` and `[{name:c},{name:a,$patch:delete}]` onto
/// `[{name:a},{name:b}]` give `[{name:c},{name:b}]`: entries of the patch keep the patch's order and come before those
/// that only the server has, unless the server's order says otherwise.
/// Follows apimachinery `pkg/util/strategicpatch/patch.go`.
struct StrategicMergePatch {
    /// Why a patch cannot be applied, and what the server answers to that.
    enum Failure: Error {
        /// 400: the patch itself is wrong.
        case badRequest(String)
        /// 422: the patch does not fit the object.
        case unprocessable
        /// 500, in upstream's words.
        case other(String)
    }

    static let directive = "$patch"
    static let retainKeys = "$retainKeys"
    static let setElementOrder = "$setElementOrder/"
    static let deleteFromPrimitiveList = "$deleteFromPrimitiveList/"

    typealias Members = StringMap<JSONValue>

    /// What the schema says about the value of a field.
    private struct Shape {
        var type: SchemaFieldType
        var strategy: SchemaField.PatchStrategy = []
        var mergeKey: String?

        /// The shape of a member of an object of this type.
        func member(_ name: String) -> Shape {
            switch type {
            case .map(let element): return Shape(type: element)
            case .object:
                guard let field = type.objectType?.field(name) else { return Shape(type: .json) }
                return Shape(type: field.type, strategy: field.patchStrategy, mergeKey: field.patchMergeKey)
            default: return Shape(type: .json)
            }
        }

        /// The shape of a member that must be a list, or why there is none.
        func list(_ name: String) throws(Failure) -> Shape {
            guard case .object(let typeName) = type else {
                throw .other("merging an object in json but data type is not struct, instead is: \(goKind)")
            }
            guard let owner = type.objectType, let field = owner.field(name) else {
                let goName = type.objectType?.goName ?? typeName
                throw .other("unable to find api field in struct \(goName) for the json field \(GoText.quoted(name))")
            }
            guard case .list = field.type else { throw .other("expected slice or array type, but got: struct") }
            return member(name)
        }

        /// Go's kind of the type, as messages name it.
        var goKind: String {
            switch type {
            case .string: "string"
            case .int32: "int32"
            case .int64: "int64"
            case .bool: "bool"
            case .double: "float64"
            case .list, .bytes: "slice"
            case .map: "map"
            case .json: "interface"
            case .time, .microTime, .quantity, .intOrString, .object: "struct"
            }
        }

        /// The shape of an entry of a list of this type.
        var element: Shape {
            if case .list(let element) = type { Shape(type: element) } else { Shape(type: .json) }
        }
    }

    /// Merges `patch` into an object of a kind.
    static func apply(_ patch: Members, to object: Members, of kind: ResourceKind) throws(Failure) -> Members {
        try merge(object, patch, Shape(type: .object(SchemaTable.shared.type(of: kind).name)))
    }

    // MARK: Objects

    private static func merge(_ original: Members, _ patch: Members, _ shape: Shape) throws(Failure) -> Members {
        var original = original
        var patch = patch
        if let directive = patch[directive] {
            switch directive.stringValue {
            case "replace":
                patch.removeValue(forKey: Self.directive)
                return patch
            case "delete": return [:]
            default: throw unknownDirective(directive, .object(patch))
            }
        }
        if let keys = patch.removeValue(forKey: retainKeys) { try retain(keys, in: &original, patch) }
        for (name, order) in patch where name.hasPrefix(setElementOrder) {
            try reorder(String(name.dropFirst(setElementOrder.count)), order, &original, &patch, shape)
            patch.removeValue(forKey: name)
        }
        for (name, change) in patch {
            let isDeletion = name.hasPrefix(deleteFromPrimitiveList)
            let field = isDeletion ? String(name.dropFirst(deleteFromPrimitiveList.count)) : name
            if change.isNull {
                original.removeValue(forKey: field)
                continue
            }
            guard let present = original[field], haveSameType(present, change) else {
                if !isDeletion { original[field] = withoutDirectives(withoutNulls(change)) }
                continue
            }
            let member = shape.member(field)
            switch (present, change) {
            case (.object(let members), .object(let changes)):
                if member.strategy.contains(.replace) {
                    original[field] = change
                } else {
                    original[field] = .object(try merge(members, changes, member))
                }
            case (.array(let elements), .array(let changes)):
                if isDeletion || member.strategy.contains(.merge) {
                    original[field] = .array(try mergeLists(elements, changes, member, isDeletion: isDeletion))
                } else {
                    original[field] = change
                }
            default: original[field] = change
            }
        }
        return original
    }

    private static func haveSameType(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.object, .object), (.array, .array), (.string, .string), (.bool, .bool), (.int, .int), (.double, .double):
            true
        default: false
        }
    }

    /// Clears the members that are not in the list. Each member that the patch sets must be in it.
    private static func retain(_ keys: JSONValue, in original: inout Members, _ patch: Members) throws(Failure) {
        guard case .array(let list) = keys else { throw .badRequest("invalid patch format of retainKeys") }
        let names = list.compactMap(\.stringValue)
        for (name, change) in patch where !change.isNull && !isListDirective(name) && !names.contains(name) {
            throw .badRequest("invalid patch format of retainKeys")
        }
        for name in original.keys where !names.contains(name) { original.removeValue(forKey: name) }
    }

    /// What a patch sets where the object has nothing: nulls mean nothing there, except as entries of a list.
    private static func withoutNulls(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            var kept: Members = [:]
            for (name, member) in members where !member.isNull { kept[name] = withoutNulls(member) }
            return .object(kept)
        case .array(let elements): return .array(elements.map(withoutNulls))
        default: return value
        }
    }

    /// What a patch sets where the object has nothing: what has a `$patch` goes. Nil if nothing is left. Other
    /// directives stay, as fields that no object has.
    private static func withoutDirectives(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let members):
            if members.contains(directive) { return nil }
            var kept: Members = [:]
            for (name, member) in members {
                if let value = withoutDirectives(member) { kept[name] = value }
            }
            return .object(kept)
        case .array(let elements): return .array(elements.compactMap(withoutDirectives))
        default: return value
        }
    }

    private static func isListDirective(_ name: String) -> Bool {
        name.hasPrefix(setElementOrder) || name.hasPrefix(deleteFromPrimitiveList)
    }

    // MARK: Lists

    /// Merges a list that merges by key, or a list of scalars as a set. `isDeletion` says of scalars that they go.
    private static func mergeLists(
        _ original: [JSONValue], _ patch: [JSONValue], _ shape: Shape, isDeletion: Bool = false
    ) throws(Failure) -> [JSONValue] {
        if original.isEmpty, patch.isEmpty { return original }
        guard try elementsAreObjects(original, patch) else {
            if isDeletion { return original.filter { !patch.contains($0) } }
            let merged = deduplicated(original + patch)
            // Where objects are expected, scalars end here.
            if let key = shape.mergeKey { _ = try partition(merged, by: patch, key) }
            let patched = merged.filter(patch.contains)
            let serverOnly = merged.filter { !patch.contains($0) }
            return normalized(patched, serverOnly, patchOrder: patch, serverOrder: original, key: nil)
        }
        guard let key = shape.mergeKey else {
            throw .other("cannot merge lists without merge key for \(shape.element.goKind)")
        }
        let (remaining, changes) = try applyElementDirectives(original, patch, key)
        var merged = remaining
        for change in changes {
            guard case .object(let members) = change, let value = members[key] else { throw noMergeKey(change, key) }
            if let index = try position(of: value, in: merged, key), case .object(let present) = merged[index] {
                merged[index] = .object(try merge(present, members, shape.element))
            } else {
                merged.append(change)
            }
        }
        let (patched, serverOnly) = try partition(merged, by: changes, key)
        return try normalizedObjects(patched, serverOnly, patchOrder: changes, serverOrder: remaining, key)
    }

    /// Carries out `$patch` entries: deletes from the original, or drops it for `replace`.
    private static func applyElementDirectives(
        _ original: [JSONValue], _ patch: [JSONValue], _ key: String
    ) throws(Failure) -> (original: [JSONValue], patch: [JSONValue]) {
        var remaining = original
        var changes: [JSONValue] = []
        var replaces = false
        for change in patch {
            guard let directive = change[directive] else {
                changes.append(change)
                continue
            }
            switch directive.stringValue {
            case "delete":
                guard let value = change[key] else { throw noMergeKey(change, key) }
                while let index = try position(of: value, in: remaining, key) { remaining.remove(at: index) }
            case "replace": replaces = true
            case "merge": throw .other("merging lists cannot yet be specified in the patch")
            default: throw unknownDirective(directive, change)
            }
        }
        return replaces ? (changes, []) : (remaining, changes)
    }

    /// Carries out `$setElementOrder`: merges the list with its patch, then orders what the patch knows.
    private static func reorder(
        _ field: String, _ order: JSONValue, _ original: inout Members, _ patch: inout Members, _ shape: Shape
    ) throws(Failure) {
        guard let order = try list(order) else { return }
        let present = try list(original[field])
        let changes = try list(patch[field])
        let member = try shape.list(field)
        if let changes { try checkOrder(changes, order, member.mergeKey) }
        let merged: [JSONValue]
        var serverOrder = present ?? []
        switch (present, changes) {
        case (nil, nil): return
        case (let present?, nil): merged = present
        case (nil, let changes?): merged = changes.compactMap(withoutDirectives)
        case (let present?, let changes?):
            if member.strategy.contains(.merge) {
                merged = try mergeLists(present, changes, member)
                if let key = member.mergeKey { serverOrder = overwritten(present, changes, key) }
            } else {
                merged = changes
            }
        }
        let inOrder: [JSONValue]
        let others: [JSONValue]
        if let key = member.mergeKey {
            (inOrder, others) = try partition(merged, by: order, key)
        } else {
            (inOrder, others) = (merged.filter(order.contains), merged.filter { !order.contains($0) })
        }
        let areObjects = try elementsAreObjects(present ?? [], changes ?? [])
        if areObjects {
            // A list of objects that have no merge key cannot be ordered: none of them has the key of no name.
            let key = member.mergeKey ?? ""
            original[field] = .array(
                try normalizedObjects(inOrder, others, patchOrder: order, serverOrder: serverOrder, key))
        } else {
            original[field] = .array(
                normalized(inOrder, others, patchOrder: order, serverOrder: serverOrder, key: nil))
        }
        patch.removeValue(forKey: field)
    }

    private static func list(_ value: JSONValue?) throws(Failure) -> [JSONValue]? {
        guard let value else { return nil }
        guard case .array(let elements) = value else {
            throw badType("[]interface {}", value)
        }
        return elements
    }

    /// The patch's entries, deletions aside, must stand in the order list, in the same order. Another directive is
    /// passed over only while the order list has entries left.
    private static func checkOrder(_ patch: [JSONValue], _ order: [JSONValue], _ key: String?) throws(Failure) {
        if order.isEmpty || patch.isEmpty { return }
        func identity(_ element: JSONValue) -> JSONValue? {
            if let key { element[key] } else { element }
        }
        var wanted = patch[...]
        if key != nil {
            for change in patch where change.objectValue == nil { throw badType("map[string]interface {}", change) }
            wanted = patch.filter { $0[directive]?.stringValue != "delete" }[...]
        }
        var rest = order[...]
        while let change = wanted.first, let next = rest.first {
            if change[directive] != nil {
                wanted.removeFirst()
                continue
            }
            if let key {
                guard case .object = next else { throw badType("map[string]interface {}", next) }
                for element in [change, next] where element[key] == nil { throw noMergeKey(element, key) }
            }
            if identity(change) == identity(next) { wanted.removeFirst() }
            rest.removeFirst()
        }
        if !wanted.isEmpty, rest.isEmpty {
            throw .other(
                "The order in patch list:\n\(text(.array(patch)))\n doesn't match $setElementOrder list:\n"
                    + "\(text(.array(order)))\n")
        }
    }

    /// Whether the entries of lists that have some are objects. They must be of one type, and no lists.
    private static func elementsAreObjects(_ lists: [JSONValue]...) throws(Failure) -> Bool {
        let all = lists.joined()
        guard let first = all.first else { throw .other("no elements in any of the given slices") }
        if case .array = first { throw .unprocessable }
        if !all.allSatisfy({ haveSameType(first, $0) }) {
            throw .other("list element types are not identical: \(text(.array(lists.map(JSONValue.array))))")
        }
        return first.objectValue != nil
    }

    private static func position(of value: JSONValue, in list: [JSONValue], _ key: String) throws(Failure) -> Int? {
        for (index, element) in list.enumerated() {
            guard case .object(let members) = element else { throw .other("value for key \(index) is not a map") }
            if members[key] == value { return index }
        }
        return nil
    }

    private static func partition(
        _ list: [JSONValue], by order: [JSONValue], _ key: String
    ) throws(Failure) -> (inOrder: [JSONValue], others: [JSONValue]) {
        var inOrder: [JSONValue] = []
        var others: [JSONValue] = []
        for element in list {
            guard case .object(let members) = element else { throw badType("map[string]interface {}", element) }
            guard let value = members[key] else { throw noMergeKey(element, key) }
            if try position(of: value, in: order, key) != nil {
                inOrder.append(element)
            } else {
                others.append(element)
            }
        }
        return (inOrder, others)
    }

    private static func normalizedObjects(
        _ patched: [JSONValue], _ serverOnly: [JSONValue], patchOrder: [JSONValue], serverOrder: [JSONValue],
        _ key: String
    ) throws(Failure) -> [JSONValue] {
        for element in patchOrder + serverOrder where element[key] == nil { throw noMergeKey(element, key) }
        return normalized(patched, serverOnly, patchOrder: patchOrder, serverOrder: serverOrder, key: key)
    }

    // MARK: Messages

    private static func noMergeKey(_ element: JSONValue, _ key: String) -> Failure {
        .other("map: \(text(element)) does not contain declared merge key: \(key)")
    }

    private static func unknownDirective(_ directive: JSONValue, _ patch: JSONValue) -> Failure {
        .other("unknown patch type: \(quotedText(directive)) in map: \(text(patch))")
    }

    /// A value as Go's `%s` prints it, which tells what is no text.
    private static func quotedText(_ value: JSONValue) -> String {
        switch value {
        case .string(let value): value
        case .null: "%!s(<nil>)"
        case .array(let elements): "[" + elements.map(quotedText).joined(separator: " ") + "]"
        case .object(let members):
            "map[" + members.map { $0.key + ":" + quotedText($0.value) }.joined(separator: " ") + "]"
        default: "%!s(\(value.goType)=\(text(value)))"
        }
    }

    private static func badType(_ expected: String, _ value: JSONValue) -> Failure {
        .other("expected a \(expected), but received a \(value.isNull ? "%!s(<nil>)" : value.goType)")
    }

    /// A value as Go's `%v` prints it.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): value
        case .array(let elements): "[" + elements.map(text).joined(separator: " ") + "]"
        case .object(let members): "map[" + members.map { $0.key + ":" + text($0.value) }.joined(separator: " ") + "]"
        }
    }
}

// Merging an applied configuration into an object by its type.

extension JSONValue {
    /// The value with what a configuration sets: members and entries are merged, what is one value is replaced. Nothing
    /// is removed; null changes nothing that has parts. The configuration is well-formed.
    ///
    /// Follows structured-merge-diff `typed/merge.go`.
    func merging(_ configuration: JSONValue, _ type: ApplyType) -> JSONValue {
        JSONValue.merge(self, configuration, type) ?? .null
    }

    private static func merge(_ live: JSONValue?, _ applied: JSONValue?, _ type: ApplyType) -> JSONValue? {
        var shape = type.shape
        var live = live
        if case .deduced = shape {
            shape = ApplyType.deducedShape(applied ?? live)
            // What changes its form is replaced.
            if case .map = shape, live?.objectValue == nil { live = applied == nil ? live : nil }
        }
        switch shape {
        case .scalar, .atomicList, .atomicMap, .deduced: return applied ?? live
        case .set(let element): return mergeLists(live, applied, element, setElement)
        case .listMap(let list): return mergeLists(live, applied, list.element, list.element(of:))
        case .structure(let structure):
            return mergeMembers(live, applied) { ApplyType.member($0, of: structure) ?? ApplyType(.json) }
        case .map(let element): return mergeMembers(live, applied) { _ in element }
        }
    }

    private static func mergeMembers(
        _ live: JSONValue?, _ applied: JSONValue?, _ type: (String) -> ApplyType
    ) -> JSONValue? {
        let old = live?.objectValue ?? [:]
        let new = applied?.objectValue ?? [:]
        // That it is empty, or null, is kept.
        if old.isEmpty, new.isEmpty { return applied ?? live }
        var result = old
        for (name, value) in new { result[name] = merge(old[name], value, type(name)) }
        return .object(result)
    }

    /// The entries of both lists: those of the configuration in its order, and those that only the live list has before
    /// the entries that they stood before.
    private static func mergeLists(
        _ live: JSONValue?, _ applied: JSONValue?, _ type: ApplyType,
        _ element: (JSONValue) -> Result<PathElement, ApplyFailure>
    ) -> JSONValue? {
        let old = live?.arrayValue ?? []
        let new = applied?.arrayValue ?? []
        if old.isEmpty, new.isEmpty { return applied ?? live }
        var merge = ListMerge(old, new, type, element)
        merge.run()
        return .array(merge.result)
    }

    /// Walks two lists at once.
    ///
    ///     live    a b c d          a is not applied, and stays first
    ///     applied   d   b x        d and b change places; c stays behind b, its neighbour
    ///     result  a d b c x
    private struct ListMerge {
        private let old: [(element: PathElement, value: JSONValue)]
        private let new: [(element: PathElement, value: JSONValue)]
        private let olds: ListEntries
        private let news: ListEntries
        private let type: ApplyType
        /// Elements of both lists, in the applied order, that have not been merged.
        private var shared: ArraySlice<PathElement>
        private var merged = FieldSet()
        private(set) var result: [JSONValue] = []

        init(
            _ old: [JSONValue], _ new: [JSONValue], _ type: ApplyType,
            _ element: (JSONValue) -> Result<PathElement, ApplyFailure>
        ) {
            func known(_ list: [JSONValue]) -> [(PathElement, JSONValue)] {
                list.compactMap { entry in
                    guard case .success(let element) = element(entry) else { return nil }
                    return (element, entry)
                }
            }
            self.old = known(old)
            self.new = known(new)
            self.type = type
            let olds = ListEntries(old, element)
            self.olds = olds
            news = ListEntries(new, element)
            shared = self.new.map(\.element).filter { olds[$0] != nil }[...]
        }

        mutating func run() {
            var live = 0
            var applied = 0
            while live < old.count || applied < new.count {
                if live < old.count, applied < new.count {
                    let element = old[live].element
                    if element == new[applied].element {
                        take(new[applied].element, new[applied].value)
                        shared = shared.dropFirst()
                        live += 1
                        applied += 1
                        continue
                    }
                    if news[element] != nil, let next = shared.first, next != element {
                        // Its turn comes when the applied list has it.
                        live += 1
                        continue
                    }
                }
                if live < old.count {
                    let element = old[live].element
                    if news[element] == nil {
                        result.append(old[live].value)
                        live += 1
                        continue
                    }
                    if merged.hasMember(element) { live += 1 }
                }
                if applied < new.count {
                    let element = new[applied].element
                    take(element, new[applied].value)
                    applied += 1
                    if shared.first == element { shared = shared.dropFirst() }
                }
            }
        }

        /// An applied entry, merged into the live one. Live entries that share a key are replaced by it.
        private mutating func take(_ element: PathElement, _ value: JSONValue) {
            merged.insertMember(element)
            let live = olds[element] ?? []
            let entry = live.count == 1 ? JSONValue.merge(live[0], value, type) : value
            if let entry { result.append(entry) }
        }
    }
}

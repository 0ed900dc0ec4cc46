import KubeAPI

/// What one sync does to the slices of a service: which endpoints go where, and which slices are made, written and
/// deleted. Works on the slices that are touched; of the others it knows only how full they are.
///
/// For example, at most 3 a slice: `a` has 3 endpoints, `b` 1, and two more come. They go to `b` together, because it
/// has room for both; had one of `a` left at the same time, `a` would be filled first, for it is written anyway.
/// Follows kubernetes `staging/src/k8s.io/endpointslice/reconciler.go` (reconcileByPortMapping, finalize).
struct EndpointSlicePlan {
    typealias Group = SlicePlacement.Group

    struct Draft {
        /// The slice as it is stored; nil for one to be made.
        let before: EndpointSlice?
        var group: Group
        var endpoints: [Endpoint]
        var isChanged: Bool

        var name: String { before?.name ?? "" }

        /// A stored slice, with the endpoints that stay in it.
        init(_ before: EndpointSlice, endpoints: [Endpoint], isChanged: Bool) {
            self.before = before
            group = before.ports
            self.endpoints = endpoints
            self.isChanged = isChanged
        }

        init(_ group: Group, _ endpoints: [Endpoint]) {
            before = nil
            self.group = group
            self.endpoints = endpoints
            isChanged = true
        }
    }

    static let maximumPerSlice = 100

    /// The slices that are touched, in key order, then those to be made.
    private(set) var drafts: [Draft]
    /// Stored slices of the service's that are not its own: of a service of the same name that is gone.
    let foreign: [EndpointSlice]
    /// Slices that are not touched, by name.
    private var untouched: [(name: String, group: Group, count: Int)]
    private let load: (String) -> EndpointSlice?

    /// `untouched`: in key order. `load` fetches one of them, when it is to be filled.
    init(
        _ drafts: [Draft], foreign: [EndpointSlice] = [],
        untouched: [(name: String, group: Group, count: Int)] = [],
        load: @escaping (String) -> EndpointSlice? = { _ in nil }
    ) {
        self.drafts = drafts
        self.foreign = foreign
        self.untouched = untouched
        self.load = load
    }

    // MARK: Placing

    /// Finds places for endpoints that are in no slice yet.
    mutating func place(_ rest: [(group: Group, endpoint: Endpoint)]) {
        var remaining = rest
        while let group = remaining.first?.group {
            var endpoints = remaining.filter { $0.group == group }.map { $0.endpoint }[...]
            remaining.removeAll { $0.group == group }
            fillChanged(group, &endpoints)
            while !endpoints.isEmpty { placeTogether(group, &endpoints) }
        }
    }

    /// Slices that are written anyway are filled first, the fullest before the others.
    private mutating func fillChanged(_ group: Group, _ endpoints: inout ArraySlice<Endpoint>) {
        let candidates = drafts.indices.filter { index in
            drafts[index].group == group && drafts[index].isChanged && !drafts[index].endpoints.isEmpty
        }
        let fullest = candidates.sorted { drafts[$0].endpoints.count > drafts[$1].endpoints.count }
        for index in fullest {
            let room = EndpointSlicePlan.maximumPerSlice - drafts[index].endpoints.count
            drafts[index].endpoints += endpoints.prefix(room)
            endpoints = endpoints.dropFirst(room)
        }
    }

    /// The rest goes to one slice that has room for all of it, the fullest such; else a new one is filled.
    private mutating func placeTogether(_ group: Group, _ endpoints: inout ArraySlice<Endpoint>) {
        if endpoints.count < EndpointSlicePlan.maximumPerSlice, let index = sliceToFill(group, endpoints.count) {
            drafts[index].endpoints += endpoints
            drafts[index].isChanged = true
            endpoints = []
            return
        }
        drafts.append(Draft(group, Array(endpoints.prefix(EndpointSlicePlan.maximumPerSlice))))
        endpoints = endpoints.dropFirst(EndpointSlicePlan.maximumPerSlice)
    }

    private mutating func sliceToFill(_ group: Group, _ count: Int) -> Int? {
        let most = EndpointSlicePlan.maximumPerSlice - count
        var best: (draft: Int?, untouched: Int?, count: Int)?
        for (index, draft) in drafts.enumerated()
        where draft.group == group && !draft.isChanged && !draft.endpoints.isEmpty && draft.endpoints.count <= most {
            if draft.endpoints.count > best?.count ?? 0 { best = (index, nil, draft.endpoints.count) }
        }
        for (index, slice) in untouched.enumerated() where slice.group == group && slice.count <= most {
            if slice.count > best?.count ?? 0 { best = (nil, index, slice.count) }
        }
        if let index = best?.untouched {
            let name = untouched.remove(at: index).name
            guard let slice = load(name) else { return nil }
            drafts.append(Draft(slice, endpoints: slice.endpoints, isChanged: false))
            return drafts.count - 1
        }
        return best?.draft
    }

    // MARK: Finishing

    /// What is to be written, in this order.
    struct Writes {
        var created: [Draft] = []
        var updated: [Draft] = []
        var deleted: [EndpointSlice] = []
        /// Touched slices that stay as they are.
        var kept: [Draft] = []
    }

    /// Slices without endpoints go, or are taken for new ones; a service without any keeps one empty slice.
    func finish() -> Writes {
        var writes = Writes()
        var doomed: [Draft] = []
        for draft in drafts {
            switch (draft.before, draft.endpoints.isEmpty) {
            case (nil, _): writes.created.append(draft)
            case (_, true): doomed.append(draft)
            case (_, false): if draft.isChanged { writes.updated.append(draft) } else { writes.kept.append(draft) }
            }
        }
        if writes.created.isEmpty, writes.updated.isEmpty, writes.kept.isEmpty, untouched.isEmpty {
            if doomed.count == 1, foreign.isEmpty, doomed[0].before?.endpoints.isEmpty == true,
                doomed[0].group.isEmpty
            {
                let placeholder = doomed.removeFirst()
                if placeholder.isChanged { writes.updated.append(placeholder) } else { writes.kept.append(placeholder) }
            } else {
                writes.created.append(Draft([], []))
            }
        }
        // A slice that would go becomes one that would be made, which spares everybody two changes.
        while !doomed.isEmpty, let new = writes.created.popLast() {
            guard let before = doomed.removeFirst().before else { continue }
            var draft = Draft(before, endpoints: new.endpoints, isChanged: true)
            draft.group = new.group
            writes.updated.append(draft)
        }
        writes.deleted = doomed.compactMap(\.before) + foreign
        return writes
    }
}

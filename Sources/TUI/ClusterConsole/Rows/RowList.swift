import ClusterCore
import DequeModule
import KubeAPI
import KubeClient
import KubeCluster

/// Where a row stands: by a sort value, then by its key.
struct RowPlace: Comparable, Sendable {
    let value: SortValue
    let key: ObjectKey

    static func < (left: RowPlace, right: RowPlace) -> Bool {
        if left.value < right.value { return true }
        if right.value < left.value { return false }
        return left.key < right.key
    }
}

/// The rows of a table: which objects, in which order.
///
/// Without a filter and in the natural order (namespace, name) nothing is kept: rows are found by rank in the
/// snapshot's own tree. Otherwise an ordered map is built once, in slices, and from then on a change costs O(log n).
///
/// For example: 150,000 pods sorted by node. `configure` starts the build; each `work` reads on through the snapshot
/// where the last one stopped; changes that come meanwhile are put in their place whether the build has been there or
/// not, since doing so twice changes nothing.
///
/// Kinds that are worked out, such as usage, are in no tree and tell of no change: their rows are looked for again as
/// the snapshots go on.
final class RowList {
    struct Query: Equatable {
        var kind: ResourceKind
        var namespace: String?
        var condition = RowCondition.all
        /// For nodes, the machines that there are: those without a Node object have rows, too.
        var machines: [String] = []
        var filter: RowFilter?
        /// Only objects that are not well.
        var showsFaultsOnly = false
        /// Nil for the natural order.
        var sort: TableColumns.Column?
        var isDescending = false

        /// Whether the order is the snapshot's own, and nothing of the kind is left out.
        var isNatural: Bool { condition == .all && filter == nil && sort == nil && !showsFaultsOnly }
    }

    /// What one slice of work may cost: looking at an object costs 1, printing its cells 12.
    private static let sliceBudget = 24_000
    /// More rows than this of a kind that is worked out are looked for once a virtual second, and not for each frame.
    private static let computedAtOnce = 1000

    private(set) var query: Query
    private var snapshot: Snapshot
    // While not natural.
    private var places = PersistentMap<RowPlace, Bool>()
    private var placeOf: [ObjectKey: RowPlace] = [:]
    /// Where the build goes on; nil when it is complete.
    private var nextKey: ObjectKey?
    /// Changed objects whose place is to be looked for again, each once.
    private var dirty: Deque<ObjectKey> = []
    private var isDirty: Set<ObjectKey> = []
    private var lost = LostMachines()
    private(set) var loads = NodeLoads()
    /// Nodes whose power is off, sorted, as the rows are sorted by it.
    var poweredOff: [String] = []
    /// Of a kind that is worked out, the snapshot that the rows are of.
    private var computedOf: (revision: Revision, time: Instant)?

    init(_ query: Query, _ snapshot: Snapshot) {
        self.query = query
        self.snapshot = snapshot
        restart()
    }

    /// Asks for other rows, or another order.
    func configure(_ query: Query, _ snapshot: Snapshot) {
        self.snapshot = snapshot
        if query == self.query { return }
        // The other way round needs nothing new.
        let isReversed = {
            var same = query
            same.isDescending = self.query.isDescending
            return same == self.query
        }()
        self.query = query
        if !isReversed { restart() }
    }

    private func restart() {
        places = PersistentMap()
        placeOf = [:]
        dirty = []
        isDirty = []
        computedOf = nil
        lost = LostMachines(among: query.machines, snapshot)
        if !query.machines.isEmpty, !loads.isStarted { loads.start() }
        nextKey = isNatural || isComputed ? nil : range.lowerBound
        if !isNatural { for key in lost.keys { _ = place(key, nil) } }
    }

    private var isComputed: Bool { snapshot.computed[query.kind] != nil }
    /// Whether the snapshot's own tree has exactly these rows.
    private var isNatural: Bool { query.isNatural && !isComputed && lost.isEmpty }

    private var range: Range<ObjectKey> { Snapshot.range(query.kind, namespace: query.namespace) }

    // MARK: Changes

    func apply(_ update: ClusterUpdate) {
        snapshot = update.snapshot.objects
        if !query.machines.isEmpty {
            let nodes = noteMachines(update)
            if update.isReset || lookForMachines(update.changes) { return restart() }
            if !isNatural { for name in nodes { note(ObjectKey(.node, name: name)) } }
        }
        if isNatural || isComputed { return }
        if update.isReset { return restart() }
        for change in update.changes where change.kind == query.kind {
            if let namespace = query.namespace, change.key.namespace != namespace { continue }
            note(change.key)
        }
    }

    private func note(_ key: ObjectKey) { if isDirty.insert(key).inserted { dirty.append(key) } }

    /// The nodes whose power or pods are others since. O(changes + nodes without power).
    private func noteMachines(_ update: ClusterUpdate) -> Set<String> {
        if update.isReset { loads.start() }
        var nodes = loads.apply(update.isReset ? [] : update.changes)
        let off = update.snapshot.poweredOffNodes
        if off != poweredOff {
            nodes.formUnion(Set(poweredOff).symmetricDifference(off))
            poweredOff = off
        }
        return nodes
    }

    /// Whether the rows are now to be found in another way. O(changes).
    private func lookForMachines(_ changes: [Change]) -> Bool {
        let wasNatural = isNatural
        for change in changes where change.kind == .node && change.verb != .update {
            lost.look(for: change.key, snapshot)
        }
        return isNatural != wasNatural
    }

    /// Whether rows are still to be put in their place.
    var hasWork: Bool { nextKey != nil || !dirty.isEmpty || isOutdated || loads.isCounting }
    /// Whether the rows are not all known yet.
    var isBuilding: Bool { nextKey != nil }

    private var isOutdated: Bool {
        guard isComputed else { return false }
        guard let computedOf else { return true }
        if computedOf.revision == snapshot.revision && computedOf.time == snapshot.time { return false }
        return places.count <= RowList.computedAtOnce || snapshot.time - computedOf.time >= .seconds(1)
    }

    /// O(objects).
    private func compute() {
        places = PersistentMap()
        placeOf = [:]
        snapshot.forEach(query.kind, namespace: query.namespace) { object in
            _ = place(object.key, object)
            return true
        }
        computedOf = (snapshot.revision, snapshot.time)
    }

    /// Does one slice of what is left to do, or all of it.
    func work(isUnlimited: Bool = false) {
        if isOutdated { compute() }
        if loads.isCounting {
            loads.work(snapshot, budget: isUnlimited ? Int.max : RowList.sliceBudget / 12)
            // What was unknown till now may be what the rows are sorted by.
            if !loads.isCounting, query.sort?.source.isOfMachine == true { restart() }
        }
        if isNatural || isComputed { return }
        var budget = isUnlimited ? Int.max : RowList.sliceBudget
        while budget > 0, let key = dirty.popFirst() {
            isDirty.remove(key)
            budget -= place(key, snapshot.object(key))
        }
        guard let start = nextKey, budget > 0 else { return }
        nextKey = nil
        let end = range.upperBound
        snapshot.objects.forEach(in: start..<end) { key, object in
            if budget <= 0 {
                nextKey = key
                return false
            }
            budget -= place(key, object)
            return true
        }
    }

    /// Puts a row where it belongs now, or takes it away. Returns what that cost.
    private func place(_ key: ObjectKey, _ object: KubeObject?) -> Int {
        var cost = 1
        var new: RowPlace?
        if let object, query.condition.contains(object) {
            var isIn = true
            if let filter = query.filter {
                cost += filter.cost
                isIn = filter.matches(object)
            }
            if isIn, query.showsFaultsOnly {
                cost += 12
                isIn = RowColors.isFaulty(object)
            }
            if isIn {
                var value = SortValue.none
                if let column = query.sort {
                    cost += SortValue.isPrinted(column) ? 12 : 1
                    value = machineValue(object.name, column) ?? SortValue.of(object, column: column)
                }
                new = RowPlace(value: value, key: key)
            }
        }
        if object == nil, lost.keys.contains(key), query.filter?.matches(machine: key.name) ?? true {
            let value = query.sort.map { column in
                machineValue(key.name, column) ?? SortValue.of(machine: key.name, column: column)
            }
            new = RowPlace(value: value ?? .none, key: key)
        }
        let old = placeOf[key]
        if old == new { return cost }
        if let old { places[old] = nil }
        if let new { places[new] = true }
        placeOf[key] = new
        return cost + 2
    }

    /// The value of a column that tells of a node's machine and what runs there; nil for the others.
    private func machineValue(_ name: String, _ column: TableColumns.Column) -> SortValue? {
        let load = loads.load(of: name) ?? NodeLoads.Load()
        return switch column.source {
        case .power: .text(ClusterSnapshot.power(of: name, off: poweredOff, of: query.machines))
        case .pods: .number(Double(load.pods))
        case .cpuRequests: .number(Double(load.milliCPU))
        case .memoryRequests: .number(Double(load.memory))
        default: nil
        }
    }

    // MARK: Rows

    var count: Int {
        isNatural ? snapshot.count(query.kind, namespace: query.namespace) : places.count
    }

    /// Whether a row is that of a machine without a Node object.
    func isLostMachine(_ key: ObjectKey) -> Bool { lost.keys.contains(key) }
    /// How many of the rows are. O(machines without a Node object).
    var lostMachineRowCount: Int { lost.keys.count { placeOf[$0] != nil } }

    /// The key of a row; `index` must be below `count`.
    func key(at index: Int) -> ObjectKey {
        let rank = query.isDescending ? count - 1 - index : index
        if isNatural {
            let first = snapshot.objects.index(of: range.lowerBound)
            return snapshot.objects.element(at: first + rank).key
        }
        return places.element(at: rank).key.key
    }

    /// Where a row stands, nil when it is not among the rows.
    func index(of key: ObjectKey) -> Int? {
        let rank: Int
        if isNatural {
            guard range.contains(key), snapshot.objects.contains(key) else { return nil }
            rank = self.rank(of: key)
        } else {
            guard let place = placeOf[key] else { return nil }
            rank = places.index(of: place)
        }
        return query.isDescending ? count - 1 - rank : rank
    }

    /// How many rows of the natural order stand before a key, whether or not it is among them.
    private func rank(of key: ObjectKey) -> Int {
        snapshot.objects.index(of: key) - snapshot.objects.index(of: range.lowerBound)
    }

    /// Where a row that has gone would stand among the rows that are there: its neighbour above decides.
    func index(after neighbour: ObjectKey?) -> Int {
        guard let neighbour, let index = index(of: neighbour) else { return 0 }
        return index + 1
    }
}

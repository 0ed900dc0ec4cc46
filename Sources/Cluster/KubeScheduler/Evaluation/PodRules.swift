import KubeAPI

/// A shape's rules about other pods, each with the counter that holds its counts.
///
/// The counters of the hard constraints come first, then those of the soft ones, then the rest in the order in which
/// they were found to be needed.
struct PodRules {
    /// What a counter counts, and over which topology.
    struct Counter: Equatable {
        enum Purpose: Equatable {
            case hardSpread(Int)
            case softSpread(Int)
            case affinity
            case antiAffinity
            case existingAntiAffinity
            case score
        }

        let purpose: Purpose
        let topologyKey: String
    }

    /// What each pod of an identity adds to the counters.
    struct Effect {
        let counter: Int
        let amount: Int
        /// Spreading does not count pods that are going away.
        let skipsTerminating: Bool
    }

    private let identity: PodIdentity
    let hardConstraints: [SpreadConstraint]
    let softConstraints: [SpreadConstraint]
    /// Whether the pod counts itself, for each hard constraint.
    let hardSelfMatches: [Bool]
    /// Whether nodes that lack a topology label are left out of soft spreading; the defaults leave none out.
    let softNeedsAllLabels: Bool
    let matchesOwnAffinity: Bool
    private(set) var counters: [Counter] = []
    private(set) var affinityCounters: [Int] = []
    private(set) var antiAffinityCounters: [Int] = []
    private(set) var existingAntiAffinityCounters: [Int] = []
    private(set) var scoreCounters: [Int] = []

    init(_ shape: PodShape, constraints: [SpreadConstraint], _ namespaceLabels: (String) -> StringMap<String>) {
        identity = shape.identity
        hardConstraints = constraints.filter(\.isHard)
        softConstraints = constraints.filter { !$0.isHard }
        hardSelfMatches = hardConstraints.map { $0.selector.matches(shape.labels) }
        softNeedsAllLabels = !shape.ownConstraints.isEmpty
        let identity = shape.identity
        matchesOwnAffinity = identity.requiredAffinity.allSatisfy { $0.matches(identity, namespaceLabels) }
        for (index, constraint) in hardConstraints.enumerated() {
            counters.append(Counter(purpose: .hardSpread(index), topologyKey: constraint.topologyKey))
        }
        for (index, constraint) in softConstraints.enumerated() {
            counters.append(Counter(purpose: .softSpread(index), topologyKey: constraint.topologyKey))
        }
        for term in identity.requiredAffinity { _ = counter(.affinity, term.topologyKey) }
        for term in identity.requiredAntiAffinity { _ = counter(.antiAffinity, term.topologyKey) }
    }

    /// Whether any rule looks at pods of other namespaces.
    var reachesOtherNamespaces: Bool { identity.hasAffinity }

    /// Finds the counter for a purpose over a topology, or makes it.
    private mutating func counter(_ purpose: Counter.Purpose, _ topologyKey: String) -> Int {
        let counter = Counter(purpose: purpose, topologyKey: topologyKey)
        if let index = counters.firstIndex(of: counter) { return index }
        counters.append(counter)
        let index = counters.count - 1
        switch purpose {
        case .affinity: affinityCounters.append(index)
        case .antiAffinity: antiAffinityCounters.append(index)
        case .existingAntiAffinity: existingAntiAffinityCounters.append(index)
        case .score: scoreCounters.append(index)
        case .hardSpread, .softSpread: break
        }
        return index
    }

    /// What a pod of another identity means to this one. May add counters.
    mutating func effects(of other: PodIdentity, _ namespaceLabels: (String) -> StringMap<String>) -> [Effect] {
        var amounts: [(counter: Int, amount: Int)] = []
        func add(_ counter: Int, _ amount: Int) {
            if let index = amounts.firstIndex(where: { $0.counter == counter }) {
                amounts[index].amount += amount
            } else {
                amounts.append((counter, amount))
            }
        }
        if other.namespace == identity.namespace {
            for (index, constraint) in (hardConstraints + softConstraints).enumerated()
            where constraint.selector.matches(other.labels) {
                add(index, 1)
            }
        }
        let required = identity.requiredAffinity
        if !required.isEmpty, required.allSatisfy({ $0.matches(other, namespaceLabels) }) {
            for term in required { add(counter(.affinity, term.topologyKey), 1) }
        }
        for term in identity.requiredAntiAffinity where term.matches(other, namespaceLabels) {
            add(counter(.antiAffinity, term.topologyKey), 1)
        }
        for term in other.requiredAntiAffinity where term.matches(identity, namespaceLabels) {
            add(counter(.existingAntiAffinity, term.topologyKey), 1)
        }
        for (terms, sign, subject) in [
            (identity.preferredAffinity, 1, other), (identity.preferredAntiAffinity, -1, other),
            (other.preferredAffinity, 1, identity), (other.preferredAntiAffinity, -1, identity),
        ] {
            for term in terms where term.matches(subject, namespaceLabels) {
                add(counter(.score, term.topologyKey), sign * term.weight)
            }
        }
        for term in other.requiredAffinity where term.matches(identity, namespaceLabels) {
            add(counter(.score, term.topologyKey), InterPodAffinity.hardPodAffinityWeight)
        }
        let spreadCount = hardConstraints.count + softConstraints.count
        return amounts.map {
            Effect(counter: $0.counter, amount: $0.amount, skipsTerminating: $0.counter < spreadCount)
        }
    }
}

/// The counts that matter at one place: for each counter its value there, and whether the place has the topology label.
struct SiteCounts {
    var counts: ContiguousArray<Int> = []
    var isPresent: ContiguousArray<Bool> = []
}

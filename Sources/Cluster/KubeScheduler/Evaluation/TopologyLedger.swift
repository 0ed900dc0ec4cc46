import KubeAPI

/// Counts of pods by topology domain, for the rules of one shape, kept up to date pod by pod.
///
/// Every counter has a value for each node: what the pods there add up to. Over a topology with one domain a node
/// (`kubernetes.io/hostname`) that is all; over others the values are also summed by domain, so that a pod that
/// comes or goes changes two numbers and a node that changes its zone takes its value along.
struct TopologyLedger {
    private struct Domain {
        var sum = 0
        /// Nodes of the domain that count for the counter.
        var nodes = 0
    }

    private struct Account {
        /// Index into `topologies`; nil when each node is its own domain.
        let topology: Int?
        /// By slot: what the node's pods add up to.
        var values: ContiguousArray<Int>
        /// By slot: whether the node's value counts.
        var isCounted: ContiguousArray<Bool>
        var domains: ContiguousArray<Domain> = []
        /// Where each node is its own domain: how many counted nodes have each value.
        var histogram: [Int: Int] = [:]
        /// The sum over all counted nodes.
        var total = 0
        let needsMinimum: Bool
    }

    private struct Topology {
        let key: String
        var numbers: [String: Int] = [:]
        /// By slot; -1 where the label is missing.
        var domainOfNode: ContiguousArray<Int>
    }

    private var accounts: ContiguousArray<Account> = []
    private var topologies: ContiguousArray<Topology> = []
    /// By slot: whether the node has the hostname label.
    private var hasHostname: ContiguousArray<Bool>
    /// The counters whose domains are the nodes, in order.
    let perNodeCounters: [Int]

    /// `hasUniqueHostnames`: whether the hostname label stands for one node each. Soft spreading over it counts by
    /// node in any case, as upstream does.
    init(_ counters: [PodRules.Counter], slots: Int, hasUniqueHostnames: Bool) {
        var perNode: [Int] = []
        hasHostname = ContiguousArray(repeating: false, count: slots)
        for (index, counter) in counters.enumerated() {
            var topology: Int?
            var isSoft = false
            var isHard = false
            if case .softSpread = counter.purpose { isSoft = true }
            if case .hardSpread = counter.purpose { isHard = true }
            if counter.topologyKey == WellKnownLabel.hostname, hasUniqueHostnames || isSoft {
                perNode.append(index)
            } else if let known = topologies.firstIndex(where: { $0.key == counter.topologyKey }) {
                topology = known
            } else {
                let none = ContiguousArray(repeating: -1, count: slots)
                topologies.append(Topology(key: counter.topologyKey, domainOfNode: none))
                topology = topologies.count - 1
            }
            accounts.append(
                Account(
                    topology: topology, values: ContiguousArray(repeating: 0, count: slots),
                    isCounted: ContiguousArray(repeating: false, count: slots), needsMinimum: isHard))
        }
        perNodeCounters = perNode
    }

    mutating func grow(to slots: Int) {
        let missing = slots - hasHostname.count
        guard missing > 0 else { return }
        hasHostname.append(contentsOf: repeatElement(false, count: missing))
        for index in topologies.indices {
            topologies[index].domainOfNode.append(contentsOf: repeatElement(-1, count: missing))
        }
        for index in accounts.indices {
            accounts[index].values.append(contentsOf: repeatElement(0, count: missing))
            accounts[index].isCounted.append(contentsOf: repeatElement(false, count: missing))
        }
    }

    // MARK: Changes

    /// Takes a node out of all sums, before its labels change. Its values stay with it.
    mutating func withdraw(_ slot: Int) {
        for index in accounts.indices where accounts[index].isCounted[slot] {
            book(index, slot, accounts[index].values[slot], nodes: -1)
            accounts[index].isCounted[slot] = false
        }
        for index in topologies.indices { topologies[index].domainOfNode[slot] = -1 }
        hasHostname[slot] = false
    }

    /// Puts a node in, under its labels. `counts` says for a counter whether the node's pods count at all.
    mutating func enter(_ slot: Int, labels: StringMap<String>, counts: (Int) -> Bool) {
        hasHostname[slot] = labels.contains(WellKnownLabel.hostname)
        for index in topologies.indices {
            guard let value = labels[topologies[index].key] else { continue }
            let number = topologies[index].numbers[value] ?? topologies[index].numbers.count
            topologies[index].numbers[value] = number
            topologies[index].domainOfNode[slot] = number
        }
        for index in accounts.indices where isPresent(index, slot) && counts(index) {
            accounts[index].isCounted[slot] = true
            book(index, slot, accounts[index].values[slot], nodes: 1)
        }
    }

    /// Adds to a node's value. True if the node itself may now be worse or better than others of its domain.
    @discardableResult
    mutating func add(_ amount: Int, to counter: Int, _ slot: Int) -> Bool {
        let old = accounts[counter].values[slot]
        let isPerNode = accounts[counter].topology == nil
        if accounts[counter].isCounted[slot] {
            if isPerNode {
                book(counter, slot, old, nodes: -1)
                book(counter, slot, old + amount, nodes: 1)
            } else {
                book(counter, slot, amount, nodes: 0)
            }
        }
        accounts[counter].values[slot] = old + amount
        return isPerNode
    }

    /// Books an amount, and a node that comes or goes with it.
    private mutating func book(_ counter: Int, _ slot: Int, _ amount: Int, nodes: Int) {
        let signed = nodes < 0 ? -amount : amount
        accounts[counter].total += signed
        guard let topology = accounts[counter].topology else {
            guard accounts[counter].needsMinimum else { return }
            let count = accounts[counter].histogram[amount, default: 0] + nodes
            accounts[counter].histogram[amount] = count == 0 ? nil : count
            return
        }
        let domain = topologies[topology].domainOfNode[slot]
        while accounts[counter].domains.count <= domain { accounts[counter].domains.append(Domain()) }
        accounts[counter].domains[domain].sum += signed
        accounts[counter].domains[domain].nodes += nodes
    }

    // MARK: Reading

    private func isPresent(_ counter: Int, _ slot: Int) -> Bool {
        guard let topology = accounts[counter].topology else { return hasHostname[slot] }
        return topologies[topology].domainOfNode[slot] >= 0
    }

    /// The node's domain in each topology, with -1 for none, and whether it has the hostname label: nodes that agree
    /// in these share all counts but those by node.
    func place(of slot: Int) -> [Int] {
        var place = topologies.map { $0.domainOfNode[slot] }
        place.append(hasHostname[slot] ? 1 : 0)
        return place
    }

    /// The value of a counter by node as the rules see it: soft spreading sees all pods of the node, hard spreading
    /// none where the node does not count.
    func perNodeValue(_ counter: Int, _ slot: Int) -> Int {
        if accounts[counter].needsMinimum, !accounts[counter].isCounted[slot] { return 0 }
        return accounts[counter].values[slot]
    }

    /// Writes the counts for a place, with these values for the counters by node.
    func read(_ place: [Int], _ perNode: [Int], into site: inout SiteCounts) {
        if site.counts.count != accounts.count {
            site.counts = ContiguousArray(repeating: 0, count: accounts.count)
            site.isPresent = ContiguousArray(repeating: false, count: accounts.count)
        }
        var next = 0
        for index in accounts.indices {
            if let topology = accounts[index].topology {
                let domain = place[topology]
                site.isPresent[index] = domain >= 0
                site.counts[index] = sum(index, domain)
            } else {
                site.isPresent[index] = place[topologies.count] == 1
                site.counts[index] = perNode[next]
                next += 1
            }
        }
    }

    private func sum(_ counter: Int, _ domain: Int) -> Int {
        domain >= 0 && domain < accounts[counter].domains.count ? accounts[counter].domains[domain].sum : 0
    }

    /// The topology of a counter: which element of a place is its domain; nil for counters by node.
    func topology(of counter: Int) -> Int? { accounts[counter].topology }

    func total(_ counter: Int) -> Int { accounts[counter].total }

    /// The least count of any domain; zero when there are fewer domains than demanded. O(domains), or O(different
    /// values) by node. With `adding`, as if that much were added to the node's value.
    func minimum(_ counter: Int, atLeast minDomains: Int, adding: (slot: Int, amount: Int)? = nil) -> Int {
        let account = accounts[counter]
        var least = Int.max
        var domains = 0
        let change = adding.flatMap { account.isCounted[$0.slot] && $0.amount != 0 ? $0 : nil }
        if let topology = account.topology {
            let changed = change.map { topologies[topology].domainOfNode[$0.slot] }
            for (index, domain) in account.domains.enumerated() where domain.nodes > 0 {
                domains += 1
                least = min(least, domain.sum + (index == changed ? change?.amount ?? 0 : 0))
            }
        } else {
            let value = change.map { account.values[$0.slot] }
            for (count, nodes) in account.histogram {
                domains += nodes
                if count != value || nodes > 1 { least = min(least, count) }
            }
            if let value, let change { least = min(least, value + change.amount) }
        }
        // Upstream starts from the largest number of 32 bits: without any domain no skew is ever too large.
        return domains < minDomains ? 0 : least == .max ? Int(Int32.max) : least
    }

    /// Whether the node's pods count for the counter.
    func isCounted(_ counter: Int, _ slot: Int) -> Bool { accounts[counter].isCounted[slot] }
}

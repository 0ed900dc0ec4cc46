import KubeAPI
import KubeClient

/// Which zone each endpoint of a service is meant for, where the service asks for topology-aware routing: its own, and
/// where that would leave a zone with less than its share of the cluster's CPU, another's.
///
/// For example, zones of 2, 1 and 1 CPUs have shares of 1/2, 1/4 and 1/4. Of 8 endpoints in the first zone and none in
/// the others, two are meant for each of those. With 2 endpoints for 3 zones nobody gets hints, and kube-proxy uses all
/// endpoints everywhere.
///
/// Follows kubernetes `staging/src/k8s.io/endpointslice/topologycache`, where the order of Go's maps decides between
/// zones that want the same; here it is their names'.
struct TopologyHints {
    /// What is said about a service.
    struct Event: Equatable {
        let type: EventRecorder.EventType
        let message: String

        var reason: String { type == .normal ? "TopologyAwareHintsEnabled" : "TopologyAwareHintsDisabled" }

        static func enabled(addressType: String) -> Event {
            Event(type: .normal, message: "Topology Aware Hints has been enabled, addressType: \(addressType)")
        }

        static func disabled(addressType: String) -> Event {
            Event(type: .warning, message: "Topology Aware Hints has been disabled, addressType: \(addressType)")
        }
    }

    /// By how much an endpoint may get more than its share.
    private static let overload = 0.2

    private struct Allocation {
        let minimum: Int
        let desired: Double
        var maximum = 0
    }

    private var processors = ZoneProcessors()
    /// The share of each zone in the cluster's CPU, as of the last change of a node that is noticed.
    private var shares: [(zone: String, share: Double)]?
    private var areSharesStale = true
    /// How many endpoints are meant for each zone, of the services that have hints.
    private var zones: [ObjectKey: [String: Int]] = [:]

    var isInUse: Bool { !zones.isEmpty }

    /// Whether a service asks for it.
    static func areWanted(by service: Service) -> Bool {
        let annotations = service.annotations
        let mode =
            annotations["service.kubernetes.io/topology-aware-hints"]
            ?? annotations["service.kubernetes.io/topology-mode"]
        return mode == "Auto" || mode == "auto"
    }

    // MARK: Nodes

    /// Takes a node's change. Returns whether services may be overloaded now that were not before. O(1).
    mutating func replace(_ old: Node?, with new: Node?) -> Bool {
        processors.replace(old, with: new)
        if !ZoneProcessors.isNoticed(old, new) { return false }
        areSharesStale = true
        return true
    }

    private mutating func learnShares() {
        if !areSharesStale { return }
        areSharesStale = false
        shares = processors.shares
    }

    /// The services with hints that would leave a zone with less than its share, by the nodes as they are now.
    /// O(services with hints × zones).
    mutating func overloaded() -> [ObjectKey] {
        learnShares()
        return zones.filter { isOverloaded($0.value) }.map(\.key).sorted()
    }

    private func isOverloaded(_ counts: [String: Int]) -> Bool {
        if counts.isEmpty { return false }
        guard let shares else { return true }
        let total = Double(counts.values.reduce(0, +))
        return shares.contains { zone, share in
            guard let count = counts[zone] else { return true }
            return count < TopologyHints.minimum(total * share)
        }
    }

    private static func minimum(_ desired: Double) -> Int { Int((desired * (1 / (1 + overload))).rounded(.up)) }

    // MARK: Slices

    /// Forgets a service. Returns whether it had hints.
    @discardableResult
    mutating func forget(_ service: ObjectKey) -> Bool { zones.removeValue(forKey: service) != nil }

    /// Gives the endpoints of a service their hints, or takes all away if that cannot be done well. Slices that would
    /// stay as they are may have to be written for it.
    mutating func apply(
        to writes: inout EndpointSlicePlan.Writes, of service: ObjectKey, addressType: String
    ) -> Event? {
        learnShares()
        let counts: [String: Int]
        switch distribute(&writes) {
        case .success(let found): counts = found
        case .failure(let refusal):
            forget(service)
            TopologyHints.strip(&writes)
            return Event(type: .warning, message: "\(refusal.message), addressType: \(addressType)")
        }
        return zones.updateValue(counts, forKey: service) == nil ? .enabled(addressType: addressType) : nil
    }

    private struct Refusal: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    /// How many endpoints are then meant for each zone.
    private func distribute(_ writes: inout EndpointSlicePlan.Writes) -> Result<[String: Int], Refusal> {
        let endpoints = (writes.created + writes.updated + writes.kept).reduce(0) { count, draft in
            count + draft.endpoints.count(where: TopologyHints.isReady)
        }
        let allocations: [String: Allocation]
        switch allocate(endpoints) {
        case .success(let found): allocations = found
        case .failure(let refusal): return .failure(refusal)
        }
        var counts = TopologyHints.keep(&writes, allocations)
        var isComplete = true
        TopologyHints.forEachReady(&writes) { endpoint in
            let zone = endpoint.zone ?? ""
            if zone.isEmpty { isComplete = false }
            counts[zone, default: 0] += 1
            endpoint.hints = EndpointHints(zone: zone)
            return isComplete
        }
        if !isComplete { return .failure(Refusal("One or more endpoints do not have a zone specified")) }
        var (giving, receiving) = TopologyHints.exchange(allocations, counts)
        TopologyHints.forEachReady(&writes) { endpoint in
            let zone = endpoint.zone ?? ""
            guard let left = giving[zone], left > 0,
                let taker = receiving.keys.sorted(by: precedesUTF8).first
            else { return !giving.isEmpty && !receiving.isEmpty }
            endpoint.hints = EndpointHints(zone: taker)
            giving[zone] = left == 1 ? nil : left - 1
            let wanted = receiving[taker] ?? 1
            receiving[taker] = wanted == 1 ? nil : wanted - 1
            counts[taker, default: 0] += 1
            counts[zone, default: 0] -= 1
            return true
        }
        return counts.isEmpty ? .failure(Refusal("No hints allocated for zones")) : .success(counts)
    }

    private static func isReady(_ endpoint: Endpoint) -> Bool { endpoint.conditions?.ready == true }

    /// Visits the ready endpoints of the slices that are written, in order, until `body` returns false.
    private static func forEachReady(
        _ writes: inout EndpointSlicePlan.Writes, _ body: (inout Endpoint) -> Bool
    ) {
        func visit(_ drafts: inout [EndpointSlicePlan.Draft]) -> Bool {
            for draft in drafts.indices {
                for place in drafts[draft].endpoints.indices where isReady(drafts[draft].endpoints[place]) {
                    if !body(&drafts[draft].endpoints[place]) { return false }
                }
            }
            return true
        }
        if visit(&writes.created) { _ = visit(&writes.updated) }
    }

    private func allocate(_ endpoints: Int) -> Result<[String: Allocation], Refusal> {
        guard let shares else {
            return .failure(
                Refusal(
                    "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes"))
        }
        let counted = "(\(endpoints) endpoints, \(shares.count) zones)"
        if shares.count > endpoints { return .failure(Refusal("Insufficient number of endpoints \(counted)")) }
        var allocations: [String: Allocation] = [:]
        var left = endpoints
        for (zone, share) in shares {
            let desired = share * Double(endpoints)
            let minimum = TopologyHints.minimum(desired)
            allocations[zone] = Allocation(minimum: minimum, desired: max(desired, Double(minimum)))
            left -= minimum
        }
        if left < 0 {
            return .failure(
                Refusal(
                    "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold "
                        + counted))
        }
        for (zone, allocation) in allocations { allocations[zone]?.maximum = allocation.minimum + left }
        return .success(allocations)
    }

    /// Leaves alone the slices whose hints are still good, and counts those; the others are to be written.
    private static func keep(
        _ writes: inout EndpointSlicePlan.Writes, _ allocations: [String: Allocation]
    ) -> [String: Int] {
        var counts: [String: Int] = [:]
        var kept: [EndpointSlicePlan.Draft] = []
        for draft in writes.kept {
            guard let own = hints(of: draft, counts, allocations) else {
                writes.updated.append(draft)
                continue
            }
            kept.append(draft)
            counts.merge(own, uniquingKeysWith: +)
        }
        writes.kept = kept
        return counts
    }

    /// Nil if a ready endpoint has no hint, or one for a zone that has none or enough already.
    private static func hints(
        of draft: EndpointSlicePlan.Draft, _ counts: [String: Int], _ allocations: [String: Allocation]
    ) -> [String: Int]? {
        var own: [String: Int] = [:]
        for endpoint in draft.endpoints where isReady(endpoint) {
            let zones = endpoint.hints?.forZones.map(\.name) ?? []
            if zones.isEmpty { return nil }
            for zone in zones { own[zone, default: 0] += 1 }
        }
        let fits = own.allSatisfy { zone, count in
            allocations[zone].map { count + counts[zone, default: 0] <= $0.maximum } ?? false
        }
        return fits ? own : nil
    }

    /// How many endpoints zones give to others, and get from them. Whole ones change hands as long as that brings both
    /// sides closer to what is desired.
    private static func exchange(
        _ allocations: [String: Allocation], _ counts: [String: Int]
    ) -> (giving: [String: Int], receiving: [String: Int]) {
        var tooMany: [String: Double] = [:]
        var tooFew: [String: Double] = [:]
        for (zone, allocation) in allocations {
            let difference = Double(counts[zone, default: 0]) - allocation.desired
            if difference > 0 { tooMany[zone] = difference }
            if difference < 0 { tooFew[zone] = -difference }
        }
        var giving: [String: Int] = [:]
        var receiving: [String: Int] = [:]
        while let giver = most(tooMany), let taker = most(tooFew),
            giver.count >= 1 || taker.count >= 1, giver.count >= 0.5, taker.count >= 0.5
        {
            giving[giver.zone, default: 0] += 1
            tooMany[giver.zone] = giver.count - 1
            receiving[taker.zone, default: 0] += 1
            tooFew[taker.zone] = taker.count - 1
        }
        return (giving, receiving)
    }

    private static func most(_ zones: [String: Double]) -> (zone: String, count: Double)? {
        let best = zones.filter { $0.value > 0 }.max { left, right in
            left.value != right.value ? left.value < right.value : compareUTF8(left.key, right.key) > 0
        }
        return best.map { ($0.key, $0.value) }
    }

    /// Takes all hints away, also of slices that would stay as they are.
    private static func strip(_ writes: inout EndpointSlicePlan.Writes) {
        func strip(_ drafts: inout [EndpointSlicePlan.Draft]) {
            for draft in drafts.indices {
                for place in drafts[draft].endpoints.indices { drafts[draft].endpoints[place].hints = nil }
            }
        }
        let hinted = writes.kept.filter { $0.endpoints.contains { $0.hints != nil } }
        writes.kept.removeAll { $0.endpoints.contains { $0.hints != nil } }
        writes.updated += hinted
        strip(&writes.created)
        strip(&writes.updated)
    }
}

extension EndpointHints {
    fileprivate init(zone: String) {
        self.init()
        var forZone = ForZone()
        forZone.name = zone
        forZones = [forZone]
    }
}

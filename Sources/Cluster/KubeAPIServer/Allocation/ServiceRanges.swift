import KubeAPI
import KubeStore

/// The blocks that service addresses are given from: those of the ServiceCIDRs that are ready and are not being
/// deleted, the oldest first.
///
/// Follows kubernetes pkg/registry/core/service/ipallocator/cidrallocator.go, which takes its allocators in any order.
struct ServiceRanges {
    /// One block, and those of its addresses that may be given.
    struct Range {
        let block: IPv4Range
        let usable: NumberRange

        /// Neither the network's own address nor its broadcast address is given. Nil if no other is left.
        init?(_ block: IPv4Range) {
            guard block.count > 2 else { return nil }
            self.block = block
            usable = NumberRange(
                Int(block.base) + 1..<Int(block.base) + block.count - 1, least: 16, most: 256, part: 16)
        }
    }

    let ranges: [Range]

    /// Reads the ranges. Where no ServiceCIDR is there yet, the API server's own counts: it makes that one when it
    /// starts. O(ServiceCIDRs).
    init(_ store: ObjectStore, own: IPv4Range) {
        var objects: [ServiceCIDR] = []
        store.forEach(.serviceCIDR, namespace: nil) { object in
            if let range = object.as(ServiceCIDR.self) { objects.append(range) }
            return true
        }
        if objects.isEmpty {
            ranges = [Range(own)].compactMap { $0 }
            return
        }
        // Of one age, they stay in the order of their names.
        let ordered = objects.filter(ServiceRanges.isReady).enumerated().sorted { left, right in
            let first = left.element.metadata.creationTimestamp ?? Time()
            let second = right.element.metadata.creationTimestamp ?? Time()
            return first == second ? left.offset < right.offset : first < second
        }
        ranges = ordered.flatMap { $0.element.spec.cidrs.compactMap(IPv4Range.init).compactMap(Range.init) }
    }

    private static func isReady(_ range: ServiceCIDR) -> Bool {
        if range.metadata.deletionTimestamp != nil { return false }
        // Without a condition nobody has objected yet.
        guard let ready = range.status.conditions.first(where: { $0.type == "Ready" }) else { return true }
        return ready.status == "True"
    }

    /// Why an address cannot be given, if it cannot.
    func problem(with address: UInt32) -> String? {
        let around = ranges.filter { $0.block.contains(address) }
        guard let nearest = around.first else { return "the provided network does not match the current range" }
        if around.contains(where: { $0.usable.numbers.contains(Int(address)) }) { return nil }
        return "the provided IP (\(IPv4Range.text(address))) is not in the valid range. "
            + "The range of valid IPs is \(nearest.block.text)"
    }
}

import KubeAPI

/// What the objects of a namespace are charged to one quota: kept up change by change, so that a quota costs as much as
/// what changes, not as much as the namespace holds.
struct QuotaLedger {
    private(set) var spec: ResourceQuotaSpec
    private var names: [String]
    private var charges: [ObjectKey: StringMap<Quantity>] = [:]
    /// The sum of the charges, with a zero for what nobody uses, and nothing for names that no kind is counted by.
    private(set) var used: StringMap<Quantity>
    /// Pods on their way out, which end to be charged when their grace is over.
    private(set) var leaving: Set<ObjectKey> = []

    init(_ spec: ResourceQuotaSpec) {
        self.spec = spec
        names = spec.hard.keys
        used = [:]
        for info in Catalogue.kinds where QuotaUsage.isCounted(info.kind) {
            for name in QuotaUsage.names(about: info.kind, in: spec.hard) { used[name] = Quantity(0) }
        }
    }

    /// Charges an object as it is now; nil: it is gone. Returns whether what is used changed. O(names of the quota).
    mutating func charge(_ key: ObjectKey, _ object: KubeObject?, now: Time) -> Bool {
        var charge = StringMap<Quantity>()
        if let object, spec.hasInScope(object) {
            charge = QuotaUsage.usage(of: object, now: now).masked(names).withoutZeros
        }
        if key.kind == .pod {
            if let object, object.metadata.deletionTimestamp != nil, !charge.isEmpty {
                leaving.insert(key)
            } else {
                leaving.remove(key)
            }
        }
        let old = charges[key] ?? [:]
        if old == charge { return false }
        charges[key] = charge.isEmpty ? nil : charge
        used = (used - old) + charge
        return true
    }
}

/// What a pod asks of its node, in whole numbers: thousandths of a core, bytes of memory, bytes of local storage.
///
/// The largest that its containers need at any time; what the pod as a whole asks for goes before that, and overhead
/// comes on top. Follows kubernetes component-helpers `resource/helpers.go` (`PodRequests`).
public struct PodRequests: Equatable, Sendable, ResourceAmounts {
    public var milliCPU = 0
    public var memory = 0
    public var ephemeralStorage = 0

    public init() {}

    public init(_ spec: PodSpec) {
        var total = PodResources.largest(spec) { PodRequests($0.resources?.requests ?? [:]) }
        if let requests = spec.resources?.requests {
            if let cpu = requests["cpu"] { total.milliCPU = cpu.accountedMilliValue }
            if let memory = requests["memory"] { total.memory = memory.accountedValue }
        }
        if !spec.overhead.isEmpty { total.gather(PodRequests(spec.overhead)) }
        self = total
    }

    public init(_ list: StringMap<Quantity>) {
        milliCPU = list["cpu"]?.accountedMilliValue ?? 0
        memory = list["memory"]?.accountedValue ?? 0
        ephemeralStorage = list["ephemeral-storage"]?.accountedValue ?? 0
    }

    /// Adds up what many pods ask for. Wraps around, so that taking back is exact.
    public mutating func add(_ other: PodRequests) {
        milliCPU &+= other.milliCPU
        memory &+= other.memory
        ephemeralStorage &+= other.ephemeralStorage
    }

    /// Takes back what was added.
    public mutating func subtract(_ other: PodRequests) {
        milliCPU &-= other.milliCPU
        memory &-= other.memory
        ephemeralStorage &-= other.ephemeralStorage
    }

    /// Adds up what one pod asks for, within the bound: so many containers that a number would not hold their sum still
    /// ask for more than a node has.
    mutating func gather(_ other: PodRequests) {
        add(other)
        milliCPU = Quantity.bounded(milliCPU)
        memory = Quantity.bounded(memory)
        ephemeralStorage = Quantity.bounded(ephemeralStorage)
    }

    mutating func raise(to other: PodRequests) {
        milliCPU = max(milliCPU, other.milliCPU)
        memory = max(memory, other.memory)
        ephemeralStorage = max(ephemeralStorage, other.ephemeralStorage)
    }
}

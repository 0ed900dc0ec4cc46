/// What a pod asks of its node, in whole numbers: thousandths of a core, bytes of memory, bytes of local storage.
///
/// Containers run side by side and init containers one after the other, so the pod needs the larger of the two, with
/// the sidecars that run along; what the pod as a whole asks for goes before that, and overhead comes on top.
/// Follows kubernetes component-helpers `resource/helpers.go` (`PodRequests`).
public struct PodRequests: Equatable, Sendable {
    public var milliCPU = 0
    public var memory = 0
    public var ephemeralStorage = 0

    public init() {}

    public init(_ spec: PodSpec) {
        var total = PodRequests()
        for container in spec.containers { total.gather(PodRequests(container.resources)) }
        var sidecars = PodRequests()
        var peak = PodRequests()
        for container in spec.initContainers {
            let requests = PodRequests(container.resources)
            if container.restartPolicy == "Always" {
                sidecars.gather(requests)
                peak.raise(to: sidecars)
            } else {
                var needed = requests
                needed.gather(sidecars)
                peak.raise(to: needed)
            }
        }
        total.gather(sidecars)
        total.raise(to: peak)
        if let requests = spec.resources?.requests {
            if let cpu = requests["cpu"] { total.milliCPU = cpu.accountedMilliValue }
            if let memory = requests["memory"] { total.memory = memory.accountedValue }
        }
        if !spec.overhead.isEmpty { total.gather(PodRequests(spec.overhead)) }
        self = total
    }

    private init(_ resources: ResourceRequirements?) { self.init(resources?.requests ?? [:]) }

    public init(_ list: StringMap<Quantity>) {
        milliCPU = list["cpu"]?.accountedMilliValue ?? 0
        memory = list["memory"]?.accountedValue ?? 0
        ephemeralStorage = list["ephemeral-storage"]?.accountedValue ?? 0
    }

    public mutating func add(_ other: PodRequests) {
        milliCPU &+= other.milliCPU
        memory &+= other.memory
        ephemeralStorage &+= other.ephemeralStorage
    }

    public mutating func subtract(_ other: PodRequests) {
        milliCPU &-= other.milliCPU
        memory &-= other.memory
        ephemeralStorage &-= other.ephemeralStorage
    }

    /// Adds up what one pod asks for, within the bound: so many containers that a number would not hold their sum still
    /// ask for more than a node has.
    private mutating func gather(_ other: PodRequests) {
        add(other)
        milliCPU = Quantity.bounded(milliCPU)
        memory = Quantity.bounded(memory)
        ephemeralStorage = Quantity.bounded(ephemeralStorage)
    }

    private mutating func raise(to other: PodRequests) {
        milliCPU = max(milliCPU, other.milliCPU)
        memory = max(memory, other.memory)
        ephemeralStorage = max(ephemeralStorage, other.ephemeralStorage)
    }
}

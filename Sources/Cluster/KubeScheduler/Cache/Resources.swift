import KubeAPI

/// Amounts of compute resources, in the units in which the scheduler compares them.
package struct Resources: Equatable, Sendable {
    /// Thousandths of a CPU.
    package var milliCPU = 0
    /// Bytes.
    package var memory = 0
    /// Bytes.
    package var ephemeralStorage = 0
    /// How many pods a node takes; zero in what a pod asks for.
    package var pods = 0
    /// Extended resources, huge pages and attachable volumes, in their own units.
    package var scalars = StringMap<Int>()

    package init() {}

    package init(_ list: StringMap<Quantity>) {
        for (name, quantity) in list {
            switch name {
            case "cpu": milliCPU += quantity.accountedMilliValue
            case "memory": memory += quantity.accountedValue
            case "ephemeral-storage": ephemeralStorage += quantity.accountedValue
            case "pods": pods += quantity.accountedValue
            default: if Resources.isScalar(name) { scalars[name, default: 0] += quantity.accountedValue }
            }
        }
    }

    /// Whether nothing at all is asked for.
    package var isZero: Bool { milliCPU == 0 && memory == 0 && ephemeralStorage == 0 && scalars.isEmpty }

    /// Follows kubernetes pkg/scheduler/util `IsScalarResourceName`.
    private static func isScalar(_ name: String) -> Bool {
        name.utf8.contains(UInt8(ascii: "/")) || name.hasPrefix("hugepages-") || name.hasPrefix("attachable-volumes-")
    }

    /// Wraps around where more is bound to a node than a number can say, so that taking back is exact.
    package mutating func add(_ other: Resources, times factor: Int) {
        milliCPU &+= other.milliCPU &* factor
        memory &+= other.memory &* factor
        ephemeralStorage &+= other.ephemeralStorage &* factor
        for (name, amount) in other.scalars { scalars[name, default: 0] &+= amount &* factor }
    }
}

/// What a pod asks for altogether, as the scheduler accounts for it.
///
/// Follows kubernetes pkg/scheduler/framework/types.go `PodResource`.
package struct AccountedRequests: Equatable, Sendable {
    /// As written.
    package let requests: Resources
    /// With 100m of CPU and 200 MiB of memory for each container that names none, so that such pods spread too.
    package let nonZeroMilliCPU: Int
    package let nonZeroMemory: Int

    private static let defaultMilliCPU = 100
    private static let defaultMemory = 200 * 1024 * 1024

    package init(_ pod: Pod) {
        let plain = PodResources.requests(pod.spec) { Self.requests(of: $0, [:], pod) }
        let podLevel = pod.spec.resources?.requests ?? [:]
        var defaults = StringMap<Quantity>()
        if podLevel.isEmpty || plain["cpu"] == nil { defaults["cpu"] = Quantity(milli: Self.defaultMilliCPU) }
        if podLevel.isEmpty || plain["memory"] == nil { defaults["memory"] = Quantity(Self.defaultMemory) }
        let filled =
            defaults.isEmpty
            ? plain : PodResources.requests(pod.spec) { Self.requests(of: $0, defaults, pod) }
        requests = Resources(plain)
        nonZeroMilliCPU = filled["cpu"]?.accountedMilliValue ?? 0
        nonZeroMemory = filled["memory"]?.accountedValue ?? 0
    }

    /// While a container is resized in place, the most of what is wanted, what the node has promised and what it still
    /// holds. What is wanted counts no more once the kubelet has said that the node can never give it.
    ///
    /// Follows component-helpers `resource.determineContainerReqs`.
    private static func requests(
        of container: Container, _ defaults: StringMap<Quantity>, _ pod: Pod
    ) -> StringMap<Quantity> {
        var own = container.resources?.requests ?? [:]
        if let status = resizedStatus(of: container, in: pod) {
            if isResizeInfeasible(pod) { own = [:] }
            own.raise(to: status.resources?.requests ?? [:])
            own.raise(to: status.allocatedResources)
        }
        for (name, amount) in defaults where own[name] == nil { own[name] = amount }
        return own
    }

    /// What the kubelet reports of a container that may have been resized, a sidecar's among the init containers.
    private static func resizedStatus(of container: Container, in pod: Pod) -> ContainerStatus? {
        // A first generation was never resized.
        guard pod.metadata.generation ?? 1 > 1 else { return nil }
        let isSidecar = container.restartPolicy == "Always"
        let statuses = isSidecar ? pod.status.initContainerStatuses : pod.status.containerStatuses
        return statuses.first {
            $0.name == container.name && ($0.resources != nil || !$0.allocatedResources.isEmpty)
        }
    }

    private static func isResizeInfeasible(_ pod: Pod) -> Bool {
        pod.status.conditions.first { $0.type == "PodResizePending" }?.reason == "Infeasible"
    }
}

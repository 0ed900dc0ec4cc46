/// What the containers of a pod request together.
/// Follows kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go.
public enum PodResources {
    /// The largest that the pod needs at any time. O(containers).
    public static func containerRequests(_ spec: PodSpec) -> StringMap<Quantity> {
        largest(spec) { $0.resources?.requests ?? [:] }
    }

    /// The same of the limits.
    public static func containerLimits(_ spec: PodSpec) -> StringMap<Quantity> {
        largest(spec) { $0.resources?.limits ?? [:] }
    }

    /// What the pod as a whole is counted for: the largest that it needs, what it requests as a pod instead, and its
    /// runtime's overhead.
    ///
    /// - Parameter container: What a container counts for, where that is not what its spec requests.
    public static func requests(
        _ spec: PodSpec, of container: (Container) -> StringMap<Quantity> = { $0.resources?.requests ?? [:] }
    ) -> StringMap<Quantity> {
        var total = largest(spec, container)
        for (name, amount) in spec.resources?.requests ?? [:] where isPodLevel(name) { total[name] = amount }
        total.gather(spec.overhead)
        return total
    }

    /// As `requests`, of the limits; overhead counts where there is a limit.
    public static func limits(_ spec: PodSpec) -> StringMap<Quantity> {
        var total = containerLimits(spec)
        for (name, amount) in spec.resources?.limits ?? [:] where isPodLevel(name) { total[name] = amount }
        for (name, amount) in spec.overhead {
            if let limit = total[name], !limit.isZero { total[name] = limit + amount }
        }
        return total
    }

    /// The larger of two: what containers and sidecars, which run side by side, need together, and what any one init
    /// container needs with the sidecars that run by then, as init containers run one after the other.
    static func largest<Amounts: ResourceAmounts>(_ spec: PodSpec, _ amounts: (Container) -> Amounts) -> Amounts {
        var total = Amounts()
        for container in spec.containers { total.gather(amounts(container)) }
        var sidecars = Amounts()
        var peak = Amounts()
        for container in spec.initContainers {
            var needed = amounts(container)
            if container.restartPolicy == "Always" {
                total.gather(needed)
                sidecars.gather(needed)
                needed = sidecars
            } else {
                needed.gather(sidecars)
            }
            peak.raise(to: needed)
        }
        total.raise(to: peak)
        return total
    }

    /// The resources that a pod as a whole may request.
    public static func isPodLevel(_ name: String) -> Bool {
        name == "cpu" || name == "memory" || name.hasPrefix("hugepages-")
    }
}

/// Amounts of several resources at once.
protocol ResourceAmounts {
    /// Nothing of anything.
    init()
    /// Adds up, resource by resource.
    mutating func gather(_ other: Self)
    /// Takes the larger, resource by resource.
    mutating func raise(to other: Self)
}

extension StringMap: ResourceAmounts where Value == Quantity {
    /// Adds up, by the resources' names.
    public mutating func gather(_ other: StringMap) {
        for (name, amount) in other { self[name] = self[name].map { $0 + amount } ?? amount }
    }

    /// Takes the larger of two amounts, by the resources' names.
    public mutating func raise(to other: StringMap) {
        for (name, amount) in other where self[name].map({ $0 < amount }) ?? true { self[name] = amount }
    }
}

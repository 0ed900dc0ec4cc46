/// What the containers of a pod request together.
/// Follows kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go.
public enum PodResources {
    /// The largest that the pod needs at any time: its containers and sidecars together, or one init container with the
    /// sidecars before it.
    public static func containerRequests(_ spec: PodSpec) -> StringMap<Quantity> { largest(spec) { $0?.requests } }

    /// The same of the limits.
    public static func containerLimits(_ spec: PodSpec) -> StringMap<Quantity> { largest(spec) { $0?.limits } }

    /// What the pod as a whole is counted for: the largest that it needs, what it requests as a pod instead, and its
    /// runtime's overhead.
    public static func requests(_ spec: PodSpec) -> StringMap<Quantity> {
        var total = containerRequests(spec)
        for (name, amount) in spec.resources?.requests ?? [:] where isPodLevel(name) { total[name] = amount }
        add(spec.overhead, to: &total)
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

    private static func largest(
        _ spec: PodSpec, _ amounts: (ResourceRequirements?) -> StringMap<Quantity>?
    ) -> StringMap<Quantity> {
        var total = StringMap<Quantity>()
        for container in spec.containers { add(amounts(container.resources), to: &total) }
        var sidecars = StringMap<Quantity>()
        var peak = StringMap<Quantity>()
        for container in spec.initContainers {
            var needed = StringMap<Quantity>()
            if container.restartPolicy == "Always" {
                add(amounts(container.resources), to: &total)
                add(amounts(container.resources), to: &sidecars)
                needed = sidecars
            } else {
                add(amounts(container.resources), to: &needed)
                add(sidecars, to: &needed)
            }
            raise(&peak, to: needed)
        }
        raise(&total, to: peak)
        return total
    }

    private static func add(_ amounts: StringMap<Quantity>?, to total: inout StringMap<Quantity>) {
        guard let amounts else { return }
        for (name, amount) in amounts { total[name] = (total[name] ?? Quantity(0)) + amount }
    }

    private static func raise(_ total: inout StringMap<Quantity>, to amounts: StringMap<Quantity>) {
        for (name, amount) in amounts {
            if let present = total[name], present >= amount { continue }
            total[name] = amount
        }
    }

    /// The resources that a pod as a whole may request.
    public static func isPodLevel(_ name: String) -> Bool {
        name == "cpu" || name == "memory" || name.hasPrefix("hugepages-")
    }
}

import KubeAPI

/// What the containers of a pod request together.
/// Follows kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go.
enum PodResources {
    /// The largest that the pod needs at any time: its containers and sidecars together, or one init container with the
    /// sidecars before it.
    static func containerRequests(_ spec: PodSpec) -> StringMap<Quantity> {
        var total = StringMap<Quantity>()
        for container in spec.containers { add(container.resources?.requests, to: &total) }
        var sidecars = StringMap<Quantity>()
        var peak = StringMap<Quantity>()
        for container in spec.initContainers {
            var needed = StringMap<Quantity>()
            if container.restartPolicy == "Always" {
                add(container.resources?.requests, to: &total)
                add(container.resources?.requests, to: &sidecars)
                needed = sidecars
            } else {
                add(container.resources?.requests, to: &needed)
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
    static func isPodLevel(_ name: String) -> Bool {
        name == "cpu" || name == "memory" || ResourceNames.isHugePages(name)
    }
}

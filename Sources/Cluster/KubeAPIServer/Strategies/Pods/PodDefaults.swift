import KubeAPI

/// Defaults that only pods have, not the templates that they come from.
/// Follows kubernetes pkg/apis/core/v1/defaults.go `SetDefaults_Pod`.
enum PodDefaults {
    static func set(_ spec: inout PodSpec) {
        PodSpecDefaults.set(&spec)
        for index in spec.containers.indices {
            if let requests = missingRequests(spec.containers[index].resources) {
                spec.containers[index].resources?.requests.merge(requests)
            }
        }
        for index in spec.initContainers.indices {
            if let requests = missingRequests(spec.initContainers[index].resources) {
                spec.initContainers[index].resources?.requests.merge(requests)
            }
        }
        setHugePageLimits(&spec)
        setPodRequests(&spec)
        if spec.enableServiceLinks == nil { spec.enableServiceLinks = true }
        if spec.hostNetwork == true {
            setHostPorts(&spec.containers)
            setHostPorts(&spec.initContainers)
        }
    }

    /// The limits that have no request of their own.
    private static func missingRequests(_ resources: ResourceRequirements?) -> StringMap<Quantity>? {
        guard let resources else { return nil }
        var missing = StringMap<Quantity>()
        for (name, limit) in resources.limits where !resources.requests.contains(name) { missing[name] = limit }
        return missing.isEmpty ? nil : missing
    }

    /// With amounts of the whole pod, its limits of huge pages are those of its containers together.
    private static func setHugePageLimits(_ spec: inout PodSpec) {
        guard let resources = spec.resources, !(resources.limits.isEmpty && resources.requests.isEmpty) else { return }
        for (name, limit) in PodResources.containerLimits(spec)
        where ResourceNames.isHugePages(name) && !resources.requests.contains(name) && !resources.limits.contains(name)
        {
            spec.resources?.limits[name] = limit
        }
    }

    /// With limits of the whole pod, its requests are what its containers request together, or else those limits.
    private static func setPodRequests(_ spec: inout PodSpec) {
        guard let resources = spec.resources, !resources.limits.isEmpty else { return }
        var requests = resources.requests
        for (name, amount) in PodResources.containerRequests(spec)
        where !requests.contains(name) && PodResources.isPodLevel(name) && ResourceNames.isOvercommitAllowed(name) {
            requests[name] = amount
        }
        for (name, limit) in resources.limits where !requests.contains(name) && PodResources.isPodLevel(name) {
            requests[name] = limit
        }
        if requests != resources.requests { spec.resources?.requests = requests }
    }

    private static func setHostPorts(_ containers: inout [Container]) {
        for index in containers.indices {
            for port in containers[index].ports.indices where containers[index].ports[port].hostPort.isZeroOrNil {
                containers[index].ports[port].hostPort = containers[index].ports[port].containerPort
            }
        }
    }
}

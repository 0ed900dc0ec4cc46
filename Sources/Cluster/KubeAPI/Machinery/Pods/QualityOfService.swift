/// The class of service that a pod gets for what it requests.
/// Follows kubernetes pkg/apis/core/v1/helper/qos/qos.go `ComputePodQOS`.
public enum QualityOfService {
    public static let guaranteed = "Guaranteed"
    public static let burstable = "Burstable"
    public static let bestEffort = "BestEffort"

    /// `Guaranteed` when every container limits CPU and memory and requests just that, `BestEffort` when none requests
    /// or limits either, otherwise `Burstable`.
    public static func of(_ spec: PodSpec) -> String {
        var requests = StringMap<Quantity>()
        var limits = StringMap<Quantity>()
        var isGuaranteed = true
        if let resources = spec.resources, !resources.requests.isEmpty || !resources.limits.isEmpty {
            isGuaranteed = add(resources, &requests, &limits)
        } else {
            for container in spec.containers {
                isGuaranteed = add(container.resources, &requests, &limits) && isGuaranteed
            }
            for container in spec.initContainers {
                isGuaranteed = add(container.resources, &requests, &limits) && isGuaranteed
            }
        }
        if requests.isEmpty && limits.isEmpty { return bestEffort }
        if isGuaranteed {
            for (name, request) in requests where limits[name] != request { isGuaranteed = false }
        }
        return isGuaranteed && requests.count == limits.count ? guaranteed : burstable
    }

    /// Adds CPU and memory; tells whether both are limited.
    private static func add(
        _ resources: ResourceRequirements?, _ requests: inout StringMap<Quantity>, _ limits: inout StringMap<Quantity>
    ) -> Bool {
        var limited = 0
        for name in ["cpu", "memory"] {
            if let request = resources?.requests[name], request > Quantity(0) {
                requests[name] = (requests[name] ?? Quantity(0)) + request
            }
            if let limit = resources?.limits[name], limit > Quantity(0) {
                limited += 1
                limits[name] = (limits[name] ?? Quantity(0)) + limit
            }
        }
        return limited == 2
    }
}

import KubeAPI

/// What the author of a service should know, although it is accepted. Follows kubernetes pkg/api/service/warnings.go.
enum ServiceWarnings {
    private static let oldTopology = "service.kubernetes.io/topology-aware-hints"

    static func of(_ service: Service) -> [String] {
        let spec = service.spec
        let type = spec.type ?? "ClusterIP"
        let isHeadless = type == "ClusterIP" && spec.clusterIP == "None"
        var warnings: [String] = []
        if service.annotations[oldTopology] != nil {
            warnings.append(
                "annotation \(oldTopology) is deprecated, please use service.kubernetes.io/topology-mode instead")
        }
        if !isHeadless {
            for (index, address) in spec.clusterIPs.enumerated() {
                warnings += AddressWarnings.of(address, "spec.clusterIPs[\(index)]")
            }
        } else {
            if !spec.loadBalancerIP.isEmptyOrNil {
                warnings.append("spec.loadBalancerIP is ignored for headless services")
            }
            if !spec.externalIPs.isEmpty { warnings.append("spec.externalIPs is ignored for headless services") }
            if spec.sessionAffinity == "ClientIP" {
                warnings.append("spec.SessionAffinity is ignored for headless services")
            }
        }
        for (index, address) in spec.externalIPs.enumerated() {
            warnings += AddressWarnings.of(address, "spec.externalIPs[\(index)]")
        }
        if !spec.externalIPs.isEmpty, !isHeadless, type != "ExternalName" {
            warnings.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
        }
        if let address = spec.loadBalancerIP, !address.isEmpty {
            warnings += AddressWarnings.of(address, "spec.loadBalancerIP")
        }
        for (index, range) in spec.loadBalancerSourceRanges.enumerated() {
            warnings += AddressWarnings.ofBlock(range, "spec.loadBalancerSourceRanges[\(index)]")
        }
        if type == "ExternalName" {
            if !spec.externalIPs.isEmpty {
                warnings.append("spec.externalIPs is ignored when spec.type is \"ExternalName\"")
            }
        } else if !spec.externalName.isEmptyOrNil {
            warnings.append("spec.externalName is ignored when spec.type is not \"ExternalName\"")
        }
        if spec.trafficDistribution == "PreferClose" {
            warnings.append("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"")
        }
        return warnings
    }
}

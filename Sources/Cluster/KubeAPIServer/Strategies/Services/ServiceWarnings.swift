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

/// Addresses in a form that is still accepted.
/// Follows apimachinery pkg/util/validation/ip.go `GetWarningsForIP`.
enum AddressWarnings {
    static func of(_ text: String, _ path: String) -> [String] {
        guard let address = IPAddressValue(text) else { return [] }
        let canonical = address.description
        if address.isIPv6, text.contains(":") {
            let isMapped =
                address.bytes[..<10].allSatisfy { $0 == 0 } && address.bytes[10...11].allSatisfy { $0 == 255 }
            if isMapped {
                return nonStandard(text, path, address.bytes[12...].map { String($0) }.joined(separator: "."))
            }
            return canonical == text
                ? [] : ["\(path): IPv6 address \"\(text)\" should be in RFC 5952 canonical format (\"\(canonical)\")"]
        }
        return canonical == text ? [] : nonStandard(text, path, canonical)
    }

    private static func nonStandard(_ text: String, _ path: String, _ better: String) -> [String] {
        [
            "\(path): non-standard IP address \"\(text)\" will be considered invalid in a future Kubernetes release: "
                + "use \"\(better)\""
        ]
    }
}

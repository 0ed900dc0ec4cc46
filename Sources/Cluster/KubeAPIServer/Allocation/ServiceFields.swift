import KubeAPI

/// Which of a service's allocated fields its type needs, and what becomes of them when a service changes.
///
/// Follows kubernetes pkg/registry/core/service/strategy.go `patchAllocatedValues` and `dropTypeDependentFields`.
enum ServiceFields {
    static let headless = "None"

    static func needsClusterIP(_ service: Service) -> Bool { service.spec.type ?? "ClusterIP" != "ExternalName" }

    /// Whether its ports may have node ports.
    static func takesNodePorts(_ service: Service) -> Bool {
        service.spec.type == "NodePort" || service.spec.type == "LoadBalancer"
    }

    /// Whether its ports are given node ports without asking for any.
    static func needsNodePort(_ service: Service) -> Bool {
        switch service.spec.type {
        case "NodePort": true
        case "LoadBalancer": service.spec.allocateLoadBalancerNodePorts ?? true
        default: false
        }
    }

    static func needsHealthCheckNodePort(_ service: Service) -> Bool {
        service.spec.type == "LoadBalancer" && service.spec.externalTrafficPolicy == "Local"
    }

    static func isHeadless(_ service: Service) -> Bool {
        service.spec.clusterIPs.first == headless || service.spec.clusterIP == headless
    }

    /// Makes `clusterIP` and `clusterIPs[0]` the same, whichever of them a client set.
    static func normalizeClusterIPs(_ service: inout Service, old: Service?) {
        let address = service.spec.clusterIP ?? ""
        guard let old else {
            if !address.isEmpty, service.spec.clusterIPs.isEmpty { service.spec.clusterIPs = [address] }
            return
        }
        if old.spec.clusterIP ?? "" != address {
            if address.isEmpty {
                // A client that knows the single field alone took the address away.
                if service.spec.clusterIPs == old.spec.clusterIPs { service.spec.clusterIPs = [] }
            } else if service.spec.clusterIPs == old.spec.clusterIPs {
                service.spec.clusterIPs = [address]
            }
        } else if address.isEmpty == false, service.spec.clusterIPs.isEmpty {
            service.spec.clusterIP = nil
        }
    }

    /// Puts back what the client left out and the service still needs.
    static func keepAllocated(_ service: inout Service, old: Service) {
        if needsClusterIP(old), needsClusterIP(service) {
            if service.spec.clusterIP?.isEmpty ?? true { service.spec.clusterIP = old.spec.clusterIP }
            if service.spec.clusterIPs.isEmpty, service.spec.clusterIP == old.spec.clusterIP {
                service.spec.clusterIPs = old.spec.clusterIPs
            }
        }
        if needsNodePort(old), needsNodePort(service) {
            let kept = nodePorts(of: service)
            for index in service.spec.ports.indices where service.spec.ports[index].nodePort ?? 0 == 0 {
                let name = service.spec.ports[index].name ?? ""
                let port = old.spec.ports.first { $0.name ?? "" == name }?.nodePort
                if let port, !kept.contains(port) { service.spec.ports[index].nodePort = port }
            }
        }
        if needsHealthCheckNodePort(old), needsHealthCheckNodePort(service),
            service.spec.healthCheckNodePort ?? 0 == 0
        {
            service.spec.healthCheckNodePort = old.spec.healthCheckNodePort
        }
    }

    /// Takes away what the old type needed and the new one does not, unless the client changed it as well.
    static func dropUnneeded(_ service: inout Service, old: Service) {
        if needsClusterIP(old), !needsClusterIP(service) {
            if service.spec.clusterIPs == old.spec.clusterIPs {
                service.spec.clusterIP = nil
                service.spec.clusterIPs = []
            }
            if service.spec.ipFamilies == old.spec.ipFamilies { service.spec.ipFamilies = [] }
            if service.spec.ipFamilyPolicy == old.spec.ipFamilyPolicy { service.spec.ipFamilyPolicy = nil }
        }
        if takesNodePorts(old), !takesNodePorts(service), nodePorts(of: service).isSubset(of: nodePorts(of: old)) {
            for index in service.spec.ports.indices { service.spec.ports[index].nodePort = nil }
        }
        if needsHealthCheckNodePort(old), !needsHealthCheckNodePort(service),
            service.spec.healthCheckNodePort == old.spec.healthCheckNodePort
        {
            service.spec.healthCheckNodePort = nil
        }
        let wasLoadBalancer = old.spec.type == "LoadBalancer"
        if wasLoadBalancer, service.spec.type != "LoadBalancer" {
            if service.spec.allocateLoadBalancerNodePorts == old.spec.allocateLoadBalancerNodePorts {
                service.spec.allocateLoadBalancerNodePorts = nil
            }
            if service.spec.loadBalancerClass == old.spec.loadBalancerClass { service.spec.loadBalancerClass = nil }
        }
        if ServiceStrategy.isExternallyAccessible(old), !ServiceStrategy.isExternallyAccessible(service),
            service.spec.externalTrafficPolicy == old.spec.externalTrafficPolicy
        {
            service.spec.externalTrafficPolicy = nil
        }
    }

    private static func nodePorts(of service: Service) -> Set<Int> {
        Set(service.spec.ports.compactMap(\.nodePort).filter { $0 != 0 })
    }
}

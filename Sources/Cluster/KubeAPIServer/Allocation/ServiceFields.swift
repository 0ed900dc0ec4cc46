import KubeAPI

/// Which of a service's allocated fields its type needs, and what becomes of them when a service changes.
///
/// Follows kubernetes pkg/registry/core/service/strategy.go `patchAllocatedValues` and `dropTypeDependentFields`.
enum ServiceFields {
    static let headless = "None"

    static func needsClusterIP(_ service: Service) -> Bool { service.spec.type ?? "ClusterIP" != "ExternalName" }

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
            let kept = service.spec.ports.compactMap(\.nodePort)
            var used = Set(old.spec.ports.compactMap(\.nodePort).filter(kept.contains))
            for index in service.spec.ports.indices where service.spec.ports[index].nodePort ?? 0 == 0 {
                let name = service.spec.ports[index].name ?? ""
                guard let port = old.spec.ports.first(where: { $0.name ?? "" == name })?.nodePort, port != 0,
                    used.insert(port).inserted
                else { continue }
                service.spec.ports[index].nodePort = port
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
        if needsNodePort(old), !needsNodePort(service),
            service.spec.ports.map(\.nodePort) == old.spec.ports.map(\.nodePort)
        {
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
        let isExternal = service.spec.type == "NodePort" || service.spec.type == "LoadBalancer"
        if !isExternal, service.spec.externalIPs.isEmpty,
            service.spec.externalTrafficPolicy == old.spec.externalTrafficPolicy
        {
            service.spec.externalTrafficPolicy = nil
        }
    }

    /// Fills in and checks the address families, of which this cluster has one: IPv4.
    ///
    /// Follows kubernetes pkg/registry/core/service/storage/alloc.go `initIPFamilyFields`.
    static func setFamilies(_ service: inout Service) throws(StatusError) {
        guard needsClusterIP(service) else { return }
        let path = FieldPath("spec")
        // What contradicts itself is told before anything is filled in.
        let contradictions = Validator.errors { validator in
            validator.field("spec") { $0.clusterIPs(service) }
        }
        try StatusError.check(contradictions, of: service.boxed)
        if isHeadless(service), service.spec.selector.isEmpty {
            if service.spec.ipFamilies.isEmpty { service.spec.ipFamilies = ["IPv4"] }
            let policy = service.spec.ipFamilyPolicy ?? "RequireDualStack"
            service.spec.ipFamilyPolicy = policy
            if policy != "SingleStack", service.spec.ipFamilies.count == 1 {
                service.spec.ipFamilies.append(service.spec.ipFamilies[0] == "IPv4" ? "IPv6" : "IPv4")
            }
            return
        }
        var errors: [FieldError] = []
        if service.spec.ipFamilyPolicy == "RequireDualStack" {
            errors.append(
                .invalid(
                    path.child("ipFamilyPolicy"), service.spec.ipFamilyPolicy,
                    "this cluster is not configured for dual-stack services"))
        }
        for (index, family) in service.spec.ipFamilies.enumerated() where family != "IPv4" {
            errors.append(
                .invalid(path.child("ipFamilies").index(index), family, "not configured on this cluster"))
        }
        try StatusError.check(errors, of: service.boxed)
        if service.spec.ipFamilyPolicy == nil { service.spec.ipFamilyPolicy = "SingleStack" }
        if service.spec.ipFamilies.isEmpty { service.spec.ipFamilies = ["IPv4"] }
    }
}

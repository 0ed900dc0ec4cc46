import KubeAPI

// What was allocated to a service, and what clients of one address know of it.
// Follows kubernetes pkg/registry/core/service/storage/storage.go and strategy.go.

extension ServiceStrategy {
    /// Makes `clusterIP` and `clusterIPs` follow each other: older clients write only the first.
    package static func normalizeClusterIPs(_ service: inout Service, old: Service?) {
        let address = service.spec.clusterIP.text
        guard let old else {
            if !address.isEmpty, service.spec.clusterIPs.isEmpty { service.spec.clusterIPs = [address] }
            return
        }
        let before = old.spec.clusterIP.text
        if address.isEmpty, !before.isEmpty, service.spec.clusterIPs == old.spec.clusterIPs {
            service.spec.clusterIPs = []
        } else if !address.isEmpty, before != address, service.spec.clusterIPs == old.spec.clusterIPs {
            // The one address was changed by a client that knows of no other.
            service.spec.clusterIPs = [address]
        } else if before.isEmpty, !address.isEmpty, service.spec.clusterIPs.isEmpty {
            service.spec.clusterIPs = [address]
        }
    }

    /// An update that leaves allocated values out keeps them.
    static func keepAllocatedValues(_ service: inout Service, old: Service) {
        if needsClusterIP(old), needsClusterIP(service) {
            if service.spec.clusterIP.isEmptyOrNil { service.spec.clusterIP = old.spec.clusterIP }
            if service.spec.clusterIPs.isEmpty, service.spec.clusterIP == old.spec.clusterIP {
                service.spec.clusterIPs = old.spec.clusterIPs
            }
        }
        if needsNodePort(old), needsNodePort(service) { keepNodePorts(&service, old: old) }
        if needsHealthCheckNodePort(old), needsHealthCheckNodePort(service),
            service.spec.healthCheckNodePort.isZeroOrNil
        {
            service.spec.healthCheckNodePort = old.spec.healthCheckNodePort
        }
    }

    /// Ports keep their node port by their name, unless another took it.
    private static func keepNodePorts(_ service: inout Service, old: Service) {
        let before = old.spec.ports.compactMap(\.nodePort)
        var used = service.spec.ports.compactMap(\.nodePort).filter { $0 != 0 && before.contains($0) }
        for index in service.spec.ports.indices where service.spec.ports[index].nodePort.isZeroOrNil {
            let name = service.spec.ports[index].name.text
            guard let port = old.spec.ports.last(where: { $0.name.text == name })?.nodePort, port != 0,
                !used.contains(port)
            else { continue }
            service.spec.ports[index].nodePort = port
            used.append(port)
        }
    }

    /// When the type changes, values that only the old type has go, if the author did not set them anew.
    static func dropFieldsOfOtherTypes(_ service: inout Service, old: Service) {
        if needsClusterIP(old), !needsClusterIP(service), service.spec.clusterIPs == old.spec.clusterIPs {
            service.spec.clusterIP = nil
            service.spec.clusterIPs = []
            service.spec.ipFamilies = []
            service.spec.ipFamilyPolicy = nil
        }
        let nodePorts = service.spec.ports.map { $0.nodePort ?? 0 }
        if needsNodePort(old), !needsNodePort(service), nodePorts == old.spec.ports.map({ $0.nodePort ?? 0 }) {
            for index in service.spec.ports.indices { service.spec.ports[index].nodePort = nil }
        }
        if needsHealthCheckNodePort(old), !needsHealthCheckNodePort(service),
            service.spec.healthCheckNodePort == old.spec.healthCheckNodePort
        {
            service.spec.healthCheckNodePort = nil
        }
        if old.spec.type == "LoadBalancer", service.spec.type != "LoadBalancer" {
            if service.spec.allocateLoadBalancerNodePorts == old.spec.allocateLoadBalancerNodePorts {
                service.spec.allocateLoadBalancerNodePorts = nil
            }
            if service.spec.loadBalancerClass == old.spec.loadBalancerClass { service.spec.loadBalancerClass = nil }
        }
        if isExternallyAccessible(old), !isExternallyAccessible(service),
            service.spec.externalTrafficPolicy == old.spec.externalTrafficPolicy
        {
            service.spec.externalTrafficPolicy = nil
        }
    }
}

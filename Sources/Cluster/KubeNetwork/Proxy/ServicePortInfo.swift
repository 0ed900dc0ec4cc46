import KubeAPI

/// One port of a service as the proxy sees it.
struct ServicePortInfo {
    /// `namespace/name:port`, or `namespace/name` for a port without a name.
    let name: String
    let portName: String
    /// In lower case: `tcp`, `udp`, `sctp`.
    let protocolName: String
    let clusterIP: String
    let port: Int
    /// 0 for none.
    let nodePort: Int
    let healthCheckNodePort: Int
    let externalIPs: [String]
    let loadBalancerVIPs: [String]
    let loadBalancerSourceRanges: [AddressRange]
    let isInternalPolicyLocal: Bool
    let isExternalPolicyLocal: Bool
    /// Seconds that a client stays with its endpoint; nil without session affinity.
    let stickySeconds: Int?
    private let hash: String

    var clusterChain: String { "KUBE-SVC-" + hash }
    var localChain: String { "KUBE-SVL-" + hash }
    var externalChain: String { "KUBE-EXT-" + hash }
    var firewallChain: String { "KUBE-FW-" + hash }

    var isExternallyAccessible: Bool { nodePort != 0 || !loadBalancerVIPs.isEmpty || !externalIPs.isEmpty }
    var usesClusterEndpoints: Bool {
        // Traffic from the node itself to an external address takes the cluster's endpoints whatever the policy.
        !isInternalPolicyLocal || isExternallyAccessible
    }
    var usesLocalEndpoints: Bool { isInternalPolicyLocal || isExternalPolicyLocal && isExternallyAccessible }

    /// The ports of a service; none for headless services and external names.
    static func ports(of service: Service) -> [ServicePortInfo] {
        guard isProxied(service) else { return [] }
        return service.spec.ports.map { ServicePortInfo(service, $0) }
    }

    static func isProxied(_ service: Service) -> Bool {
        let address = service.spec.clusterIP ?? ""
        return !address.isEmpty && address != "None" && service.spec.type != "ExternalName"
    }

    private init(_ service: Service, _ port: ServicePort) {
        let spec = service.spec
        portName = port.name ?? ""
        name = "\(service.namespace)/\(service.name)" + (portName.isEmpty ? "" : ":" + portName)
        protocolName = (port.protocol ?? "TCP").lowercased()
        clusterIP = spec.clusterIP ?? ""
        self.port = port.port
        nodePort = port.nodePort ?? 0
        // Of addresses of the other family this proxy makes nothing.
        externalIPs = spec.externalIPs.filter { AddressRange.address($0) != nil }
        loadBalancerVIPs =
            service.status.loadBalancer?.ingress.compactMap { ingress in
                guard ingress.ipMode == nil || ingress.ipMode == "VIP", let ip = ingress.ip else { return nil }
                return AddressRange.address(ip) == nil ? nil : ip
            } ?? []
        loadBalancerSourceRanges = spec.loadBalancerSourceRanges.compactMap(AddressRange.init)
        isInternalPolicyLocal = spec.internalTrafficPolicy == "Local"
        isExternalPolicyLocal = spec.externalTrafficPolicy == "Local"
        healthCheckNodePort = isExternalPolicyLocal ? spec.healthCheckNodePort ?? 0 : 0
        stickySeconds =
            spec.sessionAffinity == "ClientIP" ? spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800 : nil
        hash = ChainNames.hash(name, protocolName)
    }
}

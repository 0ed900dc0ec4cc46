import KubeAPI

/// Where a proxy stands: what the rules of its node depend on besides services and endpoints.
struct ProxyPlace {
    let node: String
    /// Empty: the node is in no zone.
    let zone: String
    /// The node's own; empty until it is known.
    let address: String
}

/// An address that a service port leads to.
struct ProxyEndpoint {
    let ip: String
    let port: Int
    let node: String
    let isReady: Bool
    let isServing: Bool
    let isTerminating: Bool
    /// Whom the endpoint is meant for; empty for everybody.
    let zoneHints: [String]
    let nodeHints: [String]

    /// `ip:port`
    var text: String { "\(ip):\(port)" }
}

/// Which endpoints the rules of a service port use on one node.
/// Follows kubernetes `pkg/proxy/topology.go` (CategorizeEndpoints).
struct EndpointChoice {
    /// For the Cluster policies: the ready ones that are meant for this node, or, when none is ready anywhere, those
    /// that still serve while they terminate.
    var cluster: [ProxyEndpoint] = []
    /// This node's own, for the Local policies.
    var local: [ProxyEndpoint] = []
    /// All that the node's rules name, sorted by text.
    var reachable: [ProxyEndpoint] = []
    /// Whether any node has a usable endpoint.
    var hasAny = false

    init(_ info: ServicePortInfo, _ endpoints: [ProxyEndpoint], at place: ProxyPlace) {
        if info.usesClusterEndpoints {
            let topology = EndpointChoice.topology(of: endpoints, at: place)
            cluster = EndpointChoice.usable(endpoints) { endpoint in
                switch topology {
                case .everywhere: true
                case .sameZone: endpoint.zoneHints.contains(place.zone)
                case .sameNode: endpoint.nodeHints.contains(place.node)
                }
            }
            hasAny = !cluster.isEmpty
        }
        guard info.usesLocalEndpoints else {
            reachable = cluster
            return
        }
        local = EndpointChoice.usable(endpoints.filter { $0.node == place.node }) { _ in true }
        if !hasAny { hasAny = !EndpointChoice.usable(endpoints) { _ in true }.isEmpty }
        reachable = cluster
        let known = Set(cluster.map(\.text))
        reachable += local.filter { !known.contains($0.text) }
        reachable.sort { $0.text < $1.text }
    }

    private static func usable(
        _ endpoints: [ProxyEndpoint], where isMeant: (ProxyEndpoint) -> Bool
    ) -> [ProxyEndpoint] {
        let ready = endpoints.filter { $0.isReady && isMeant($0) }
        return ready.isEmpty ? endpoints.filter { $0.isServing && $0.isTerminating } : ready
    }

    private enum Topology { case everywhere, sameZone, sameNode }

    /// Hints count only if every ready endpoint has one and one of them is for this node or its zone: so there is
    /// always somewhere to go. Node hints go before zone hints.
    private static func topology(of endpoints: [ProxyEndpoint], at place: ProxyPlace) -> Topology {
        var isHinted = false
        var haveNodeHints = true
        var haveZoneHints = true
        var isForNode = false
        var isForZone = false
        for endpoint in endpoints where endpoint.isReady {
            if endpoint.zoneHints.isEmpty, endpoint.nodeHints.isEmpty { return .everywhere }
            isHinted = true
            if endpoint.nodeHints.isEmpty { haveNodeHints = false }
            if endpoint.zoneHints.isEmpty { haveZoneHints = false }
            if endpoint.nodeHints.contains(place.node) { isForNode = true }
            if endpoint.zoneHints.contains(place.zone) { isForZone = true }
        }
        if !isHinted { return .everywhere }
        if haveNodeHints, isForNode { return .sameNode }
        return haveZoneHints && isForZone ? .sameZone : .everywhere
    }
}

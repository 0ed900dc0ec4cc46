import KubeAPI

/// An address that a service port leads to.
struct ProxyEndpoint {
    let ip: String
    let port: Int
    let node: String
    let isReady: Bool
    let isServing: Bool
    let isTerminating: Bool

    /// `ip:port`
    var text: String { "\(ip):\(port)" }
}

/// Which endpoints the rules of a service port use on one node.
/// Follows kubernetes `pkg/proxy/topology.go` (CategorizeEndpoints).
struct EndpointChoice {
    /// For the Cluster policies: the ready ones, or, when none is, those that still serve while they terminate.
    var cluster: [ProxyEndpoint] = []
    /// The same of this node's own, for the Local policies.
    var local: [ProxyEndpoint] = []
    /// All that the node's rules name, sorted by text.
    var reachable: [ProxyEndpoint] = []
    /// Whether any node has a usable endpoint.
    var hasAny = false

    init(_ info: ServicePortInfo, _ endpoints: [ProxyEndpoint], node: String) {
        if info.usesClusterEndpoints {
            cluster = EndpointChoice.usable(endpoints)
            hasAny = !cluster.isEmpty
        }
        guard info.usesLocalEndpoints else {
            reachable = cluster
            return
        }
        local = EndpointChoice.usable(endpoints.filter { $0.node == node })
        if !hasAny { hasAny = !EndpointChoice.usable(endpoints).isEmpty }
        reachable = cluster
        let known = Set(cluster.map(\.text))
        reachable += local.filter { !known.contains($0.text) }
        reachable.sort { $0.text < $1.text }
    }

    private static func usable(_ endpoints: [ProxyEndpoint]) -> [ProxyEndpoint] {
        let ready = endpoints.filter(\.isReady)
        return ready.isEmpty ? endpoints.filter { $0.isServing && $0.isTerminating } : ready
    }
}

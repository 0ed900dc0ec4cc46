import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster
import KubeNetwork

/// What must hold of the proxies' rules whenever nothing is under way: those of nodes that are in touch are what a
/// proxy would write that has only just been told of all services, slices and nodes; those of a node that is cut off
/// are what they were when it was.
struct RulesFollowTheirView {
    private let cluster: Cluster
    /// The rules of nodes that are cut off, from when they were.
    private var frozen: [String: String] = [:]

    init(_ cluster: Cluster) { self.cluster = cluster }

    mutating func violations() -> [String] {
        let rules = cluster.proxies.rules
        let fresh = fresh()
        let off = cluster.snapshot().poweredOffNodes
        var violations: [String] = []
        if rules.nodes != fresh.nodes { violations.append("rules are of \(rules.nodes), nodes are \(fresh.nodes)") }
        for node in rules.nodes {
            let text = rules.text(node: node)
            if off.contains(node) || cluster.isPartitioned(node) {
                if let before = frozen[node], before != text { violations.append("\(node) is cut off and learns") }
                frozen[node] = text
            } else {
                frozen[node] = nil
                let wanted = fresh.text(node: node)
                if text != wanted {
                    let found = Set(text.split(separator: "\n"))
                    let missing = wanted.split(separator: "\n").first { !found.contains($0) }
                    violations.append(
                        "\(node) has other rules than its view gives, first missing: \(missing ?? "none")")
                }
            }
        }
        return violations
    }

    private func fresh() -> ServiceRules {
        let snapshot = cluster.server.snapshot()
        let client = LocalClient(cluster.server, component: "oracle")
        let context = ComponentContext(
            client: client, loop: cluster.loop, random: SeededRandom(seed: 1),
            recorder: EventRecorder(client: client, loop: cluster.loop, component: "oracle"))
        let proxies = ServiceProxies(context, clusterCIDR: cluster.configuration.clusterCIDR)
        for kind in [ResourceKind.node, .service, .endpointSlice] {
            snapshot.forEach(kind) { object in
                proxies.handle(
                    Change(
                        revision: snapshot.revision, time: cluster.loop.now, key: object.key, verb: .create, old: nil,
                        new: object, author: "oracle", cause: 0))
                return true
            }
        }
        return proxies.rules
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// The rule sets of all nodes at one moment. Nodes that are in touch share one; a node that is cut off keeps the one it
/// had.
struct IPTablesRules: ServiceRulesView {
    struct RuleSet: Sendable {
        var groups = PersistentMap<ServiceKey, ServiceRuleGroup>()
        var endpointCount = 0
        /// The newest change that is in it.
        var revision: Revision = 0
    }

    /// A service's place: namespace, then name.
    struct ServiceKey: Hashable, Comparable, Sendable {
        var namespace: String
        var name: String

        static func < (left: ServiceKey, right: ServiceKey) -> Bool {
            let order = compareUTF8(left.namespace, right.namespace)
            return order != 0 ? order < 0 : compareUTF8(left.name, right.name) < 0
        }
    }

    /// More endpoints than this make a large cluster, whose rules have no comments.
    private static let largeCluster = 1000

    let version: Int
    let nodes: [String]
    let clusterCIDR: String
    let current: RuleSet
    let heldBack: [String: RuleSet]
    /// The zones of the nodes that are in one.
    let zones: [String: String]
    /// The addresses of the nodes that have one.
    let addresses: [String: String]

    var mode: String { "iptables" }

    private func ruleSet(_ node: String) -> RuleSet { heldBack[node] ?? current }

    func syncedRevision(node: String) -> Revision? { nodes.contains(node) ? ruleSet(node).revision : nil }

    private func writer(_ node: String) -> RuleWriter {
        RuleWriter(
            place: ProxyPlace(node: node, zone: zones[node] ?? "", address: addresses[node] ?? ""),
            clusterCIDR: clusterCIDR,
            isLargeCluster: ruleSet(node).endpointCount > IPTablesRules.largeCluster)
    }

    func chains(namespace: String, service: String, node: String) -> [ServiceRuleChain] {
        guard let group = ruleSet(node).groups[ServiceKey(namespace: namespace, name: service)] else { return [] }
        var writer = writer(node)
        writer.write(group)
        var entrances: [ServiceRuleChain] = []
        for shared in writer.shared {
            if let index = entrances.firstIndex(where: { $0.table == shared.table && $0.name == shared.chain }) {
                entrances[index].rules.append(shared.rule)
            } else {
                entrances.append(
                    ServiceRuleChain(
                        table: shared.table, name: shared.chain, rules: [shared.rule], revision: group.revision))
            }
        }
        return entrances + writer.chains
    }

    func chains(node: String) -> [ServiceRuleChain] {
        var writer = writer(node)
        let set = ruleSet(node)
        _ = set.groups.forEach { _, group in
            writer.write(group)
            return true
        }
        var shared: [String: [ServiceRule]] = [:]
        for entry in writer.shared { shared[entry.table + entry.chain, default: []].append(entry.rule) }
        var chains: [ServiceRuleChain] = []
        for name in BaseRules.filterChains {
            let rules = BaseRules.filter(name) + (shared["filter" + name] ?? [])
            chains.append(ServiceRuleChain(table: "filter", name: name, rules: rules, revision: set.revision))
        }
        for name in BaseRules.natChains {
            var rules = BaseRules.nat(name) + (shared["nat" + name] ?? [])
            if name == ChainNames.services { rules.append(BaseRules.nodePortsJump) }
            chains.append(ServiceRuleChain(table: "nat", name: name, rules: rules, revision: set.revision))
        }
        return chains + writer.chains
    }

    func text(node: String) -> String {
        var lines: [String] = []
        let chains = chains(node: node)
        for table in ["filter", "nat"] {
            lines.append("*" + table)
            for chain in chains where chain.table == table {
                lines.append(":\(chain.name) \(BaseRules.builtIn.contains(chain.name) ? "ACCEPT" : "-") [0:0]")
            }
            for chain in chains where chain.table == table {
                for rule in chain.rules { lines.append("-A \(chain.name) \(rule.text)") }
            }
            lines.append("COMMIT")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

import ClusterCore
import KubeAPI

/// One rule of a chain, in iptables' own words, with its counters.
public struct ServiceRule: Hashable, Sendable {
    /// As `iptables-save` prints it, without `-A CHAIN`: `-m comment --comment "default/web:http" -j KUBE-SVC-…`.
    public var text: String
    /// The chain or target that `-j` names.
    public var target: String
    public var packets: Int
    public var bytes: Int

    public init(text: String, target: String, packets: Int = 0, bytes: Int = 0) {
        self.text = text
        self.target = target
        self.packets = packets
        self.bytes = bytes
    }
}

/// A chain of a table and its rules in order.
public struct ServiceRuleChain: Hashable, Sendable {
    /// `nat`, `filter` or `mangle`.
    public var table: String
    public var name: String
    public var rules: [ServiceRule]
    /// The revision that last changed it, for highlighting.
    public var revision: Revision

    public init(table: String, name: String, rules: [ServiceRule], revision: Revision) {
        self.table = table
        self.name = name
        self.rules = rules
        self.revision = revision
    }
}

/// The rules of all nodes' service proxies at one moment; immutable. Implemented by the proxy, shown by the console.
public protocol ServiceRulesView: Sendable {
    /// Grows whenever any rule on any node changes.
    var version: Int { get }
    /// `iptables`, later `ipvs` and `nftables`.
    var mode: String { get }
    /// The nodes that have a proxy, sorted.
    var nodes: [String] { get }
    /// The revision up to which a node's proxy has synced.
    func syncedRevision(node: String) -> Revision?
    /// The chains that carry a service's traffic on a node, in the order a packet meets them:
    /// service, external, local, firewall, endpoint chains; with the rules of shared chains that lead to them.
    func chains(namespace: String, service: String, node: String) -> [ServiceRuleChain]
    /// All chains of a node. O(rules).
    func chains(node: String) -> [ServiceRuleChain]
    /// All rules of a node as `iptables-save` prints them. O(rules).
    func text(node: String) -> String
}

/// The rules of a cluster, or none before a proxy runs.
public typealias ServiceRules = any ServiceRulesView

import ClusterCore
import KubeAPI
import KubeClient

/// Works out the rules of a service on one node, in the words and order of kube-proxy's iptables mode.
///
/// Shared chains (KUBE-SERVICES and the like) get a few rules from each service; chains of its own it has whole.
/// Follows kubernetes `pkg/proxy/iptables/proxier.go` (syncProxyRules).
struct RuleWriter {
    /// What a service adds to a chain that all share.
    struct Shared {
        var table: String
        var chain: String
        var rule: ServiceRule
    }

    let place: ProxyPlace
    let clusterCIDR: String
    /// Above a thousand endpoints the comments are left out, as upstream does to save memory.
    let isLargeCluster: Bool

    private(set) var shared: [Shared] = []
    private(set) var chains: [ServiceRuleChain] = []
    private var revision: Revision = 0

    init(place: ProxyPlace, clusterCIDR: String, isLargeCluster: Bool) {
        self.place = place
        self.clusterCIDR = clusterCIDR
        self.isLargeCluster = isLargeCluster
    }

    mutating func write(_ group: ServiceRuleGroup) {
        revision = group.revision
        for info in ServicePortInfo.ports(of: group.service).sorted(by: { $0.name < $1.name }) {
            write(info, EndpointChoice(info, group.endpoints(of: info), at: place))
        }
    }

    // MARK: One port

    private mutating func write(_ info: ServicePortInfo, _ choice: EndpointChoice) {
        let hasInternal = choice.hasAny && !(info.isInternalPolicyLocal && choice.local.isEmpty)
        let hasExternal = choice.hasAny && !(info.isExternalPolicyLocal && choice.local.isEmpty)
        let usesFirewall =
            choice.hasAny && !info.loadBalancerVIPs.isEmpty && !info.loadBalancerSourceRanges.isEmpty
        captureClusterIP(info, choice, hasInternal)
        captureExternal(info, choice, hasExternal, usesFirewall)
        let internalChain = info.isInternalPolicyLocal ? info.localChain : info.clusterChain
        var policyRules: [String: [ServiceRule]] = [:]
        if hasInternal {
            policyRules[internalChain] = [
                rule(
                    "\(comment("\(info.name) cluster IP")) \(match(info)) -d \(info.clusterIP) --dport \(info.port) ! -s \(clusterCIDR)",
                    ChainNames.markMasquerade)
            ]
        }
        if choice.hasAny, info.isExternallyAccessible { writeExternalChain(info, hasExternal) }
        if usesFirewall { writeFirewallChain(info) }
        if !choice.cluster.isEmpty, info.usesClusterEndpoints {
            add(info.clusterChain, (policyRules[info.clusterChain] ?? []) + balance(info, choice.cluster))
        }
        if !choice.local.isEmpty, info.usesLocalEndpoints {
            add(info.localChain, (policyRules[info.localChain] ?? []) + balance(info, choice.local))
        }
        for endpoint in choice.reachable { writeEndpointChain(info, endpoint) }
    }

    private mutating func captureClusterIP(_ info: ServicePortInfo, _ choice: EndpointChoice, _ hasInternal: Bool) {
        let destination = "\(match(info)) -d \(info.clusterIP) --dport \(info.port)"
        if hasInternal {
            let chain = info.isInternalPolicyLocal ? info.localChain : info.clusterChain
            share("nat", ChainNames.services, "\(comment("\(info.name) cluster IP")) \(destination)", chain)
        } else {
            let why = choice.hasAny ? "no local endpoints" : "no endpoints"
            share(
                "filter", ChainNames.services, "\(comment("\(info.name) has \(why)")) \(destination)",
                choice.hasAny ? "DROP" : "REJECT")
        }
    }

    private mutating func captureExternal(
        _ info: ServicePortInfo, _ choice: EndpointChoice, _ hasExternal: Bool, _ usesFirewall: Bool
    ) {
        let refusal = choice.hasAny ? "DROP" : "REJECT"
        let why = comment("\(info.name) has \(choice.hasAny ? "no local endpoints" : "no endpoints")")
        func destination(_ address: String) -> String { "\(match(info)) -d \(address) --dport \(info.port)" }
        for address in info.externalIPs {
            if choice.hasAny {
                share(
                    "nat", ChainNames.services, "\(comment("\(info.name) external IP")) \(destination(address))",
                    info.externalChain)
            }
            if !hasExternal {
                share("filter", ChainNames.externalServices, "\(why) \(destination(address))", refusal)
            }
        }
        for address in info.loadBalancerVIPs {
            if choice.hasAny {
                share(
                    "nat", ChainNames.services, "\(comment("\(info.name) loadbalancer IP")) \(destination(address))",
                    usesFirewall ? info.firewallChain : info.externalChain)
            }
            if usesFirewall {
                share(
                    "filter", ChainNames.proxyFirewall,
                    "\(comment("\(info.name) traffic not accepted by \(info.firewallChain)")) \(destination(address))",
                    "DROP")
            }
            if !hasExternal {
                share("filter", ChainNames.externalServices, "\(why) \(destination(address))", refusal)
            }
        }
        if info.nodePort != 0 {
            if choice.hasAny {
                share(
                    "nat", ChainNames.nodePorts, "\(plainComment(info.name)) \(match(info)) --dport \(info.nodePort)",
                    info.externalChain)
            }
            if !hasExternal {
                share(
                    "filter", ChainNames.externalServices,
                    "\(why) -m addrtype --dst-type LOCAL \(match(info)) --dport \(info.nodePort)", refusal)
            }
        }
        if info.healthCheckNodePort != 0 {
            share(
                "filter", ChainNames.nodePorts,
                "\(comment("\(info.name) health check node port")) -m tcp -p tcp --dport \(info.healthCheckNodePort)",
                "ACCEPT")
        }
    }

    // MARK: Chains of its own

    private mutating func writeExternalChain(_ info: ServicePortInfo, _ hasExternal: Bool) {
        var rules: [ServiceRule] = []
        if info.isExternalPolicyLocal {
            rules = [
                rule(
                    "\(comment("pod traffic for \(info.name) external destinations")) -s \(clusterCIDR)",
                    info.clusterChain),
                rule(
                    "\(comment("masquerade LOCAL traffic for \(info.name) external destinations")) -m addrtype --src-type LOCAL",
                    ChainNames.markMasquerade),
                rule(
                    "\(comment("route LOCAL traffic for \(info.name) external destinations")) -m addrtype --src-type LOCAL",
                    info.clusterChain),
            ]
        } else {
            rules = [
                rule(
                    comment("masquerade traffic for \(info.name) external destinations"), ChainNames.markMasquerade)
            ]
        }
        if hasExternal { rules.append(rule("", info.isExternalPolicyLocal ? info.localChain : info.clusterChain)) }
        add(info.externalChain, rules)
    }

    private mutating func writeFirewallChain(_ info: ServicePortInfo) {
        var rules = info.loadBalancerSourceRanges.map { range in
            rule("\(comment("\(info.name) loadbalancer IP")) -s \(range)", info.externalChain)
        }
        // Where the balancer's address is one of the node's own, what the node sends there comes back to it, from
        // there.
        if info.loadBalancerSourceRanges.contains(where: { $0.contains(place.address) }) {
            rules += info.loadBalancerVIPs.map { address in
                rule("\(comment("\(info.name) loadbalancer IP")) -s \(address)", info.externalChain)
            }
        }
        // What reaches the end was not accepted, and meets its rule in KUBE-PROXY-FIREWALL.
        let last = comment("other traffic to \(info.name) will be dropped by KUBE-PROXY-FIREWALL")
        rules.append(ServiceRule(text: last, target: ""))
        add(info.firewallChain, rules)
    }

    /// Sticky clients first; then each endpoint with an even chance: of n rules, the i-th matches one in n − i.
    private func balance(_ info: ServicePortInfo, _ endpoints: [ProxyEndpoint]) -> [ServiceRule] {
        var rules: [ServiceRule] = []
        rules.reserveCapacity(endpoints.count)
        let names = endpoints.map { ChainNames.endpoint(info.name, info.protocolName, $0.text) }
        func label(_ endpoint: ProxyEndpoint) -> String {
            isLargeCluster ? "" : comment("\(info.name) -> \(endpoint.text)") + " "
        }
        if let seconds = info.stickySeconds {
            for (endpoint, chain) in zip(endpoints, names) {
                rules.append(
                    rule("\(label(endpoint))-m recent --name \(chain) --rcheck --seconds \(seconds) --reap", chain))
            }
        }
        for (index, endpoint) in endpoints.enumerated() {
            var text = label(endpoint)
            if index < endpoints.count - 1 {
                text += "-m statistic --mode random --probability \(RuleWriter.probability(endpoints.count - index))"
            } else if !text.isEmpty {
                text.removeLast()
            }
            rules.append(rule(text, names[index]))
        }
        return rules
    }

    private mutating func writeEndpointChain(_ info: ServicePortInfo, _ endpoint: ProxyEndpoint) {
        let chain = ChainNames.endpoint(info.name, info.protocolName, endpoint.text)
        let label = isLargeCluster ? "" : plainComment(info.name) + " "
        let sticky = info.stickySeconds == nil ? "" : "-m recent --name \(chain) --set "
        add(
            chain,
            [
                rule("\(label)-s \(endpoint.ip)", ChainNames.markMasquerade),
                ServiceRule(
                    text: "\(label)\(sticky)\(match(info)) -j DNAT --to-destination \(endpoint.text)", target: "DNAT"),
            ])
    }

    /// 1/n with ten digits, as Go prints it.
    static func probability(_ count: Int) -> String {
        let scale = 10_000_000_000
        let value = (2 * scale + count) / (2 * count)
        let digits = String(value % scale)
        return "\(value / scale)." + String(repeating: "0", count: 10 - digits.utf8.count) + digits
    }

    // MARK: Words

    private func match(_ info: ServicePortInfo) -> String { "-m \(info.protocolName) -p \(info.protocolName)" }
    private func comment(_ text: String) -> String { "-m comment --comment \"\(text)\"" }
    private func plainComment(_ text: String) -> String { "-m comment --comment \(text)" }

    private func rule(_ match: String, _ target: String) -> ServiceRule {
        ServiceRule(text: match.isEmpty ? "-j \(target)" : "\(match) -j \(target)", target: target)
    }

    private mutating func share(_ table: String, _ chain: String, _ match: String, _ target: String) {
        shared.append(Shared(table: table, chain: chain, rule: rule(match, target)))
    }

    private mutating func add(_ chain: String, _ rules: [ServiceRule]) {
        chains.append(ServiceRuleChain(table: "nat", name: chain, rules: rules, revision: revision))
    }
}

import KubeClient

/// The rules that are there without any service: the jumps from the built-in chains, masquerading, forwarding.
/// Follows kubernetes `pkg/proxy/iptables/proxier.go` (iptablesJumpChains) and the kubelet's `KUBE-FIREWALL`.
enum BaseRules {
    /// Chains in the order in which they are declared.
    static let filterChains = [
        "INPUT", "FORWARD", "OUTPUT", ChainNames.externalServices, ChainNames.kubeletFirewall, ChainNames.forward,
        ChainNames.nodePorts, ChainNames.proxyFirewall, ChainNames.services,
    ]
    static let natChains = [
        "PREROUTING", "INPUT", "OUTPUT", "POSTROUTING", ChainNames.markMasquerade, ChainNames.nodePorts,
        ChainNames.postrouting, ChainNames.services,
    ]
    static let builtIn: Set = ["INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING"]

    private static let new = "-m conntrack --ctstate NEW "

    private static func jump(_ match: String, _ comment: String, _ target: String) -> ServiceRule {
        ServiceRule(text: "\(match)-m comment --comment \"\(comment)\" -j \(target)", target: target)
    }

    static func filter(_ chain: String) -> [ServiceRule] {
        switch chain {
        case "INPUT":
            [
                jump(new, "kubernetes load balancer firewall", ChainNames.proxyFirewall),
                jump("", "kubernetes health check service ports", ChainNames.nodePorts),
                jump(new, "kubernetes externally-visible service portals", ChainNames.externalServices),
                ServiceRule(text: "-j \(ChainNames.kubeletFirewall)", target: ChainNames.kubeletFirewall),
            ]
        case "FORWARD":
            [
                jump(new, "kubernetes load balancer firewall", ChainNames.proxyFirewall),
                jump("", "kubernetes forwarding rules", ChainNames.forward),
                jump(new, "kubernetes service portals", ChainNames.services),
                jump(new, "kubernetes externally-visible service portals", ChainNames.externalServices),
            ]
        case "OUTPUT":
            [
                jump(new, "kubernetes load balancer firewall", ChainNames.proxyFirewall),
                jump(new, "kubernetes service portals", ChainNames.services),
                ServiceRule(text: "-j \(ChainNames.kubeletFirewall)", target: ChainNames.kubeletFirewall),
            ]
        case ChainNames.kubeletFirewall:
            [
                ServiceRule(
                    text:
                        "-m comment --comment \"block incoming localnet connections\" -d 127.0.0.0/8 ! -s 127.0.0.0/8 "
                        + "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP", target: "DROP")
            ]
        case ChainNames.forward:
            [
                ServiceRule(text: "-m conntrack --ctstate INVALID -j DROP", target: "DROP"),
                jump("", "kubernetes forwarding rules", "ACCEPT").marked,
                ServiceRule(
                    text: "-m comment --comment \"kubernetes forwarding conntrack rule\" "
                        + "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", target: "ACCEPT"),
            ]
        default: []
        }
    }

    static func nat(_ chain: String) -> [ServiceRule] {
        switch chain {
        case "PREROUTING", "OUTPUT": [jump("", "kubernetes service portals", ChainNames.services)]
        case "POSTROUTING": [jump("", "kubernetes postrouting rules", ChainNames.postrouting)]
        case ChainNames.markMasquerade: [ServiceRule(text: "-j MARK --or-mark 0x4000", target: "MARK")]
        case ChainNames.postrouting:
            [
                ServiceRule(text: "-m mark ! --mark 0x4000/0x4000 -j RETURN", target: "RETURN"),
                ServiceRule(text: "-j MARK --xor-mark 0x4000", target: "MARK"),
                ServiceRule(
                    text: "-m comment --comment \"kubernetes service traffic requiring SNAT\" -j MASQUERADE "
                        + "--random-fully",
                    target: "MASQUERADE"),
            ]
        default: []
        }
    }

    /// Ends KUBE-SERVICES.
    static let nodePortsJump = ServiceRule(
        text: "-m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" "
            + "-m addrtype --dst-type LOCAL -j \(ChainNames.nodePorts)", target: ChainNames.nodePorts)
}

extension ServiceRule {
    /// Only packets that carry the masquerade mark.
    fileprivate var marked: ServiceRule {
        var rule = self
        let cut = text.utf8.count - " -j \(target)".utf8.count
        rule.text = String(text.utf8.prefix(cut)) ?? text
        rule.text += " -m mark --mark 0x4000/0x4000 -j \(target)"
        return rule
    }
}

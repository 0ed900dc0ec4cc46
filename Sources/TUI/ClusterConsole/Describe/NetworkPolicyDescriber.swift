import KubeAPI

extension DescribeWriter {
    mutating func describe(_ policy: NetworkPolicy) {
        let spec = policy.spec
        identity(policy)
        field("Created on", policy.metadata.creationTimestamp.map(DescribeWriter.goTime) ?? "")
        labels("Labels", policy.labels)
        annotations(policy.annotations)
        line("Spec:")
        let selector = spec.podSelector ?? LabelSelector()
        let takesAll = selector.matchLabels.isEmpty && selector.matchExpressions.isEmpty
        let all = "<none> (Allowing the specific traffic to all pods in this namespace)"
        line("PodSelector:     \(takesAll ? all : LabelSelector.format(selector))", indent: 1)
        if spec.policyTypes.contains("Ingress") {
            line("Allowing ingress traffic:", indent: 1)
            let none = "<none> (Selected pods are isolated for ingress connectivity)"
            rules(spec.ingress.map { ($0.ports, $0.from) }, "From", "source", none: none)
        } else {
            line("Not affecting ingress traffic", indent: 1)
        }
        if spec.policyTypes.contains("Egress") {
            line("Allowing egress traffic:", indent: 1)
            let none = "<none> (Selected pods are isolated for egress connectivity)"
            rules(spec.egress.map { ($0.ports, $0.to) }, "To", "destination", none: none)
        } else {
            line("Not affecting egress traffic", indent: 1)
        }
        line("Policy Types: \(DescribeWriter.orNone(spec.policyTypes.joined(separator: ", ")))", indent: 1)
    }

    private mutating func rules(
        _ rules: [(ports: [NetworkPolicyPort], peers: [NetworkPolicyPeer])], _ direction: String, _ end: String,
        none: String
    ) {
        if rules.isEmpty { return line(none, indent: 2) }
        for (index, rule) in rules.enumerated() {
            if index > 0 { line("----------", indent: 2) }
            if rule.ports.isEmpty { line("To Port: <any> (traffic allowed to all ports)", indent: 2) }
            for port in rule.ports {
                let transport = port.protocol ?? "TCP"
                let first = port.port?.text ?? "<nil>"
                if let last = port.endPort {
                    line("To Port Range: \(first)-\(last)/\(transport)", indent: 2)
                } else {
                    line("To Port: \(first)/\(transport)", indent: 2)
                }
            }
            if rule.peers.isEmpty { line("\(direction): <any> (traffic not restricted by \(end))", indent: 2) }
            for entry in rule.peers {
                line("\(direction):", indent: 2)
                peer(entry)
            }
        }
    }

    private mutating func peer(_ peer: NetworkPolicyPeer) {
        if let selector = peer.namespaceSelector {
            line("NamespaceSelector: \(LabelSelector.format(selector))", indent: 3)
        }
        if let selector = peer.podSelector { line("PodSelector: \(LabelSelector.format(selector))", indent: 3) }
        guard peer.namespaceSelector == nil, peer.podSelector == nil, let block = peer.ipBlock else { return }
        line("IPBlock:", indent: 3)
        line("CIDR: \(block.cidr)", indent: 4)
        line("Except: \(block.except.joined(separator: ", "))", indent: 4)
    }

    /// As in `2026-01-01 00:00:05 +0000 UTC`, Go's own form.
    private static func goTime(_ time: Time) -> String {
        time.rfc3339.dropLast().split(separator: "T").joined(separator: " ") + " +0000 UTC"
    }
}

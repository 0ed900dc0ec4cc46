import KubeAPI

/// NetworkPolicies. Follows kubernetes pkg/apis/networking/v1/defaults.go and
/// pkg/apis/networking/validation/validation.go.
enum NetworkPolicyStrategy: Strategy {
    static func setDefaults(_ policy: inout NetworkPolicy) {
        for rule in policy.spec.ingress.indices { setProtocols(&policy.spec.ingress[rule].ports) }
        for rule in policy.spec.egress.indices { setProtocols(&policy.spec.egress[rule].ports) }
        if policy.spec.policyTypes.isEmpty {
            policy.spec.policyTypes = policy.spec.egress.isEmpty ? ["Ingress"] : ["Ingress", "Egress"]
        }
        if policy.spec.podSelector == nil { policy.spec.podSelector = LabelSelector() }
    }

    private static func setProtocols(_ ports: inout [NetworkPolicyPort]) {
        for index in ports.indices where ports[index].protocol == nil { ports[index].protocol = "TCP" }
    }

    static func validate(_ policy: NetworkPolicy) -> [FieldError] {
        let spec = policy.spec
        return Validator.errors { validator in
            validator.field("spec") { validator in
                validator.labelSelector("podSelector", spec.podSelector)
                validator.each("ingress", spec.ingress) { validator, rule, _ in
                    validator.policyPorts(rule.ports)
                    validator.policyPeers("from", rule.from)
                }
                validator.each("egress", spec.egress) { validator, rule, _ in
                    validator.policyPorts(rule.ports)
                    validator.policyPeers("to", rule.to)
                }
                if spec.policyTypes.count > 2 {
                    return validator.invalid(
                        "policyTypes", spec.policyTypes, "may not specify more than two policyTypes")
                }
                for (index, type) in spec.policyTypes.enumerated() where !["Ingress", "Egress"].contains(type) {
                    validator.notSupported(.element("policyTypes", index), type, ["Ingress", "Egress"])
                }
            }
        }
    }

    /// Blocks of addresses in a form that is still accepted.
    /// Follows kubernetes pkg/registry/networking/networkpolicy/strategy.go `networkPolicyWarnings`.
    static func warnings(_ policy: NetworkPolicy, old: NetworkPolicy?) -> [String] {
        let sources = policy.spec.ingress.enumerated().map { ("spec.ingress[\($0)].from", $1.from) }
        let destinations = policy.spec.egress.enumerated().map { ("spec.egress[\($0)].to", $1.to) }
        var warnings: [String] = []
        for (path, peers) in sources + destinations {
            for (index, peer) in peers.enumerated() {
                guard let block = peer.ipBlock else { continue }
                let place = "\(path)[\(index)].ipBlock"
                warnings += AddressWarnings.ofBlock(block.cidr, "\(place).cidr")
                for (number, hole) in block.except.enumerated() {
                    warnings += AddressWarnings.ofBlock(hole, "\(place).except[\(number)]")
                }
            }
        }
        return warnings
    }
}

extension Validator {
    fileprivate mutating func policyPorts(_ ports: [NetworkPolicyPort]) {
        each("ports", ports) { validator, port, _ in
            let protocols = ["TCP", "UDP", "SCTP"]
            if let name = port.protocol, !protocols.contains(name) {
                validator.notSupported("protocol", name, protocols)
            }
            guard let number = port.port else {
                if let end = port.endPort {
                    validator.invalid("endPort", end, "may not be specified when `port` is not specified")
                }
                return
            }
            guard case .int(let start) = number else {
                if let end = port.endPort {
                    validator.invalid("endPort", end, "may not be specified when `port` is non-numeric")
                }
                return validator.portNumberOrName("port", number)
            }
            validator.portNumberOrName("port", number)
            guard let end = port.endPort else { return }
            // The value told is that of the port.
            if end < start { validator.invalid("endPort", start, "must be greater than or equal to `port`") }
            validator.check("endPort", end, Validation.portNumber(end))
        }
    }

    fileprivate mutating func policyPeers(_ name: String, _ peers: [NetworkPolicyPeer]) {
        each(name, peers) { validator, peer, _ in
            validator.labelSelector("podSelector", peer.podSelector)
            validator.labelSelector("namespaceSelector", peer.namespaceSelector)
            if let block = peer.ipBlock {
                validator.field("ipBlock") { $0.ipBlock(block) }
                if peer.podSelector != nil || peer.namespaceSelector != nil {
                    validator.forbidden(.here, "may not specify both ipBlock and another peer")
                }
            } else if peer.podSelector == nil, peer.namespaceSelector == nil {
                validator.required(.here, "must specify a peer")
            }
        }
    }

    private mutating func ipBlock(_ block: IPBlock) {
        if block.cidr.isEmpty { return required("cidr") }
        guard let range = CIDRValue(block.cidr) else { return cidr("cidr", block.cidr) }
        for (index, text) in block.except.enumerated() {
            guard let hole = CIDRValue(text) else {
                cidr(.element("except", index), text)
                continue
            }
            if !range.contains(hole.network) || hole.prefixLength <= range.prefixLength {
                invalid(.element("except", index), text, "must be a strict subset of `cidr`")
            }
        }
    }
}

import KubeAPI

/// Nodes. Follows kubernetes pkg/registry/core/node/strategy.go. A kubelet that registers brings its status along.
enum NodeStrategy: Strategy {
    static func setDefaults(_ node: inout Node) {
        if node.status.allocatable.isEmpty, !node.status.capacity.isEmpty {
            node.status.allocatable = node.status.capacity
        }
        PodSpecDefaults.roundUp(&node.status.capacity)
        PodSpecDefaults.roundUp(&node.status.allocatable)
        // The old field for one block of addresses and the new one for several follow each other; where they differ,
        // the old one tells. Follows kubernetes pkg/apis/core/v1 `Convert_v1_NodeSpec_To_core_NodeSpec`.
        let blocks = node.spec.podCIDRs
        if let block = node.spec.podCIDR, !block.isEmpty {
            if blocks.first != block { node.spec.podCIDRs = [block] }
        } else if let block = blocks.first {
            node.spec.podCIDR = block
        }
    }

    static func prepareForCreate(_ node: inout Node) {
        if node.spec.configSource != nil { node.spec.configSource = nil }
        if node.status.config != nil { node.status.config = nil }
    }

    static func prepareForUpdate(_ node: inout Node, old: Node) { node.status = old.status }
    static func prepareForStatusUpdate(_ node: inout Node, old: Node) { node.spec = old.spec }

    static func validate(_ node: Node) -> [FieldError] {
        Validator.errors { validator in
            validator.taints(node.spec.taints)
            validator.nodeResources(node.status)
            validator.field("spec") { validator in
                for (index, block) in node.spec.podCIDRs.enumerated() {
                    validator.cidr(.element("podCIDRs", index), block)
                }
                if node.spec.podCIDRs.count > 1 {
                    let families = Set(node.spec.podCIDRs.map { CIDRValue($0)?.address.isIPv6 ?? false })
                    if families.count < 2 || node.spec.podCIDRs.count > 2 {
                        validator.invalid(
                            "podCIDRs", node.spec.podCIDRs, "may specify no more than one CIDR for each IP family")
                    }
                }
            }
        }
    }

    static func validateUpdate(_ node: Node, old: Node) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                if !old.spec.podCIDRs.isEmpty, old.spec.podCIDRs != node.spec.podCIDRs {
                    validator.forbidden(
                        "podCIDRs", "node updates may not change podCIDR except from \"\" to valid")
                }
                if let id = old.spec.providerID, !id.isEmpty, id != node.spec.providerID {
                    validator.forbidden(
                        "providerID", "node updates may not change providerID except from \"\" to valid")
                }
            }
            if node.spec.taints != old.spec.taints { validator.taints(node.spec.taints) }
        }
    }

    static func validateStatusUpdate(_ node: Node, old: Node) -> [FieldError] {
        Validator.errors { validator in
            validator.nodeResources(node.status)
            for (index, address) in node.status.addresses.enumerated()
            where node.status.addresses[..<index].contains(address) {
                validator.field("status") { $0.duplicate(.element("addresses", index), address) }
            }
        }
    }

    static func warnings(_ node: Node, old: Node?) -> [String] {
        guard old?.spec != node.spec else { return [] }
        var warnings: [String] = []
        if node.spec.configSource != nil { warnings.append("spec.configSource: the feature is removed") }
        if !node.spec.externalID.isEmptyOrNil {
            warnings.append("spec.externalID: this field is deprecated, and is unused by Kubernetes")
        }
        for (index, block) in node.spec.podCIDRs.enumerated() {
            warnings += AddressWarnings.ofBlock(block, "spec.podCIDRs[\(index)]")
        }
        return warnings
    }
}

extension Validator {
    /// Upstream reports taints under the metadata.
    fileprivate mutating func taints(_ taints: [Taint]) {
        if taints.isEmpty { return }
        field("metadata") { validator in
            validator.each("taints", taints) { validator, taint, index in
                validator.check("key", taint.key, Validation.labelKey(taint.key))
                let messages = Validation.labelValue(taint.value.text)
                if !messages.isEmpty {
                    validator.invalid("value", taint.value.text, messages.joined(separator: ";"))
                }
                if taint.effect.isEmpty {
                    validator.required("effect")
                } else {
                    validator.taintEffect("effect", taint.effect)
                }
                if taints[..<index].contains(where: { $0.key == taint.key && $0.effect == taint.effect }) {
                    validator.duplicate(.here, taint)
                }
            }
        }
    }

    fileprivate mutating func nodeResources(_ status: NodeStatus) {
        field("status") { validator in
            for (name, amount) in status.capacity {
                validator.resourceQuantity(.grandchild("capacity", name), name, amount)
            }
            for (name, amount) in status.allocatable {
                validator.resourceQuantity(.grandchild("allocatable", name), name, amount)
            }
        }
    }
}

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

    static func prepareForUpdate(_ node: inout Node, old: Node) {
        node.status = old.status
        if old.spec.configSource == nil, node.spec.configSource != nil { node.spec.configSource = nil }
    }

    static func prepareForStatusUpdate(_ node: inout Node, old: Node) {
        node.spec = old.spec
        if old.status.config == nil, node.status.config != nil { node.status.config = nil }
    }

    static func validate(_ node: Node) -> [FieldError] {
        Validator.errors { validator in
            validator.taints(node.spec.taints)
            validator.nodeResources(node.status)
            if let capacity = node.status.nodeInfo?.swap?.capacity, capacity <= 0 {
                // Upstream reports it under the metadata, too.
                validator.field("metadata", "nodeSwapStatus") {
                    $0.invalid("capacity", capacity, "must be greater than zero")
                }
            }
            validator.declaredFeatures(node.status)
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

    /// Upstream looks twice at what holds for every node.
    static func validateUpdate(_ node: Node, old: Node) -> [FieldError] { validate(node) + changes(node, old: old) }
    static func validateStatusUpdate(_ node: Node, old: Node) -> [FieldError] { changes(node, old: old) }

    /// Follows `ValidateNodeUpdate`.
    private static func changes(_ node: Node, old: Node) -> [FieldError] {
        Validator.errors { validator in
            validator.nodeResources(node.status)
            validator.declaredFeatures(node.status)
            for (index, address) in node.status.addresses.enumerated()
            where node.status.addresses[..<index].contains(address) {
                validator.field("status") { $0.duplicate(.element("addresses", index), address) }
            }
            validator.field("spec") { $0.nodeUpdate(node.spec, old: old.spec) }
            validator.taints(node.spec.taints)
            if node.spec.externalID.text != old.spec.externalID.text {
                validator.forbidden(.grandchild("spec", "externalID"), "may not be updated")
            }
        }
    }

    static func warnings(_ node: Node, old: Node?) -> [String] {
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
                    validator.duplicate(.here, taint, "taints must be unique by key and effect pair")
                }
            }
        }
    }

    /// What is told of a node once stays.
    fileprivate mutating func nodeUpdate(_ spec: NodeSpec, old: NodeSpec) {
        let reason = "node updates may not change podCIDR except from \"\" to valid"
        let (blocks, before) = (spec.podCIDRs, old.podCIDRs)
        if !before.isEmpty {
            if blocks.count != before.count {
                forbidden("podCIDRs", reason)
            } else {
                for index in blocks.indices where blocks[index] != before[index] { forbidden("podCIDRs", reason) }
            }
        }
        if let id = old.providerID, !id.isEmpty, id != spec.providerID {
            forbidden("providerID", "node updates may not change providerID except from \"\" to valid")
        }
    }

    /// Names in order, each once. Follows `validateNodeDeclaredFeatures`.
    fileprivate mutating func declaredFeatures(_ status: NodeStatus) {
        let features = status.declaredFeatures
        field("status") { validator in
            for (index, feature) in features.enumerated() {
                let place = Place.element("declaredFeatures", index)
                if feature.utf8.count > 253 {
                    validator.invalid(
                        place, feature,
                        "invalid feature name \(GoText.quoted(feature)): must be no more than 253 characters")
                } else if !Validator.isFeatureName(feature) {
                    validator.invalid(
                        place, feature,
                        "invalid feature name \(GoText.quoted(feature)): must start with an UpperCamelCase segment, with "
                            + "subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and "
                            + "contain only alphanumeric characters and slashes")
                }
                guard index + 1 < features.count else { continue }
                let next = features[index + 1]
                let order = compareUTF8(feature, next)
                if order == 0 {
                    validator.duplicate(.element("declaredFeatures", index + 1), next)
                } else if order > 0 {
                    validator.invalid(
                        .element("declaredFeatures", index + 1), next, "list must be sorted alphabetically")
                }
            }
        }
    }

    /// As in `MyFeature/mySubFeature`: letters and digits of ASCII, the first of which is a capital.
    private static func isFeatureName(_ name: String) -> Bool {
        guard let first = name.utf8.first, CharacterSets.isUpper(first) else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.allSatisfy(CharacterSets.isAlphanumeric)
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

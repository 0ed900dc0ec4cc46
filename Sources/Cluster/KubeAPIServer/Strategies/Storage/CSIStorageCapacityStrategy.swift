import KubeAPI

/// How much storage there is where. Follows kubernetes pkg/registry/storage/csistoragecapacity/strategy.go and
/// pkg/apis/storage/validation/validation.go `ValidateCSIStorageCapacity`.
enum CSIStorageCapacityStrategy: Strategy {
    static func validate(_ capacity: CSIStorageCapacity) -> [FieldError] {
        Validator.errors { validator in
            validator.labelSelector("nodeTopology", capacity.nodeTopology)
            let name = capacity.storageClassName
            validator.check("storageClassName", name, Validation.nameIsDNSSubdomain(name, false))
            if let amount = capacity.capacity, amount.isNegative {
                validator.invalid("capacity", amount.text, "must be greater than or equal to 0")
            }
        }
    }

    static func validateUpdate(_ capacity: CSIStorageCapacity, old: CSIStorageCapacity) -> [FieldError] {
        validate(capacity)
            + Validator.errors { validator in
                validator.immutable("nodeTopology", capacity.nodeTopology, old: old.nodeTopology)
                validator.immutable("storageClassName", capacity.storageClassName, old: old.storageClassName)
            }
    }

    static var allowsUnconditionalUpdate: Bool { false }

    /// Follows kubernetes pkg/api/storage/util.go `GetWarningsForCSIStorageCapacity`.
    static func warnings(_ capacity: CSIStorageCapacity, old: CSIStorageCapacity?) -> [String] {
        guard let topology = capacity.nodeTopology else { return [] }
        let expressions = topology.matchExpressions.enumerated().compactMap { index, expression in
            PodWarnings.renamedLabels[expression.key].map {
                "nodeTopology.matchExpressions[\(index)].key: \(expression.key) is deprecated since v1.14; use \"\($0)\" "
                    + "instead"
            }
        }
        let labels = topology.matchLabels.compactMap { key, _ in
            PodWarnings.renamedLabels[key].map {
                "nodeTopology.matchLabels.\(key): deprecated since v1.14; use \"\($0)\" instead"
            }
        }
        return expressions + labels
    }
}

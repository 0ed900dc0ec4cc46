import KubeAPI

/// Which drivers a node has. Follows kubernetes pkg/registry/storage/csinode/strategy.go and
/// pkg/apis/storage/validation/validation.go `ValidateCSINode`.
enum CSINodeStrategy: Strategy {
    private static let longestNodeID = 256

    static func validate(_ node: CSINode) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { validator in
                let drivers = node.spec.drivers
                validator.each("drivers", drivers) { validator, driver, index in
                    validator.csiDriverName("name", driver.name)
                    if driver.nodeID.isEmpty { validator.required("nodeID") }
                    if driver.nodeID.utf8.count > longestNodeID {
                        validator.invalid("nodeID", driver.nodeID, "must be \(longestNodeID) characters or less")
                    }
                    validator.field("allocatable") { $0.nonnegative("count", driver.allocatable?.count) }
                    if drivers[..<index].contains(where: { $0.name == driver.name }) {
                        validator.duplicate("name", driver.name)
                    }
                    // Upstream's paths do not tell which key.
                    for (place, key) in driver.topologyKeys.enumerated() {
                        if key.isEmpty { validator.required(.here) }
                        if driver.topologyKeys[..<place].contains(key) { validator.duplicate(.here, key) }
                        validator.check(.here, key, Validation.qualifiedName(key))
                    }
                }
            }
        }
    }

    /// A driver may be removed, and say how much it can take; nothing else of it changes.
    static func validateUpdate(_ node: CSINode, old: CSINode) -> [FieldError] {
        validate(node)
            + Validator.errors { validator in
                for before in old.spec.drivers {
                    for var after in node.spec.drivers where after.name == before.name {
                        after.allocatable = nil
                        var expected = before
                        expected.allocatable = nil
                        validator.immutable(.grandchild("spec", "drivers"), after, old: expected)
                    }
                }
            }
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

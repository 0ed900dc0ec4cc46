import KubeAPI

/// PriorityClasses. Follows kubernetes pkg/registry/scheduling/priorityclass/strategy.go and
/// pkg/apis/scheduling/validation/validation.go.
enum PriorityClassStrategy: Strategy {
    private static let highestOfUsers = 1_000_000_000
    /// What the cluster comes with, and how high it ranks.
    private static let system = ["system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000]

    /// The cluster's own classes stay, unless a whole collection is deleted.
    /// Follows kubernetes pkg/registry/scheduling/priorityclass/storage/storage.go.
    static func checkDeletion(_ key: ObjectKey) throws(StatusError) {
        guard key.kind == .priorityClass, system[key.name] != nil else { return }
        throw .forbidden(
            kind: .priorityClass, name: key.name, message: "this is a system priority class and cannot be deleted")
    }

    static func setDefaults(_ priorityClass: inout PriorityClass) {
        if priorityClass.preemptionPolicy == nil { priorityClass.preemptionPolicy = "PreemptLowerPriority" }
    }

    static func validate(_ priorityClass: PriorityClass) -> [FieldError] {
        let value = priorityClass.value ?? 0
        return Validator.errors { validator in
            if priorityClass.name.hasPrefix("system-") {
                if let reason = systemError(priorityClass) {
                    validator.forbidden(
                        .grandchild("metadata", "name"),
                        "priority class names with 'system-' prefix are reserved for system use only. error: " + reason)
                }
            } else if value > highestOfUsers {
                validator.forbidden(
                    "value", "maximum allowed value of a user defined priority is \(highestOfUsers)")
            }
            if let policy = priorityClass.preemptionPolicy {
                validator.oneOf("preemptionPolicy", policy, ["PreemptLowerPriority", "Never"])
            }
        }
    }

    private static func systemError(_ priorityClass: PriorityClass) -> String? {
        guard let value = system[priorityClass.name] else {
            return "\(priorityClass.name) is not a known system priority class"
        }
        if priorityClass.value ?? 0 != value { return "value of \(priorityClass.name) PriorityClass must be \(value)" }
        return priorityClass.globalDefault == true
            ? "globalDefault of \(priorityClass.name) PriorityClass must be false" : nil
    }

    static func validateUpdate(_ priorityClass: PriorityClass, old: PriorityClass) -> [FieldError] {
        Validator.errors { validator in
            validator.unchangeable(
                "value", priorityClass.value ?? 0, old: old.value ?? 0, "may not be changed in an update.")
            validator.immutable("preemptionPolicy", priorityClass.preemptionPolicy, old: old.preemptionPolicy)
        }
    }
}

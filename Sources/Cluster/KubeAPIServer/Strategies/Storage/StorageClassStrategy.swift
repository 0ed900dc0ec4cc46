import KubeAPI

/// StorageClasses. Follows kubernetes pkg/apis/storage/v1/defaults.go and pkg/apis/storage/validation/validation.go.
enum StorageClassStrategy: Strategy {
    static func setDefaults(_ storageClass: inout StorageClass) {
        if storageClass.reclaimPolicy == nil { storageClass.reclaimPolicy = "Delete" }
        if storageClass.volumeBindingMode == nil { storageClass.volumeBindingMode = "Immediate" }
    }

    static func warnings(_ storageClass: StorageClass, old: StorageClass?) -> [String] {
        var warnings: [String] = []
        for (index, term) in storageClass.allowedTopologies.enumerated() {
            for (number, expression) in term.matchLabelExpressions.enumerated() {
                guard let name = PodWarnings.renamedLabels[expression.key] else { continue }
                warnings.append(
                    "allowedTopologies[\(index)].matchLabelExpressions[\(number)].key: \(expression.key) is deprecated "
                        + "since v1.14; use \"\(name)\" instead")
            }
        }
        return warnings
    }

    static func validate(_ storageClass: StorageClass) -> [FieldError] {
        Validator.errors { validator in
            if storageClass.provisioner.isEmpty {
                validator.required("provisioner")
            } else {
                let name = storageClass.provisioner.lowercased()
                validator.check("provisioner", storageClass.provisioner, Validation.qualifiedName(name))
            }
            if storageClass.parameters.count > 512 {
                validator.field("parameters") {
                    $0.tooLong("Provisioner Parameters exceeded max allowed", maximum: 512)
                }
            }
            for (key, _) in storageClass.parameters where key.isEmpty {
                validator.invalid("parameters", key, "field can not be empty.")
            }
            validator.oneOf("reclaimPolicy", storageClass.reclaimPolicy, ["Delete", "Retain"], isRequired: false)
            validator.oneOf("volumeBindingMode", storageClass.volumeBindingMode, ["Immediate", "WaitForFirstConsumer"])
            var terms: [[String: Set<String>]] = []
            validator.each("allowedTopologies", storageClass.allowedTopologies) { validator, term, _ in
                var values: [String: Set<String>] = [:]
                validator.each("matchLabelExpressions", term.matchLabelExpressions) { validator, requirement, _ in
                    validator.topology(requirement, isRepeated: values[requirement.key] != nil)
                    values[requirement.key] = Set(requirement.values)
                }
                if terms.contains(values) { validator.duplicate(.here, "") }
                terms.append(values)
            }
        }
    }

    static func validateUpdate(_ storageClass: StorageClass, old: StorageClass) -> [FieldError] {
        Validator.errors { validator in
            if storageClass.parameters != old.parameters {
                validator.forbidden("parameters", "updates to parameters are forbidden.")
            }
            if storageClass.provisioner != old.provisioner {
                validator.forbidden("provisioner", "updates to provisioner are forbidden.")
            }
            if storageClass.reclaimPolicy != old.reclaimPolicy {
                validator.forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden.")
            }
            validator.immutable("volumeBindingMode", storageClass.volumeBindingMode, old: old.volumeBindingMode)
        }
    }
}

extension Validator {
    /// A label, and the values of it that there may be.
    fileprivate mutating func topology(_ requirement: TopologySelectorLabelRequirement, isRepeated: Bool) {
        if requirement.values.isEmpty { required("values") }
        for (index, value) in requirement.values.enumerated() where requirement.values[..<index].contains(value) {
            duplicate(.element("values", index), value)
        }
        check("key", requirement.key, Validation.labelKey(requirement.key))
        if isRepeated { duplicate("key", requirement.key) }
    }
}

extension Validator {
    /// One token for each audience, for ten minutes at least.
    fileprivate mutating func tokenRequests(_ requests: [StorageTokenRequest]) {
        var audiences: Set<String> = []
        each("tokenRequests", requests) { validator, request, _ in
            if !audiences.insert(request.audience).inserted {
                return validator.duplicate("audience", request.audience)
            }
            guard let seconds = request.expirationSeconds else { return }
            if seconds < 600 {
                validator.invalid("expirationSeconds", seconds, "may not specify a duration less than 10 minutes")
            }
            if seconds > 1 << 32 {
                validator.invalid("expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds")
            }
        }
    }
}

/// CSIDrivers. Follows kubernetes pkg/apis/storage/v1/defaults.go `SetDefaults_CSIDriver`.
enum CSIDriverStrategy: Strategy {
    static func setDefaults(_ driver: inout CSIDriver) {
        if driver.spec.attachRequired == nil { driver.spec.attachRequired = true }
        if driver.spec.podInfoOnMount == nil { driver.spec.podInfoOnMount = false }
        if driver.spec.storageCapacity == nil { driver.spec.storageCapacity = false }
        if driver.spec.fsGroupPolicy == nil { driver.spec.fsGroupPolicy = "ReadWriteOnceWithFSType" }
        if driver.spec.volumeLifecycleModes.isEmpty { driver.spec.volumeLifecycleModes = ["Persistent"] }
        if driver.spec.requiresRepublish == nil { driver.spec.requiresRepublish = false }
        if driver.spec.seLinuxMount == nil { driver.spec.seLinuxMount = false }
    }

    static func validate(_ driver: CSIDriver) -> [FieldError] {
        Validator.errors { validator in
            validator.field("metadata") { $0.csiDriverName("name", driver.name) }
            validator.field("spec") { validator in
                for mode in driver.spec.volumeLifecycleModes where !["Ephemeral", "Persistent"].contains(mode) {
                    validator.notSupported("volumeLifecycleModes", mode, ["Ephemeral", "Persistent"])
                }
                validator.oneOf(
                    "fsGroupPolicy", driver.spec.fsGroupPolicy, ["File", "None", "ReadWriteOnceWithFSType"])
                validator.tokenRequests(driver.spec.tokenRequests)
            }
        }
    }

    static func validateUpdate(_ driver: CSIDriver, old: CSIDriver) -> [FieldError] {
        validate(driver)
            + Validator.errors { validator in
                validator.field("spec") { validator in
                    // Upstream's path is not the name of the field.
                    validator.immutable("attachedRequired", driver.spec.attachRequired, old: old.spec.attachRequired)
                    validator.immutable(
                        "volumeLifecycleModes", driver.spec.volumeLifecycleModes, old: old.spec.volumeLifecycleModes)
                }
            }
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

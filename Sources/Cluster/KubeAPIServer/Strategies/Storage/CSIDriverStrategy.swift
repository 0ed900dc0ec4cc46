import KubeAPI

/// CSIDrivers. Follows kubernetes pkg/apis/storage/v1/defaults.go `SetDefaults_CSIDriver` and
/// pkg/apis/storage/validation/validation.go `ValidateCSIDriver`.
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
            validator.field("spec") { validator in
                let policies = ["File", "None", "ReadWriteOnceWithFSType"]
                if let policy = driver.spec.fsGroupPolicy, !policies.contains(policy) {
                    validator.notSupported("fsGroupPolicy", policy, policies)
                }
                validator.tokenRequests(driver.spec.tokenRequests)
                let modes = ["Persistent", "Ephemeral"]
                for mode in driver.spec.volumeLifecycleModes where !modes.contains(mode) {
                    validator.notSupported("volumeLifecycleModes", mode, modes)
                }
                if let seconds = driver.spec.nodeAllocatableUpdatePeriodSeconds, seconds < 10 {
                    validator.invalid(
                        "nodeAllocatableUpdatePeriodSeconds", seconds, "must be greater than or equal to 10 seconds")
                }
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

import KubeAPI

/// Leases, which nodes renew all the time: nothing here allocates.
/// Follows kubernetes pkg/registry/coordination/lease/strategy.go and pkg/apis/coordination/validation/validation.go.
enum LeaseStrategy: Strategy {
    static func validate(_ lease: Lease) -> [FieldError] {
        let spec = lease.spec
        let isValid =
            spec.leaseDurationSeconds ?? 1 > 0 && spec.leaseTransitions ?? 0 >= 0 && spec.strategy == nil
            && spec.preferredHolder == nil
        if isValid { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                if let seconds = spec.leaseDurationSeconds, seconds <= 0 {
                    validator.invalid("leaseDurationSeconds", seconds, "must be greater than 0")
                }
                validator.nonnegative("leaseTransitions", spec.leaseTransitions)
                if let strategy = spec.strategy {
                    validator.oneOf("strategy", strategy, ["OldestEmulationVersion"])
                } else if let holder = spec.preferredHolder {
                    validator.forbidden("preferredHolder", "may only be specified if `strategy` is defined")
                    validator.check("preferredHolder", holder, Validation.dns1123Subdomain(holder))
                }
            }
        }
    }

    static var allowsCreateOnUpdate: Bool { true }
    static var allowsUnconditionalUpdate: Bool { false }
}

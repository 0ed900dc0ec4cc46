import KubeAPI

/// Leases, which nodes renew all the time: nothing here allocates.
/// Follows kubernetes pkg/registry/coordination/lease/strategy.go and pkg/apis/coordination/validation/validation.go.
enum LeaseStrategy: Strategy {
    static func validate(_ lease: Lease) -> [FieldError] {
        let spec = lease.spec
        if spec.leaseDurationSeconds ?? 1 > 0, spec.leaseTransitions ?? 0 >= 0 { return [] }
        return Validator.errors { validator in
            validator.field("spec") { validator in
                if let seconds = spec.leaseDurationSeconds, seconds <= 0 {
                    validator.invalid("leaseDurationSeconds", seconds, "must be greater than 0")
                }
                validator.nonnegative("leaseTransitions", spec.leaseTransitions)
            }
        }
    }

    static var allowsCreateOnUpdate: Bool { true }
    static var allowsUnconditionalUpdate: Bool { false }
}

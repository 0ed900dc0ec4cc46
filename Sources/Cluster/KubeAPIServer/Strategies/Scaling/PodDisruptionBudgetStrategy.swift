import KubeAPI

/// PodDisruptionBudgets. Follows kubernetes pkg/apis/policy/validation/validation.go.
enum PodDisruptionBudgetStrategy: Strategy {
    static func prepareForStatusUpdate(_ budget: inout PodDisruptionBudget, old: PodDisruptionBudget) {
        budget.spec = old.spec
    }

    static func validate(_ budget: PodDisruptionBudget) -> [FieldError] {
        let spec = budget.spec
        return Validator.errors { validator in
            validator.field("spec") { validator in
                if spec.minAvailable != nil, spec.maxUnavailable != nil {
                    validator.invalid(.here, spec, "minAvailable and maxUnavailable cannot be both set")
                }
                if let minimum = spec.minAvailable {
                    validator.positiveIntOrPercent("minAvailable", minimum)
                    validator.notMoreThan100Percent("minAvailable", minimum)
                }
                if let maximum = spec.maxUnavailable {
                    validator.positiveIntOrPercent("maxUnavailable", maximum)
                    validator.notMoreThan100Percent("maxUnavailable", maximum)
                }
                validator.labelSelector("selector", spec.selector)
                let policies = ["AlwaysAllow", "IfHealthyBudget"]
                if let policy = spec.unhealthyPodEvictionPolicy, !policies.contains(policy) {
                    validator.notSupported("unhealthyPodEvictionPolicy", policy, policies)
                }
            }
        }
    }

    static func validateStatusUpdate(_ budget: PodDisruptionBudget, old: PodDisruptionBudget) -> [FieldError] {
        let status = budget.status
        return Validator.errors { validator in
            validator.field("status") { validator in
                validator.conditions(status.conditions)
                validator.nonnegative("disruptionsAllowed", status.disruptionsAllowed)
                validator.nonnegative("currentHealthy", status.currentHealthy)
                validator.nonnegative("desiredHealthy", status.desiredHealthy)
                validator.nonnegative("expectedPods", status.expectedPods)
            }
        }
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

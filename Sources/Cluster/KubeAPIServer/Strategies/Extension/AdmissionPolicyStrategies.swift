import KubeAPI

// Admission policies and what binds them: their defaults, and whether they are well-formed. What their expressions say
// is not looked into.
// Follows kubernetes pkg/apis/admissionregistration/v1/defaults.go.

enum ValidatingAdmissionPolicyStrategy: Strategy {
    static func setDefaults(_ policy: inout ValidatingAdmissionPolicy) {
        if policy.spec.failurePolicy == nil { policy.spec.failurePolicy = "Fail" }
        policy.spec.matchConstraints?.setDefaults()
    }

    static func validate(_ policy: ValidatingAdmissionPolicy) -> [FieldError] {
        Validator.errors { validator in validator.field("spec") { $0.validatingPolicy(policy) } }
    }
}

enum ValidatingAdmissionPolicyBindingStrategy: Strategy {
    static func setDefaults(_ binding: inout ValidatingAdmissionPolicyBinding) {
        binding.spec.matchResources?.setDefaults()
    }

    static func validate(_ binding: ValidatingAdmissionPolicyBinding) -> [FieldError] {
        Validator.errors { validator in validator.field("spec") { $0.validatingPolicyBinding(binding.spec) } }
    }
}

enum MutatingAdmissionPolicyStrategy: Strategy {
    static func setDefaults(_ policy: inout MutatingAdmissionPolicy) {
        if policy.spec.failurePolicy == nil { policy.spec.failurePolicy = "Fail" }
        policy.spec.matchConstraints?.setDefaults()
    }

    static func validate(_ policy: MutatingAdmissionPolicy) -> [FieldError] {
        Validator.errors { validator in validator.field("spec") { $0.mutatingPolicy(policy.spec) } }
    }
}

enum MutatingAdmissionPolicyBindingStrategy: Strategy {
    static func setDefaults(_ binding: inout MutatingAdmissionPolicyBinding) {
        binding.spec.matchResources?.setDefaults()
    }

    static func validate(_ binding: MutatingAdmissionPolicyBinding) -> [FieldError] {
        Validator.errors { validator in validator.field("spec") { $0.mutatingPolicyBinding(binding.spec) } }
    }
}

extension MatchResources {
    /// A selector that is absent selects everything here, and is written so.
    fileprivate mutating func setDefaults() {
        if matchPolicy == nil { matchPolicy = "Equivalent" }
        if namespaceSelector == nil { namespaceSelector = LabelSelector() }
        if objectSelector == nil { objectSelector = LabelSelector() }
        for index in resourceRules.indices where resourceRules[index].scope == nil { resourceRules[index].scope = "*" }
        for index in excludeResourceRules.indices where excludeResourceRules[index].scope == nil {
            excludeResourceRules[index].scope = "*"
        }
    }
}

import KubeAPI

// What admission policies have when their authors leave it out.
// Follows kubernetes pkg/apis/admissionregistration/v1/defaults.go.

enum ValidatingAdmissionPolicyStrategy: Strategy {
    static func setDefaults(_ policy: inout ValidatingAdmissionPolicy) {
        var spec = policy.spec
        if spec.failurePolicy == nil { spec.failurePolicy = "Fail" }
        spec.matchConstraints = spec.matchConstraints.map(AdmissionMatching.defaulted)
        if spec != policy.spec { policy.spec = spec }
    }
}

enum ValidatingAdmissionPolicyBindingStrategy: Strategy {
    static func setDefaults(_ binding: inout ValidatingAdmissionPolicyBinding) {
        let resources = binding.spec.matchResources.map(AdmissionMatching.defaulted)
        if resources != binding.spec.matchResources { binding.spec.matchResources = resources }
    }
}

private enum AdmissionMatching {
    static func defaulted(_ resources: MatchResources) -> MatchResources {
        var result = resources
        if result.matchPolicy == nil { result.matchPolicy = "Equivalent" }
        if result.namespaceSelector == nil { result.namespaceSelector = LabelSelector() }
        if result.objectSelector == nil { result.objectSelector = LabelSelector() }
        for index in result.resourceRules.indices where result.resourceRules[index].scope == nil {
            result.resourceRules[index].scope = "*"
        }
        for index in result.excludeResourceRules.indices where result.excludeResourceRules[index].scope == nil {
            result.excludeResourceRules[index].scope = "*"
        }
        return result
    }
}

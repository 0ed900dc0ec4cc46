import KubeAPI

/// ResourceQuotas. Follows kubernetes pkg/registry/core/resourcequota/strategy.go.
enum ResourceQuotaStrategy: Strategy {
    static func setDefaults(_ quota: inout ResourceQuota) {
        PodSpecDefaults.roundUp(&quota.spec.hard)
        PodSpecDefaults.roundUp(&quota.status.hard)
        PodSpecDefaults.roundUp(&quota.status.used)
    }

    static func prepareForStatusUpdate(_ quota: inout ResourceQuota, old: ResourceQuota) { quota.spec = old.spec }

    static func validate(_ quota: ResourceQuota) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.resourceQuota(quota.spec) }
        }
    }

    static func validateUpdate(_ quota: ResourceQuota, old: ResourceQuota) -> [FieldError] {
        validate(quota)
            + Validator.errors { validator in
                if Set(quota.spec.scopes) != Set(old.spec.scopes) {
                    let scopes = quota.spec.scopes.isEmpty ? nil : quota.spec.scopes
                    validator.immutable(.grandchild("spec", "scopes"), scopes, old: [])
                }
            }
    }

    static func validateStatusUpdate(_ quota: ResourceQuota, old: ResourceQuota) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status") { validator in
                validator.each("hard", quota.status.hard) { $0.quotaResource($1, $2) }
                validator.each("used", quota.status.used) { $0.quotaResource($1, $2) }
            }
        }
    }
}

extension Validator {
    private static let quotaScopes = [
        "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
    ]

    fileprivate mutating func quotaResource(_ name: String, _ amount: Quantity) {
        _ = resourceName(.here, name)
        if !ResourceNames.isQualified(name), !ResourceNames.isStandardQuota(name) {
            invalid(.here, name, "must be a standard resource for quota")
        }
        resourceQuantity(.here, name, amount)
    }

    fileprivate mutating func resourceQuota(_ spec: ResourceQuotaSpec) {
        each("hard", spec.hard) { $0.quotaResource($1, $2) }
        for scope in spec.scopes {
            if !Self.quotaScopes.contains(scope) { invalid("scopes", spec.scopes, "unsupported scope") }
            for _ in QuotaScopes.strangers(to: scope, in: spec.hard) {
                invalid("scopes", spec.scopes, "unsupported scope applied to resource")
            }
        }
        quotaConflicts("scopes", Set(spec.scopes), spec.scopes)
        guard let selector = spec.scopeSelector else { return }
        field("scopeSelector") { validator in
            for requirement in selector.matchExpressions { validator.quotaScope(requirement, selector, spec.hard) }
            validator.quotaConflicts(
                "matchExpressions", Set(selector.matchExpressions.map(\.scopeName)), spec.scopes)
        }
    }

    private mutating func quotaConflicts(_ name: String, _ present: Set<String>, _ scopes: [String]) {
        for pair in [["BestEffort", "NotBestEffort"], ["NotTerminating", "Terminating"]]
        where present.isSuperset(of: pair) {
            if scopes.isEmpty {
                invalidNull(.child(name), "conflicting scopes")
            } else {
                invalid(.child(name), scopes, "conflicting scopes")
            }
        }
    }

    private mutating func quotaScope(
        _ requirement: ScopedResourceSelectorRequirement, _ selector: ScopeSelector, _ hard: StringMap<Quantity>
    ) {
        field("matchExpressions") { validator in
            if !Self.quotaScopes.contains(requirement.scopeName) {
                validator.invalid("scopeName", requirement.scopeName, "unsupported scope")
            }
            for _ in QuotaScopes.strangers(to: requirement.scopeName, in: hard) {
                validator.invalid(.here, selector, "unsupported scope applied to resource")
            }
            let needsExists = [
                "BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity",
            ]
            if needsExists.contains(requirement.scopeName), requirement.operator != "Exists" {
                validator.invalid(
                    "operator", requirement.operator,
                    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "
                        + "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                        + "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity")
            }
            switch requirement.operator {
            case "In", "NotIn":
                if requirement.values.isEmpty {
                    validator.required(
                        "values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
                }
            case "Exists", "DoesNotExist":
                if !requirement.values.isEmpty {
                    validator.invalid(
                        "values", requirement.values,
                        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")
                }
            default: validator.invalid("operator", requirement.operator, "not a valid selector operator")
            }
        }
    }
}

/// Scopes are about pods, save one about claims: a quota limited to one may count only what such objects use.
/// Follows kubernetes pkg/apis/core/helper `IsResourceQuotaScopeValidForResource`.
private enum QuotaScopes {
    private static let counts = ["pods"]
    private static let compute = [
        "cpu", "limits.cpu", "limits.memory", "memory", "pods", "requests.cpu", "requests.memory",
    ]
    private static let claims = ["persistentvolumeclaims", "requests.storage"]

    /// Kubernetes' own resources that objects of the scope do not use, in order. What has a domain passes.
    static func strangers(to scope: String, in hard: StringMap<Quantity>) -> [String] {
        let fitting: [String]
        switch scope {
        case "BestEffort": fitting = counts
        case "Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity":
            fitting = compute
        case "VolumeAttributesClass": fitting = claims
        default: return []
        }
        return hard.keys.filter { ResourceNames.isStandardQuota($0) && !fitting.contains($0) }
    }
}

import KubeAPI

// Roles and bindings, of a namespace and of the cluster.
// Follows kubernetes pkg/registry/rbac and pkg/apis/rbac/validation/validation.go.

/// What roles and bindings have in common: any name that fits a path, and an update makes what is not there.
protocol AccessStrategy: Strategy {}

extension AccessStrategy {
    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsPathSegment(name, isPrefix)
    }
    static var allowsCreateOnUpdate: Bool { true }
}

enum RoleStrategy: AccessStrategy {
    static func validate(_ role: Role) -> [FieldError] {
        Validator.errors { $0.policyRules(role.rules, isNamespaced: true) }
    }
}

enum ClusterRoleStrategy: AccessStrategy {
    static func validate(_ role: ClusterRole) -> [FieldError] {
        Validator.errors { validator in
            validator.policyRules(role.rules, isNamespaced: false)
            guard let aggregation = role.aggregationRule else { return }
            validator.field("aggregationRule") { validator in
                if aggregation.clusterRoleSelectors.isEmpty {
                    validator.required(
                        "clusterRoleSelectors",
                        "at least one clusterRoleSelector required if aggregationRule is non-nil")
                }
                validator.each("clusterRoleSelectors", aggregation.clusterRoleSelectors) { validator, selector, _ in
                    validator.labelSelector(selector)
                    if (try? Selector(selector)) == nil { validator.invalidNull(.here, "invalid label selector.") }
                }
            }
        }
    }
}

/// A kind that gives a role to subjects.
protocol RoleGrant: Resource {
    var roleRef: RoleRef { get set }
    var subjects: [Subject] { get set }
}

extension RoleBinding: RoleGrant {}
extension ClusterRoleBinding: RoleGrant {}

/// What bindings of a namespace and of the cluster have in common.
protocol RoleGrantStrategy: AccessStrategy where Value: RoleGrant {
    /// The kinds of roles that may be given.
    static var roleKinds: [String] { get }
    /// Whether a service account needs its namespace named: it has none to be in otherwise.
    static var subjectsNeedNamespace: Bool { get }
}

extension RoleGrantStrategy {
    static func setDefaults(_ binding: inout Value) {
        RoleReferences.setDefaults(&binding.roleRef)
        for index in binding.subjects.indices { RoleReferences.setDefaults(&binding.subjects[index]) }
    }

    static func validate(_ binding: Value) -> [FieldError] {
        Validator.errors { validator in
            validator.roleReference(binding.roleRef, roleKinds)
            validator.each("subjects", binding.subjects) { validator, subject, _ in
                validator.roleSubject(subject, needsNamespace: subjectsNeedNamespace)
            }
        }
    }

    static func validateUpdate(_ binding: Value, old: Value) -> [FieldError] {
        validate(binding)
            + Validator.errors { $0.immutable("roleRef", binding.roleRef, old: old.roleRef, "cannot change roleRef") }
    }
}

enum RoleBindingStrategy: RoleGrantStrategy {
    typealias Value = RoleBinding
    static var roleKinds: [String] { ["Role", "ClusterRole"] }
    static var subjectsNeedNamespace: Bool { false }
}

enum ClusterRoleBindingStrategy: RoleGrantStrategy {
    typealias Value = ClusterRoleBinding
    static var roleKinds: [String] { ["ClusterRole"] }
    static var subjectsNeedNamespace: Bool { true }
}

/// References to roles and to those who have them.
enum RoleReferences {
    static let group = "rbac.authorization.k8s.io"

    static func setDefaults(_ reference: inout RoleRef) {
        if reference.apiGroup.isEmptyOrNil { reference.apiGroup = group }
    }

    static func setDefaults(_ subject: inout Subject) {
        guard subject.apiGroup.isEmptyOrNil, subject.kind == "User" || subject.kind == "Group" else { return }
        subject.apiGroup = group
    }
}

extension Validator {
    fileprivate mutating func policyRules(_ rules: [PolicyRule], isNamespaced: Bool) {
        each("rules", rules) { validator, rule, _ in
            if rule.verbs.isEmpty { validator.required("verbs", "verbs must contain at least one value") }
            if !rule.nonResourceURLs.isEmpty {
                if isNamespaced {
                    validator.invalid(
                        "nonResourceURLs", rule.nonResourceURLs, "namespaced rules cannot apply to non-resource URLs")
                }
                if !rule.apiGroups.isEmpty || !rule.resources.isEmpty || !rule.resourceNames.isEmpty {
                    validator.invalid(
                        "nonResourceURLs", rule.nonResourceURLs,
                        "rules cannot apply to both regular resources and non-resource URLs")
                }
                return
            }
            if rule.apiGroups.isEmpty {
                validator.required("apiGroups", "resource rules must supply at least one api group")
            }
            if rule.resources.isEmpty {
                validator.required("resources", "resource rules must supply at least one resource")
            }
        }
    }

    fileprivate mutating func roleReference(_ reference: RoleRef, _ kinds: [String]) {
        field("roleRef") { validator in
            if reference.apiGroup.text != RoleReferences.group {
                validator.notSupported("apiGroup", reference.apiGroup.text, [RoleReferences.group])
            }
            if !kinds.contains(reference.kind) { validator.notSupported("kind", reference.kind, kinds) }
            if reference.name.isEmpty {
                validator.required("name")
            } else {
                validator.check("name", reference.name, Validation.pathSegmentName(reference.name))
            }
        }
    }

    fileprivate mutating func roleSubject(_ subject: Subject, needsNamespace: Bool) {
        if subject.name.isEmpty { required("name") }
        switch subject.kind {
        case "ServiceAccount":
            if !subject.name.isEmpty { check("name", subject.name, Validation.dns1123Subdomain(subject.name)) }
            if !subject.apiGroup.isEmptyOrNil { notSupported("apiGroup", subject.apiGroup.text, [""]) }
            // A binding of a namespace means the account of that name in its own.
            if needsNamespace, subject.namespace.isEmptyOrNil { required("namespace") }
        case "User", "Group":
            if subject.name.isEmpty { invalid("name", "", "\(subject.kind.lowercased()) name cannot be empty") }
            if subject.apiGroup.text != RoleReferences.group {
                notSupported("apiGroup", subject.apiGroup.text, [RoleReferences.group])
            }
        default: notSupported("kind", subject.kind, ["ServiceAccount", "User", "Group"])
        }
    }
}

import KubeAPI

// What the rules of a FlowSchema may say. Follows kubernetes pkg/apis/flowcontrol/validation/validation.go.

extension Validator {
    mutating func flowRules(_ rules: PolicyRulesWithSubjects) {
        if rules.subjects.isEmpty { required("subjects", "subjects must contain at least one value") }
        each("subjects", rules.subjects) { validator, subject, _ in validator.flowSubject(subject) }
        if rules.resourceRules.isEmpty, rules.nonResourceRules.isEmpty {
            required(.here, "at least one of resourceRules and nonResourceRules has to be non-empty")
        }
        each("resourceRules", rules.resourceRules) { validator, rule, _ in validator.resourceRule(rule) }
        each("nonResourceRules", rules.nonResourceRules) { validator, rule, _ in validator.nonResourceRule(rule) }
    }

    private mutating func flowSubject(_ subject: FlowcontrolSubject) {
        switch subject.kind {
        case "ServiceAccount":
            serviceAccount(subject.serviceAccount)
            absent("user", subject.user, kind: "User")
            absent("group", subject.group, kind: "Group")
        case "User":
            named("user", subject.user?.name, kind: "User")
            absent("serviceAccount", subject.serviceAccount, kind: "ServiceAccount")
            absent("group", subject.group, kind: "Group")
        case "Group":
            named("group", subject.group?.name, kind: "Group")
            absent("serviceAccount", subject.serviceAccount, kind: "ServiceAccount")
            absent("user", subject.user, kind: "User")
        default: notSupported("kind", subject.kind, ["Group", "ServiceAccount", "User"])
        }
    }

    private mutating func absent(_ field: String, _ value: (some JSONCodable)?, kind: String) {
        if value != nil { forbidden(.child(field), "\(field) is forbidden when subject kind is not '\(kind)'") }
    }

    private mutating func named(_ field: String, _ name: String?, kind: String) {
        guard let name else { return required(.child(field), "\(field) is required when subject kind is '\(kind)'") }
        if name.isEmpty { required(.grandchild(field, "name")) }
    }

    private mutating func serviceAccount(_ account: ServiceAccountSubject?) {
        named("serviceAccount", account?.name, kind: "ServiceAccount")
        guard let account else { return }
        if !account.name.isEmpty, account.name != "*" {
            check(.grandchild("serviceAccount", "name"), account.name, Validation.dns1123Subdomain(account.name))
        }
        if account.namespace.isEmpty {
            required(.grandchild("serviceAccount", "namespace"), "must specify namespace for service account")
        } else {
            check(
                .grandchild("serviceAccount", "namespace"), account.namespace,
                Validation.dns1123Label(account.namespace))
        }
    }

    private mutating func resourceRule(_ rule: ResourcePolicyRule) {
        flowVerbs(rule.verbs)
        wildcardAlone(
            "apiGroups", rule.apiGroups, "resource rules must supply at least one api group", others: "api groups")
        wildcardAlone(
            "resources", rule.resources, "resource rules must supply at least one resource", others: "resources")
        if rule.namespaces.isEmpty, rule.clusterScope != true {
            required(
                "namespaces", "resource rules that are not cluster scoped must supply at least one namespace")
        } else if rule.namespaces.contains("*") {
            if rule.namespaces.count > 1 {
                invalid("namespaces", rule.namespaces, "if '*' is present, must not specify other namespaces")
            }
        } else {
            each("namespaces", rule.namespaces) { validator, namespace, _ in
                for message in Validation.dns1123Label(namespace) {
                    validator.invalid(
                        .here, namespace, "each member of this list must be '*' or a DNS-1123 label; " + message)
                }
            }
        }
    }

    private mutating func nonResourceRule(_ rule: NonResourcePolicyRule) {
        flowVerbs(rule.verbs)
        let isAny = rule.nonResourceURLs.contains("*")
        wildcardAlone(
            "nonResourceURLs", rule.nonResourceURLs, "nonResourceURLs must contain at least one value",
            others: "non-resource URLs")
        if isAny { return }
        each("nonResourceURLs", rule.nonResourceURLs) { validator, path, _ in
            if let problem = Validator.problem(ofPath: path) { validator.invalid(.here, path, problem) }
        }
    }

    private static func problem(ofPath path: String) -> String? {
        if path.isEmpty { return "must not be empty" }
        if path == "/" { return nil }
        if path.utf8.first != UInt8(ascii: "/") { return "must start with slash" }
        if path.utf8.contains(UInt8(ascii: " ")) { return "must not contain white-space" }
        if path.contains("//") { return "must not contain double slash" }
        let wildcards = path.utf8.filter { $0 == UInt8(ascii: "*") }.count
        return wildcards > 1 || wildcards == 1 && !path.hasSuffix("/*") ? "wildcard can only do suffix matching" : nil
    }

    private mutating func flowVerbs(_ verbs: [String]) {
        let supported = [
            "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch",
        ]
        wildcardAlone("verbs", verbs, "verbs must contain at least one value", others: "verbs")
        if !verbs.contains("*"), !verbs.allSatisfy(supported.contains) { notSupported("verbs", verbs, supported) }
    }

    /// A list that must not be empty, and in which a wildcard stands alone.
    private mutating func wildcardAlone(_ field: String, _ values: [String], _ missing: String, others: String) {
        if values.isEmpty {
            required(.child(field), missing)
        } else if values.count > 1, values.contains("*") {
            invalid(.child(field), values, "if '*' is present, must not specify other \(others)")
        }
    }
}

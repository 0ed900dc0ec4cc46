import KubeAPI

/// Whether what somebody may do includes what they want to grant, and what is missing.
///
/// Follows kubernetes staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go and
/// pkg/registry/rbac/validation/policy_compact.go.
enum RuleCoverage {
    /// The smallest parts of `wanted` that no rule of `owned` covers. O(owned × parts of wanted).
    static func missing(from owned: [PolicyRule], _ wanted: [PolicyRule]) -> [PolicyRule] {
        var missing: [PolicyRule] = []
        for rule in wanted {
            for part in parts(of: rule) where !owned.contains(where: { covers($0, part) }) { missing.append(part) }
        }
        return missing
    }

    /// Rules with one verb, one group, one resource and at most one name each, or one verb and one path.
    static func parts(of rule: PolicyRule) -> [PolicyRule] {
        var parts: [PolicyRule] = []
        for group in rule.apiGroups {
            for resource in rule.resources {
                for verb in rule.verbs {
                    var part = PolicyRule()
                    part.apiGroups = [group]
                    part.resources = [resource]
                    part.verbs = [verb]
                    if rule.resourceNames.isEmpty { parts.append(part) }
                    for name in rule.resourceNames {
                        part.resourceNames = [name]
                        parts.append(part)
                    }
                }
            }
        }
        for url in rule.nonResourceURLs {
            for verb in rule.verbs {
                var part = PolicyRule()
                part.nonResourceURLs = [url]
                part.verbs = [verb]
                parts.append(part)
            }
        }
        return parts
    }

    private static func covers(_ owned: PolicyRule, _ part: PolicyRule) -> Bool {
        hasAll(owned.verbs, part.verbs, orAll: true) && hasAll(owned.apiGroups, part.apiGroups, orAll: true)
            && part.resources.allSatisfy { covers(owned.resources, resource: $0) }
            && part.nonResourceURLs.allSatisfy { path in
                owned.nonResourceURLs.contains { PolicyRule.url($0, covers: path) }
            }
            && (owned.resourceNames.isEmpty
                || !part.resourceNames.isEmpty && hasAll(owned.resourceNames, part.resourceNames, orAll: false))
    }

    private static func hasAll(_ owned: [String], _ wanted: [String], orAll: Bool) -> Bool {
        wanted.allSatisfy { PolicyRule.has(owned, $0, orAll: orAll) }
    }

    private static func covers(_ owned: [String], resource: String) -> Bool {
        if PolicyRule.has(owned, resource, orAll: true) { return true }
        guard let slash = resource.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
        return PolicyRule.has(owned, "*" + resource[slash...], orAll: false)
    }

    /// The rules with those joined that differ in nothing but their verbs.
    static func compacted(_ rules: [PolicyRule]) -> [PolicyRule] {
        var result: [PolicyRule] = []
        for rule in rules {
            let isSimple = rule.apiGroups.count == 1 && rule.resources.count == 1 && rule.nonResourceURLs.isEmpty
            let known = result.firstIndex {
                $0.apiGroups == rule.apiGroups && $0.resources == rule.resources && $0.nonResourceURLs.isEmpty
                    && $0.resourceNames == rule.resourceNames
            }
            if isSimple, let known {
                for verb in rule.verbs where !result[known].verbs.contains(verb) { result[known].verbs.append(verb) }
            } else {
                result.append(rule)
            }
        }
        return result
    }

    /// As messages print a rule: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`.
    static func text(_ rule: PolicyRule) -> String {
        let fields = [
            ("APIGroups", rule.apiGroups), ("Resources", rule.resources), ("NonResourceURLs", rule.nonResourceURLs),
            ("ResourceNames", rule.resourceNames), ("Verbs", rule.verbs),
        ]
        return "{" + fields.filter { !$0.1.isEmpty }.map { "\($0.0):\(text($0.1))" }.joined(separator: ", ") + "}"
    }

    /// A list as Go's `%q` writes it: `["a" "b"]`.
    static func text(_ strings: [String]) -> String {
        "[" + strings.map(GoText.quoted).joined(separator: " ") + "]"
    }
}

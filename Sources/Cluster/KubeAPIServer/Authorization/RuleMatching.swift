import KubeAPI

// Whether a rule allows a request. Names are compared by their bytes: two spellings of one character are two names.
// Follows kubernetes pkg/apis/rbac/v1/evaluation_helpers.go and plugin/pkg/auth/authorizer/rbac/rbac.go `RuleAllows`.

extension PolicyRule {
    /// O(entries of the rule).
    func allows(_ attributes: RequestAttributes) -> Bool {
        guard PolicyRule.has(verbs, attributes.verb, orAll: true) else { return false }
        if attributes.isResourceRequest {
            return PolicyRule.has(apiGroups, attributes.apiGroup, orAll: true) && matchesResource(of: attributes)
                && (resourceNames.isEmpty || PolicyRule.has(resourceNames, attributes.name, orAll: false))
        }
        return nonResourceURLs.contains { PolicyRule.url($0, covers: attributes.path) }
    }

    private func matchesResource(of attributes: RequestAttributes) -> Bool {
        let subresource = attributes.subresource
        for resource in resources {
            if equalUTF8(resource, "*") { return true }
            if subresource.isEmpty {
                if equalUTF8(resource, attributes.resource) { return true }
            } else if equalUTF8(resource, attributes.combinedResource) || equalUTF8(resource, "*/" + subresource) {
                return true
            }
        }
        return false
    }

    static func has(_ entries: [String], _ wanted: String, orAll: Bool) -> Bool {
        for entry in entries where equalUTF8(entry, wanted) || orAll && equalUTF8(entry, "*") { return true }
        return false
    }

    /// `/healthz` covers itself, `/api/*` all that begins with `/api/`.
    static func url(_ pattern: String, covers path: String) -> Bool {
        if equalUTF8(pattern, "*") || equalUTF8(pattern, path) { return true }
        guard pattern.utf8.last == UInt8(ascii: "*") else { return false }
        var prefix = pattern.utf8[...]
        while prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
        return path.utf8.starts(with: prefix)
    }
}

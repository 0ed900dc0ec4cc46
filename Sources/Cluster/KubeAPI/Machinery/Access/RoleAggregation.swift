extension ClusterRole {
    /// The rules of all roles that the aggregation rule selects, in the order of the roles, each rule once; nil for a
    /// role that is not made of others.
    ///
    /// Follows kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
    ///
    /// - Throws: what a selector throws that cannot be.
    public func aggregatedRules(of roles: [ClusterRole]) throws(StatusError) -> [PolicyRule]? {
        guard let aggregationRule else { return nil }
        var rules: [PolicyRule] = []
        for selector in aggregationRule.clusterRoleSelectors {
            let selector = try Selector(selector)
            for role in roles where role.name != name && selector.matches(role.labels) {
                for rule in role.rules where !rules.contains(rule) { rules.append(rule) }
            }
        }
        return rules
    }
}

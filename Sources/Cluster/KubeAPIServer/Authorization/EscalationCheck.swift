import KubeAPI
import KubeClient

/// Nobody grants what they do not have: who writes a role must hold all of its rules, who writes a binding those of the
/// role that it refers to, unless they may `escalate` such roles, or `bind` that role.
///
/// Stands in the admission chain after what may change an object, and before validation, where upstream's storage of
/// these kinds checks it.
///
/// Follows kubernetes pkg/registry/rbac/clusterrole/policybased/storage.go and its neighbours, and
/// pkg/registry/rbac/escalation_check.go.
final class EscalationCheck: AdmissionPlugin {
    let name = "EscalationCheck"
    private let access: AccessState

    init(_ context: AdmissionContext) { access = context.access }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation != .delete && AccessPolicy.kinds.contains(kind)
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        let requester = attributes.request.requester
        if requester.isTrusted || requester.user.isPrivileged { return }
        if let role = object.as(ClusterRole.self) {
            let old = attributes.old?.as(ClusterRole.self)
            if role.rules != old?.rules || old == nil { try checkRules(role.rules, object, attributes) }
            if role.aggregationRule != nil, role.aggregationRule != old?.aggregationRule {
                try checkAggregation(object, attributes)
            }
        } else if let role = object.as(Role.self) {
            let old = attributes.old?.as(Role.self)
            if role.rules != old?.rules || old == nil { try checkRules(role.rules, object, attributes) }
        } else if let binding = object.as(ClusterRoleBinding.self) {
            let old = attributes.old?.as(ClusterRoleBinding.self)
            if old?.roleRef == binding.roleRef, old?.subjects == binding.subjects { return }
            try checkBinding(binding.roleRef, object, attributes)
        } else if let binding = object.as(RoleBinding.self) {
            let old = attributes.old?.as(RoleBinding.self)
            if old?.roleRef == binding.roleRef, old?.subjects == binding.subjects { return }
            try checkBinding(binding.roleRef, object, attributes)
        }
    }

    private func checkRules(
        _ rules: [PolicyRule], _ object: KubeObject, _ attributes: AdmissionAttributes
    ) throws(StatusError) {
        if mayEscalate(object, attributes) { return }
        try confirmHeld(rules, object, attributes)
    }

    private func mayEscalate(_ object: KubeObject, _ attributes: AdmissionAttributes) -> Bool {
        // A create is not about a name yet.
        let name = attributes.operation == .create ? "" : object.name
        return access.authorizer.decide(
            RequestAttributes(
                attributes.request.requester.user, verb: "escalate", object.kind, namespace: object.namespace,
                name: name)
        ).isAllowed
    }

    /// Whoever makes a role that others add to must hold everything that there is.
    private func checkAggregation(_ object: KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        if mayEscalate(object, attributes) { return }
        var everything = PolicyRule()
        everything.verbs = ["*"]
        everything.apiGroups = ["*"]
        everything.resources = ["*"]
        var everywhere = PolicyRule()
        everywhere.verbs = ["*"]
        everywhere.nonResourceURLs = ["*"]
        let held = access.authorizer.policy.rules(of: attributes.request.requester.user, namespace: "").rules
        if RuleCoverage.missing(from: held, [everything, everywhere]).isEmpty { return }
        throw .forbidden(
            kind: object.kind, name: object.name,
            message: "must have cluster-admin privileges to use the aggregationRule")
    }

    private func checkBinding(
        _ role: RoleRef, _ object: KubeObject, _ attributes: AdmissionAttributes
    ) throws(StatusError) {
        let kind: ResourceKind = role.kind == "Role" ? .role : .clusterRole
        let bind = RequestAttributes(
            attributes.request.requester.user, verb: "bind", kind, namespace: object.namespace, name: role.name)
        if access.authorizer.decide(bind).isAllowed { return }
        let rules: [PolicyRule]
        do throws(StatusError) {
            rules = try access.authorizer.policy.rules(of: role, namespace: object.namespace)
        } catch {
            if error.isNotFound { throw .notFound(kind: kind, name: role.name) }
            throw error
        }
        try confirmHeld(rules, object, attributes)
    }

    private func confirmHeld(
        _ rules: [PolicyRule], _ object: KubeObject, _ attributes: AdmissionAttributes
    ) throws(StatusError) {
        let user = attributes.request.requester.user
        let (held, problems) = access.authorizer.policy.rules(of: user, namespace: object.namespace)
        let missing = RuleCoverage.missing(from: held, rules)
        if missing.isEmpty { return }
        var texts: [String] = []
        for rule in RuleCoverage.compacted(missing) {
            let text = RuleCoverage.text(rule)
            if !texts.contains(text) { texts.append(text) }
        }
        texts.sort(by: precedesUTF8)
        var message =
            "user \(GoText.quoted(user.username ?? "")) (groups=\(RuleCoverage.text(user.groups))) is attempting to "
            + "grant RBAC permissions not currently held:\n" + texts.joined(separator: "\n")
        if !problems.isEmpty { message += "; resolution errors: [\(AccessPolicy.aggregate(problems))]" }
        throw .forbidden(kind: object.kind, name: object.name, message: message)
    }
}

import KubeAPI

/// The roles and bindings that every cluster begins with, read from the tables in `AccessDefaultsTable`.
///
/// A table is lines. `role NAME` begins a cluster role, `role NAME in NAMESPACE` a role, with labels after `labels`,
/// and, for a role that is made of others, their label after `aggregates`; the rules follow, a line each:
///
///     role system:node-problem-detector
///       get on nodes in core
///       create patch update on events in core events.k8s.io
///     role system:discovery
///       get at /api /api/*
///     bind system:discovery to group:system:authenticated
///
/// The names after `named` are `resourceNames`; `read`, `write`, `readwrite` and `readupdate` stand for upstream's
/// lists of verbs of those names. `bind` makes a binding of the role's name, or of the one after `as`.
///
/// Follows kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
package enum AccessDefaults {
    static var objects: [KubeObject] {
        aggregated(
            read(AccessDefaultsTable.clusterRoles, isReconciled: true)
                + read(AccessDefaultsTable.controllerRoles, isReconciled: true)
                + controllerBindings(AccessDefaultsTable.controllerRoles)
                + read(AccessDefaultsTable.namespaceRoles, isReconciled: true)
                + read(AccessDefaultsTable.kubeadm, isReconciled: false))
    }

    /// Gives the roles that are made of others their rules, as their controller would do write by write.
    private static func aggregated(_ objects: [KubeObject]) -> [KubeObject] {
        var roles = objects.compactMap { $0.as(ClusterRole.self) }.sorted { compareUTF8($0.name, $1.name) < 0 }
        var made: [String: ClusterRole] = [:]
        var isChanged = true
        // `admin` is made of `edit`, and `edit` of `view`.
        while isChanged {
            isChanged = false
            for index in roles.indices {
                guard let rules = try? roles[index].aggregatedRules(of: roles), rules != roles[index].rules else {
                    continue
                }
                roles[index].rules = rules
                made[roles[index].name] = roles[index]
                isChanged = true
            }
        }
        return objects.map { $0.kind == .clusterRole ? made[$0.name]?.boxed ?? $0 : $0 }
    }

    /// What the node authorizer lets every node do.
    static let nodeRules: [PolicyRule] = {
        for object in read(AccessDefaultsTable.clusterRoles, isReconciled: true) where object.name == "system:node" {
            if let role = object.as(ClusterRole.self) { return role.rules }
        }
        preconditionFailure("the table has no role system:node")
    }()

    /// Each controller's role belongs to the service account of its name.
    private static func controllerBindings(_ table: String) -> [KubeObject] {
        let prefix = "system:controller:"
        return read(table, isReconciled: true).compactMap { role in
            guard role.kind == .clusterRole else { return nil }
            let account = role.name.dropFirst(prefix.count)
            return binding(["bind", role.name, "to", "account:kube-system/\(account)"], isReconciled: true)
        }
    }

    // MARK: Reading a table

    private static func read(_ table: String, isReconciled: Bool) -> [KubeObject] {
        var objects: [KubeObject] = []
        var head: [String] = []
        var rules: [PolicyRule] = []
        func finish() {
            if !head.isEmpty { objects.append(role(head, rules, isReconciled)) }
            head = []
            rules = []
        }
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "role":
                finish()
                head = words
            case "bind":
                finish()
                objects.append(binding(words, isReconciled: isReconciled))
            default: rules.append(rule(words))
            }
        }
        finish()
        return objects
    }

    /// The words that follow each of the marks; those before the first one belong to the empty mark.
    private static func sections(_ words: [String], _ marks: Set<String>) -> [String: [String]] {
        var sections: [String: [String]] = [:]
        var mark = ""
        for word in words {
            if marks.contains(word) { mark = word } else { sections[mark, default: []].append(word) }
        }
        return sections
    }

    private static func metadata(_ name: String, isReconciled: Bool) -> ObjectMeta {
        var metadata = ObjectMeta()
        metadata.name = name
        if isReconciled {
            metadata.labels = ["kubernetes.io/bootstrapping": "rbac-defaults"]
            metadata.annotations = ["rbac.authorization.kubernetes.io/autoupdate": "true"]
        }
        return metadata
    }

    private static func role(_ words: [String], _ rules: [PolicyRule], _ isReconciled: Bool) -> KubeObject {
        let parts = sections(words, ["role", "in", "labels", "aggregates"])
        guard let name = parts["role"]?.first else { preconditionFailure("a role without a name") }
        var metadata = metadata(name, isReconciled: isReconciled)
        for label in parts["labels"] ?? [] { metadata.labels[RoleReferences.label(label)] = "true" }
        if let namespace = parts["in"]?.first {
            var role = Role()
            role.metadata = metadata
            role.metadata.namespace = namespace
            role.rules = rules
            return role.boxed
        }
        var role = ClusterRole()
        role.metadata = metadata
        role.rules = rules
        if let label = parts["aggregates"]?.first {
            var selector = LabelSelector()
            selector.matchLabels = [RoleReferences.label(label): "true"]
            var aggregation = AggregationRule()
            aggregation.clusterRoleSelectors = [selector]
            role.aggregationRule = aggregation
        }
        return role.boxed
    }

    private static func rule(_ words: [String]) -> PolicyRule {
        let parts = sections(words, ["on", "in", "named", "at"])
        var rule = PolicyRule()
        rule.verbs = (parts[""] ?? []).flatMap(verbs).sorted()
        rule.apiGroups = (parts["in"] ?? []).map { $0 == "core" ? "" : $0 }.sorted()
        rule.resources = (parts["on"] ?? []).sorted()
        rule.resourceNames = (parts["named"] ?? []).sorted()
        rule.nonResourceURLs = (parts["at"] ?? []).sorted()
        return rule
    }

    private static func verbs(_ word: String) -> [String] {
        let read = ["get", "list", "watch"]
        let write = ["create", "update", "patch", "delete", "deletecollection"]
        switch word {
        case "read": return read
        case "write": return write
        case "readwrite": return read + write
        case "readupdate": return read + ["update", "patch"]
        default: return [word]
        }
    }

    private static func binding(_ words: [String], isReconciled: Bool) -> KubeObject {
        let parts = sections(words, ["bind", "role", "to", "as", "in"])
        var reference = RoleRef()
        reference.apiGroup = RoleReferences.group
        reference.kind = parts["role"] == nil ? "ClusterRole" : "Role"
        guard let roleName = (parts["bind"] ?? parts["role"])?.first else {
            preconditionFailure("a binding of nothing")
        }
        reference.name = roleName
        let metadata = metadata(parts["as"]?.first ?? roleName, isReconciled: isReconciled)
        let subjects = (parts["to"] ?? []).map(subject)
        if let namespace = parts["in"]?.first {
            var binding = RoleBinding()
            binding.metadata = metadata
            binding.metadata.namespace = namespace
            binding.roleRef = reference
            binding.subjects = subjects
            return binding.boxed
        }
        var binding = ClusterRoleBinding()
        binding.metadata = metadata
        binding.roleRef = reference
        binding.subjects = subjects
        return binding.boxed
    }

    /// `user:NAME`, `group:NAME` or `account:NAMESPACE/NAME`.
    private static func subject(_ word: String) -> Subject {
        let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
        precondition(parts.count == 2, "not a subject: \(word)")
        var subject = Subject()
        subject.name = parts[1]
        switch parts[0] {
        case "user": subject.kind = "User"
        case "group": subject.kind = "Group"
        default:
            let names = parts[1].split(separator: "/").map(String.init)
            subject.kind = "ServiceAccount"
            subject.namespace = names[0]
            subject.name = names[1]
            return subject
        }
        subject.apiGroup = RoleReferences.group
        return subject
    }
}

extension RoleReferences {
    /// As in `rbac.authorization.k8s.io/aggregate-to-edit`.
    fileprivate static func label(_ name: String) -> String { group + "/" + name }
}

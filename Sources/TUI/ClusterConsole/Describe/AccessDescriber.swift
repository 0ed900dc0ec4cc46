import KubeAPI

extension DescribeWriter {
    mutating func describe(_ account: ServiceAccount) {
        identity(account)
        labels("Labels", account.labels)
        annotations(account.annotations)
        pairs("Image pull secrets", account.imagePullSecrets.map { $0.name ?? "" })
    }

    mutating func describe(_ role: KubeAPI.Role) {
        identity(role, isNamespaced: false)
        labels("Labels", role.labels)
        annotations(role.annotations)
        rules(role.rules)
    }

    mutating func describe(_ role: ClusterRole) {
        identity(role, isNamespaced: false)
        labels("Labels", role.labels)
        annotations(role.annotations)
        rules(role.rules)
    }

    mutating func describe(_ binding: RoleBinding) {
        identity(binding, isNamespaced: false)
        labels("Labels", binding.labels)
        annotations(binding.annotations)
        grant(binding.roleRef, binding.subjects)
    }

    mutating func describe(_ binding: ClusterRoleBinding) {
        identity(binding, isNamespaced: false)
        labels("Labels", binding.labels)
        annotations(binding.annotations)
        grant(binding.roleRef, binding.subjects)
    }

    private mutating func rules(_ rules: [PolicyRule]) {
        line("PolicyRule:")
        line("Resources\tNon-Resource URLs\tResource Names\tVerbs", indent: 1)
        line("---------\t-----------------\t--------------\t-----", indent: 1)
        for permission in Permission.all(of: rules) {
            let urls = permission.url.map { [$0] } ?? []
            let names = permission.name.map { [$0] } ?? []
            let columns = [permission.resourceText] + [urls, names, permission.verbs].map(DescribeWriter.list)
            line(columns.joined(separator: "\t"), indent: 1)
        }
    }

    private mutating func grant(_ role: RoleRef, _ subjects: [Subject]) {
        line("Role:")
        field("Kind", role.kind, indent: 1)
        field("Name", role.name, indent: 1)
        line("Subjects:")
        line("Kind\tName\tNamespace", indent: 1)
        line("----\t----\t---------", indent: 1)
        for subject in subjects { line("\(subject.kind)\t\(subject.name)\t\(subject.namespace ?? "")", indent: 1) }
    }
}

/// What rules allow for one resource, object or URL.
///
/// The verbs of a resource are gathered from all rules; those of a URL stay apart.
/// Follows kubectl `pkg/util/rbac/rbac.go`.
private struct Permission {
    var group: String?
    var resource: String?
    var name: String?
    var url: String?
    var verbs: [String]

    /// In the order of their text in Go, which begins with the verbs. O(n²) of few.
    static func all(of rules: [PolicyRule]) -> [Permission] {
        var found: [Permission] = []
        func add(_ permission: Permission) {
            let index = found.firstIndex {
                $0.url == nil && permission.url == nil && $0.group == permission.group
                    && $0.resource == permission.resource && $0.name == permission.name
            }
            if let index { found[index].verbs += permission.verbs } else { found.append(permission) }
        }
        for rule in rules {
            let names: [String?] = rule.resourceNames.isEmpty ? [nil] : rule.resourceNames
            for group in rule.apiGroups {
                for resource in rule.resources {
                    for verb in rule.verbs {
                        for name in names {
                            add(Permission(group: group, resource: resource, name: name, verbs: [verb]))
                        }
                    }
                }
            }
            for url in rule.nonResourceURLs {
                for verb in rule.verbs { add(Permission(url: url, verbs: [verb])) }
            }
        }
        return found.map { ($0, $0.goText) }.sorted { compareUTF8($0.1, $1.1) < 0 }.map(\.0)
    }

    private var goText: String {
        func list(_ text: String?) -> String { "[\(text ?? "")]" }
        return "Verbs:\(DescribeWriter.list(verbs)),APIGroups:\(list(group)),Resources:\(list(resource)),"
            + "ResourceNames:\(list(name)),NonResourceURLs:\(list(url)),"
    }

    /// `deployments.apps/scale`.
    var resourceText: String {
        guard let resource else { return "" }
        let parts = resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let group = group.map { $0.isEmpty ? "" : "." + $0 } ?? ""
        return parts[0] + group + (parts.count > 1 ? "/" + parts[1] : "")
    }
}

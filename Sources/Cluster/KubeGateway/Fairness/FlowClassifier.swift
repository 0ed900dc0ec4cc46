import KubeAPI

/// A FlowSchema as far as requests are told apart by it.
struct FlowRules: Sendable {
    /// What tells the flows of a schema apart.
    enum Distinguisher: Sendable { case nothing, user, namespace }

    let name: String
    let uid: String
    /// The name of the priority level.
    let level: String
    let precedence: Int
    let distinguisher: Distinguisher
    fileprivate let rules: [PolicyRulesWithSubjects]

    init(_ schema: FlowSchema) {
        name = schema.name
        uid = schema.metadata.uid ?? ""
        level = schema.spec.priorityLevelConfiguration.name
        precedence = schema.spec.matchingPrecedence ?? 0
        distinguisher =
            switch schema.spec.distinguisherMethod?.type {
            case "ByUser": .user
            case "ByNamespace": .namespace
            default: .nothing
            }
        rules = schema.spec.rules
    }
}

/// Finds the FlowSchema of a request: the first that matches, by precedence and then by name.
///
/// Which rules of which schemas are about a user is worked out once for that user, and kept. A request then looks at
/// what these few rules say of verbs, resources and paths: by upstream's own schemas, one or two.
///
/// Follows apiserver pkg/util/flowcontrol/rule.go.
struct FlowClassifier: Sendable {
    private struct Asker: Hashable {
        let name: String
        let groups: [String]
    }

    private struct Candidate {
        let schema: Int
        let resources: [ResourcePolicyRule]
        let paths: [NonResourcePolicyRule]
    }

    /// The most users whose rules are kept.
    private static let capacity = 1024

    let schemas: [FlowRules]
    /// What matches a request that nothing else does.
    private let fallback: Int
    private var known: [Asker: [Candidate]] = [:]

    /// - Parameter schemas: In any order; `catch-all` is among them.
    init(_ schemas: [FlowRules]) {
        self.schemas = schemas.sorted { left, right in
            left.precedence == right.precedence
                ? compareUTF8(left.name, right.name) < 0 : left.precedence < right.precedence
        }
        fallback = self.schemas.lastIndex { $0.name == "catch-all" } ?? self.schemas.count - 1
    }

    /// Complexity: O(rules about the user).
    mutating func schema(of user: UserInfo, _ info: RequestInfo) -> FlowRules {
        let candidates = candidates(user)
        if info.isResource {
            let resource = info.subresource.isEmpty ? info.resource : info.resource + "/" + info.subresource
            for candidate in candidates where candidate.resources.contains(where: { $0.matches(info, resource) }) {
                return schemas[candidate.schema]
            }
        } else {
            for candidate in candidates where candidate.paths.contains(where: { $0.matches(info) }) {
                return schemas[candidate.schema]
            }
        }
        return schemas[fallback]
    }

    private mutating func candidates(_ user: UserInfo) -> [Candidate] {
        let asker = Asker(name: user.username ?? "", groups: user.groups)
        if let found = known[asker] { return found }
        var candidates: [Candidate] = []
        for (index, schema) in schemas.enumerated() {
            for rule in schema.rules where rule.subjects.contains(where: { $0.matches(asker.name, asker.groups) }) {
                candidates.append(
                    Candidate(schema: index, resources: rule.resourceRules, paths: rule.nonResourceRules))
            }
        }
        // Whoever makes users up must not fill the memory.
        if known.count >= FlowClassifier.capacity { known.removeAll(keepingCapacity: true) }
        known[asker] = candidates
        return candidates
    }
}

/// Whether a text is in a list, or the list is the wildcard alone: validation allows it no company.
private func contains(_ list: [String], _ text: String) -> Bool {
    if list.count == 1, list[0] == "*" { return true }
    return list.contains { equalUTF8($0, text) }
}

extension FlowcontrolSubject {
    fileprivate func matches(_ name: String, _ groups: [String]) -> Bool {
        switch kind {
        case "User": user.map { $0.name == "*" || equalUTF8($0.name, name) } ?? false
        case "Group": group.map { group in group.name == "*" || groups.contains { equalUTF8($0, group.name) } } ?? false
        case "ServiceAccount":
            if let serviceAccount {
                serviceAccount.name == "*"
                    ? name.utf8.starts(with: "system:serviceaccount:\(serviceAccount.namespace):".utf8)
                    : equalUTF8("system:serviceaccount:\(serviceAccount.namespace):\(serviceAccount.name)", name)
            } else {
                false
            }
        default: false
        }
    }
}

extension ResourcePolicyRule {
    /// - Parameter resource: With its subresource, as in `pods/status`.
    fileprivate func matches(_ info: RequestInfo, _ resource: String) -> Bool {
        guard contains(verbs, info.verb), contains(resources, resource), contains(apiGroups, info.group) else {
            return false
        }
        return info.namespace.isEmpty ? clusterScope ?? false : contains(namespaces, info.namespace)
    }
}

extension NonResourcePolicyRule {
    /// `/healthz` stands for itself and all below it, as `/healthz/*` and `/healthz*` do for all below it.
    fileprivate func matches(_ info: RequestInfo) -> Bool {
        guard contains(verbs, info.verb) else { return false }
        return nonResourceURLs.contains { url in
            if url == "*" || equalUTF8(url, info.path) { return true }
            var prefix = url.utf8[...]
            if prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
            guard info.path.utf8.starts(with: prefix) else { return false }
            return prefix.last == UInt8(ascii: "/")
                || info.path.utf8.dropFirst(prefix.count).first == UInt8(ascii: "/")
        }
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// The roles and bindings of the cluster as of a revision, found by whom they are for. Immutable: the next one shares
/// with it all that did not change.
///
/// A check costs O(rules of the user and of their groups), however many others have rules too.
///
/// Follows kubernetes pkg/registry/rbac/validation/rule.go `DefaultRuleResolver`.
package final class AccessPolicy: Sendable {
    /// Whom a binding is for, where it counts: in one namespace, or, with an empty one, everywhere.
    private struct Holder: Comparable, Sendable {
        let namespace: String
        let isGroup: Bool
        let name: String

        static func == (left: Holder, right: Holder) -> Bool {
            left.isGroup == right.isGroup && equalUTF8(left.namespace, right.namespace)
                && equalUTF8(left.name, right.name)
        }

        static func < (left: Holder, right: Holder) -> Bool {
            let namespaces = compareUTF8(left.namespace, right.namespace)
            if namespaces != 0 { return namespaces < 0 }
            if left.isGroup != right.isGroup { return !left.isGroup }
            return compareUTF8(left.name, right.name) < 0
        }
    }

    /// A role that somebody has: through which binding, and as which of its subjects.
    struct Grant {
        let binding: KubeObject
        let role: RoleRef
        let subject: Subject

        /// As in `ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin" to Group "system:masters"`.
        var description: String {
            let isNamespaced = binding.kind == .roleBinding
            let name = isNamespaced ? binding.name + "/" + binding.namespace : binding.name
            var holder = subject.name
            if subject.kind == "ServiceAccount" {
                holder += "/" + (subject.namespace.flatMap { $0.isEmpty ? nil : $0 } ?? binding.namespace)
            }
            return "\(isNamespaced ? "RoleBinding" : "ClusterRoleBinding") \(GoText.quoted(name)) of \(role.kind) "
                + "\(GoText.quoted(role.name)) to \(subject.kind) \(GoText.quoted(holder))"
        }
    }

    static let kinds: [ResourceKind] = [.clusterRoleBinding, .clusterRole, .roleBinding, .role]

    /// `accessRevision` of what it was made from.
    package let revision: Revision
    private let objects: PersistentMap<ObjectKey, KubeObject>
    private let grants: PersistentMap<Holder, [Grant]>

    /// A policy that allows nothing.
    package init() {
        revision = 0
        objects = PersistentMap()
        grants = PersistentMap()
    }

    private init(_ draft: Draft, revision: Revision) {
        self.revision = revision
        objects = draft.objects
        grants = draft.grants
    }

    /// The policy as of another moment; this one if nothing changed.
    ///
    /// Complexity: O(roles and bindings), an identity compared each, and O(log n) for each that changed.
    package func updated(to view: some ObjectView) -> AccessPolicy {
        let newest = view.accessRevision
        if newest != 0, newest == revision { return self }
        var draft = Draft(objects: objects, grants: grants)
        for kind in AccessPolicy.kinds { draft.take(kind, from: view) }
        return AccessPolicy(draft, revision: newest)
    }

    // MARK: Reading

    /// Visits what a user has been granted in a namespace and everywhere, until `body` returns false.
    func forEachGrant(of user: UserInfo, namespace: String, _ body: (Grant) -> Bool) {
        for scope in namespace.isEmpty ? [""] : ["", namespace] {
            if let username = user.username, !visit(Holder(namespace: scope, isGroup: false, name: username), body) {
                return
            }
            for group in user.groups where !visit(Holder(namespace: scope, isGroup: true, name: group), body) { return }
        }
    }

    private func visit(_ holder: Holder, _ body: (Grant) -> Bool) -> Bool {
        for grant in grants[holder] ?? [] where !body(grant) { return false }
        return true
    }

    /// The rules of a role that a binding refers to. `namespace` is the binding's.
    ///
    /// - Throws: `notFound`, as upstream's resolver words it.
    func rules(of reference: RoleRef, namespace: String) throws(StatusError) -> [PolicyRule] {
        switch reference.kind {
        case "ClusterRole":
            if let role = objects[ObjectKey(.clusterRole, name: reference.name)]?.as(ClusterRole.self) {
                return role.rules
            }
        case "Role":
            if let role = objects[ObjectKey(.role, namespace: namespace, name: reference.name)]?.as(Role.self) {
                return role.rules
            }
        default:
            throw .internalError("unsupported role reference kind: \(GoText.quoted(reference.kind))")
        }
        throw .notFound(
            resource: GroupResource(group: RoleReferences.group, resource: reference.kind.lowercased()),
            name: reference.name)
    }

    /// All that a user may do in a namespace, and what is wrong with the bindings that say so.
    func rules(of user: UserInfo, namespace: String) -> (rules: [PolicyRule], problems: [String]) {
        // Each binding counts once, for whichever of the user's names, those of the cluster first.
        var grants: [Grant] = []
        forEachGrant(of: user, namespace: namespace) { grant in
            if !grants.contains(where: { $0.binding === grant.binding }) { grants.append(grant) }
            return true
        }
        grants.sort { left, right in
            let (first, second) = (left.binding, right.binding)
            if first.kind != second.kind { return first.kind == .clusterRoleBinding }
            return compareUTF8(first.name, second.name) < 0
        }
        var rules: [PolicyRule] = []
        var problems: [String] = []
        for grant in grants {
            do throws(StatusError) {
                rules += try self.rules(of: grant.role, namespace: grant.binding.namespace)
            } catch {
                problems.append(error.message)
            }
        }
        return (rules, problems)
    }

    /// What RBAC says to a request.
    ///
    /// Follows kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go.
    func decide(_ attributes: RequestAttributes) -> AuthorizationDecision {
        var decision: AuthorizationDecision?
        var problems: [String] = []
        forEachGrant(of: attributes.user, namespace: attributes.namespace) { grant in
            do throws(StatusError) {
                let rules = try self.rules(of: grant.role, namespace: grant.binding.namespace)
                guard rules.contains(where: { $0.allows(attributes) }) else { return true }
                decision = .allowed("RBAC: allowed by " + grant.description)
                return false
            } catch {
                problems.append(error.message)
                return true
            }
        }
        if let decision { return decision }
        return .noOpinion(problems.isEmpty ? "" : "RBAC: " + AccessPolicy.aggregate(problems))
    }

    /// Several errors in one text, each once, as upstream's aggregates print.
    static func aggregate(_ problems: [String]) -> String {
        var texts: [String] = []
        for problem in problems where !texts.contains(problem) { texts.append(problem) }
        return texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
    }

    // MARK: Making the next one

    private struct Draft {
        var objects: PersistentMap<ObjectKey, KubeObject>
        var grants: PersistentMap<Holder, [Grant]>

        mutating func take(_ kind: ResourceKind, from view: some ObjectView) {
            var old: [KubeObject] = []
            _ = objects.forEach(in: Snapshot.range(kind, namespace: nil)) { _, object in
                old.append(object)
                return true
            }
            // Both are in key order.
            var next = 0
            view.forEach(kind, namespace: nil) { object in
                if next < old.count, old[next] === object {
                    next += 1
                    return true
                }
                let key = object.key
                while next < old.count, old[next].key < key {
                    remove(old[next])
                    next += 1
                }
                if next < old.count, old[next].key == key {
                    remove(old[next])
                    next += 1
                }
                add(object)
                return true
            }
            for gone in old[next...] { remove(gone) }
        }

        private mutating func add(_ object: KubeObject) {
            objects.updateValue(object, forKey: object.key)
            forEachHolder(of: object) { holder, grant in
                // In the order of the bindings, so that the way here does not matter.
                var held = grants[holder] ?? []
                let place = held.firstIndex { compareUTF8(grant.binding.name, $0.binding.name) < 0 }
                held.insert(grant, at: place ?? held.endIndex)
                grants[holder] = held
            }
        }

        private mutating func remove(_ object: KubeObject) {
            objects.removeValue(forKey: object.key)
            forEachHolder(of: object) { holder, grant in
                let held = (grants[holder] ?? []).filter { $0.binding !== grant.binding }
                grants[holder] = held.isEmpty ? nil : held
            }
        }

        private func forEachHolder(of object: KubeObject, _ body: (Holder, Grant) -> Void) {
            let role: RoleRef
            let subjects: [Subject]
            if let binding = object.as(ClusterRoleBinding.self) {
                role = binding.roleRef
                subjects = binding.subjects
            } else if let binding = object.as(RoleBinding.self) {
                role = binding.roleRef
                subjects = binding.subjects
            } else {
                return
            }
            for subject in subjects {
                guard let holder = Draft.holder(subject, object.namespace) else { continue }
                body(holder, Grant(binding: object, role: role, subject: subject))
            }
        }

        /// Service accounts are users by name. Nil for one of no namespace, which nobody is.
        private static func holder(_ subject: Subject, _ namespace: String) -> Holder? {
            switch subject.kind {
            case "User": return Holder(namespace: namespace, isGroup: false, name: subject.name)
            case "Group": return Holder(namespace: namespace, isGroup: true, name: subject.name)
            case "ServiceAccount":
                let home = subject.namespace.flatMap { $0.isEmpty ? nil : $0 } ?? namespace
                if home.isEmpty { return nil }
                return Holder(
                    namespace: namespace, isGroup: false,
                    name: ServiceAccountNames.username(namespace: home, name: subject.name))
            default: return nil
            }
        }
    }
}

// Finding kinds by the names that requests and users give them.

extension ResourceKind {
    /// What the schema knows about the kind. O(1).
    public var info: KindInfo { Catalogue.kinds[Int(rawValue)] }

    /// As messages name the resource: `deployments.apps`.
    public var groupResource: GroupResource { GroupResource(group: info.group, resource: info.plural) }
}

extension KindInfo {
    /// Whether requests may use a verb such as `create` or `watch`.
    public func supports(verb: String) -> Bool { verbs.contains(verb) }
    public func has(subresource: String) -> Bool { subresources.contains(subresource) }
}

/// An API group and its versions.
public struct APIGroupVersions: Equatable, Sendable {
    /// Empty for the core group.
    public let name: String
    /// The preferred version first.
    public let versions: [String]

    public var preferredVersion: String { versions[0] }
    /// As in `apps/v1`, or `v1` for the core group.
    public func apiVersion(_ version: String) -> String { name.isEmpty ? version : name + "/" + version }
}

extension Catalogue {
    /// The kind of a name such as `apps`, `v1`, `Deployment`. O(1).
    public static func kind(group: String, version: String, kind: String) -> ResourceKind? {
        index.kinds[GroupVersionName(group: group, version: version, name: kind)]
    }

    /// The kind of `apiVersion: apps/v1` and `kind: Deployment`. O(1).
    public static func kind(apiVersion: String, kind: String) -> ResourceKind? {
        let (group, version) = split(apiVersion: apiVersion)
        return self.kind(group: group, version: version, kind: kind)
    }

    /// The kind of a resource such as `apps`, `v1`, `deployments`. O(1).
    public static func kind(group: String, version: String, plural: String) -> ResourceKind? {
        index.plurals[GroupVersionName(group: group, version: version, name: plural)]
    }

    /// The kinds that a user may mean by a word: a plural, singular, short name or kind in any case, alone or with a
    /// group (`deployments.apps`) or version and group (`deployments.v1.apps`). The preferred one, which is the one
    /// that kubectl takes, comes first: core before other groups, then groups in discovery's order, then a group's
    /// preferred version.
    public static func kinds(named word: String) -> [ResourceKind] {
        let word = word.lowercased()
        if let kinds = index.names[word] { return kinds }
        guard let point = word.firstIndex(of: ".") else { return [] }
        let candidates = index.names[String(word[..<point])] ?? []
        let rest = String(word[word.index(after: point)...])
        return candidates.filter {
            let info = $0.info
            // `pods.v1.` and `pods.v1` name the core group.
            return info.group == rest || info.version + "." + info.group == rest
                || info.group.isEmpty && info.version == rest
        }
    }

    /// The kind that kubectl takes for a word; see `kinds(named:)`.
    public static func kind(named word: String) -> ResourceKind? { kinds(named: word).first }

    /// `apps/v1` as `("apps", "v1")`, `v1` as `("", "v1")`. More than one slash gives an empty version.
    public static func split(apiVersion: String) -> (group: String, version: String) {
        guard let slash = apiVersion.firstIndex(of: "/") else { return ("", apiVersion) }
        let version = apiVersion[apiVersion.index(after: slash)...]
        return version.contains("/") ? (apiVersion, "") : (String(apiVersion[..<slash]), String(version))
    }

    /// Every served group, in discovery's order: core first.
    public static var groups: [APIGroupVersions] { index.groups }

    /// The kinds of a group's version, in the catalogue's order.
    public static func kinds(group: String, version: String) -> [KindInfo] {
        kinds.filter { $0.group == group && $0.version == version }
    }

    /// The order of groups in discovery. Follows the priorities of kubernetes
    /// `pkg/controlplane/apiserver/aggregator.go`.
    private static let groupOrder = [
        "", "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io",
        "autoscaling", "batch", "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io",
        "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io",
        "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "resource.k8s.io", "flowcontrol.apiserver.k8s.io",
        "metrics.k8s.io",
    ]

    private struct GroupVersionName: Hashable {
        let group: String
        let version: String
        let name: String
    }

    private struct Index {
        var kinds: [GroupVersionName: ResourceKind] = [:]
        var plurals: [GroupVersionName: ResourceKind] = [:]
        /// By lower-case name, preferred first.
        var names: [String: [ResourceKind]] = [:]
        var groups: [APIGroupVersions] = []
    }

    /// Newer stable versions first: v2 before v1 before v1beta1.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        let leftIsStable = !left.contains("a")
        let rightIsStable = !right.contains("a")
        return leftIsStable == rightIsStable ? left > right : leftIsStable
    }

    private static let index: Index = {
        var index = Index()
        for group in groupOrder {
            var versions: [String] = []
            for info in kinds where info.group == group && !versions.contains(info.version) {
                versions.append(info.version)
            }
            versions.sort(by: precedes)
            if !versions.isEmpty { index.groups.append(APIGroupVersions(name: group, versions: versions)) }
        }
        for group in index.groups {
            for version in group.versions {
                for info in kinds(group: group.name, version: version) {
                    let key = { GroupVersionName(group: info.group, version: info.version, name: $0) }
                    index.kinds[key(info.name)] = info.kind
                    index.plurals[key(info.plural)] = info.kind
                    for name in [info.plural, info.singular] + info.shortNames {
                        if index.names[name]?.contains(info.kind) != true {
                            index.names[name, default: []].append(info.kind)
                        }
                    }
                }
            }
        }
        return index
    }()
}

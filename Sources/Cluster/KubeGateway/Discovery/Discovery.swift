import KubeAPI
import KubeAPIServer

/// What clients read first: which groups, versions, resources and verbs there are. The same for as long as the server
/// runs, so that it is made once.
///
/// Follows apiserver pkg/endpoints/discovery.
struct Discovery: Sendable {
    static let shared = Discovery()

    /// `/apis`
    let groupList: APIGroupList
    private let groups: [String: APIGroup]
    private let resourceLists: [String: APIResourceList]
    /// The whole in one document, without the core group, by version of the document.
    private let aggregated: [String: JSONValue]
    private let aggregatedCore: [String: JSONValue]

    private init() {
        var groupList = APIGroupList()
        var groups: [String: APIGroup] = [:]
        var resourceLists: [String: APIResourceList] = [:]
        for group in ServedGroups.groups {
            for version in group.versions {
                resourceLists[group.apiVersion(version)] = Discovery.resources(group, version)
            }
            if group.name.isEmpty { continue }
            let entry = Discovery.group(group)
            groupList.groups.append(entry)
            groups[group.name] = entry
        }
        self.groupList = groupList
        self.groups = groups
        self.resourceLists = resourceLists
        var aggregated: [String: JSONValue] = [:]
        var aggregatedCore: [String: JSONValue] = [:]
        for version in AggregatedDiscovery.versions {
            aggregated[version] = AggregatedDiscovery.document(version, ServedGroups.groups.filter { !$0.name.isEmpty })
            aggregatedCore[version] = AggregatedDiscovery.document(version, ServedGroups.groups.filter(\.name.isEmpty))
        }
        self.aggregated = aggregated
        self.aggregatedCore = aggregatedCore
    }

    /// `/apis/GROUP`
    func group(_ name: String) -> APIGroup? { groups[name] }

    /// `/apis/GROUP/VERSION` and `/api/v1`
    func resources(_ apiVersion: String) -> APIResourceList? { resourceLists[apiVersion] }

    /// The aggregated form of `/api` or `/apis`; nil for versions of it that are not known.
    func aggregated(_ version: String, isCore: Bool) -> JSONValue? {
        isCore ? aggregatedCore[version] : aggregated[version]
    }

    private static func group(_ group: APIGroupVersions) -> APIGroup {
        var entry = APIGroup()
        entry.name = group.name
        entry.versions = group.versions.map { version in
            var discovered = GroupVersionForDiscovery()
            discovered.groupVersion = group.apiVersion(version)
            discovered.version = version
            return discovered
        }
        entry.preferredVersion = entry.versions.first
        return entry
    }

    private static func resources(_ group: APIGroupVersions, _ version: String) -> APIResourceList {
        var list = APIResourceList()
        list.groupVersion = group.apiVersion(version)
        for info in Catalogue.kinds(group: group.name, version: version).sorted(by: { $0.plural < $1.plural }) {
            var resource = APIResource()
            resource.name = info.plural
            resource.singularName = info.singular
            resource.namespaced = info.isNamespaced
            resource.kind = info.name
            resource.verbs = info.verbs
            resource.shortNames = info.shortNames
            resource.categories = info.categories
            if info.supports(verb: "get") { resource.storageVersionHash = ServedGroups.storageVersionHash(info) }
            list.resources.append(resource)
            for subresource in info.subresources.sorted() {
                list.resources.append(subresourceEntry(info, subresource))
            }
        }
        return list
    }

    private static func subresourceEntry(_ info: KindInfo, _ subresource: String) -> APIResource {
        var resource = APIResource()
        resource.name = info.plural + "/" + subresource
        resource.namespaced = info.isNamespaced
        let kind = ServedGroups.subresourceKind(info, subresource)
        resource.kind = kind.kind
        if kind.group != info.group || kind.version != info.version {
            resource.group = kind.group
            resource.version = kind.version
        }
        resource.verbs = ResourceRequests.verbs(of: subresource)
        return resource
    }
}

/// Discovery in one document, for clients that ask for it by `Accept`.
///
/// Follows the types of kubernetes staging/src/k8s.io/api/apidiscovery/v2.
enum AggregatedDiscovery {
    /// Kubernetes 1.36 has dropped v2beta1.
    static let versions = ["v2"]

    static func document(_ version: String, _ groups: [APIGroupVersions]) -> JSONValue {
        [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/" + version), "metadata": [:],
            "items": .array(groups.map(group)),
        ]
    }

    private static func group(_ group: APIGroupVersions) -> JSONValue {
        let versions = group.versions.map { version -> JSONValue in
            let kinds = Catalogue.kinds(group: group.name, version: version).sorted { $0.plural < $1.plural }
            return [
                "version": .string(version), "freshness": "Current", "resources": .array(kinds.map(resource)),
            ]
        }
        let metadata: JSONValue = group.name.isEmpty ? [:] : ["name": .string(group.name)]
        return ["metadata": metadata, "versions": .array(versions)]
    }

    private static func resource(_ info: KindInfo) -> JSONValue {
        var entry: JSONValue = [
            "resource": .string(info.plural), "scope": info.isNamespaced ? "Namespaced" : "Cluster",
            "singularResource": .string(info.singular), "verbs": strings(info.verbs),
            "responseKind": kind(info.group, info.version, info.name),
        ]
        if !info.shortNames.isEmpty { entry["shortNames"] = strings(info.shortNames) }
        if !info.categories.isEmpty { entry["categories"] = strings(info.categories) }
        if !info.subresources.isEmpty {
            entry["subresources"] = .array(
                info.subresources.sorted().map { subresource in
                    let response = ServedGroups.subresourceKind(info, subresource)
                    return [
                        "subresource": .string(subresource),
                        "responseKind": kind(response.group, response.version, response.kind),
                        "verbs": strings(ResourceRequests.verbs(of: subresource)),
                    ]
                })
        }
        return entry
    }

    private static func kind(_ group: String, _ version: String, _ kind: String) -> JSONValue {
        ["group": .string(group), "version": .string(version), "kind": .string(kind)]
    }

    private static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}

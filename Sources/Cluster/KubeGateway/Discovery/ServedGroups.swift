import ClusterCore
import KubeAPI
import KubeAPIServer

/// The groups and versions that this server offers, and what discovery says of their resources.
enum ServedGroups {
    /// In discovery's order, core first.
    static let groups: [APIGroupVersions] = Catalogue.groups

    private static let versions: Set<String> = Set(groups.flatMap { group in group.versions.map(group.apiVersion) })

    /// Whether the group has this version here. O(1).
    static func serves(_ group: String, _ version: String) -> Bool {
        versions.contains(group.isEmpty ? version : group + "/" + version)
    }

    /// What the answer of a subresource is, and how discovery names it.
    static func subresourceKind(_ info: KindInfo, _ subresource: String) -> (
        group: String, version: String, kind: String
    ) {
        switch subresource {
        case "binding": ("", "v1", "Binding")
        case "eviction": ("policy", "v1", "Eviction")
        case "scale": ("autoscaling", "v1", "Scale")
        case "token": ("authentication.k8s.io", "v1", "TokenRequest")
        case "exec": ("", "v1", "PodExecOptions")
        case "attach": ("", "v1", "PodAttachOptions")
        case "portforward": ("", "v1", "PodPortForwardOptions")
        case "proxy": ("", "v1", info.name + "ProxyOptions")
        default: (info.group, info.version, info.name)
        }
    }

    /// Tells clients when objects are stored in another version than before.
    ///
    /// Follows apiserver pkg/endpoints/discovery/storageversionhash.go.
    static func storageVersionHash(_ info: KindInfo) -> String {
        let stored = storage(of: info)
        let digest = SHA256.hash("\(stored.group)/\(stored.version)/\(stored.name)")
        return Base64Data(Array(digest.prefix(8))).base64
    }

    /// The kind as which objects are stored. Two kinds are served in two versions.
    private static func storage(of info: KindInfo) -> KindInfo {
        switch info.kind {
        case .eventsEvent: ResourceKind.event.info
        case .autoscalingV1HorizontalPodAutoscaler: ResourceKind.horizontalPodAutoscaler.info
        default: info
        }
    }
}

import KubeAPI

/// The keys under which Kubernetes' API server stores objects in etcd.
///
/// Follows kubernetes pkg/kubeapiserver/default_storage_factory_builder.go `SpecialDefaultResourcePrefixes`, and the
/// kube-aggregator and the apiextensions server, which have prefixes of their own.
public enum StorageKey {
    /// As in `/registry/pods/default/web` or `/registry/minions/node-1`.
    public static func path(of key: ObjectKey) -> String {
        let prefix = prefix(of: key.kind)
        return key.kind.info.isNamespaced ? "\(prefix)/\(key.namespace)/\(key.name)" : "\(prefix)/\(key.name)"
    }

    /// As in `/registry/pods`.
    public static func prefix(of kind: ResourceKind) -> String {
        let info = kind.info
        switch kind {
        case .node: return "/registry/minions"
        case .service: return "/registry/services/specs"
        case .endpoints: return "/registry/services/endpoints"
        case .replicationController: return "/registry/controllers"
        case .ingress: return "/registry/ingress"
        case .customResourceDefinition, .apiService: return "/registry/\(info.group)/\(info.plural)"
        default: return "/registry/\(info.plural)"
        }
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// Keeps changes beyond the life of the process. The store hands over each batch, in order, once the events that made
/// it are done; without a journal nothing is kept.
public protocol Journal: AnyObject {
    func append(_ changes: [Change])
}

/// What a journal has kept: all objects as of a base revision, and the changes after it, one for every revision.
public struct JournalContents: Sendable {
    public var base: Revision
    /// With their resource versions.
    public var objects: [KubeObject] = []
    public var changes: [Change] = []

    public init(base: Revision) { self.base = base }

    /// The last revision.
    public var revision: Revision { base + changes.count }
    /// Nothing was ever written.
    public var isEmpty: Bool { revision == 0 }
    /// When the last change was made; nil if none is kept.
    public var time: Instant? { changes.last?.time }
}

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

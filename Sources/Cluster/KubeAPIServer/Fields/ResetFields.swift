import KubeAPI
import KubeClient

/// The fields that a request cannot change because the kind's strategy sets them back: nobody comes to own them by it.
///
/// Follows `GetResetFields` of the strategies in kubernetes pkg/registry, apiextensions and kube-aggregator, and of
/// their storages: those of a pod's `ephemeralcontainers` and `resize` have none.
enum ResetFields {
    static func paths(_ kind: ResourceKind, _ subresource: Subresource?) -> [[String]] {
        // Its strategies speak of the group `networking`, which is not its name: nothing is reset.
        if kind == .serviceCIDR { return [] }
        switch subresource {
        case nil:
            // Nobody may change what was requested.
            if kind == .certificateSigningRequest { return [["spec"], ["status"]] }
            return kind.info.hasStatus ? [["status"]] : []
        case .status: return [["spec"]] + (besidesSpec[kind] ?? [])
        case .finalize: return [["status"]]
        case .approval: return [["spec"], ["status", "certificate"]]
        default: return []
        }
    }

    /// An object as a request to `status` leaves it: the younger kinds keep all their metadata but the account of
    /// owners, while the older ones let labels and the like be written by the way.
    ///
    /// Follows apimachinery pkg/apis/meta/v1/helpers.go `ResetObjectMetaForStatus`.
    static func withKeptMetadata(_ object: KubeObject, of old: KubeObject) -> KubeObject {
        guard metadataKeepers.contains(object.kind), !object.metadata.isIdentical(to: old.metadata) else {
            return object
        }
        var metadata = old.metadata
        metadata.managedFields = object.metadata.managedFields
        return object.with(metadata: metadata)
    }

    /// CustomResourceDefinitions say that they are of these, and are not.
    private static let metadataKeepers: Set<ResourceKind> = [
        .apiService, .flowSchema, .priorityLevelConfiguration, .resourceResourceClaim, .serviceCIDR,
        .validatingAdmissionPolicy, .volumeAttachment,
    ]

    /// What a request to `status` cannot change either.
    private static let besidesSpec: [ResourceKind: [[String]]] = [
        .pod: [["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"]],
        .deployment: [["metadata", "labels"]],
        .certificateSigningRequest: [["status", "conditions"]],
        .apiService: [["metadata"]],
        .customResourceDefinition: [["metadata"]],
        .flowSchema: [["metadata"]],
        .priorityLevelConfiguration: [["metadata"]],
        .resourceResourceClaim: [["metadata"]],
        .validatingAdmissionPolicy: [["metadata"]],
        .volumeAttachment: [["metadata"]],
    ]
}

import KubeAPI
import KubeClient

/// The fields that a request cannot change because the kind's strategy sets them back: nobody comes to own them by it.
///
/// Follows `GetResetFields` of the strategies in kubernetes pkg/registry.
enum ResetFields {
    static func paths(_ kind: ResourceKind, _ subresource: Subresource?) -> [[String]] {
        switch subresource {
        case nil: return kind.info.hasStatus ? [["status"]] : []
        case .status: return [["spec"]] + (statusMetadata[kind] ?? [])
        case .finalize, .approval: return kind == .namespace ? [["status"]] : [["spec"]]
        default: return []
        }
    }

    private static let statusMetadata: [ResourceKind: [[String]]] = [
        .pod: [["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"]],
        .deployment: [["metadata", "labels"]],
        .apiService: [["metadata"]],
        .customResourceDefinition: [["metadata"]],
        .resourceResourceClaim: [["metadata"]],
        .validatingAdmissionPolicy: [["metadata"]],
        .volumeAttachment: [["metadata"]],
    ]
}

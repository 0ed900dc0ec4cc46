import KubeAPI
import KubeStore

/// Devices that others use are claimed, for their upkeep, only in namespaces that a label sets apart.
///
/// Upstream's strategies of claims and their templates do this, follows kubernetes pkg/registry/resource/utils.go
/// `AuthorizedForAdmin` and `AuthorizedForAdminStatus`.
final class DeviceAdminAccess: AdmissionPlugin {
    let name = "DeviceAdminAccess"
    private let store: ObjectStore
    private static let label = "resource.kubernetes.io/admin-access"

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        switch kind {
        case .resourceResourceClaim: operation != .delete
        // What a template says never changes.
        case .resourceClaimTemplate: operation == .create
        default: false
        }
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard let object, let path = claimed(object, attributes) else { return }
        let namespace = store.object(ObjectKey(.namespace, name: object.namespace))
        if namespace?.metadata.labels[DeviceAdminAccess.label] == "true" { return }
        throw .invalid(
            kind: object.kind, name: object.name,
            errors: [
                .forbidden(
                    path,
                    "admin access to devices requires the `\(DeviceAdminAccess.label): true` label on the containing "
                        + "namespace")
            ])
    }

    /// Where the object begins to ask for it; nil if it does not, or did before.
    private func claimed(_ object: KubeObject, _ attributes: AdmissionAttributes) -> FieldPath? {
        let requests: [DeviceRequest]
        if let template = object.as(ResourceClaimTemplate.self) {
            requests = template.spec.spec.devices?.requests ?? []
        } else if let claim = object.as(ResourceResourceClaim.self) {
            if attributes.operation == .update {
                let isOld = attributes.old?.as(ResourceResourceClaim.self)?.adminResult != nil
                guard !isOld, let index = claim.adminResult else { return nil }
                return FieldPath("status").child("allocation", "devices", "results").index(index).child("adminAccess")
            }
            requests = claim.spec.devices?.requests ?? []
        } else {
            return nil
        }
        guard let index = requests.firstIndex(where: { $0.exactly?.adminAccess == true }) else { return nil }
        return FieldPath("spec").child("devices", "requests").index(index).child("adminAccess")
    }
}

extension ResourceResourceClaim {
    /// The first device that is allocated so.
    fileprivate var adminResult: Int? {
        status.allocation?.devices?.results.firstIndex { $0.adminAccess == true }
    }
}

import KubeAPI
import KubeStore

/// Claims that name no storage class get the default one: of several the newest, of those the first by name.
///
/// Follows kubernetes plugin/pkg/admission/storage/storageclass/setdefault/admission.go.
final class DefaultStorageClass: AdmissionPlugin {
    let name = "DefaultStorageClass"
    private let store: ObjectStore
    private static let annotations = [
        "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class",
    ]

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .create && kind == .persistentVolumeClaim
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        // The annotation is older than the field, and counts as it.
        guard var claim = object.as(PersistentVolumeClaim.self), claim.spec.storageClassName == nil,
            !claim.annotations.contains("volume.beta.kubernetes.io/storage-class"),
            let standard = DefaultClass.find(.storageClass, store, DefaultStorageClass.annotations)
        else { return }
        claim.spec.storageClassName = standard
        object = claim.boxed
    }
}

/// Ingresses that name no class get the default one.
///
/// Follows kubernetes plugin/pkg/admission/network/defaultingressclass/admission.go.
final class DefaultIngressClass: AdmissionPlugin {
    let name = "DefaultIngressClass"
    private let store: ObjectStore

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .create && kind == .ingress
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard var ingress = object.as(Ingress.self), ingress.spec.ingressClassName == nil,
            !ingress.annotations.contains("kubernetes.io/ingress.class"),
            let standard = DefaultClass.find(.ingressClass, store, ["ingressclass.kubernetes.io/is-default-class"])
        else { return }
        ingress.spec.ingressClassName = standard
        object = ingress.boxed
    }
}

private enum DefaultClass {
    /// The name of the class that an annotation marks; nil if none does. O(classes).
    static func find(_ kind: ResourceKind, _ store: ObjectStore, _ annotations: [String]) -> String? {
        var found: (name: String, created: Int)?
        store.forEach(kind, namespace: nil) { object in
            let metadata = object.metadata
            guard annotations.contains(where: { metadata.annotations[$0] == "true" }) else { return true }
            let created = metadata.creationTimestamp?.seconds ?? 0
            // Names come in order.
            if found.map({ created > $0.created }) ?? true { found = (object.name, created) }
            return true
        }
        return found?.name
    }
}

/// Volumes, claims and classes of attributes that are in use are not removed: they get a finalizer, which their
/// controllers take away when nobody uses them any more.
///
/// Follows kubernetes plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go.
final class StorageObjectInUseProtection: AdmissionPlugin {
    let name = "StorageObjectInUseProtection"

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .create && StorageObjectInUseProtection.finalizer(of: kind) != nil
    }

    static func finalizer(of kind: ResourceKind) -> String? {
        switch kind {
        case .persistentVolumeClaim: "kubernetes.io/pvc-protection"
        case .persistentVolume: "kubernetes.io/pv-protection"
        default: nil
        }
    }

    func admit(_ object: inout KubeObject, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard let finalizer = StorageObjectInUseProtection.finalizer(of: object.kind),
            !object.metadata.finalizers.contains(finalizer)
        else { return }
        var metadata = object.metadata
        metadata.finalizers.append(finalizer)
        object = object.with(metadata: metadata)
    }
}

/// A claim grows only if it is bound, and its class allows it.
///
/// Follows kubernetes plugin/pkg/admission/storage/persistentvolume/resize/admission.go.
final class PersistentVolumeClaimResize: AdmissionPlugin {
    let name = "PersistentVolumeClaimResize"
    private let store: ObjectStore

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        operation == .update && kind == .persistentVolumeClaim
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard attributes.subresource == nil, let claim = object?.as(PersistentVolumeClaim.self),
            let old = attributes.old?.as(PersistentVolumeClaim.self)
        else { return }
        let size = claim.spec.resources?.requests["storage"] ?? Quantity(0)
        let oldSize = old.spec.resources?.requests["storage"] ?? Quantity(0)
        if size <= oldSize { return }
        if old.status.phase != "Bound" {
            throw attributes.forbidden("Only bound persistent volume claims can be expanded")
        }
        let className = claim.annotations["volume.beta.kubernetes.io/storage-class"] ?? claim.spec.storageClassName
        guard let className, !className.isEmpty,
            let storageClass = store.object(ObjectKey(.storageClass, name: className))?.as(StorageClass.self),
            storageClass.allowVolumeExpansion == true
        else {
            throw attributes.forbidden(
                "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
                    + "support resize")
        }
    }
}

import KubeAPI
import KubeClient

/// The `scale` subresource: how many replicas a workload wants and has, the same for every kind that has replicas.
///
/// Follows kubernetes pkg/registry/apps/deployment/storage/storage.go `ScaleREST`.
extension APIServer {
    package func scale(of key: ObjectKey) throws(StatusError) -> Scale {
        guard let object = store.object(key) else { throw .notFound(kind: key.kind, name: key.name) }
        return try APIServer.scale(of: object)
    }

    /// Sets how many replicas a workload wants.
    ///
    /// - Throws: `invalid` for a negative number, `conflict` for an old resourceVersion or another UID.
    package func setScale(_ scale: Scale, of key: ObjectKey, _ request: Request) throws(StatusError) -> Scale {
        guard let object = store.object(key) else { throw .notFound(kind: key.kind, name: key.name) }
        let wanted = scale.spec.replicas ?? 0
        if wanted < 0 { throw APIServer.negativeScale(key, wanted) }
        if let version = scale.metadata.resourceVersion, !version.isEmpty, version != object.metadata.resourceVersion {
            throw .conflict(kind: key.kind, name: key.name)
        }
        if let uid = scale.metadata.uid, !uid.isEmpty, uid != object.uid {
            throw .conflict(
                kind: key.kind, name: key.name,
                message: "Precondition failed: UID in precondition: \(uid), UID in object meta: \(object.uid)")
        }
        guard let scaled = object.scalable?.scaled(to: wanted) else {
            throw .methodNotSupported(kind: key.kind, action: "update")
        }
        var ownership = ScaleOwnership(object.metadata.managedFields, of: key.kind, cache: fieldSets)
        let current = try APIServer.scale(of: object).spec.replicas ?? 0
        ownership.update(from: current, to: wanted, manager: FieldAccounts.manager(of: request))
        let accounted = FieldAccounts.replacing(scaled, ownership.entries)
        return try APIServer.scale(of: try replace(object, with: accounted, nil, request, isAccounted: true))
    }

    static func negativeScale(_ key: ObjectKey, _ replicas: Int) -> StatusError {
        .invalid(
            kind: GroupResource(group: "autoscaling", resource: "Scale"), name: key.name,
            errors: [.invalid(FieldPath("spec").child("replicas"), replicas, "must be greater than or equal to 0")])
    }

    /// What the `scale` subresource of an object says; a pure function, for readers on other threads too.
    package static func scale(of object: KubeObject) throws(StatusError) -> Scale {
        var scale = Scale()
        let metadata = object.metadata
        scale.metadata.name = metadata.name
        scale.metadata.namespace = metadata.namespace
        scale.metadata.uid = metadata.uid
        scale.metadata.resourceVersion = metadata.resourceVersion
        scale.metadata.creationTimestamp = metadata.creationTimestamp
        guard let scalable = object.scalable else {
            throw .notFound(
                resource: GroupResource(group: object.kind.info.group, resource: object.kind.info.plural + "/scale"),
                name: object.name)
        }
        scale.spec.replicas = scalable.scaleReplicas
        scale.status.replicas = scalable.scaleStatusReplicas
        scale.status.selector = scalable.scaleSelector
        return scale
    }
}

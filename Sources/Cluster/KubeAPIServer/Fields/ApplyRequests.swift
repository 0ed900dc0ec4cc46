import KubeAPI
import KubeClient
import KubeStore

extension APIServer {
    /// What came of an apply.
    package struct ApplyResult {
        /// As stored; for `scale` the workload, whose `scale(of:)` is the reply.
        package var object: KubeObject
        /// Whether there was no such object before: 201 instead of 200.
        package var isNew: Bool
    }

    /// Server-side apply: merges a configuration into an object, or makes the object of it.
    ///
    /// - Parameter configuration: JSON; YAML is made JSON at the wall.
    /// - Throws: `invalid` without a field manager, `badRequest` for a configuration of another object or kind,
    ///   `conflict` when other managers own what would change and the request does not force it, and what creates and
    ///   updates throw.
    ///
    /// Follows apiserver pkg/endpoints/handlers/patch.go `applyPatcher`.
    package func apply(
        _ key: ObjectKey, _ configuration: [UInt8], _ subresource: Subresource?, _ request: Request
    ) throws(StatusError) -> ApplyResult {
        try FieldAccounts.check(request, isApply: true)
        let document = try FieldAccounts.document(configuration)
        let stored = store.object(key.stored)
        let old = stored?.served(as: key.kind)
        let request = key.kind.isStored ? request : request.speaking(of: key.kind)
        if subresource == .scale {
            return ApplyResult(object: try applyScale(document, to: old, key, request), isNew: false)
        }
        if subresource != nil, old == nil { throw .notFound(kind: key.kind, name: key.name) }
        let applied = try fieldManager(key.kind, subresource).apply(
            document, to: old, manager: FieldAccounts.manager(of: request), force: request.options.force, now: now)
        let object = try applyOutcome(applied, key)
        try report(StrictDecoding.duplicateFields(in: configuration), request)
        if let old, let stored {
            if let uid = object.metadata.uid, uid != old.uid {
                throw .uidPrecondition(key, wanted: uid, found: old.uid)
            }
            if let version = object.metadata.resourceVersion, version != old.metadata.resourceVersion {
                throw .conflict(kind: key.kind, name: key.name)
            }
            let result = try replace(stored, with: object.stored, subresource, request, isAccounted: true)
            return ApplyResult(object: result.served(as: key.kind), isNew: false)
        }
        if let uid = object.metadata.uid {
            throw .conflict(
                kind: key.kind, name: key.name,
                message: "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
        }
        try checkCreation(of: key, request)
        return ApplyResult(object: try create(object, request, isAccounted: true), isNew: true)
    }

    /// The outcome as an object of the request's name and namespace.
    private func applyOutcome(_ applied: FieldManager.Applied, _ key: ObjectKey) throws(StatusError) -> KubeObject {
        let decoded: KubeObject
        do throws(JSONFailure) {
            decoded = try ObjectDecoding.decode(applied.object.json, as: key.kind).object
        } catch {
            let message = GoDecodeError.message(error, type: SchemaTable.shared.type(of: key.kind))
            throw StatusError(
                reason: .unknown, code: 500, message: "failed to convert new typed object: \(message)")
        }
        var metadata = decoded.metadata
        metadata.managedFields = applied.managedFields
        try metadata.place(in: key.namespace)
        try metadata.check(isNamed: key.name)
        return decoded.with(metadata: metadata)
    }

    /// Applies a number of replicas: the field belongs to the workload, its owner to the subresource.
    ///
    /// Follows apimachinery pkg/util/managedfields/scalehandler.go.
    private func applyScale(
        _ document: JSONValue, to old: KubeObject?, _ key: ObjectKey, _ request: Request
    ) throws(StatusError) -> KubeObject {
        guard let old else { throw .notFound(kind: key.kind, name: key.name) }
        try ScaleOwnership.check(document)
        var scale: Scale
        do throws(JSONFailure) {
            scale = try Scale.decode(document.json)
        } catch {
            let message = GoDecodeError.message(error, type: SchemaTable.shared.type(named: "Scale"))
            throw StatusError(
                reason: .unknown, code: 500, message: "failed to convert new typed object: \(message)")
        }
        try scale.metadata.place(in: key.namespace)
        try scale.metadata.check(isNamed: key.name)
        var ownership = ScaleOwnership(old.metadata.managedFields, of: key.kind, cache: fieldSets)
        let wanted = try ownership.apply(
            document["spec"]?["replicas"] == nil ? nil : scale.spec.replicas ?? 0,
            to: try APIServer.scale(of: old).spec.replicas ?? 0, manager: FieldAccounts.manager(of: request),
            force: request.options.force)
        if wanted < 0 { throw APIServer.negativeScale(key, wanted) }
        guard let scaled = old.scalable?.scaled(to: wanted) else {
            throw .methodNotSupported(kind: key.kind, action: "update")
        }
        let object = FieldAccounts.replacing(scaled, ownership.entries)
        return try replace(old, with: object, nil, request, isAccounted: true)
    }
}

extension FieldAccounts {
    /// An applied configuration; a document of another form is 400.
    static func document(_ configuration: [UInt8]) throws(StatusError) -> JSONValue {
        let document: JSONValue
        do throws(JSONFailure) {
            document = try JSONValue.decode(configuration)
        } catch {
            throw .badRequest("error decoding YAML: " + GoDecodeError.message(error, type: nil))
        }
        switch document {
        case .object: return document
        case .null: return [:]
        default:
            throw .badRequest(
                "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
                    + "\(document.goKind) into Go value of type map[string]interface {}")
        }
    }

    /// The options that only an apply needs, or may have.
    ///
    /// Follows apimachinery pkg/apis/meta/v1/validation `ValidatePatchOptions`.
    static func check(_ request: Request, isApply: Bool) throws(StatusError) {
        let name = request.options.fieldManager ?? ""
        var errors = Validation.fieldManager(name, FieldPath("fieldManager"))
        if isApply {
            if name.isEmpty { errors.append(.required(FieldPath("fieldManager"), "is required for apply patch")) }
        } else if request.options.force {
            errors.append(.forbidden(FieldPath("force"), "may not be specified for non-apply patch"))
        }
        if errors.isEmpty { return }
        throw .invalid(
            kind: GroupResource(group: "meta.k8s.io", resource: "PatchOptions"), name: "", errors: errors)
    }
}

import KubeAPI
import KubeClient

extension APIServer {
    /// Changes an object by a patch document and returns it as stored. What the patch does to `resourceVersion` and to
    /// the UID counts as in an update: a patch that names another version is a conflict.
    ///
    /// - Throws: `notFound`, `conflict`, `invalid`, `badRequest` (of the patch), and what `apply` throws.
    package func patch(
        _ key: ObjectKey, _ patch: [UInt8], type: PatchType, _ subresource: Subresource?, _ request: Request
    ) throws(StatusError) -> KubeObject {
        guard key.kind.info.supports(verb: "patch") else {
            throw .methodNotSupported(kind: key.kind, action: "patch")
        }
        if type == .apply { return try apply(key, patch, subresource, request).object }
        try FieldAccounts.check(request, isApply: false)
        guard let old = store.object(key.stored)?.served(as: key.kind) else {
            throw .notFound(kind: key.kind.stored, name: key.name)
        }
        let decoded = try applyPatch(patch, type: type, to: old)
        var request = request
        request.checksSize = request.checksSize && decoded.patchedLength > StoredSize.smallDocument
        try report(decoded, request)
        let object = try decoded.object.placed(at: old.key)
        return try update(
            RepeatedOwners.removed(from: object, isPatched: true, request), subresource, request)
    }

    /// Warns of fields that a patch has twice or that its outcome has no place for, or refuses them, as the request's
    /// field validation has it.
    ///
    /// Follows apiserver pkg/endpoints/handlers/patch.go.
    private func report(_ decoded: DecodedObject, _ request: Request) throws(StatusError) {
        if request.options.fieldValidation == .strict, !decoded.strictErrors.isEmpty {
            let message = "strict decoding error: " + decoded.strictErrors.joined(separator: ", ")
            throw .invalid(
                kind: GroupResource(resource: ""), name: "", errors: [.invalid("patch", decoded.patchText, message)])
        }
        try report(decoded.strictErrors, request)
    }

    /// Warns of fields that are unknown or given twice, or refuses them, as the request's field validation has it.
    package func report(_ strictErrors: [String], _ request: Request) throws(StatusError) {
        if strictErrors.isEmpty { return }
        switch request.options.fieldValidation {
        case .ignore: return
        case .warn: for error in strictErrors { request.warn(error) }
        case .strict:
            throw .badRequest("strict decoding error: " + strictErrors.joined(separator: ", "))
        }
    }
}

import KubeAPI

/// Metadata, which every kind has.
enum MetadataValidation {
    static func validate(_ metadata: ObjectMeta, of kind: ResourceKind, name: NameCheck) -> [FieldError] {
        let info = kind.info
        let errors = Validation.objectMeta(metadata, isNamespaced: info.isNamespaced, nameCheck: name)
        return metadata.finalizers.isEmpty ? errors : errors + finalizers(metadata, of: info)
    }

    static func validateUpdate(_ metadata: ObjectMeta, old: ObjectMeta, of kind: ResourceKind) -> [FieldError] {
        // Most updates are of the status alone.
        if metadata.isIdentical(to: old) { return [] }
        let info = kind.info
        var errors = Validation.objectMetaUpdate(metadata, old: old)
        if metadata.finalizers != old.finalizers {
            errors += Validation.finalizers(metadata.finalizers, FieldPath("metadata").child("finalizers"))
            errors += finalizers(metadata, of: info)
        }
        return errors
    }

    /// Finalizers without a domain must be Kubernetes' own.
    private static func finalizers(_ metadata: ObjectMeta, of info: KindInfo) -> [FieldError] {
        guard !info.group.contains("networking.k8s.io") else { return [] }
        var errors: [FieldError] = []
        for (index, finalizer) in metadata.finalizers.enumerated() {
            if finalizer.contains("/") || ["kubernetes", "orphan", "foregroundDeletion"].contains(finalizer) {
                continue
            }
            let path = FieldPath("metadata").child("finalizers").index(index)
            errors.append(
                .invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified"))
        }
        return errors
    }
}

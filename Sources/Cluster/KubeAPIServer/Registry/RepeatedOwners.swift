import KubeAPI

/// Owners that an object names more than once are kept once, and the client is told.
///
/// Follows apiserver pkg/endpoints/handlers/rest.go `dedupOwnerReferencesAndAddWarning`.
enum RepeatedOwners {
    /// The object with each of its owners once, the first time that it is named. References to one owner that differ
    /// in anything are different ones. O(n) unless they share an owner.
    ///
    /// - Parameter isPatched: The object is what a patch makes of another: only the outcome is looked at then, which
    ///   upstream does after admission, and says so.
    static func removed(from object: KubeObject, isPatched: Bool, _ request: Request) -> KubeObject {
        let references = object.metadata.ownerReferences
        if references.count < 2 { return object }
        var kept: [OwnerReference] = []
        var repeated: [String] = []
        var seen: Set<String> = []
        for reference in references {
            if seen.insert(reference.uid).inserted || !kept.contains(reference) {
                kept.append(reference)
            } else {
                repeated.append(reference.uid)
            }
        }
        if repeated.isEmpty { return object }
        request.warn(
            ".metadata.ownerReferences contains duplicate entries\(isPatched ? " after mutating admission happens" : ""); "
                + "API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix "
                + "your requests; duplicate UID(s) observed: " + repeated.joined(separator: ", "))
        var metadata = object.metadata
        metadata.ownerReferences = kept
        return object.with(metadata: metadata)
    }
}

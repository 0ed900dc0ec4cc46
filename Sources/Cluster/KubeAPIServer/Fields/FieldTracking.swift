import KubeAPI
import KubeClient

/// Who owns which fields of an object: `metadata.managedFields`, kept by every write that needs it.
///
/// Upstream keeps account of every object. Here it costs an object's JSON twice and a walk over it, many times what a
/// component's write costs, for something that no component reads. So an object is accounted for from the moment on at
/// which somebody outside has to do with it:
/// - what a client from outside creates (its request names a field manager, which the gateway sees to) is accounted for
///   from its creation on, and then every write counts, by whomever;
/// - what a component creates is not, until a client applies to it. Then all fields belong to `before-first-apply`, as
///   upstream has it for objects without an account, and from then on every write counts;
/// - what a new cluster holds comes with an account that is written down (`BootstrapAccounts`), as far as no component
///   writes it all the time.
///
/// So thousands of pods of a Deployment cost nothing, the Deployment itself is right to the field, and no history is
/// made up.
extension APIServer {
    /// The object with its account of owners, as a create, an update or a patch leaves it.
    ///
    /// Follows apiserver pkg/endpoints/handlers/create.go and update.go: before admission, whose changes nobody owns.
    func accounted(
        _ object: KubeObject, old: KubeObject?, _ subresource: Subresource?, _ request: Request
    ) -> KubeObject {
        let stored = old?.metadata.managedFields ?? []
        // A client may give an object an account: its backup's, say.
        let isGiven = old != nil && request.options.fieldManager != nil && !object.metadata.managedFields.isEmpty
        if stored.isEmpty, !isGiven, old != nil || request.options.fieldManager == nil {
            return object.metadata.managedFields.isEmpty ? object : FieldAccounts.replacing(object, [])
        }
        if let old, object === old { return object }
        // A client owns fields in the version that it speaks.
        let kind = request.spoken ?? object.kind
        let entries = fieldManager(kind, subresource).update(
            live: old?.served(as: kind), new: object.served(as: kind), manager: FieldAccounts.manager(of: request),
            now: now)
        return FieldAccounts.replacing(object, entries)
    }

    /// Made once for each kind and subresource.
    func fieldManager(_ kind: ResourceKind, _ subresource: Subresource?) -> FieldManager {
        let key = FieldManagerKey(kind: kind, subresource: subresource)
        if let known = fieldManagers[key] { return known }
        let manager = FieldManager(
            kind, subresource: subresource?.rawValue ?? "", resetFields: ResetFields.paths(kind, subresource),
            cache: fieldSets)
        fieldManagers[key] = manager
        return manager
    }
}

struct FieldManagerKey: Hashable {
    let kind: ResourceKind
    let subresource: Subresource?
}

enum FieldAccounts {
    /// The manager that a request names, or the component that makes it: the controllers are one process upstream.
    static func manager(of request: Request) -> String {
        if let name = request.options.fieldManager, !name.isEmpty { return name }
        let author = request.requester.author
        let isController = author.hasSuffix("-controller") || author.hasSuffix("-collector")
        return isController ? "kube-controller-manager" : author
    }

    static func replacing(_ object: KubeObject, _ entries: [ManagedFieldsEntry]) -> KubeObject {
        if object.metadata.managedFields == entries { return object }
        var metadata = object.metadata
        metadata.managedFields = entries
        return object.with(metadata: metadata)
    }

    /// The object with the old one's account, if only times in that differ.
    ///
    /// Follows apiserver `pkg/endpoints/handlers/fieldmanager/equality.go`.
    static func withoutNewTimes(_ object: KubeObject, old: KubeObject) -> KubeObject {
        let (new, stored) = (object.metadata.managedFields, old.metadata.managedFields)
        guard new.count == stored.count, new != stored else { return object }
        let isSame = new.allSatisfy { entry in
            stored.contains { known in
                var known = known
                known.time = entry.time
                return known == entry
            }
        }
        return isSame ? replacing(object, stored) : object
    }
}

import KubeAPI
import KubeClient
import KubeStore

/// What a deletion came to.
package struct Deletion {
    /// The object as it was last, with the marks of its deletion if it was given any.
    package var object: KubeObject
    /// Whether nothing holds the object any more: no finalizer, no grace period.
    package var isGone: Bool
}

extension APIServer {
    /// Deletes an object, or begins its deletion.
    ///
    /// - Throws: `notFound`, `conflict` (preconditions), `forbidden`, `invalid` (of the options).
    package func delete(
        _ key: ObjectKey, _ options: DeleteOptions, _ request: Request
    ) throws(StatusError) -> Deletion {
        try PriorityClassStrategy.checkDeletion(key)
        return try deleteAny(key, options, request)
    }

    /// Deletes an object, one that the cluster cannot do without too.
    private func deleteAny(
        _ key: ObjectKey, _ options: DeleteOptions, _ request: Request
    ) throws(StatusError) -> Deletion {
        if !key.kind.isStored {
            var deletion = try deleteAny(key.stored, options, request)
            deletion.object = deletion.object.served(as: key.kind)
            return deletion
        }
        guard let object = store.object(key) else { throw .notFound(kind: key.kind, name: key.name) }
        guard key.kind.info.supports(verb: "delete") else {
            throw .methodNotSupported(kind: key.kind, action: "delete")
        }
        var request = request
        if options.dryRun.contains("All") { request.options.isDryRun = true }
        try Deletions.validate(options)
        try admission.validate(nil, AdmissionAttributes(.delete, key, nil, old: object, request))
        try Deletions.checkPreconditions(options, object)
        if key.kind == .namespace {
            if let terminating = try Namespaces.terminating(object, now: now) {
                return Deletion(object: try write(terminating, object, request), isGone: false)
            }
        }
        switch Deletions.plan(object, options, now: now) {
        case .alreadyPending: return Deletion(object: object, isGone: false)
        case .removal: return Deletion(object: try remove(object, request), isGone: true)
        case .update(let deleting, let isFinal):
            let stored = try mark(object, as: deleting, request)
            return Deletion(object: isFinal ? try remove(stored, request) : stored, isGone: isFinal)
        }
    }

    /// Whether a deletion would leave nothing of an object, or finds nothing to do: no grace, no finalizer.
    package func removesAtOnce(_ key: ObjectKey, _ options: DeleteOptions) -> Bool {
        guard let object = store.object(key.stored) else { return true }
        if object.kind == .namespace, object.metadata.deletionTimestamp == nil { return false }
        return switch Deletions.plan(object, options, now: now) {
        case .alreadyPending, .removal: true
        case .update(_, let isFinal): isFinal
        }
    }

    /// Deletes all objects of a kind in a namespace that the selectors match; returns how they were before.
    package func deleteCollection(
        _ kind: ResourceKind, _ list: ListOptions, _ options: DeleteOptions, _ request: Request
    ) throws(StatusError) -> [KubeObject] {
        guard kind.info.supports(verb: "deletecollection") else {
            throw .methodNotSupported(kind: kind, action: "deletecollection")
        }
        let items = try self.list(kind, list).items
        for item in items {
            do throws(StatusError) {
                _ = try deleteAny(item.key, options, request)
            } catch {
                if !error.isNotFound { throw error }
            }
        }
        return items
    }

    /// Stores an object as being deleted.
    private func mark(
        _ old: KubeObject, as object: KubeObject, _ request: Request
    ) throws(StatusError) -> KubeObject {
        if request.options.isDryRun { return object }
        do throws(StoreError) {
            return try store.update(object, expecting: old.revision, author: request.author, cause: request.cause)
        } catch {
            throw StatusError(error, of: old.key)
        }
    }

    /// Takes an object out of the store, and gives back what it held. Returns the object as watchers see it go: with
    /// the revision of its removal.
    @discardableResult
    func remove(_ object: KubeObject, _ request: Request) throws(StatusError) -> KubeObject {
        if request.options.isDryRun { return object }
        do throws(StoreError) {
            try store.delete(object.key, expecting: nil, author: request.author, cause: request.cause)
        } catch {
            throw StatusError(error, of: object.key)
        }
        var metadata = object.metadata
        metadata.resourceVersion = String(store.revision)
        if let service = object.as(Service.self) { serviceAllocation.release(service, self, request) }
        return object.with(metadata: metadata)
    }
}

import KubeAPI
import KubeClient
import KubeStore

extension APIServer {
    /// Deletes an object, or begins its deletion. Returns the object if it still exists: while finalizers or a grace
    /// period hold it.
    ///
    /// - Throws: `notFound`, `conflict` (preconditions), `forbidden`, `invalid` (of the options).
    package func delete(
        _ key: ObjectKey, _ options: DeleteOptions, _ request: Request
    ) throws(StatusError) -> KubeObject? {
        if key.kind == .priorityClass, PriorityClassStrategy.isSystem(key.name) {
            throw .forbidden(
                kind: key.kind, name: key.name, message: "this is a system priority class and cannot be deleted")
        }
        return try deleteStored(key, options, request)
    }

    /// As `delete`, without what upstream refuses to do by name alone: a collection is deleted so.
    private func deleteStored(
        _ key: ObjectKey, _ options: DeleteOptions, _ request: Request
    ) throws(StatusError) -> KubeObject? {
        if !key.kind.isStored { return try deleteStored(key.stored, options, request)?.served(as: key.kind) }
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
                return try write(terminating, object, request)
            }
        }
        switch Deletions.plan(object, options, now: now) {
        case .alreadyPending: return object
        case .removal:
            if !request.options.isDryRun { try remove(object, request) }
            return nil
        case .update(let deleting, let isFinal):
            let stored = try mark(object, as: deleting, request)
            if !isFinal { return stored }
            if !request.options.isDryRun { try remove(stored, request) }
            return nil
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
                _ = try deleteStored(item.key, options, request)
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

    /// Takes an object out of the store, and gives back what it held.
    func remove(_ object: KubeObject, _ request: Request) throws(StatusError) {
        do throws(StoreError) {
            try store.delete(object.key, expecting: nil, author: request.author, cause: request.cause)
        } catch {
            throw StatusError(error, of: object.key)
        }
        if let service = object.as(Service.self) { serviceAllocation.release(service, self, request) }
    }
}

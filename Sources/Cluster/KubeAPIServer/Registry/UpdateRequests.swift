import KubeAPI
import KubeClient
import KubeStore

extension APIServer {
    /// Replaces an object, or one part of it, and returns it as stored.
    ///
    /// - Throws: `notFound`, `conflict` (an old resourceVersion, another UID), `invalid`, `forbidden`.
    package func update(
        _ object: KubeObject, _ subresource: Subresource?, _ request: Request
    ) throws(StatusError) -> KubeObject {
        let key = object.key
        if !key.kind.isStored {
            let request = request.speaking(of: key.kind)
            return try update(object.stored, subresource, request).served(as: key.kind)
        }
        guard let old = store.object(key) else {
            if subresource == nil, Strategies.strategy(for: key.kind).allowsCreateOnUpdate {
                try checkCreation(of: key, request)
                return try create(object, request)
            }
            throw .notFound(kind: key.kind, name: key.name)
        }
        if let wanted = object.metadata.uid, !wanted.isEmpty, wanted != old.uid {
            throw .uidPrecondition(key, wanted: wanted, found: old.uid)
        }
        if let version = object.metadata.resourceVersion, !version.isEmpty, version != "0" {
            if version != old.metadata.resourceVersion { throw .conflict(kind: key.kind, name: key.name) }
        } else if !Strategies.strategy(for: key.kind).allowsUnconditionalUpdate {
            throw .invalid(
                kind: key.kind, name: key.name,
                errors: [
                    .invalid(
                        FieldPath("metadata").child("resourceVersion"), 0, "must be specified for an update")
                ])
        }
        let kept = RepeatedOwners.removed(from: object, isPatched: false, request)
        return try replace(old, with: kept, subresource, request)
    }

    /// Makes sure that whoever makes an object by an update or an apply may create it.
    ///
    /// Follows apiserver pkg/endpoints/handlers/update.go `withAuthorization`.
    func checkCreation(of key: ObjectKey, _ request: Request) throws(StatusError) {
        guard request.checksCreation else { return }
        try authorizer.check(
            RequestAttributes(
                request.requester.user, verb: "create", request.spoken ?? key.kind, namespace: key.namespace,
                name: key.name))
    }

    /// What a patch does, without its text: reads, changes and writes with nothing in between. Nil if `change` has
    /// nothing to do or if nothing came of it.
    package func mutate(
        _ key: ObjectKey, _ subresource: Subresource?, _ request: Request, _ change: (KubeObject) -> KubeObject?
    ) throws(StatusError) -> KubeObject? {
        if !key.kind.isStored {
            let changed = try mutate(key.stored, subresource, request.speaking(of: key.kind)) { object in
                change(object.served(as: key.kind))?.stored
            }
            return changed?.served(as: key.kind)
        }
        guard let old = store.object(key) else { throw .notFound(kind: key.kind, name: key.name) }
        guard let new = change(old) else { return nil }
        let stored = try replace(old, with: new, subresource, request)
        return stored === old ? nil : stored
    }

    /// What is to be done to one object.
    private struct Replacement {
        let old: KubeObject
        let strategy: AnyStrategy
        let attributes: AdmissionAttributes
        let isAccounted: Bool

        var request: Request { attributes.request }
    }

    /// Writes what is new about an object. Returns the old one if nothing is, and what was removed if the update took
    /// the last finalizer of an object that was being deleted.
    ///
    /// - Parameter isAccounted: The object comes with its account of owners.
    func replace(
        _ old: KubeObject, with new: KubeObject, _ subresource: Subresource?, _ request: Request,
        isAccounted: Bool = false
    ) throws(StatusError) -> KubeObject {
        let replacement = Replacement(
            old: old, strategy: Strategies.strategy(for: old.kind),
            attributes: AdmissionAttributes(.update, old.key, subresource, old: old, request),
            isAccounted: isAccounted)
        let object = withSystemFields(new, of: old)
        switch subresource {
        case .status: return try replaceStatus(object, replacement)
        case nil:
            let stored = try replaceWhole(object, replacement)
            warnIfUnattended(stored, old: old, request)
            return stored
        case .some(let subresource):
            let stored = try replacePart(object, subresource, replacement)
            warnIfUnattended(stored, old: old, request)
            return stored
        }
    }

    private func replaceWhole(_ new: KubeObject, _ replacement: Replacement) throws(StatusError) -> KubeObject {
        let (old, strategy, request) = (replacement.old, replacement.strategy, replacement.request)
        // What was stored has its defaults.
        let isSpecSame = strategy.hasSameSpec(new, old)
        var object = isSpecSame ? withDefaultLabels(new, old, strategy) : strategy.setDefaults(new, now: now)
        if !replacement.isAccounted { object = accounted(object, old: old, nil, request) }
        try admission.admit(&object, replacement.attributes)
        object = prepareForUpdate(object, old, strategy)
        if isSpecSame { return try writeWhole(object, replacement) }
        return try allocating(object, object.metadata, old: old, request) { (object, _) throws(StatusError) in
            try writeWhole(object, replacement)
        }
    }

    private func writeWhole(_ object: KubeObject, _ replacement: Replacement) throws(StatusError) -> KubeObject {
        let (old, strategy, request) = (replacement.old, replacement.strategy, replacement.request)
        try validate(object, old, strategy, request)
        if request.options.warnings != nil {
            for warning in strategy.warnings(object, old: old) { request.warn(warning) }
        }
        try admission.validate(object, replacement.attributes)
        return try write(object, old, request)
    }

    private func replaceStatus(_ new: KubeObject, _ replacement: Replacement) throws(StatusError) -> KubeObject {
        let (old, strategy) = (replacement.old, replacement.strategy)
        var object = withDefaultLabels(new, old, strategy)
        if !replacement.isAccounted { object = accounted(object, old: old, .status, replacement.request) }
        try admission.admit(&object, replacement.attributes)
        object = ResetFields.withKeptMetadata(strategy.prepareForStatusUpdate(object, old: old, now: now), of: old)
        try StatusError.check(strategy.validateStatusUpdate(object, old: old), of: object)
        try admission.validate(object, replacement.attributes)
        return try write(object, old, replacement.request)
    }

    private func replacePart(
        _ new: KubeObject, _ subresource: Subresource, _ replacement: Replacement
    ) throws(StatusError) -> KubeObject {
        let old = replacement.old
        guard let part = SubresourceStrategies.strategy(for: old.kind, subresource) else {
            throw .methodNotSupported(kind: old.kind, action: "update")
        }
        var object = withDefaultLabels(new, old, replacement.strategy)
        if !replacement.isAccounted { object = accounted(object, old: old, subresource, replacement.request) }
        try admission.admit(&object, replacement.attributes)
        object = part.prepare(object, old: old, now: now)
        if part.countsGenerations { object = withGeneration(object, old) }
        try StatusError.check(part.validate(object, old: old), of: object)
        try admission.validate(object, replacement.attributes)
        return try write(object, old, replacement.request)
    }

    /// Stores an object that is ready, unless it is the same as the old one, or ready to be removed.
    func write(_ object: KubeObject, _ old: KubeObject, _ request: Request) throws(StatusError) -> KubeObject {
        if Deletions.isDue(object) {
            try remove(old, request)
            return object
        }
        // New times in the account alone are no change.
        if isUnchanged(FieldAccounts.withoutNewTimes(object, old: old), old) { return old }
        if request.options.isDryRun { return object }
        if request.checksSize { try StoredSize.check(object) }
        do throws(StoreError) {
            let stored = try store.update(
                object, expecting: old.revision, author: request.author, cause: request.cause)
            if stored.kind == .event { events.wrote(stored) }
            return stored
        } catch {
            throw StatusError(error, of: old.key)
        }
    }

    /// Whether an object is the old one to the byte, as apiserver pkg/storage/etcd3/store.go `GuaranteedUpdate` has it.
    /// Swift's strings are equal by characters, so what seems equal is looked at as it is written: an `é` may be one
    /// scalar or two.
    private func isUnchanged(_ object: KubeObject, _ old: KubeObject) -> Bool {
        object === old || Strategies.strategy(for: old.kind).isEqual(old, object) && object.json == old.json
    }

    private func prepareForUpdate(_ object: KubeObject, _ old: KubeObject, _ strategy: AnyStrategy) -> KubeObject {
        let prepared = strategy.prepareForUpdate(object, old: old)
        return Generations.isTracked(old.kind) ? withGeneration(prepared, old) : prepared
    }

    /// The kinds whose labels have defaults: a namespace's name, or the labels of the template.
    private static let kindsWithDefaultLabels: Set<ResourceKind> = [.namespace, .job, .replicationController]

    /// The object with the labels that its kind gives it, if its labels are new: whoever leaves them out gets them
    /// back. Of other kinds nothing is touched, so that their specs stay shared.
    private func withDefaultLabels(_ object: KubeObject, _ old: KubeObject, _ strategy: AnyStrategy) -> KubeObject {
        if object.metadata.labels == old.metadata.labels { return object }
        return APIServer.kindsWithDefaultLabels.contains(object.kind) ? strategy.setDefaults(object, now: now) : object
    }

    /// The object with the generation that its spec makes it.
    private func withGeneration(_ prepared: KubeObject, _ old: KubeObject) -> KubeObject {
        let generation = (old.metadata.generation ?? 0) + (Generations.isNew(prepared, old: old) ? 1 : 0)
        if prepared.metadata.generation ?? 0 == generation { return prepared }
        var metadata = prepared.metadata
        metadata.generation = generation
        return prepared.with(metadata: metadata)
    }

    private func validate(
        _ object: KubeObject, _ old: KubeObject, _ strategy: AnyStrategy, _ request: Request
    ) throws(StatusError) {
        if let pod = object.as(Pod.self), let oldPod = old.as(Pod.self), pod.spec.isIdentical(to: oldPod.spec),
            pod.metadata.annotations == oldPod.metadata.annotations
        {
            let errors = MetadataValidation.validateUpdate(object.metadata, old: old.metadata, of: .pod)
            return try StatusError.check(errors, of: object)
        }
        let (validated, rules) = spoken(object, strategy, request)
        let errors = rules.validateUpdate(validated, old: spoken(old, strategy, request).0)
        try StatusError.check(errors, of: object)
    }

    /// The object with those fields of the old one that a client may leave out, and cannot change. Other times of
    /// creation and of an ongoing deletion are passed over, not refused.
    ///
    /// Follows apiserver pkg/registry/rest/update.go `BeforeUpdate`.
    private func withSystemFields(_ new: KubeObject, of old: KubeObject) -> KubeObject {
        if new.metadata.isIdentical(to: old.metadata) { return new }
        let stored = old.metadata
        var metadata = new.metadata
        if metadata.uid?.isEmpty ?? true { metadata.uid = stored.uid }
        if let time = stored.creationTimestamp, metadata.creationTimestamp != time { metadata.creationTimestamp = time }
        if let time = stored.deletionTimestamp, metadata.deletionTimestamp != time { metadata.deletionTimestamp = time }
        if metadata.deletionGracePeriodSeconds == nil, stored.deletionGracePeriodSeconds != nil {
            metadata.deletionGracePeriodSeconds = stored.deletionGracePeriodSeconds
        }
        if metadata.generation != stored.generation { metadata.generation = stored.generation }
        if metadata.resourceVersion != stored.resourceVersion { metadata.resourceVersion = stored.resourceVersion }
        if metadata.selfLink != nil { metadata.selfLink = nil }
        return metadata.isIdentical(to: new.metadata) ? new : new.with(metadata: metadata)
    }
}

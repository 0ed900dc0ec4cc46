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

    /// Writes what is new about an object. Returns the old one if nothing is, and what was removed if the update took
    /// the last finalizer of an object that was being deleted.
    func replace(
        _ old: KubeObject, with new: KubeObject, _ subresource: Subresource?, _ request: Request,
        isAccounted: Bool = false
    ) throws(StatusError) -> KubeObject {
        let kind = old.kind
        let strategy = Strategies.strategy(for: kind)
        var object = withSystemFields(new, of: old)
        let attributes = AdmissionAttributes(.update, old.key, subresource, old: old, request)
        var reservation = ServiceAllocation.Reservation()
        switch subresource {
        case nil:
            // What was stored has its defaults.
            let isSpecSame = strategy.hasSameSpec(object, old)
            object = isSpecSame ? withDefaultLabels(object, old, strategy) : strategy.setDefaults(object, now: now)
            if !isAccounted { object = accounted(object, old: old, nil, request) }
            try admission.admit(&object, attributes)
            object = prepareForUpdate(object, old, strategy)
            if kind == .service, !isSpecSame {
                let allocated = try serviceAllocation.allocate(object, old: old)
                object = allocated.object
                reservation = allocated.reservation
            }
            do throws(StatusError) {
                try validate(object, old, strategy, request)
            } catch {
                serviceAllocation.abandon(reservation)
                throw error
            }
            for warning in strategy.warnings(object, old: old) where request.options.warnings != nil {
                request.warn(warning)
            }
        case .status:
            object = withDefaultLabels(object, old, strategy)
            if !isAccounted { object = accounted(object, old: old, .status, request) }
            try admission.admit(&object, attributes)
            object = ResetFields.withKeptMetadata(strategy.prepareForStatusUpdate(object, old: old), of: old)
            if var request = object.as(CertificateSigningRequest.self),
                let before = old.as(CertificateSigningRequest.self)
            {
                CertificateConditions.setTimes(&request, old: before, now: now)
                object = request.boxed
            }
            try StatusError.check(strategy.validateStatusUpdate(object, old: old), of: object)
        case .some(let subresource):
            guard let part = SubresourceStrategies.strategy(for: kind, subresource) else {
                throw .methodNotSupported(kind: kind, action: "update")
            }
            object = withDefaultLabels(object, old, strategy)
            if !isAccounted { object = accounted(object, old: old, subresource, request) }
            try admission.admit(&object, attributes)
            object = part.prepare(object, old: old, now: now)
            if part.countsGenerations { object = withGeneration(object, old) }
            try StatusError.check(part.validate(object, old: old), of: object)
        }
        do throws(StatusError) {
            try admission.validate(object, attributes)
        } catch {
            serviceAllocation.abandon(reservation)
            throw error
        }
        let stored = try write(object, old, request)
        if kind == .service {
            if request.options.isDryRun {
                serviceAllocation.abandon(reservation)
            } else {
                try serviceAllocation.commit(reservation, of: stored, self, request)
            }
        }
        if subresource != .status { warnIfUnattended(stored, old: old, request) }
        return stored
    }

    /// Stores an object that is ready, unless it is the same as the old one, or ready to be removed.
    func write(_ object: KubeObject, _ old: KubeObject, _ request: Request) throws(StatusError) -> KubeObject {
        if Deletions.isDue(object) {
            try remove(old, request)
            return object
        }
        let strategy = Strategies.strategy(for: old.kind)
        // New times in the account alone are no change.
        if strategy.isEqual(old, FieldAccounts.withoutNewTimes(object, old: old)) { return old }
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

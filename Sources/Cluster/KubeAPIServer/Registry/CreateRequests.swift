import KubeAPI
import KubeClient
import KubeStore

extension APIServer {
    /// How many names are tried for a `generateName` before the client is told that none was free.
    private static let generateNameAttempts = 8

    /// Stores a new object and returns it as stored.
    ///
    /// - Throws: `invalid`, `alreadyExists`, `notFound` (of the namespace), `forbidden` (by admission),
    ///   `methodNotAllowed`, `badRequest`.
    package func create(_ object: KubeObject, _ request: Request) throws(StatusError) -> KubeObject {
        try create(object, request, isAccounted: false)
    }

    /// - Parameter isAccounted: The object comes with its account of owners (server-side apply).
    func create(_ object: KubeObject, _ request: Request, isAccounted: Bool) throws(StatusError) -> KubeObject {
        let kind = object.kind
        let info = kind.info
        guard info.isCreatable else { throw .methodNotSupported(kind: kind, action: "create") }
        if !kind.isStored {
            let request = request.speaking(of: kind)
            return try create(object.stored, request, isAccounted: isAccounted).served(as: kind)
        }
        if !info.isReadable { return try answer(object, request) }
        var object = try inRequestNamespace(object, info)
        if !isAccounted { object = RepeatedOwners.removed(from: object, isPatched: false, request) }
        let prefix = object.metadata.generateName ?? ""
        let isGenerated = object.name.isEmpty && !prefix.isEmpty
        if kind == .pod {
            return try createPod(object, generateName: isGenerated, request, isAccounted: isAccounted)
        }
        let strategy = Strategies.strategy(for: kind)
        object = strategy.setDefaults(object, now: now)
        if !isAccounted { object = accounted(object, old: nil, nil, request) }
        let attributes = AdmissionAttributes(.create, object.key, nil, old: nil, request)
        try admission.admit(&object, attributes)
        object = strategy.prepareForCreate(object, context(of: request))
        let metadata = newMetadata(object, isDryRun: request.options.isDryRun)
        let stored = try allocating(object, metadata, old: nil, request) { (object, metadata) throws(StatusError) in
            try storeNew(object, metadata, isGenerated, request) { (object) throws(StatusError) in
                let (validated, rules) = spoken(object, strategy, request)
                try StatusError.check(rules.validate(validated), of: object)
                for warning in strategy.warnings(object, old: nil) { request.warn(warning) }
                try admission.validate(object, attributes)
            }
        }
        warnIfUnattended(stored, request)
        return stored
    }

    /// What the strategies are told of a request.
    func context(of request: Request) -> WriteContext { WriteContext(now: now, author: request.requester.user) }

    /// Writes an object with what its kind has to be given from elsewhere: of services, addresses and ports. What was
    /// given is kept if the write succeeds, and given back if not.
    ///
    /// Follows apiserver pkg/registry/generic/registry/store.go `BeginCreate`, `BeginUpdate` and `FinishFunc`.
    func allocating(
        _ object: KubeObject, _ metadata: ObjectMeta, old: KubeObject?, _ request: Request,
        write: (KubeObject, ObjectMeta) throws(StatusError) -> KubeObject
    ) throws(StatusError) -> KubeObject {
        guard object.kind == .service else { return try write(object, metadata) }
        let (allocated, reservation) = try serviceAllocation.allocate(object.with(metadata: metadata), old: old)
        let stored: KubeObject
        do throws(StatusError) {
            stored = try write(allocated, allocated.metadata)
        } catch {
            serviceAllocation.abandon(reservation)
            throw error
        }
        if request.options.isDryRun {
            serviceAllocation.abandon(reservation)
        } else {
            try serviceAllocation.commit(reservation, of: stored, self, request)
        }
        return stored
    }

    /// An object with its strategy for validation: some kinds are held to more by the name that the client uses.
    func spoken(_ object: KubeObject, _ strategy: AnyStrategy, _ request: Request) -> (KubeObject, AnyStrategy) {
        guard let kind = request.spoken, Strategies.hasOwn(kind) else { return (object, strategy) }
        return (object.served(as: kind), Strategies.strategy(for: kind))
    }

    /// Does what a kind that is posted and never stored asks for.
    private func answer(_ object: KubeObject, _ request: Request) throws(StatusError) -> KubeObject {
        if let answer = try review(object, request) { return answer }
        guard let binding = object.as(Binding.self) else {
            throw .methodNotSupported(kind: object.kind, action: "create")
        }
        try bind(binding, request)
        return object
    }

    /// The object in the namespace that it is created in.
    private func inRequestNamespace(_ object: KubeObject, _ info: KindInfo) throws(StatusError) -> KubeObject {
        if info.isNamespaced {
            if object.namespace.isEmpty {
                throw .badRequest("an empty namespace may not be set during creation")
            }
        } else if !object.namespace.isEmpty {
            throw .badRequest("namespace may not be set for this object")
        }
        if object.metadata.resourceVersion?.isEmpty == false {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        return object
    }

    /// The metadata of a new object, with all that the system sets.
    func newMetadata(_ object: KubeObject, isDryRun: Bool) -> ObjectMeta {
        var metadata = object.metadata
        metadata.uid = nextUID()
        metadata.creationTimestamp = now
        if metadata.deletionTimestamp != nil { metadata.deletionTimestamp = nil }
        if metadata.deletionGracePeriodSeconds != nil { metadata.deletionGracePeriodSeconds = nil }
        if metadata.selfLink != nil { metadata.selfLink = nil }
        metadata.generation = Generations.first(of: object.kind, given: metadata.generation)
        // The store gives this number out next, and copies the metadata only if another was given out meanwhile.
        if !isDryRun { metadata.resourceVersion = store.nextResourceVersion }
        return metadata
    }

    /// Names, checks and stores a new object, with other suffixes while the generated name is taken.
    func storeNew(
        _ object: KubeObject, _ metadata: ObjectMeta, _ isGenerated: Bool, _ request: Request,
        check: (KubeObject) throws(StatusError) -> Void
    ) throws(StatusError) -> KubeObject {
        var attempt = 1
        var metadata = metadata
        let prefix = metadata.generateName ?? ""
        while true {
            if isGenerated { metadata.name = generatedName(prefix) }
            let named = Strategies.strategy(for: object.kind).prepareIdentified(object.with(metadata: metadata))
            // A second name is as good as the first: what was checked once need not be checked again.
            if attempt == 1 { try check(named) }
            // The store looks for itself: only what it will not be asked for is looked up here.
            if isGenerated || request.options.isDryRun, let existing = store.object(named.key) {
                if isGenerated, attempt < APIServer.generateNameAttempts {
                    attempt += 1
                    continue
                }
                throw alreadyExists(existing, isGenerated)
            }
            if request.options.isDryRun { return named }
            if request.checksSize { try StoredSize.check(named) }
            do throws(StoreError) {
                let stored = try store.create(named, author: request.author, cause: request.cause)
                if stored.kind == .event { events.wrote(stored) }
                return stored
            } catch {
                if let existing = store.object(named.key) { throw alreadyExists(existing, isGenerated) }
                throw StatusError(error, of: named.key)
            }
        }
    }

    private func alreadyExists(_ existing: KubeObject, _ isGenerated: Bool) -> StatusError {
        if isGenerated { return .generateNameConflict(kind: existing.kind, name: existing.name) }
        var error = StatusError.alreadyExists(kind: existing.kind, name: existing.name)
        if existing.metadata.deletionTimestamp != nil {
            error.message = "object is being deleted: " + error.message
        }
        return error
    }
}

import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster

/// Serves what writes: the body is read on the thread of the connection, the write itself is done on the cluster's,
/// between two events, and the answer leaves when every reader can see what was written.
struct WriteRequests: Sendable {
    let server: RequestServer

    /// What came of a write.
    struct Outcome: Sendable {
        var code = 200
        var object: KubeObject?
        var scale: Scale?
        var token: TokenRequest?
        var status: Status?
        var list: [KubeObject]?
        var revision: Revision = 0
        var warnings: [String] = []

        init() {}
    }

    /// Everything about a request that the cluster's thread needs, apart from the body.
    struct Order: Sendable {
        let key: ObjectKey
        let subresource: Subresource?
        let author: String
        let user: UserInfo
        let isDryRun: Bool
        let validation: FieldValidation
        let fieldManager: String?
        let force: Bool
        let strictErrors: [String]
        /// Whether its object may be too large to be kept: a body does not grow to several times its length, but a
        /// patch says little of what it is put on.
        let checksSize: Bool

        /// A shorter body is not measured.
        private static let smallBody = 256 << 10

        init(
            _ request: GatewayRequest, _ kind: ResourceKind, options: String, name: String? = nil,
            strictErrors: [String] = []
        ) throws(StatusError) {
            self.init(request, kind, try RequestOptions.write(request, kind: options), name, strictErrors)
        }

        /// A deletion, which goes by its own options alone.
        ///
        /// - Throws: `invalid` (422), whether or not there is something to delete.
        init(_ request: GatewayRequest, _ kind: ResourceKind, _ options: DeleteOptions) throws(StatusError) {
            let errors = Validation.deleteOptions(options)
            if !errors.isEmpty { throw RequestOptions.invalid("DeleteOptions", errors) }
            var write = WriteOptions()
            write.isDryRun = options.dryRun.contains("All")
            write.fieldManager = request.fieldManager
            self.init(request, kind, write, nil, [])
        }

        private init(
            _ request: GatewayRequest, _ kind: ResourceKind, _ write: WriteOptions, _ name: String?,
            _ strictErrors: [String]
        ) {
            let info = request.info
            key = info.key(kind, name: name)
            subresource = info.subresource.isEmpty ? nil : Subresource(rawValue: info.subresource)
            let agent = request.userAgent.prefix { $0 != "/" }
            author = agent.isEmpty ? request.user.username ?? "" : String(agent)
            user = request.user
            isDryRun = write.isDryRun
            validation = write.fieldValidation
            fieldManager = write.fieldManager
            force = write.force
            self.strictErrors = strictErrors
            checksSize = request.body.count > Order.smallBody || info.verb == "patch"
        }

        /// The request as the registry takes it; what it warns of is collected in `warnings`.
        func request(_ warnings: Warnings) -> Request {
            var options = WriteOptions()
            options.isDryRun = isDryRun
            options.fieldValidation = validation
            options.fieldManager = fieldManager
            options.force = force
            options.warnings = warnings
            var request = Request(Requester(author: author, user: user), options: options)
            request.checksCreation = true
            request.checksSize = checksSize
            request.wallTime = AccessControl.wallTime
            return request
        }
    }

    // MARK: Verbs

    /// Follows apiserver pkg/endpoints/handlers/create.go.
    func create(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let format = try OutputFormat(request, kind)
        let decoded = try InputText.object(request, kind)
        let object = try WriteRequests.placed(decoded.object, request, isCreate: true)
        let order = try Order(
            request, kind, options: "CreateOptions", name: object.name, strictErrors: decoded.strictErrors)
        try check(order)
        perform(exchange, format, order) { (cluster, request) throws(StatusError) in
            var outcome = Outcome()
            outcome.object = try cluster.server.create(object, request)
            // A binding is an order, and nothing that could be shown.
            if kind == .binding { return .created }
            outcome.code = 201
            return outcome
        }
    }

    /// Follows apiserver pkg/endpoints/handlers/update.go.
    func update(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let format = try OutputFormat(request, kind)
        if request.info.subresource == "scale" { return try updateScale(exchange, kind, format) }
        let decoded = try InputText.object(request, kind)
        let object = try WriteRequests.placed(decoded.object, request, isCreate: false)
        let order = try Order(request, kind, options: "UpdateOptions", strictErrors: decoded.strictErrors)
        try check(order)
        perform(exchange, format, order) { (cluster, request) throws(StatusError) in
            var outcome = Outcome()
            if cluster.server.store.object(order.key.stored) == nil { outcome.code = 201 }
            outcome.object = try cluster.server.update(object, order.subresource, request)
            return outcome
        }
    }

    /// Follows apiserver pkg/endpoints/handlers/patch.go.
    func patch(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let format = try OutputFormat(request, kind)
        guard let type = PatchType(rawValue: RequestOptions.mediaType(request)) else {
            let accepted = PatchType.acceptedForPatches + [PatchType.apply.rawValue]
            throw .unsupportedMediaType(accepted: accepted)
        }
        let document: (json: [UInt8], strictError: String?) =
            type == .apply
            ? try InputText.document(request, accepted: []) {
                .badRequest("error decoding YAML: error converting YAML to JSON: \($0)")
            } : (request.body, nil)
        let patch = document.json
        let strictErrors = document.strictError.map { ["error converting YAML to JSON: " + $0] } ?? []
        let order = try Order(request, kind, options: "PatchOptions", strictErrors: strictErrors)
        if order.validation == .strict, let error = strictErrors.first {
            throw .badRequest("error strict decoding YAML: " + error)
        }
        if order.subresource == .scale { return patchScale(exchange, format, order, patch, type) }
        perform(exchange, format, order) { (cluster, request) throws(StatusError) in
            var outcome = Outcome()
            if cluster.server.store.object(order.key.stored) == nil { outcome.code = 201 }
            outcome.object = try cluster.server.patch(order.key, patch, type: type, order.subresource, request)
            return outcome
        }
    }

    /// Follows apiserver pkg/endpoints/handlers/delete.go.
    func delete(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let format = try OutputFormat(request, kind)
        let options = try RequestOptions.delete(request)
        let order = try Order(request, kind, options)
        let driver = server.driver
        perform(exchange, format, order, isDeletion: true) { (cluster, request) throws(StatusError) in
            let refusal = driver.currentDurability?.refusal(ofDeleting: [order.key], options, cluster)
            if let refusal { throw refusal }
            var outcome = Outcome()
            let deletion = try cluster.server.delete(order.key, options, request)
            if !deletion.isGone {
                outcome.object = deletion.object
                if options.propagationPolicy == "Foreground" || options.orphanDependents == false {
                    outcome.code = 202
                }
            } else if order.key.kind.returnsDeleted {
                outcome.object = deletion.object
            } else {
                outcome.status = .success(of: order.key, uid: deletion.object.uid)
            }
            return outcome
        }
    }

    func deleteCollection(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let format = try OutputFormat(request, kind)
        let list = try RequestOptions.list(request, kind)
        let options = try RequestOptions.delete(request)
        let order = try Order(request, kind, options)
        let driver = server.driver
        perform(exchange, format, order, isDeletion: true) { (cluster, request) throws(StatusError) in
            if let durability = driver.currentDurability, durability.failure != nil {
                let keys = try cluster.server.list(kind, list).items.map(\.key)
                if let refusal = durability.refusal(ofDeleting: keys, options, cluster) { throw refusal }
            }
            var outcome = Outcome()
            outcome.list = try cluster.server.deleteCollection(kind, list, options, request)
            outcome.revision = cluster.server.store.revision
            return outcome
        }
    }

    // MARK: Common

    /// An unknown field is refused before anything is done, or told of when the write is done.
    private func check(_ order: Order) throws(StatusError) {
        if order.validation == .strict, !order.strictErrors.isEmpty {
            throw .strictDecoding(order.strictErrors, of: order.key.kind)
        }
    }

    /// The object with the namespace of the request, which it must not contradict.
    ///
    /// Follows apiserver pkg/registry/rest/meta.go `EnsureObjectNamespaceMatchesRequestNamespace`.
    static func placed(
        _ object: KubeObject, _ request: GatewayRequest, isCreate: Bool
    ) throws(StatusError) -> KubeObject {
        let info = request.info
        var metadata = object.metadata
        let namespace = metadata.namespace ?? ""
        let isNamespaced = object.kind.info.isNamespaced
        if isNamespaced, namespace.isEmpty {
            metadata.namespace = info.namespace
        } else if isNamespaced, namespace != info.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        } else if !isNamespaced, !namespace.isEmpty {
            // What has no namespace has none, whatever a client writes there.
            metadata.namespace = nil
        }
        if !isCreate || !info.name.isEmpty {
            let name = metadata.name ?? ""
            if name.isEmpty {
                metadata.name = info.name
            } else if name != info.name {
                throw .badRequest(
                    "the name of the object (\(name)) does not match the name on the URL (\(info.name))")
            }
        }
        return metadata.isIdentical(to: object.metadata) ? object : object.with(metadata: metadata)
    }

    /// Has a write done on the cluster's thread, and answers with what came of it.
    ///
    /// - Parameter isDeletion: Whether the work itself judges whether it makes room in a full journal.
    func perform(
        _ exchange: Exchange, _ format: OutputFormat, _ order: Order, isDeletion: Bool = false,
        _ work: @escaping @Sendable (Cluster, Request) throws(StatusError) -> Outcome
    ) {
        if let durability = server.driver.currentDurability, let refusal = durability.refusal,
            !(isDeletion && durability.takesDeletions)
        {
            return exchange.respond(.status(refusal, exchange.request))
        }
        server.perform(exchange, isWrite: true) { (cluster) throws(StatusError) in
            let warnings = Warnings()
            if order.validation == .warn {
                for error in order.strictErrors { WriteRequests.warnings(of: error).forEach(warnings.add) }
            }
            var outcome = try work(cluster, order.request(warnings))
            outcome.warnings = warnings.texts
            return outcome
        } then: { [self] result in
            switch result {
            case .success(let outcome): answer(exchange, format, order.key.kind, outcome)
            case .failure(let error): exchange.respond(.status(error, exchange.request))
            }
        }
    }

    /// What a client is warned of for an error of strict decoding: a reader of YAML puts all that it finds into one.
    ///
    /// Follows apiserver pkg/endpoints/handlers/rest.go `parseYAMLWarnings`.
    private static func warnings(of error: String) -> [String] {
        let title = "yaml: unmarshal errors:\n"
        for prefix in [title, "error converting YAML to JSON: " + title] where error.hasPrefix(prefix) {
            return error.dropFirst(prefix.count).split(separator: "\n").map { String($0.trimmed) }
        }
        return [error]
    }

    private func answer(_ exchange: Exchange, _ format: OutputFormat, _ kind: ResourceKind, _ outcome: Outcome) {
        exchange.warnings += outcome.warnings
        let text = ObjectText(format: format, bodies: server.bodies, now: server.feed.snapshot.time)
        if let object = outcome.object {
            exchange.respond(Response(outcome.code, format.contentType, text.document(object)))
        } else if let scale = outcome.scale {
            exchange.respond(text.response(outcome.code, scale: scale))
        } else if let token = outcome.token {
            exchange.respond(text.response(outcome.code, token))
        } else if let list = outcome.list {
            let result = ListResult(items: list, revision: outcome.revision)
            exchange.respond(
                Response(outcome.code, format.contentType, ListText(kind, result, text).document()))
        } else {
            let status = outcome.status ?? .success
            exchange.respond(text.response(outcome.code, status))
        }
    }
}

extension ResourceKind {
    /// Whether a deletion answers with the object that is gone; of the other kinds a Status says that it is.
    ///
    /// Follows `ReturnDeletedObject` in kubernetes pkg/registry.
    var returnsDeleted: Bool { ResourceKind.returningDeleted.contains(self) }

    private static let returningDeleted: Set<ResourceKind> = [
        .pod, .podTemplate, .resourceQuota, .serviceAccount, .persistentVolume, .persistentVolumeClaim, .service,
        .deviceClass, .resourceResourceClaim, .resourceClaimTemplate, .resourceSlice, .csiDriver, .csiNode,
        .storageClass, .volumeAttachment, .volumeAttributesClass,
    ]
}

extension Status {
    static var success: Status {
        var status = Status()
        status.status = "Success"
        return status
    }

    /// What the deletion of an object that is gone answers.
    static func success(of key: ObjectKey, uid: String?) -> Status {
        var status = Status.success
        var details = StatusDetails()
        details.name = key.name
        details.group = key.kind.info.group.isEmpty ? nil : key.kind.info.group
        details.kind = key.kind.info.plural
        details.uid = uid
        status.details = details
        return status
    }
}

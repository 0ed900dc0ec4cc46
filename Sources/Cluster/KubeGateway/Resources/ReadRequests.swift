import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster

/// Serves what only reads, from the newest published snapshot and on the thread of the connection; the cluster does
/// not wait for it.
struct ReadRequests: Sendable {
    let server: RequestServer

    func get(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let info = request.info
        let format = try OutputFormat(request, kind)
        let snapshot = server.feed.snapshot
        let key = info.key(kind)
        try ReadRequests.checkIsReached(request.query.text("resourceVersion"), snapshot)
        let object = try APIServer.get(key, in: snapshot.objects)
        if info.subresource != "scale" { try format.check(isList: false, kind) }
        let text = ObjectText(
            format: format, bodies: server.bodies, now: snapshot.time,
            included: try ReadRequests.includedObject(request, format))
        if info.subresource == "scale" {
            let scale = try APIServer.scale(of: object)
            exchange.respond(text.response(200, scale: scale))
        } else {
            exchange.respond(Response(200, format.contentType, text.document(object)))
        }
    }

    func list(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let format = try OutputFormat(request, kind)
        let included = try ReadRequests.includedObject(request, format)
        let options = try RequestOptions.list(request, kind)
        let snapshot = server.feed.snapshot
        let text = ObjectText(format: format, bodies: server.bodies, now: snapshot.time, included: included)
        try format.check(isList: true, kind)
        if try ReadRequests.isNewestEnough(options, snapshot) {
            let result = APIServer.page(of: snapshot.objects, kind, options, from: nil)
            if result.continuation != nil { server.pages.keep(snapshot.objects) }
            return answer(exchange, kind, result, text)
        }
        if let result = try server.pages.page(kind, options) { return answer(exchange, kind, result, text) }
        // A moment of the past that nobody has asked for lately: the store takes it back from its history.
        server.perform(exchange) { (cluster) throws(StatusError) in
            try cluster.server.list(kind, options)
        } then: { [self] result in
            switch result {
            case .success(let result): answer(exchange, kind, result, text)
            case .failure(let error): exchange.respond(.status(error, exchange.request))
            }
        }
    }

    private func answer(_ exchange: Exchange, _ kind: ResourceKind, _ result: ListResult, _ text: ObjectText) {
        let list = ListText(kind, result, text)
        if result.items.count > ReadRequests.streamedCount, let producer = list.producer() {
            exchange.stream(contentType: text.format.contentType, compressing: true, producer)
        } else {
            exchange.respond(Response(200, text.format.contentType, list.document()))
        }
    }

    /// Longer lists are made as the client takes them.
    private static let streamedCount = 200

    /// Whether the newest state answers a list, which it does unless a moment of the past is asked for.
    ///
    /// Follows apiserver pkg/storage/etcd3/store.go `GetList`.
    private static func isNewestEnough(
        _ options: ListOptions, _ snapshot: ClusterSnapshot
    ) throws(StatusError) -> Bool {
        if options.continuation != nil { return false }
        let text = options.resourceVersion ?? ""
        guard !text.isEmpty, text != "0" else { return true }
        guard let wanted = Int(text), wanted >= 0 else {
            throw .invalidResourceVersion(text)
        }
        if wanted == snapshot.revision { return true }
        let isExact =
            options.resourceVersionMatch == "Exact" || options.limit > 0 && options.resourceVersionMatch.isEmpty
        return !isExact && wanted < snapshot.revision
    }

    /// Makes sure that an object is as new as the client wants it.
    ///
    /// Follows apiserver pkg/storage/cacher/cacher.go `Get`, but for the code of a version that is none: upstream's is
    /// 500, as for a fault of the server, and this is one of the client.
    private static func checkIsReached(_ text: String, _ snapshot: ClusterSnapshot) throws(StatusError) {
        guard !text.isEmpty else { return }
        guard let wanted = Int(text), wanted >= 0 else {
            let quoted = GoText.quoted(text)
            throw .badRequest(
                "resourceVersion: Invalid value: \(quoted): strconv.ParseUint: parsing \(quoted): invalid syntax")
        }
        if wanted > snapshot.revision {
            throw .tooLargeResourceVersion(requested: wanted, current: snapshot.revision)
        }
    }

    /// What the rows of a table carry.
    ///
    /// Follows apiserver pkg/endpoints/handlers/response.go `optionsForTransform`.
    static func includedObject(
        _ request: GatewayRequest, _ format: OutputFormat
    ) throws(StatusError) -> Table.IncludedObject {
        guard case .table = format.shape, let text = request.query["includeObject"], !text.isEmpty else {
            return .metadata
        }
        guard let included = Table.IncludedObject(rawValue: text) else {
            throw .badRequest(
                "Unable to convert to Table as requested: includeObject: Invalid value: \(GoText.quoted(text)): must be "
                    + "'Metadata', 'Object', 'None', or empty")
        }
        return included
    }
}

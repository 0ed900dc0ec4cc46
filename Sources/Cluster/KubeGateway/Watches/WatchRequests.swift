import ClusterDriver
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster
import NIOCore

/// Begins watches: finds out what a client must be told first, and hands it to the hub.
struct WatchRequests: Sendable {
    /// How long a watch lasts when the client does not say, in seconds; up to twice that, so that not all end at once.
    ///
    /// Follows apiserver pkg/server/config.go `MinRequestTimeout`.
    private static let lifetime = 1800

    /// How long before its end a watch is told how far it is, so that the next one can begin there.
    ///
    /// Follows apiserver pkg/storage/cacher/cache_watcher.go `nextBookmarkTime`.
    private static let lastBookmarkLead = 2

    let server: RequestServer

    /// Follows apiserver pkg/storage/cacher/cacher.go `Watch`.
    func serve(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let options = try RequestOptions.watch(request, kind)
        let isStreamedList = options.sendsInitialEvents == true && options.allowsBookmarks
        let format = try OutputFormat(request, kind)
        if format.notation == .yaml { throw .notAcceptable(accepted: OutputFormat.streamMediaTypes) }
        let snapshot = server.feed.snapshot
        let text = ObjectText(
            format: format, bodies: server.bodies, now: snapshot.time,
            included: try ReadRequests.includedObject(request, format))
        let encoder = WatchEncoder(kind: kind, text: text)
        let version = options.list.resourceVersion ?? ""
        guard let revision = Int(version.isEmpty ? "0" : version), revision >= 0 else {
            throw .badRequest(
                "Invalid value: \(GoText.quoted(version)): strconv.ParseUint: parsing "
                    + "\(GoText.quoted(version)): invalid syntax")
        }
        var handshake: WebSocketHandshake?
        if WebSocketHandshake.isAsked(by: request) {
            do throws(WebSocketHandshake.Problem) { handshake = try WebSocketHandshake(request) } catch {
                let body = ByteBuffer(string: error.text)
                return exchange.respond(Response(error.code, "", body, headers: error.headers))
            }
        }
        let beginsWithObjects = options.sendsInitialEvents ?? (revision == 0)
        let body: WatchBody
        let watcher: Watcher
        if beginsWithObjects {
            if revision > snapshot.revision {
                throw .tooLargeResourceVersion(requested: revision, current: snapshot.revision)
            }
            var all = options.list
            all.limit = 0
            let result = APIServer.page(of: snapshot.objects, kind, all, from: nil)
            body = WatchBody(encoder, options.list, objects: result, endsWithBookmark: isStreamedList)
            watcher = Watcher(
                kind, options, encoder, exchange, snapshot.revision,
                beginsWithEvents: !result.items.isEmpty || isStreamedList)
        } else {
            body = WatchBody(encoder, options.list, objects: nil, endsWithBookmark: false)
            watcher = Watcher(
                kind, options, encoder, exchange, revision == 0 ? snapshot.revision : revision, beginsWithEvents: false)
        }
        watcher.body = body
        body.onLive = { [weak exchange] in exchange?.releaseSeat() }
        begin(watcher, body, handshake, seconds: try timeout(request))
    }

    private func begin(_ watcher: Watcher, _ body: WatchBody, _ handshake: WebSocketHandshake?, seconds: Int) {
        let exchange = watcher.exchange
        let hub = server.feed.hub
        let counts = server.watchCounts
        let resource = exchange.request.info.groupResource
        let place = WatchCounts.place(exchange.request.info, watcher.options.list.fields)
        if let place { counts.add(resource, place) }
        let end = exchange.eventLoop.scheduleTask(in: server.watchSecond * seconds) { hub.end(watcher) }
        var lastBookmark: Scheduled<Void>?
        if watcher.options.allowsBookmarks, seconds > WatchRequests.lastBookmarkLead {
            let time = server.watchSecond * (seconds - WatchRequests.lastBookmarkLead)
            lastBookmark = exchange.eventLoop.scheduleTask(in: time) { hub.sendLastBookmark(to: watcher) }
        }
        let earlier = exchange.onEnd
        exchange.onEnd = { [lastBookmark] in
            end.cancel()
            lastBookmark?.cancel()
            hub.remove(watcher)
            if let place { counts.remove(resource, place) }
            watcher.body = nil
            earlier?()
        }
        let format = watcher.encoder.text.format
        if let handshake {
            let frames = WebSocketFrames(body, isText: format.notation == .json)
            exchange.stream(101, contentType: "", headers: handshake.headers, frames)
            exchange.takeFrames { hub.end(watcher) }
        } else {
            exchange.stream(contentType: format.streamContentType, body)
        }
        hub.add(watcher) { [self] watcher in askHistory(for: watcher) }
    }

    /// Asks the cluster for what happened after a revision that lies further back than the hub remembers.
    private func askHistory(for watcher: Watcher) {
        let loop = watcher.exchange.eventLoop
        // A journal that cannot be written holds the answer back for long.
        loop.execute { watcher.exchange.releaseSeat() }
        let after = watcher.cursor
        let kind = watcher.kind
        server.driver.perform { [self] cluster in
            let store = cluster.server.store
            if after < store.history.first - 1 {
                let error = StatusError.tooOldResourceVersion(requested: after, oldest: store.history.first - 1)
                return {
                    loop.execute {
                        watcher.body?.fail(error)
                        watcher.exchange.pump()
                    }
                }
            }
            var changes: [Change] = []
            store.forEachChange(after: after) { change in
                if change.kind == kind.stored { changes.append(change) }
                return true
            }
            let seen = changes
            let revision = store.revision
            return {
                loop.execute { watcher.body?.append(seen) }
                watcher.cursor = revision
                watcher.leave(seen)
                server.feed.hub.add(watcher) { watcher in
                    // The cluster ran away from the hub by more than the hub remembers: the client watches again.
                    loop.execute { watcher.exchange.breakOff() }
                }
            }
        }
    }

    /// In seconds.
    private func timeout(_ request: GatewayRequest) throws(StatusError) -> Int {
        if let seconds = try RequestOptions.integer(request.query, "timeoutSeconds"), seconds > 0 {
            return min(seconds, 86_400)
        }
        return WatchRequests.lifetime + .random(in: 0..<WatchRequests.lifetime)
    }
}

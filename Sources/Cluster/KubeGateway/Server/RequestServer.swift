import ClusterDriver
import KubeAPI
import KubeAPIServer
import KubeCluster
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Answers requests: who asks, whether they may, and then what serves it.
///
/// Follows apiserver pkg/server/config.go `DefaultBuildHandlerChain`, in its order.
final class RequestServer: Sendable {
    let driver: ClusterDriver
    let feed: ClusterFeed
    let bodies = EncodedBodies()
    let pages = ListPages()
    let metrics = RequestMetrics()
    let healthCounts = HealthCounts()
    private let unkept = UnkeptRequests()
    let fairness: PriorityAndFairness
    let watchCounts = WatchCounts()
    /// How long a second of a watch's time is.
    let watchSecond: TimeAmount
    /// How long the rest of a request may take to come in, and how long it may wait for the cluster.
    let timeout: TimeAmount
    let logger: Logger
    let access: AccessControl
    let serviceAccounts: ServiceAccountIssuer
    private let stopping = NIOLockedValueBox(false)
    private let ownAddress = NIOLockedValueBox("")

    init(
        _ driver: ClusterDriver, _ feed: ClusterFeed, _ access: AccessControl, _ serviceAccounts: ServiceAccountIssuer,
        _ logger: Logger, _ configuration: Gateway.Configuration, loop: any NIOCore.EventLoop
    ) {
        fairness = PriorityAndFairness(configuration.limits, feed.snapshot.objects, loop: loop)
        watchSecond = configuration.watchSecond
        timeout = configuration.requestTimeout
        self.logger = logger
        self.driver = driver
        self.feed = feed
        self.access = access
        self.serviceAccounts = serviceAccounts
        driver.observeObstacles { [unkept] reason in unkept.fail(reason) }
    }

    /// Whether no more requests are wanted: connections end with the answer that they are waiting for.
    var isStopping: Bool { stopping.withLockedValue { $0 } }
    func beginStopping() { stopping.withLockedValue { $0 = true } }

    /// Host and port where it is reached.
    var address: String { ownAddress.withLockedValue { $0 } }
    func setAddress(_ address: String) { ownAddress.withLockedValue { $0 = address } }

    /// Answers a request; called on the event loop of its connection.
    func serve(_ exchange: Exchange) {
        let labels = RequestMetrics.Labels(exchange.request)
        let request = exchange.request
        let start = NIODeadline.now()
        metrics.began(request, labels)
        exchange.onEnd = { [self, unowned exchange] in
            let seconds = Double((NIODeadline.now() - start).nanoseconds) * 1e-9
            metrics.ended(request, labels, code: exchange.status, seconds: seconds)
            logger.debug(
                """
                \(request.method) \(request.info.path) \(exchange.status) in \(Int(seconds * 1e6)) µs, \
                \(exchange.bodyBytes) bytes
                """
            )
        }
        do throws(StatusError) {
            try RequestTimeout.check(request)
            let snapshot = feed.snapshot.objects
            exchange.request.user = try access.user(of: exchange.request, snapshot) { use in
                note(use, exchange, snapshot.time.time)
            }
        } catch {
            return fail(exchange, error)
        }
        // What streams for as long as it likes is bounded by nothing; a watch, until it has told what there is.
        if exchange.request.info.isLongRunning, exchange.request.info.verb != "watch" { return handle(exchange) }
        waitForSeat(exchange)
    }

    /// Has the day written down on which a token that a secret keeps was last used, and warns of those that were made
    /// without being asked for.
    private func note(_ use: LegacyTokenUse, _ exchange: Exchange, _ now: Time) {
        if let warning = use.warning { exchange.warnings.append(warning) }
        guard use.isNews(at: now), driver.failure == nil else { return }
        driver.perform { cluster in
            cluster.server.record(use)
            return {}
        }
    }

    /// Follows apiserver pkg/server/filters/priority-and-fairness.go.
    private func waitForSeat(_ exchange: Exchange) {
        let request = exchange.request
        let loop = exchange.eventLoop
        let width = RequestWidth.seats(of: request, feed.snapshot.objects)
        let watches = watchCounts.count(of: request.info)
        let admission = fairness.admit(request.user, request.info, width: width, watches: watches) { [self] in
            loop.execute { [self] in takeSeat(exchange) }
        }
        let seat = admission.seat
        exchange.extraHeaders.append(("X-Kubernetes-PF-FlowSchema-UID", admission.schemaUID))
        exchange.extraHeaders.append(("X-Kubernetes-PF-PriorityLevel-UID", admission.levelUID))
        // Whoever goes away while waiting leaves the queue.
        exchange.leaveSeat = { [fairness] in fairness.leave(seat) }
        switch admission.outcome {
        case .served:
            handle(exchange)
        case .refused(let retryAfter):
            exchange.leaveSeat = nil
            exchange.respond(.overloaded(retryAfter: retryAfter))
        case .waits:
            exchange.patience = loop.scheduleTask(in: fairness.patience) { [self] in
                guard let retryAfter = fairness.giveUp(seat, .timedOut) else { return }
                exchange.leaveSeat = nil
                exchange.respond(.overloaded(retryAfter: retryAfter))
            }
        }
    }

    /// What waited has its seat, unless its client has gone meanwhile, who has given it back.
    private func takeSeat(_ exchange: Exchange) {
        exchange.patience?.cancel()
        exchange.patience = nil
        if !exchange.isEnded { handle(exchange) }
    }

    private func handle(_ exchange: Exchange) {
        do throws(StatusError) {
            try access.check(exchange.request, feed.snapshot.objects)
            // Nothing is found below two slashes, though access control reads such a path as if there were one.
            if exchange.request.info.path.utf8.starts(with: "//".utf8) { throw .noSuchPath }
            if exchange.request.info.isResource {
                try ResourceRequests(server: self).serve(exchange)
            } else {
                try PathRequests(server: self).serve(exchange)
            }
        } catch {
            fail(exchange, error)
        }
    }

    private func fail(_ exchange: Exchange, _ error: StatusError) {
        if error.isPathUnknown {
            let headers = [("X-Content-Type-Options", "nosniff")]
            exchange.respond(Response(404, text: "404 page not found\n", headers: headers))
        } else {
            exchange.respond(.status(error, exchange.request))
        }
    }

    /// Has something done on the cluster's thread, between two events, and goes on with what came of it on the loop of
    /// the exchange, once everybody can see what was written. If that cannot be said because the journal is not
    /// written, it goes on with the reason: a write that was asked for is done, but not kept yet.
    ///
    /// The seat is kept until the cluster is done, whether or not the client still waits for it: who goes away at once,
    /// again and again, has no more work in the mailbox than who stays.
    func perform<Value: Sendable>(
        _ exchange: Exchange, isWrite: Bool = false, _ work: @escaping @Sendable (Cluster) throws(StatusError) -> Value,
        then done: @escaping @Sendable (Result<Value, StatusError>) -> Void
    ) {
        let loop = exchange.eventLoop
        // The cluster does it all the same; the client only learns nothing of it.
        let deadline = loop.scheduleTask(in: timeout) { [weak exchange] in
            guard let exchange else { return }
            exchange.respond(.status(.tookTooLong, exchange.request))
        }
        let leaveSeat = exchange.leaveSeat
        exchange.leaveSeat = nil
        let finish: @Sendable (Result<Value, StatusError>) -> Void = { result in
            deadline.cancel()
            leaveSeat?()
            done(result)
        }
        let number = unkept.add { [unkept] number, reason in
            loop.execute {
                if unkept.remove(number) { finish(.failure(.unkept(reason, isWrite: isWrite))) }
            }
        }
        let isTaken = driver.perform { [unkept] cluster in
            let result: Result<Value, StatusError>
            do throws(StatusError) {
                result = .success(try work(cluster))
            } catch {
                result = .failure(error)
            }
            return {
                loop.execute {
                    if unkept.remove(number) { finish(result) }
                }
            }
        }
        if !isTaken, unkept.remove(number) {
            finish(.failure(.serviceUnavailable("the server is shutting down")))
        }
        // What began between the look before and now is told like what waited already.
        if isTaken, let obstacle = driver.currentDurability?.obstacle { unkept.fail(obstacle) }
    }
}

extension StatusError {
    private static let pathUnknown = "404 page not found"

    /// What upstream tells a client whose request is not answered in time.
    static var tookTooLong: StatusError { .timeout("request did not complete within the allotted timeout") }

    /// A path that leads nowhere, within the API or outside; told as text, as Go's own server does.
    static var noSuchPath: StatusError { StatusError(reason: .notFound, code: 404, message: pathUnknown) }

    var isPathUnknown: Bool { code == 404 && message == StatusError.pathUnknown }
}

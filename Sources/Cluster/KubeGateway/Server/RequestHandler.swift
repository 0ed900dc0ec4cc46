import KubeAPI
import NIOCore
import NIOHTTP1

/// The end of a connection's pipeline, or of a stream's in HTTP/2: gathers a request, has it answered, and writes the
/// answer as fast as the client takes it. One request at a time.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The largest body. Follows apiserver pkg/server/config.go `MaxRequestBodyBytes`.
    static let maximumBody = 3 << 20
    /// A client that goes on sending beyond this, having been told that it is too much, is cut off.
    private static let patience = 256 << 20

    private enum State {
        case idle
        /// Reading a body.
        case receiving(HTTPRequestHead, RequestTarget, ByteBuffer)
        /// Answered already; the rest of the body is dropped.
        case discarding(bytes: Int)
        /// Being answered.
        case answering
        /// Nothing more is read: the connection ends with the answer that has been given.
        case closing
    }

    private let server: RequestServer
    private let certificate: Result<CertificateAuthority.Subject, CertificateProblem>?
    /// What it stands for.
    enum Place {
        case connection(RequestTimes)
        /// One of many.
        case stream(MultiplexedConnection)
    }

    private let place: Place
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var keepsAlive = true
    /// The client has sent all of its request.
    private var hasReceivedEnd = false
    /// Runs while the rest of a body is waited for.
    private var bodyDeadline: Scheduled<Void>?

    init(
        _ server: RequestServer, certificate: Result<CertificateAuthority.Subject, CertificateProblem>?,
        _ place: Place
    ) {
        self.server = server
        self.certificate = certificate
        self.place = place
    }

    private var times: RequestTimes? { if case .connection(let times) = place { times } else { nil } }
    private var isConnection: Bool { times != nil }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    /// What is no request, and ends the connection since nobody can tell where the next one would begin, is told in
    /// words all the same.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            switch state {
            case .idle: return refuse(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), .noRequest(error))
            case .receiving(let head, _, _): return refuse(head, .noRequest(error))
            case .answering:
                // The request before it is whole: it has its answer, and the connection ends with that.
                keepsAlive = false
                return
            case .discarding, .closing: break
            }
        }
        leave()
        context.close(promise: nil)
    }

    /// What is still read of a connection that is gone, such as the rest of half a request, is nobody's any more.
    private func leave() {
        stopWaitingForBody()
        state = .closing
        context = nil
        exchange?.abandon()
        exchange = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = state { return }
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let bytes): receive(bytes, context)
        case .end: finishReceiving()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .receiving = state, bodyDeadline == nil { waitForBody(context) }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.pump() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: The request

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        // A stream of HTTP/2 ends by itself with its answer; closing it would cut off what the client's window holds
        // back.
        keepsAlive = head.isKeepAlive && !head.asksForUpgrade || head.version.major > 1
        hasReceivedEnd = false
        times?.receivedHead()
        if isConnection, let fault = head.hostFault { return refuse(head, fault) }
        let target: RequestTarget
        do throws(StatusError) {
            target = try RequestTarget(head.uri, method: head.method.rawValue)
        } catch {
            return refuse(head, error)
        }
        if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }),
            length > RequestHandler.maximumBody
        {
            return refuseBody(head, target)
        }
        if let expectation = head.headers.first(name: "Expect") {
            guard expectation.lowercased() == "100-continue" else {
                return refuse(head, StatusError(reason: .unknown, code: 417, message: "Expectation Failed"))
            }
            if head.version != .http1_0 {
                let interim = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
            }
        }
        state = .receiving(head, target, ByteBuffer())
    }

    private func receive(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        switch state {
        case .receiving(let head, let target, var body):
            state = .idle
            if body.readableBytes + bytes.readableBytes > RequestHandler.maximumBody {
                return refuseBody(head, target)
            }
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
            state = .receiving(head, target, body)
        case .discarding(let count):
            if count > RequestHandler.patience { return context.close(promise: nil) }
            state = .discarding(bytes: count + bytes.readableBytes)
        case .idle, .answering, .closing: break
        }
    }

    /// A body must be whole when its request should have been answered.
    ///
    /// Follows apiserver pkg/server/filters/timeout.go `WithTimeoutForNonLongRunningRequests`.
    private func waitForBody(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        bodyDeadline = context.eventLoop.scheduleTask(in: server.timeout) { bound.value.giveUpBody() }
    }

    private func stopWaitingForBody() {
        bodyDeadline?.cancel()
        bodyDeadline = nil
    }

    private func giveUpBody() {
        guard case .receiving(let head, _, _) = state else { return }
        refuse(head, .tookTooLong)
    }

    private func refuseBody(_ head: HTTPRequestHead, _ target: RequestTarget) {
        stopWaitingForBody()
        state = .discarding(bytes: 0)
        let exchange = makeExchange(head, target, body: [])
        exchange.respond(
            .status(.requestEntityTooLarge("limit is \(RequestHandler.maximumBody)"), exchange.request))
    }

    /// Answers what is not a request that anybody could serve. The connection ends with it; a stream of HTTP/2 is read
    /// to its end.
    private func refuse(_ head: HTTPRequestHead, _ fault: StatusError) {
        stopWaitingForBody()
        if isConnection {
            keepsAlive = false
            state = .answering
        } else {
            state = .discarding(bytes: 0)
        }
        let exchange = makeExchange(head, .unknown, body: [])
        exchange.respond(.status(fault, exchange.request))
    }

    private func finishReceiving() {
        hasReceivedEnd = true
        switch state {
        case .receiving(let head, let target, let body):
            stopWaitingForBody()
            times?.receivedRequest()
            state = .answering
            server.serve(makeExchange(head, target, body: Array(body.readableBytesView)))
        case .discarding:
            // Answered already.
            times?.answered()
            state = .idle
            if !keepsAlive { context?.close(promise: nil) }
        case .idle, .answering, .closing: break
        }
    }

    private func makeExchange(_ head: HTTPRequestHead, _ target: RequestTarget, body: [UInt8]) -> Exchange {
        guard let context else { preconditionFailure("a request without a connection") }
        let method = head.method.rawValue
        let exchange = Exchange(
            GatewayRequest(
                method: method, info: RequestInfo(method: method, path: target.path, query: target.query),
                query: target.query, headers: head.headers, version: head.version, body: body,
                certificate: certificate),
            eventLoop: context.eventLoop, sink: self)
        self.exchange = exchange
        return exchange
    }

}

extension RequestHandler: Exchange.Sink {
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(head: HTTPResponseHead) {
        guard let context else { return }
        var head = head
        if head.version.major < 2, head.status != .switchingProtocols {
            // A client of HTTP/1.0 finds the end of an answer by its length, or by the connection's.
            let isOld = head.version == .http1_0
            if server.isStopping || isOld && !head.headers.contains(name: "Content-Length") { keepsAlive = false }
            if !keepsAlive {
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            } else if isOld {
                head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
            }
        }
        // HTTP/2 costs a server more than those may ask for of whom it does not know who they are: they get one answer
        // a connection. Follows apiserver pkg/endpoints/filters/authentication.go.
        if case .stream(let connection) = place, head.status == .unauthorized || exchange?.isAnonymous == true {
            connection.shutDown()
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    func write(body: ByteBuffer) {
        context?.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    func end(isComplete: Bool) {
        exchange = nil
        guard let context else { return }
        if !isComplete { return context.close(promise: nil) }
        // With the end written, the next request may come in at once, before the call returns.
        let closes = !keepsAlive || isConnection && server.isStopping
        let isDiscarding = if case .discarding = state { !hasReceivedEnd } else { false }
        if !isDiscarding {
            times?.answered()
            state = closes ? .closing : .idle
        }
        guard closes, !isDiscarding else {
            return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        // Closing drops what the network has not taken yet.
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func flush() { context?.flush() }

    func takeFrames(_ close: @escaping () -> Void) {
        guard let context, let times else { return }
        do {
            try context.pipeline.syncOperations.addHandler(WebSocketInput(close), position: .before(times))
        } catch {
            context.close(promise: nil)
        }
    }
}

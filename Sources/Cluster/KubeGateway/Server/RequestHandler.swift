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
        case receiving(HTTPRequestHead, ByteBuffer)
        /// Answered already; the rest of the body is dropped.
        case discarding(bytes: Int)
        /// Being answered.
        case answering
    }

    private let server: RequestServer
    private let certificate: Result<CertificateAuthority.Subject, CertificateProblem>?
    /// Whether it stands for a whole connection, and not for one stream of many.
    private let isConnection: Bool
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var keepsAlive = true
    /// The client has sent all of its request.
    private var hasReceivedEnd = false
    private var lastReceived = NIODeadline.now()
    private var idleCheck: RepeatedTask?

    init(
        _ server: RequestServer, certificate: Result<CertificateAuthority.Subject, CertificateProblem>?,
        isConnection: Bool
    ) {
        self.server = server
        self.certificate = certificate
        self.isConnection = isConnection
    }

    /// How long a connection may stand between requests, or in the middle of one.
    ///
    /// Follows apiserver pkg/server/secure_serving.go `IdleTimeout`.
    private static let idleTimeout = TimeAmount.seconds(90)
    private static let idleCheckInterval = TimeAmount.seconds(15)

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard isConnection else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        idleCheck = context.eventLoop.scheduleRepeatedTask(
            initialDelay: RequestHandler.idleCheckInterval, delay: RequestHandler.idleCheckInterval
        ) { _ in bound.value.closeIfIdle() }
    }

    private func closeIfIdle() {
        if case .answering = state { return }
        if NIODeadline.now() - lastReceived > RequestHandler.idleTimeout { context?.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        leave()
        context.close(promise: nil)
    }

    private func leave() {
        idleCheck?.cancel()
        context = nil
        exchange?.abandon()
        exchange = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastReceived = .now()
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let bytes): receive(bytes, context)
        case .end: finishReceiving()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.pump() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: The request

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        // A stream of HTTP/2 ends by itself with its answer; closing it would cut off what the client's window holds
        // back.
        keepsAlive = head.isKeepAlive || head.version.major > 1
        hasReceivedEnd = false
        if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }),
            length > RequestHandler.maximumBody
        {
            return refuseBody(head)
        }
        if head.headers[canonicalForm: "Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            let interim = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
        }
        state = .receiving(head, ByteBuffer())
    }

    private func receive(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        switch state {
        case .receiving(let head, var body):
            state = .idle
            if body.readableBytes + bytes.readableBytes > RequestHandler.maximumBody { return refuseBody(head) }
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
            state = .receiving(head, body)
        case .discarding(let count):
            if count > RequestHandler.patience { return context.close(promise: nil) }
            state = .discarding(bytes: count + bytes.readableBytes)
        case .idle, .answering: break
        }
    }

    private func refuseBody(_ head: HTTPRequestHead) {
        state = .discarding(bytes: 0)
        let exchange = makeExchange(head, body: [])
        exchange.respond(
            .status(.requestEntityTooLarge("limit is \(RequestHandler.maximumBody)"), exchange.request))
    }

    private func finishReceiving() {
        hasReceivedEnd = true
        switch state {
        case .receiving(let head, let body):
            state = .answering
            server.serve(makeExchange(head, body: Array(body.readableBytesView)))
        case .discarding:
            // Answered already.
            state = .idle
            if !keepsAlive { context?.close(promise: nil) }
        case .idle, .answering: break
        }
    }

    private func makeExchange(_ head: HTTPRequestHead, body: [UInt8]) -> Exchange {
        guard let context else { preconditionFailure("a request without a connection") }
        let uri = head.uri.utf8
        let mark = uri.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex
        let query = QueryItems(mark < uri.endIndex ? Substring(uri[uri.index(after: mark)...]) : "")
        let method = head.method.rawValue
        let path = PercentCoding.decode(Substring(uri[..<mark]).utf8, plusIsSpace: false)
        let exchange = Exchange(
            GatewayRequest(
                method: method, info: RequestInfo(method: method, path: path ?? "", query: query), query: query,
                headers: head.headers, version: head.version, body: body, certificate: certificate),
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
        if head.version.major < 2 {
            if server.isStopping { keepsAlive = false }
            if !keepsAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
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
        let closes = !keepsAlive
        let isDiscarding = if case .discarding = state { !hasReceivedEnd } else { false }
        if !isDiscarding { state = .idle }
        lastReceived = .now()
        guard closes, !isDiscarding else {
            return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        // Closing drops what the network has not taken yet.
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func flush() { context?.flush() }
}

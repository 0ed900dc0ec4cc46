import KubeAPI
import NIOCore
import NIOHTTP1

/// Takes requests off a connection of HTTP/1.1, one at a time: the next one is not looked at before the one before has
/// been answered, and until then no more is read from a client that sends it all at once.
///
/// What is no request goes on as a `StatusError`, once it is its turn.
final class RequestReader: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var parser = RequestParser()
    private var unread = ByteBuffer()
    private var hasRequestEnded = false
    /// May be so before the request has ended: a body that is too large is refused at its beginning.
    private var hasAnswerEnded = false
    /// Nothing more is read: there is no telling where a next request would begin, or none is wanted.
    private var isClosed = false
    private var isDelivering = false
    private var isReadHeld = false

    private var waitsForAnswer: Bool { hasRequestEnded && !hasAnswerEnded }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isClosed { return }
        var bytes = unwrapInboundIn(data)
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeBuffer(&bytes) }
        deliver(context)
    }

    private func deliver(_ context: ChannelHandlerContext) {
        // An answer may be there before the call that delivers its request returns.
        if isDelivering { return }
        isDelivering = true
        defer { isDelivering = false }
        while !waitsForAnswer, !isClosed {
            do throws(StatusError) {
                guard let part = try parser.next(&unread) else { break }
                if case .end = part {
                    hasRequestEnded = true
                    startOver()
                }
                context.fireChannelRead(wrapInboundOut(part))
            } catch {
                isClosed = true
                context.fireErrorCaught(error)
            }
        }
        if isClosed || unread.readableBytes == 0 { unread = ByteBuffer() }
    }

    /// A request that is over, and answered, makes way for the next.
    private func startOver() {
        guard hasRequestEnded, hasAnswerEnded else { return }
        hasRequestEnded = false
        hasAnswerEnded = false
    }

    func read(context: ChannelHandlerContext) {
        if waitsForAnswer { isReadHeld = true } else { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        context.write(data, promise: promise)
        hasAnswerEnded = true
        startOver()
        deliver(context)
        if isReadHeld, !waitsForAnswer {
            isReadHeld = false
            context.read()
        }
    }

    /// When the server ends, a connection on which nothing is going on ends with it; of the others the answer says so.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, parser.isBetweenRequests, !waitsForAnswer {
            isClosed = true
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }
}

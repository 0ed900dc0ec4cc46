import NIOCore

/// Ends a connection of HTTP/1.1 whose client takes too long over the head of a request, or over its next request.
/// Stands before the parser, where bytes are seen as they come; the other end of the pipeline tells what became of
/// them.
///
/// Follows Go's net/http/server.go `serve`, which says nothing when it ends one.
package final class RequestTimes: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer

    /// How long a head may take: the first one of a connection from the handshake on, the others from their first byte.
    ///
    /// Follows apiserver pkg/server/secure_serving.go `ReadHeaderTimeout`.
    static let head = TimeAmount.seconds(32)
    /// How long a connection may stand between requests, or in the middle of a body.
    ///
    /// Follows apiserver pkg/server/secure_serving.go `IdleTimeout`.
    static let idle = TimeAmount.seconds(90)

    private enum Stage {
        /// Between requests.
        case idle
        /// The first bytes of a head have come in; most often they are all of it.
        case beginning
        case head, body, answer
    }

    private var stage = Stage.head
    private var deadline: Deadline?

    package init() {}

    package func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = Deadline(context.eventLoop) { channel.close(promise: nil) }
        deadline?.set(RequestTimes.head)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch stage {
        case .idle: stage = .beginning
        case .body: deadline?.set(RequestTimes.idle)
        case .beginning, .head, .answer: break
        }
        context.fireChannelRead(data)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if stage == .beginning {
            stage = .head
            deadline?.set(RequestTimes.head)
        }
        context.fireChannelReadComplete()
    }

    /// A head is whole.
    package func receivedHead() {
        stage = .body
        deadline?.set(RequestTimes.idle)
    }

    /// A request is whole: however long its answer takes, it is no fault of its client.
    package func receivedRequest() {
        stage = .answer
        deadline?.clear()
    }

    /// The next request may come.
    package func answered() {
        stage = .idle
        deadline?.set(RequestTimes.idle)
    }
}

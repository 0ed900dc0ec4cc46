import NIOCore
import NIOHTTP2

/// Ends a connection of HTTP/2: when none of its streams has been open for long, and when nothing can be made of its
/// bytes any more, once its client has been told so by a GOAWAY. Nobody else does, and the client would wait for
/// answers for ever.
package final class MultiplexedConnection: ChannelInboundHandler {
    package typealias InboundIn = Never

    private var openStreams = 0
    private var lastStream = 0
    private var isEnding = false
    private var channel: (any Channel)?
    private var deadline: Deadline?

    /// How long a client may take to read what it has been told last.
    ///
    /// Follows Go's x/net/http2/server.go `goAwayTimeout`.
    private static let farewell = TimeAmount.seconds(1)

    package init() {}

    /// Follows Go's x/net/http2/server.go `idleTimer`.
    package func handlerAdded(context: ChannelHandlerContext) {
        channel = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        deadline = Deadline(context.eventLoop) { bound.value.expire() }
        if openStreams == 0 { deadline?.set(RequestTimes.idle) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { leave() }

    package func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        deadline?.cancel()
        deadline = nil
        channel = nil
    }

    private func expire() {
        shutDown()
        channel?.close(promise: nil)
    }

    /// - Parameter number: By which client and server call it.
    package func streamOpened(_ number: Int) {
        openStreams += 1
        lastStream = max(lastStream, number)
        deadline?.clear()
    }

    package func streamClosed() {
        openStreams -= 1
        if openStreams == 0 { deadline?.set(isEnding ? MultiplexedConnection.farewell : RequestTimes.idle) }
    }

    /// Takes no more streams, and ends with those that are open.
    package func shutDown() {
        guard !isEnding, let channel else { return }
        isEnding = true
        let goAway = HTTP2Frame.FramePayload.goAway(
            lastStreamID: HTTP2StreamID(lastStream), errorCode: .noError, opaqueData: nil)
        channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: goAway), promise: nil)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOHTTP2Errors.UnableToParseFrame, is NIOHTTP2Errors.BadClientMagic,
            is NIOHTTP2Errors.ExcessivelyLargeHeaderBlock, is NIOHTTP2Errors.ExcessiveContinuationFrames:
            context.close(promise: nil)
        default: context.fireErrorCaught(error)
        }
    }
}

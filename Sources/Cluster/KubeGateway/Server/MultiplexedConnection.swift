import NIOCore
import NIOHTTP2

/// Ends a connection of HTTP/2: when none of its streams has been open for long, and when nothing can be made of its
/// bytes any more, once its client has been told so by a GOAWAY. Nobody else does, and the client would wait for
/// answers for ever.
package final class MultiplexedConnection: ChannelInboundHandler {
    package typealias InboundIn = Never

    private var openStreams = 0
    private var deadline: Deadline?

    package init() {}

    /// Follows Go's x/net/http2/server.go `idleTimer`.
    package func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = Deadline(context.eventLoop) {
            let goAway = HTTP2Frame.FramePayload.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil)
            channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: goAway))
                .whenComplete { _ in channel.close(promise: nil) }
        }
        if openStreams == 0 { deadline?.set(RequestTimes.idle) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    package func streamOpened() {
        openStreams += 1
        deadline?.clear()
    }

    package func streamClosed() {
        openStreams -= 1
        if openStreams == 0 { deadline?.set(RequestTimes.idle) }
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

import NIOCore

/// Tells a client that does not speak TLS what it has come to, if it seems to speak HTTP. Stands before TLS until the
/// first bytes of a connection are seen, and leaves.
///
/// Follows Go's net/http/server.go `serve` and `tlsRecordHeaderLooksLikeHTTP`.
final class PlainTextHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How requests begin, in as many bytes as a record of TLS has before its content.
    private static let beginnings = ["GET /", "HEAD ", "POST ", "PUT /", "OPTIO"].map { Array($0.utf8) }
    private static let answer =
        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"

    private var received = ByteBuffer()
    private var isAnswered = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isAnswered { return }
        received.writeImmutableBuffer(unwrapInboundIn(data))
        let bytes = received.readableBytesView
        let beginning = PlainTextHandler.beginnings.first { bytes.starts(with: $0) || $0.starts(with: bytes) }
        guard let beginning else {
            context.fireChannelRead(wrapInboundOut(received))
            return context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
        if bytes.count < beginning.count { return }
        isAnswered = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: PlainTextHandler.answer)))
            .whenComplete { _ in channel.close(promise: nil) }
    }
}

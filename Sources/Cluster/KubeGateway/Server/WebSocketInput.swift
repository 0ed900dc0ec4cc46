import NIOCore

/// What a client sends on a connection that has become a WebSocket to which only the server has something to say: its
/// end is heard and its pings are answered, the rest is passed over.
///
/// Follows apimachinery pkg/util/httpstream/wsstream/conn.go `IgnoreReceives`, and Go's x/net/websocket/hybi.go
/// `HandleFrame`.
final class WebSocketInput: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Opcode {
        static let close: UInt8 = 8
        static let ping: UInt8 = 9
    }

    /// The most bytes of a frame by which the protocol is served.
    private static let controlLength = 125

    private var pending = ByteBuffer()
    /// How many bytes of a frame that nobody reads are still to come.
    private var skipped = 0
    private var isClosed = false
    private let close: () -> Void

    /// - Parameter close: Called once, when the client wants no more, or does not keep to the protocol.
    init(_ close: @escaping () -> Void) { self.close = close }

    // Further up nobody reads while an answer is being given.
    func handlerAdded(context: ChannelHandlerContext) { context.read() }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isClosed { return }
        var bytes = unwrapInboundIn(data)
        pending.writeBuffer(&bytes)
        while !isClosed, readFrame(context) {}
        pending.discardReadBytes()
    }

    /// False when more bytes are needed.
    private func readFrame(_ context: ChannelHandlerContext) -> Bool {
        let count = min(skipped, pending.readableBytes)
        pending.moveReaderIndex(forwardBy: count)
        skipped -= count
        guard skipped == 0, let head = pending.getBytes(at: pending.readerIndex, length: 2) else { return false }
        let opcode = head[0] & 0x0F
        let isMasked = head[1] & 0x80 != 0
        let extra = head[1] & 0x7F == 127 ? 8 : head[1] & 0x7F == 126 ? 2 : 0
        guard let digits = pending.getBytes(at: pending.readerIndex + 2, length: extra) else { return false }
        let length = extra == 0 ? UInt64(head[1] & 0x7F) : digits.reduce(0) { $0 << 8 | UInt64($1) }
        let start = 2 + extra + 4
        // A client masks what it says; nothing is as long as a negative number.
        guard isMasked, length < UInt64(Int.max), opcode < Opcode.close || length <= WebSocketInput.controlLength else {
            end()
            return false
        }
        switch opcode {
        case Opcode.close:
            end()
            return false
        case Opcode.ping:
            guard pending.readableBytes >= start + Int(length),
                let mask = pending.getBytes(at: pending.readerIndex + start - 4, length: 4),
                let masked = pending.getBytes(at: pending.readerIndex + start, length: Int(length))
            else { return false }
            let payload = masked.enumerated().map { $0.element ^ mask[$0.offset % 4] }
            context.writeAndFlush(wrapOutboundOut(WebSocketFrames.pong(payload)), promise: nil)
            pending.moveReaderIndex(forwardBy: start + Int(length))
        default: skipped = start + Int(length)
        }
        return true
    }

    private func end() {
        isClosed = true
        pending.clear()
        close()
    }
}

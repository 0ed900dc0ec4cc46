import NIOCore

/// The events of a watch as messages of WebSocket: each is one, in JSON a text, in protobuf bytes without the length
/// that stands before them elsewhere. It ends with a farewell.
///
/// Follows apiserver pkg/endpoints/handlers/watch.go `HandleWS`.
final class WebSocketFrames: BodyProducer {
    private let body: WatchBody
    private let isText: Bool
    private(set) var isFinished = false

    init(_ body: WatchBody, isText: Bool) {
        self.body = body
        self.isText = isText
    }

    func next() -> ByteBuffer? {
        if let piece = body.next() { return isText ? texts(piece) : messages(piece) }
        guard body.isFinished, !isFinished else { return nil }
        isFinished = true
        return WebSocketFrames.normalClosure
    }

    /// A piece has whole lines.
    private func texts(_ piece: ByteBuffer) -> ByteBuffer {
        var piece = piece
        var frames = ByteBuffer()
        while let end = piece.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let line = piece.readSlice(length: end - piece.readerIndex + 1)
        {
            WebSocketFrames.write(0x1, line, &frames)
        }
        return frames
    }

    private func messages(_ piece: ByteBuffer) -> ByteBuffer {
        var piece = piece
        var frames = ByteBuffer()
        while let length = piece.readInteger(as: UInt32.self), let message = piece.readSlice(length: Int(length)) {
            WebSocketFrames.write(0x2, message, &frames)
        }
        return frames
    }

    /// With the code 1000.
    private static let normalClosure: ByteBuffer = {
        var frame = ByteBuffer()
        write(0x8, ByteBuffer(bytes: [0x03, 0xE8]), &frame)
        return frame
    }()

    static func pong(_ payload: [UInt8]) -> ByteBuffer {
        var frame = ByteBuffer()
        write(0xA, ByteBuffer(bytes: payload), &frame)
        return frame
    }

    /// A server's frames are whole and not masked.
    private static func write(_ opcode: UInt8, _ payload: ByteBuffer, _ frames: inout ByteBuffer) {
        frames.writeInteger(0x80 | opcode)
        switch payload.readableBytes {
        case ..<126: frames.writeInteger(UInt8(payload.readableBytes))
        case ..<(1 << 16):
            frames.writeInteger(UInt8(126))
            frames.writeInteger(UInt16(payload.readableBytes))
        default:
            frames.writeInteger(UInt8(127))
            frames.writeInteger(UInt64(payload.readableBytes))
        }
        frames.writeImmutableBuffer(payload)
    }
}

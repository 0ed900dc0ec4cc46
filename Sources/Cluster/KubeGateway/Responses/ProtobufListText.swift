import KubeAPI
import NIOCore

/// A list in protobuf, made piece by piece as the client takes it.
///
/// Its head tells how long all of it is: every item is encoded once to learn that, and, if encoded items are not
/// remembered, once more when its turn comes. The whole is never in memory.
final class ProtobufListText: BodyProducer {
    private let items: [KubeObject]
    private let message: (KubeObject) -> [UInt8]
    private let frame: (start: [UInt8], end: [UInt8])
    private var position = -1
    private(set) var isFinished = false

    /// - Parameter message: An item's bare message.
    init(
        apiVersion: String, kind: String, _ metadata: ListMeta, _ items: [KubeObject],
        _ message: @escaping (KubeObject) -> [UInt8]
    ) {
        self.items = items
        self.message = message
        var size = 0
        for item in items {
            let count = message(item).count
            size += ProtobufCoding.itemHead(size: count).count + count
        }
        frame = ProtobufCoding.listFrame(apiVersion: apiVersion, kind: kind, metadata: metadata, size: size)
    }

    func next() -> ByteBuffer? {
        if isFinished { return nil }
        var piece = ByteBuffer()
        piece.reserveCapacity(ListText.pieceSize + 16 << 10)
        if position < 0 {
            piece.writeBytes(frame.start)
            position = 0
        }
        while position < items.count, piece.readableBytes < ListText.pieceSize {
            let bytes = message(items[position])
            piece.writeBytes(ProtobufCoding.itemHead(size: bytes.count))
            piece.writeBytes(bytes)
            position += 1
        }
        if position == items.count {
            piece.writeBytes(frame.end)
            isFinished = true
        }
        return piece
    }
}

import KubeAPI
import KubeAPIServer
import KubeClient
import NIOCore

/// The answer of a watch: what there was at first, what has happened up to now, then what happens, as lines of JSON.
///
/// Lives on the event loop of its exchange. What has been is written as the client takes it; what happens meanwhile
/// waits here. A client that is too far behind is cut off, and resumes from its revision.
final class WatchBody: BodyProducer {
    private enum Phase {
        /// Everything that there was at one moment, and then a bookmark if the client asked for one.
        case objects(ListResult, endsWithBookmark: Bool)
        /// What happened until the hub took over.
        case changes
        /// What the hub tells.
        case live
    }

    /// The most events, and the most bytes, that wait for a client.
    static let eventCapacity = 20_000
    static let byteCapacity = 64 << 20
    private static let pieceSize = 64 << 10

    private let encoder: WatchEncoder
    private let list: ListOptions
    private var phase: Phase
    private var position = 0
    /// Nil until it is known.
    private var changes: [Change]?
    private var queue = CircularBuffer<ByteBuffer>()
    private var queuedBytes = 0
    private var isClosed = false
    private var isFirst = true
    /// Called once, when all is told that was before the hub took over.
    var onLive: (() -> Void)?

    /// - Parameter objects: What the watch begins with, if it does not go on from a revision.
    init(_ encoder: WatchEncoder, _ list: ListOptions, objects: ListResult?, endsWithBookmark: Bool) {
        self.encoder = encoder
        self.list = list
        phase = objects.map { .objects($0, endsWithBookmark: endsWithBookmark) } ?? .changes
    }

    var isFinished: Bool {
        guard isClosed, queue.isEmpty else { return false }
        if case .objects = phase { return false }
        return position == changes?.count ?? 0
    }

    /// What happened before what the hub will tell; may come in several parts, in order.
    func append(_ missed: [Change]) {
        if case .live = phase {
            phase = .changes
            position = 0
            changes = missed
        } else {
            changes = (changes ?? []) + missed
        }
    }

    /// Adds an event that is encoded already. False if too many wait: the watch is to be ended.
    func append(_ frame: ByteBuffer) -> Bool {
        if isClosed { return true }
        if queue.count >= WatchBody.eventCapacity || queuedBytes + frame.readableBytes > WatchBody.byteCapacity {
            return false
        }
        queue.append(frame)
        queuedBytes += frame.readableBytes
        return true
    }

    /// Ends the watch with a failure, as its only event.
    func fail(_ error: StatusError) {
        phase = .live
        changes = nil
        position = 0
        queue = [encoder.error(error)]
        isClosed = true
    }

    /// Ends the answer after what waits.
    func close() { isClosed = true }

    func next() -> ByteBuffer? {
        switch phase {
        case .objects(let result, let endsWithBookmark): nextObjects(result, endsWithBookmark)
        case .changes: nextChanges()
        case .live: nextEvents()
        }
    }

    private func nextObjects(_ result: ListResult, _ endsWithBookmark: Bool) -> ByteBuffer {
        var writer = JSONWriter(capacity: WatchBody.pieceSize + 16 << 10)
        while position < result.items.count, writer.count < WatchBody.pieceSize {
            encoder.write(.added, result.items[position], &writer, withColumns: takeFirst())
            position += 1
        }
        if position == result.items.count {
            phase = .changes
            position = 0
            if endsWithBookmark {
                encoder.writeBookmark(result.revision, endsInitialEvents: true, &writer, withColumns: takeFirst())
            }
        }
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    private func nextChanges() -> ByteBuffer? {
        guard let changes else { return nil }
        var writer = JSONWriter()
        while position < changes.count, writer.count < WatchBody.pieceSize {
            let change = changes[position]
            position += 1
            guard let type = WatchEventKind(change, list) else { continue }
            let object = type.object(of: change, as: encoder.kind)
            encoder.write(type, object, &writer, withColumns: takeFirst())
        }
        if position == changes.count {
            phase = .live
            self.changes = nil
            position = 0
            onLive?()
            onLive = nil
        }
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    private func nextEvents() -> ByteBuffer? {
        guard var piece = queue.popFirst() else { return nil }
        queuedBytes -= piece.readableBytes
        // One event goes as it is, shared with other watches; more are joined, for one write to the network.
        while let more = queue.first, piece.readableBytes + more.readableBytes <= WatchBody.pieceSize {
            piece.writeImmutableBuffer(more)
            queuedBytes -= more.readableBytes
            queue.removeFirst()
        }
        return piece
    }

    /// The first event of a watch for tables has the columns.
    private func takeFirst() -> Bool {
        defer { isFirst = false }
        return isFirst
    }
}

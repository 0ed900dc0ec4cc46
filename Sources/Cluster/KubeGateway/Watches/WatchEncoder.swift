import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import NIOCore

/// Writes the events of one kind in one format.
struct WatchEncoder: Sendable {
    private static let initialEventsEnd = "k8s.io/initial-events-end"

    let kind: ResourceKind
    var text: ObjectText

    /// Writes an event: as a line of JSON, or as a frame of protobuf.
    func write(
        _ type: WatchEventKind, _ object: KubeObject, _ writer: inout JSONWriter, withColumns: Bool = false
    ) {
        if text.format.notation == .protobuf {
            return writer.raw(ProtobufCoding.watchFrame(type: type.rawValue, object: text.envelope(object)))
        }
        writer.raw("{\"type\":\"")
        switch type {
        case .added: writer.raw("ADDED")
        case .modified: writer.raw("MODIFIED")
        case .deleted: writer.raw("DELETED")
        case .bookmark: writer.raw("BOOKMARK")
        }
        writer.raw("\",\"object\":")
        text.write(object, &writer, withColumns: withColumns)
        writer.raw("}\n")
    }

    /// Whether events come out the same, at the same time.
    func writesAlike(_ other: WatchEncoder) -> Bool { kind == other.kind && text.writesAlike(other.text) }

    func frame(_ type: WatchEventKind, _ object: KubeObject, withColumns: Bool = false) -> ByteBuffer {
        var writer = JSONWriter()
        write(type, object, &writer, withColumns: withColumns)
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    /// Tells how far a watch is.
    ///
    /// A bookmark is an object of nothing but that, and in a table a row of it, as upstream's
    /// pkg/endpoints/handlers/response.go makes a table of whatever it is given.
    func writeBookmark(
        _ revision: Revision, endsInitialEvents: Bool, _ writer: inout JSONWriter, withColumns: Bool
    ) {
        var metadata = ObjectMeta()
        metadata.resourceVersion = String(revision)
        var encoder = self
        if endsInitialEvents {
            metadata.annotations[WatchEncoder.initialEventsEnd] = "true"
            // This its row tells, even to whom rows carry nothing else.
            if text.included == .none { encoder.text.included = .metadata }
        }
        encoder.write(.bookmark, kind.info.coder.make(metadata: metadata), &writer, withColumns: withColumns)
    }

    func bookmark(_ revision: Revision, withColumns: Bool) -> ByteBuffer {
        var writer = JSONWriter()
        writeBookmark(revision, endsInitialEvents: false, &writer, withColumns: withColumns)
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    /// A failure as an event; it is the last of its watch.
    func error(_ error: StatusError) -> ByteBuffer {
        if text.format.notation == .protobuf {
            let envelope = ProtobufCoding.encode(error.status, apiVersion: "v1", kind: "Status")
            return ByteBuffer(bytes: ProtobufCoding.watchFrame(type: "ERROR", object: envelope))
        }
        var writer = JSONWriter()
        writer.raw("{\"type\":\"ERROR\",\"object\":")
        error.status.encode(into: &writer)
        writer.raw("}\n")
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }
}

import KubeAPI
import KubeAPIServer
import NIOCore

/// A list as an answer, made piece by piece as the client takes it.
final class ListText: BodyProducer {
    /// Bytes of a piece, about.
    static let pieceSize = 128 << 10
    private let text: ObjectText
    private let kind: ResourceKind
    private let items: [KubeObject]
    private let metadata: ListMeta
    private let table: Table?
    /// A list of objects that is too long is not remembered encoded: it would push out what is asked for more often,
    /// and itself.
    private let isRemembered: Bool
    private var position = -1
    private(set) var isFinished = false

    init(_ kind: ResourceKind, _ result: ListResult, _ text: ObjectText) {
        self.text = text
        self.kind = kind
        items = result.items
        var metadata = ListMeta()
        metadata.resourceVersion = String(result.revision)
        metadata.continue = result.continuation
        metadata.remainingItemCount = result.remaining
        self.metadata = metadata
        table =
            if case .table = text.format.shape {
                Table(of: kind, [], metadata: metadata, including: text.included)
            } else {
                nil
            }
        isRemembered =
            if case .objects = text.format.shape, let first = items.first {
                text.bodies.hasRoom(for: items.count, like: first)
            } else {
                false
            }
    }

    /// How many items there are.
    var count: Int { items.count }
    /// The member of the list that has them.
    var itemsKey: String { table == nil ? "items" : "rows" }

    /// The whole list at once.
    func document() -> ByteBuffer {
        if text.format.notation == .protobuf { return ByteBuffer(bytes: envelope()) }
        var writer = JSONWriter(capacity: ListText.pieceSize)
        writeStart(&writer)
        for index in items.indices {
            if index > 0 { writer.raw(",") }
            writeItem(index, &writer)
        }
        writeEnd(&writer)
        return text.finish(writer)
    }

    /// What makes the list in pieces; nil for people, who read no long lists.
    func producer() -> (any BodyProducer)? {
        switch text.format.notation {
        case .json: return text.format.isPretty ? nil : self
        case .yaml: return YAMLListText(self)
        case .protobuf:
            let (apiVersion, kind) = protobufName
            return ProtobufListText(apiVersion: apiVersion, kind: kind, metadata, items, message)
        }
    }

    private func envelope() -> [UInt8] {
        let (apiVersion, kind) = protobufName
        return ProtobufCoding.list(
            apiVersion: apiVersion, kind: kind, metadata: metadata, items: items.map(message))
    }

    private var protobufName: (apiVersion: String, kind: String) {
        if case .metadata(let version) = text.format.shape {
            return ("meta.k8s.io/" + version, "PartialObjectMetadataList")
        }
        return (kind.info.apiVersion, kind.info.name + "List")
    }

    private func message(_ object: KubeObject) -> [UInt8] {
        if case .metadata = text.format.shape { return ProtobufCoding.message(partialMetadata: object.metadata) }
        return isRemembered ? text.bodies.protobuf(of: object) : ProtobufCoding.message(object)
    }

    func next() -> ByteBuffer? {
        if isFinished { return nil }
        var writer = JSONWriter(capacity: ListText.pieceSize + 16 << 10)
        if position < 0 {
            writeStart(&writer)
            position = 0
        }
        while position < items.count, writer.count < ListText.pieceSize {
            if position > 0 { writer.raw(",") }
            writeItem(position, &writer)
            position += 1
        }
        if position == items.count {
            writeEnd(&writer)
            writer.raw("\n")
            isFinished = true
        }
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    func writeStart(_ writer: inout JSONWriter) {
        if let table {
            return table.encodeStart(into: &writer, withColumns: true, version: version)
        }
        writer.beginObject()
        writer.raw("\"kind\":")
        if case .metadata(let version) = text.format.shape {
            writer.string("PartialObjectMetadataList")
            writer.key("\"apiVersion\":")
            writer.string("meta.k8s.io/" + version)
        } else {
            writer.string(kind.info.name + "List")
            writer.key("\"apiVersion\":")
            writer.string(kind.info.apiVersion)
        }
        writer.key("\"metadata\":")
        metadata.encode(into: &writer)
        writer.key("\"items\":")
        writer.beginArray()
    }

    func writeItem(_ index: Int, _ writer: inout JSONWriter) {
        let object = items[index]
        if let table { return table.encodeRow(object, into: &writer, now: text.now, version: version) }
        if case .metadata(let version) = text.format.shape {
            return PartialObjectMetadata.write(object.metadata, version: version, into: &writer)
        }
        if isRemembered {
            writer.raw(text.bodies.json(of: object))
        } else {
            object.encode(into: &writer, withKind: false)
        }
    }

    func writeEnd(_ writer: inout JSONWriter) {
        writer.endArray()
        writer.endObject()
    }

    private var version: String {
        switch text.format.shape {
        case .table(let version), .metadata(let version): version
        case .objects: ""
        }
    }
}

/// Kubernetes' protobuf on the wire, `application/vnd.kubernetes.protobuf`: objects in their envelope, lists put
/// together from items that are encoded already, and the frames of a watch.
///
/// The envelope is the magic number `k8s\0` and the message `runtime.Unknown`, which holds the object's kind and its
/// message. A list's items are bare messages, as messages do not tell their kind. A watch is a row of frames, each a
/// length of four bytes, big-endian, and a bare `WatchEvent` that holds an object in its envelope.
///
/// Follows apimachinery `pkg/runtime/serializer/protobuf/protobuf.go` and `pkg/util/framer`.
public enum ProtobufCoding {
    public static let mediaType = "application/vnd.kubernetes.protobuf"
    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    /// Whether bytes begin as an envelope does.
    public static func isEnvelope(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    // MARK: Encoding

    /// An object in its envelope. O(n).
    public static func encode(_ object: KubeObject) -> [UInt8] {
        envelope(apiVersion: object.kind.info.apiVersion, kind: object.kind.info.name) { writer in
            object.encode(protobuf: &writer)
        }
    }

    /// A value such as a `Status` or a `TokenRequest` in its envelope. O(n).
    public static func encode(_ value: some ProtobufCodable, apiVersion: String, kind: String) -> [UInt8] {
        envelope(apiVersion: apiVersion, kind: kind) { writer in value.encode(protobuf: &writer) }
    }

    /// An object's bare message: what a list takes, and what may be kept and shared by many responses. O(n).
    public static func message(_ object: KubeObject) -> [UInt8] {
        var writer = ProtobufWriter()
        object.encode(protobuf: &writer)
        return writer.bytes
    }

    /// `PartialObjectMetadata` in its envelope.
    public static func encode(partialMetadata metadata: ObjectMeta) -> [UInt8] {
        envelope(apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata") { writer in writer.message(1, metadata) }
    }

    /// The bare message of a `PartialObjectMetadata`, for a `PartialObjectMetadataList`.
    public static func message(partialMetadata metadata: ObjectMeta) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1, metadata)
        return writer.bytes
    }

    /// A bare message in its envelope. O(n).
    public static func envelope(apiVersion: String, kind: String, message: [UInt8]) -> [UInt8] {
        envelope(apiVersion: apiVersion, kind: kind, capacity: message.count) { writer in writer.raw(message) }
    }

    /// A list (`v1`, `PodList`) of bare messages in its envelope. O(n).
    public static func list(apiVersion: String, kind: String, metadata: ListMeta, items: [[UInt8]]) -> [UInt8] {
        let size = items.reduce(0) { $0 + $1.count + 8 }
        return envelope(apiVersion: apiVersion, kind: kind, capacity: size + 256) { writer in
            for item in items.reversed() {
                let end = writer.count
                writer.raw(item)
                writer.finishMessage(2, end)
            }
            writer.message(1, metadata)
        }
    }

    /// A list in its envelope, to be written in pieces: what comes before its items, and what after them.
    ///
    /// Follows apimachinery `pkg/runtime/serializer/protobuf/collections.go`.
    /// - Parameter size: Bytes of the items, with their heads.
    public static func listFrame(
        apiVersion: String, kind: String, metadata: ListMeta, size: Int
    ) -> (start: [UInt8], end: [UInt8]) {
        var ending = ProtobufWriter(capacity: 8)
        ending.string(4, "")
        ending.string(3, "")
        var writer = ProtobufWriter(capacity: 256)
        writer.message(1, metadata)
        writer.finishMessage(2, -size)
        let typeMeta = writer.count
        writer.string(2, kind)
        writer.string(1, apiVersion)
        writer.finishMessage(1, typeMeta)
        writer.raw(magic)
        return (writer.bytes, ending.bytes)
    }

    /// What stands before a bare message of so many bytes as the item of a list.
    public static func itemHead(size: Int) -> [UInt8] {
        var writer = ProtobufWriter(capacity: 12)
        writer.finishMessage(2, -size)
        return writer.bytes
    }

    /// One event of a watch as a frame: `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`, and an object in its
    /// envelope. O(n).
    public static func watchFrame(type: String, object envelope: [UInt8]) -> [UInt8] {
        var writer = ProtobufWriter(capacity: envelope.count + 64)
        let end = writer.count
        writer.raw(envelope)
        writer.finishMessage(1, end)
        writer.finishMessage(2, end)
        writer.string(1, type)
        let length = UInt32(truncatingIfNeeded: writer.count)
        writer.raw((0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
        return writer.bytes
    }

    private static func envelope(
        apiVersion: String, kind: String, capacity: Int = 4096, _ write: (inout ProtobufWriter) -> Void
    ) -> [UInt8] {
        var writer = ProtobufWriter(capacity: capacity + 128)
        writer.string(4, "")
        writer.string(3, "")
        let raw = writer.count
        write(&writer)
        writer.finishMessage(2, raw)
        let typeMeta = writer.count
        writer.string(2, kind)
        writer.string(1, apiVersion)
        writer.finishMessage(1, typeMeta)
        writer.raw(magic)
        return writer.bytes
    }

    // MARK: Decoding

    /// An opened envelope.
    public struct Envelope: Equatable, Sendable {
        public var apiVersion = ""
        public var kind = ""
        /// The message.
        public var raw: [UInt8] = []
        /// Empty for protobuf.
        public var contentType = ""
        /// Empty for none.
        public var contentEncoding = ""
    }

    /// Opens an envelope. O(n).
    public static func open(_ bytes: [UInt8]) throws(ProtobufFailure) -> Envelope {
        if bytes.isEmpty { throw ProtobufFailure(message: "empty data", offset: 0) }
        guard isEnvelope(bytes) else {
            throw ProtobufFailure(
                message: "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
                offset: 0)
        }
        if bytes.count == magic.count { throw ProtobufFailure(message: "empty body", offset: bytes.count) }
        let result: Result<Envelope, ProtobufFailure> = bytes.withUnsafeBufferPointer { buffer in
            var reader = ProtobufReader(UnsafeBufferPointer(rebasing: buffer[magic.count...]))
            var envelope = Envelope()
            while case let field = reader.nextField(), field != 0 {
                switch field {
                case 1: readTypeMeta(&reader, into: &envelope)
                case 2: envelope.raw = reader.bytes().bytes
                case 3: envelope.contentEncoding = reader.string()
                case 4: envelope.contentType = reader.string()
                default: reader.skip()
                }
            }
            if let failure = reader.failure { return .failure(failure) }
            return .success(envelope)
        }
        return try result.get()
    }

    private static func readTypeMeta(_ reader: inout ProtobufReader, into envelope: inout Envelope) {
        let end = reader.beginMessage()
        while case let field = reader.nextField(), field != 0 {
            switch field {
            case 1: envelope.apiVersion = reader.string()
            case 2: envelope.kind = reader.string()
            default: reader.skip()
            }
        }
        reader.endMessage(end)
    }

    /// Decodes the body of a request: an object in its envelope, whose kind the envelope tells, and `defaultKind` where
    /// it does not. Unknown fields are dropped: protobuf has no names to warn of.
    ///
    /// Fails with 400, as `decodeObject` does.
    public static func decode(_ bytes: [UInt8], defaultKind: ResourceKind?) throws(StatusError) -> KubeObject {
        let envelope: Envelope
        do throws(ProtobufFailure) {
            envelope = try open(bytes)
        } catch {
            throw .undecodable(bytes, apiVersion: "", kind: "", as: defaultKind, error.message)
        }
        let kindName = envelope.kind.isEmpty ? defaultKind?.info.name ?? "" : envelope.kind
        let apiVersion = envelope.apiVersion.isEmpty ? defaultKind?.info.apiVersion ?? "" : envelope.apiVersion
        func fail(_ cause: String) -> StatusError {
            .undecodable(bytes, apiVersion: apiVersion, kind: kindName, as: defaultKind, cause)
        }
        if kindName.isEmpty { throw fail("Object 'Kind' is missing in the protobuf envelope") }
        guard let kind = Catalogue.kind(apiVersion: apiVersion, kind: kindName) else {
            throw fail(GoScheme.noKind(kindName, apiVersion))
        }
        do throws(ProtobufFailure) {
            return try decode(message: envelope.raw, as: kind)
        } catch {
            throw fail("proto: \(error.message) at byte \(error.offset)")
        }
    }

    /// A bare message as an object of `kind`. O(n).
    public static func decode(message: [UInt8], as kind: ResourceKind) throws(ProtobufFailure) -> KubeObject {
        let result: Result<KubeObject, ProtobufFailure> = message.withUnsafeBufferPointer { buffer in
            var reader = ProtobufReader(buffer)
            let object = kind.info.coder.decode(protobuf: &reader)
            if let failure = reader.failure { return .failure(failure) }
            return .success(object)
        }
        return try result.get()
    }

    /// A value of a type that is no served kind, such as `DeleteOptions`, in its envelope. Whatever kind the envelope
    /// names is taken; fails with 400.
    public static func decode<Value: ProtobufCodable>(
        _ bytes: [UInt8], as _: Value.Type
    ) throws(StatusError) -> Value {
        do throws(ProtobufFailure) {
            return try Value.decode(protobuf: open(bytes).raw)
        } catch {
            throw .badRequest("proto: \(error.message) at byte \(error.offset)")
        }
    }
}

import ClusterCore
import KubeAPI
import KubeAPIServer
import NIOCore

/// Writes objects in the form that a client asked for. The one place where a notation is chosen.
struct ObjectText: Sendable {
    let format: OutputFormat
    let bodies: EncodedBodies
    /// The time by which ages are told.
    var now: Instant
    /// What rows of tables carry of their objects.
    var included = Table.IncludedObject.metadata

    /// Whether objects come out the same, at the same time.
    func writesAlike(_ other: ObjectText) -> Bool { format == other.format && included == other.included }

    /// One object as a whole answer.
    func document(_ object: KubeObject) -> ByteBuffer {
        if format.notation == .protobuf { return ByteBuffer(bytes: envelope(object)) }
        var writer = JSONWriter()
        write(object, &writer)
        return finish(writer)
    }

    /// An object in protobuf, in its envelope.
    func envelope(_ object: KubeObject) -> [UInt8] {
        if case .metadata(let version) = format.shape {
            return ProtobufCoding.envelope(
                apiVersion: "meta.k8s.io/" + version, kind: "PartialObjectMetadata",
                message: ProtobufCoding.message(partialMetadata: object.metadata))
        }
        let info = object.kind.info
        return ProtobufCoding.envelope(
            apiVersion: info.apiVersion, kind: info.name, message: bodies.protobuf(of: object))
    }

    /// A whole answer with a value that is no object of the catalogue: a Status, a Scale, discovery. What has no
    /// protobuf is told in JSON.
    func response(
        _ code: Int, _ value: some JSONCodable, headers: [(String, String)] = []
    ) -> Response {
        if format.notation == .protobuf {
            if let message = value as? any ProtobufCodable, let name = ObjectText.name(of: value) {
                let bytes = ProtobufCoding.encode(message, apiVersion: name.apiVersion, kind: name.kind)
                return Response(code, format.notation.mediaType, ByteBuffer(bytes: bytes), headers: headers)
            }
            var writer = JSONWriter()
            value.encode(into: &writer)
            let body = writer.withBytes { ByteBuffer(bytes: $0) }
            return Response(code, Notation.json.mediaType, body, headers: headers)
        }
        var writer = JSONWriter()
        value.encode(into: &writer)
        return Response(code, format.notation.mediaType, finish(writer), headers: headers)
    }

    /// A whole answer with the `scale` subresource, which may be wanted as a table or as its metadata like an object.
    func response(_ code: Int, scale: Scale) -> Response {
        if format.notation == .protobuf {
            guard case .metadata(let version) = format.shape else { return response(code, scale) }
            let bytes = ProtobufCoding.envelope(
                apiVersion: "meta.k8s.io/" + version, kind: "PartialObjectMetadata",
                message: ProtobufCoding.message(partialMetadata: scale.metadata))
            return Response(code, format.contentType, ByteBuffer(bytes: bytes))
        }
        var writer = JSONWriter()
        switch format.shape {
        case .objects: return response(code, scale)
        case .metadata(let version): PartialObjectMetadata.write(scale.metadata, version: version, into: &writer)
        case .table(let version):
            Table.encode(scale, including: included, into: &writer, now: now, version: version)
        }
        return Response(code, format.contentType, finish(writer))
    }

    /// What the envelope says of values that are no objects of the catalogue.
    private static func name(of value: some JSONCodable) -> (apiVersion: String, kind: String)? {
        switch value {
        case is Status: ("v1", "Status")
        case is Scale: ("autoscaling/v1", "Scale")
        case is TokenRequest: ("authentication.k8s.io/v1", "TokenRequest")
        case is APIVersions: ("v1", "APIVersions")
        case is APIGroupList: ("v1", "APIGroupList")
        case is APIGroup: ("v1", "APIGroup")
        case is APIResourceList: ("v1", "APIResourceList")
        default: nil
        }
    }

    /// JSON that is ready, in the notation and with the line breaks that are wanted.
    func finish(_ writer: borrowing JSONWriter) -> ByteBuffer {
        if format.notation == .yaml {
            do throws(JSONFailure) {
                return ByteBuffer(string: YAMLText.encode(try JSONValue.decode(writer.bytes)))
            } catch {
                preconditionFailure("what was written as JSON reads as JSON: \(error)")
            }
        }
        if format.isPretty { return ByteBuffer(bytes: PrettyJSON.indent(writer.bytes)) }
        return writer.withBytes { bytes in
            var buffer = ByteBuffer()
            buffer.reserveCapacity(bytes.count + 1)
            buffer.writeBytes(UnsafeRawBufferPointer(bytes))
            // Go's encoder ends every document with a line break.
            buffer.writeInteger(UInt8(ascii: "\n"))
            return buffer
        }
    }

    /// One object in the wanted shape, as JSON without an end: as watches and whole answers carry it.
    func write(_ object: KubeObject, _ writer: inout JSONWriter, withColumns: Bool = true) {
        switch format.shape {
        case .objects: writeWhole(object, &writer)
        case .metadata(let version): PartialObjectMetadata.write(object.metadata, version: version, into: &writer)
        case .table(let version):
            var metadata = ListMeta()
            metadata.resourceVersion = object.metadata.resourceVersion
            let table = Table(of: object.kind, [object], metadata: metadata, including: included)
            table.encode(into: &writer, now: now, withColumns: withColumns, version: version)
        }
    }

    /// An object with `kind` and `apiVersion`, around the members that are encoded once.
    private func writeWhole(_ object: KubeObject, _ writer: inout JSONWriter) {
        let info = object.kind.info
        writer.beginObject()
        writer.raw("\"kind\":")
        writer.string(info.name)
        writer.key("\"apiVersion\":")
        writer.string(info.apiVersion)
        bodies.json(of: object).withUnsafeBufferPointer { json in
            if json.count > 2 {
                writer.raw(",")
                writer.raw(UnsafeBufferPointer(rebasing: json[1..<(json.count - 1)]))
            }
        }
        writer.endObject()
    }
}

/// JSON for people to read: two spaces a level, as Go's `json.Indent` sets it.
enum PrettyJSON {
    static func indent(_ json: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(json.count * 2)
        var depth = 0
        var isInString = false
        var isEscaped = false
        func breakLine() {
            result.append(UInt8(ascii: "\n"))
            result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
        }
        for (index, byte) in json.enumerated() {
            if isInString {
                result.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                result.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                result.append(byte)
                depth += 1
                let next = index + 1 < json.count ? json[index + 1] : 0
                if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { breakLine() }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                let last = json[index - 1]
                if last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { breakLine() }
                result.append(byte)
            case UInt8(ascii: ","):
                result.append(byte)
                breakLine()
            case UInt8(ascii: ":"):
                result.append(byte)
                result.append(UInt8(ascii: " "))
            default: result.append(byte)
            }
        }
        return result
    }
}

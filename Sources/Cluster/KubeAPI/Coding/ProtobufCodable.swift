/// A message of Kubernetes' protobuf encoding with a direct coder.
public protocol ProtobufCodable: JSONCodable {
    /// Reads a message up to the reader's end. After a failure, which the reader keeps, the value is of no use.
    init(protobuf reader: inout ProtobufReader)
    /// Writes the fields, without a head.
    func encode(protobuf writer: inout ProtobufWriter)
}

extension ProtobufCodable {
    /// Decodes a whole message.
    public static func decode(protobuf bytes: some ContiguousBytesView) throws(ProtobufFailure) -> Self {
        let result: Result<Self, ProtobufFailure> = bytes.withBytes { buffer in
            var reader = ProtobufReader(buffer)
            let value = Self(protobuf: &reader)
            if let failure = reader.failure { return .failure(failure) }
            return .success(value)
        }
        return try result.get()
    }

    /// The message, without a head.
    public var protobuf: [UInt8] {
        var writer = ProtobufWriter()
        encode(protobuf: &writer)
        return writer.bytes
    }
}

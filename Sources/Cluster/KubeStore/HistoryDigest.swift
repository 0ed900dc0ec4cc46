import ClusterCore
import KubeAPI
import KubeClient

/// A running digest of the history: of every change its revision, time, author, cause, verb, key and content. Two runs
/// with the same digest went the same way.
///
/// The content counts as its JSON, folded to 64 bits; the rows go through SHA-256. Costs one encoding a write.
public struct HistoryDigest {
    private var rows = SHA256()

    init() {}

    mutating func combine(_ change: Change) {
        var row = StableHash()
        row.combine(UInt64(bitPattern: Int64(change.revision)))
        row.combine(UInt64(bitPattern: change.time.nanoseconds))
        row.combine(UInt64(bitPattern: Int64(change.cause)))
        row.combine(UInt64(change.key.kind.rawValue))
        for text in [change.author, change.verb.rawValue, change.key.namespace, change.key.name] {
            row.combine(text)
            row.combine(UInt8(0))
        }
        row.combine(change.new.map(HistoryDigest.content) ?? 0)
        withUnsafeBytes(of: row.value.littleEndian) { rows.update($0) }
    }

    /// Of the object's JSON, eight bytes a step, and its length.
    private static func content(of object: KubeObject) -> UInt64 {
        var writer = JSONWriter()
        object.encode(into: &writer)
        return writer.withBytes { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(raw.count)
            var offset = 0
            while offset + 8 <= raw.count {
                let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                hash = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
                hash ^= hash >> 32
                offset += 8
            }
            while offset < raw.count {
                hash = (hash ^ UInt64(raw[offset])) &* 0x0000_0100_0000_01B3
                offset += 1
            }
            return hash
        }
    }

    /// The digest so far, as 64 hexadecimal digits.
    public var text: String { SHA256.hexadecimal(rows.finalize()) }
}

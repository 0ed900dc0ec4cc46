import KubeAPI
import NIOConcurrencyHelpers

/// The JSON, and the protobuf, of objects that are asked for again and again: encoded once a revision, shared by all
/// answers and watches.
///
/// Kept without `kind` and `apiVersion`, as objects stand in lists. Bounded in bytes: when the younger half is full,
/// the older half is forgotten, and what has been used since moves to the younger one.
final class EncodedBodies: Sendable {
    private struct Key: Hashable {
        let object: ObjectIdentifier
        let isProtobuf: Bool
    }

    private struct Entry {
        /// Holds the object, so that its identity stays its own.
        let object: KubeObject
        let bytes: [UInt8]
    }

    private struct Halves {
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
        var youngBytes = 0
    }

    /// What an entry costs besides its text, about.
    private static let overhead = 128
    private let halfBudget: Int
    private let halves = NIOLockedValueBox(Halves())

    /// - Parameter budget: The most bytes that are kept.
    init(budget: Int = 256 << 20) { halfBudget = budget / 2 }

    /// Whether so many objects like this one can be kept without pushing each other out.
    func hasRoom(for count: Int, like object: KubeObject) -> Bool {
        count * (json(of: object).count + EncodedBodies.overhead) <= halfBudget
    }

    /// The members of an object in braces, without `kind` and `apiVersion`.
    func json(of object: KubeObject) -> [UInt8] {
        bytes(object, isProtobuf: false) {
            var writer = JSONWriter()
            object.encode(into: &writer, withKind: false)
            return writer.bytes
        }
    }

    /// An object's bare message.
    func protobuf(of object: KubeObject) -> [UInt8] {
        bytes(object, isProtobuf: true) { ProtobufCoding.message(object) }
    }

    private func bytes(_ object: KubeObject, isProtobuf: Bool, _ encode: () -> [UInt8]) -> [UInt8] {
        let key = Key(object: ObjectIdentifier(object), isProtobuf: isProtobuf)
        let known: [UInt8]? = halves.withLockedValue { halves in
            if let entry = halves.young[key] { return entry.bytes }
            guard let entry = halves.old[key] else { return nil }
            insert(entry, key, &halves)
            return entry.bytes
        }
        if let known { return known }
        let bytes = encode()
        halves.withLockedValue { insert(Entry(object: object, bytes: bytes), key, &$0) }
        return bytes
    }

    private func insert(_ entry: Entry, _ key: Key, _ halves: inout Halves) {
        let size = entry.bytes.count + EncodedBodies.overhead
        if halves.youngBytes + size > halfBudget {
            halves.old = halves.young
            halves.young = [:]
            halves.youngBytes = 0
        }
        if halves.young.updateValue(entry, forKey: key) == nil { halves.youngBytes += size }
    }
}

import KubeAPI
import NIOConcurrencyHelpers

/// The JSON of objects that are asked for again and again: encoded once a revision, shared by all answers and watches.
///
/// Kept without `kind` and `apiVersion`, as objects stand in lists. Bounded in bytes: when the younger half is full,
/// the older half is forgotten, and what has been used since moves to the younger one.
final class EncodedBodies: Sendable {
    private struct Entry {
        /// Holds the object, so that its identity stays its own.
        let object: KubeObject
        let json: [UInt8]
    }

    private struct Halves {
        var young: [ObjectIdentifier: Entry] = [:]
        var old: [ObjectIdentifier: Entry] = [:]
        var youngBytes = 0
    }

    /// What an entry costs besides its text, about.
    private static let overhead = 128
    private let halfBudget: Int
    private let halves = NIOLockedValueBox(Halves())

    /// - Parameter budget: The most bytes that are kept.
    init(budget: Int = 64 << 20) { halfBudget = budget / 2 }

    /// The members of an object in braces, without `kind` and `apiVersion`.
    ///
    /// - Parameter keeping: Whether to remember it. What is read once and in bulk would only push out the rest.
    func json(of object: KubeObject, keeping: Bool = true) -> [UInt8] {
        let identity = ObjectIdentifier(object)
        let known: [UInt8]? = halves.withLockedValue { halves in
            if let entry = halves.young[identity] { return entry.json }
            guard let entry = halves.old[identity] else { return nil }
            insert(entry, identity, &halves)
            return entry.json
        }
        if let known { return known }
        var writer = JSONWriter()
        object.encode(into: &writer, withKind: false)
        let json = writer.bytes
        if keeping {
            halves.withLockedValue { insert(Entry(object: object, json: json), identity, &$0) }
        }
        return json
    }

    private func insert(_ entry: Entry, _ identity: ObjectIdentifier, _ halves: inout Halves) {
        let size = entry.json.count + EncodedBodies.overhead
        if halves.youngBytes + size > halfBudget {
            halves.old = halves.young
            halves.young = [:]
            halves.youngBytes = 0
        }
        if halves.young.updateValue(entry, forKey: identity) == nil { halves.youngBytes += size }
    }

    /// How many bytes are kept at most, by what is known of the younger half.
    var youngBytes: Int { halves.withLockedValue { $0.youngBytes } }
}

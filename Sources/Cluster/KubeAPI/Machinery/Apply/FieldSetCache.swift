/// Field sets by their text: objects of one kind that the same managers write have the same few sets, and every write
/// of theirs reads them. Bounded; of one thread.
public final class FieldSetCache {
    private static let capacity = 1024
    private var sets: [Key: (FieldSet, FieldsV1)] = [:]

    /// Texts that are long differ in their lengths or ends mostly: not every byte needs to be hashed.
    private struct Key: Hashable {
        let text: FieldsV1

        func hash(into hasher: inout Hasher) {
            hasher.combine(text.json.count)
            for byte in text.json.suffix(24) { hasher.combine(byte) }
        }
    }

    public init() {}

    /// The set that a text means, and the text that it is written as: what comes from outside may be in another order.
    func set(_ text: FieldsV1) throws(FieldSet.ParseFailure) -> (FieldSet, FieldsV1) {
        if let known = sets[Key(text: text)] { return known }
        let fields = try FieldSet(text)
        let set = (fields, fields.fieldsV1)
        if sets.count == FieldSetCache.capacity { sets.removeAll(keepingCapacity: true) }
        sets[Key(text: text)] = set
        return set
    }
}

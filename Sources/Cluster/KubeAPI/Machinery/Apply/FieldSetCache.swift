/// Field sets by their text: objects of one kind that the same managers write have the same few sets, and every write
/// of theirs reads them. Bounded; of one thread.
public final class FieldSetCache {
    private static let capacity = 1024
    private var sets: [FieldsV1: (FieldSet, FieldsV1)] = [:]

    public init() {}

    /// The set that a text means, and the text that it is written as: what comes from outside may be in another order.
    func set(_ text: FieldsV1) throws(FieldSet.ParseFailure) -> (FieldSet, FieldsV1) {
        if let known = sets[text] { return known }
        let fields = try FieldSet(text)
        let set = (fields, fields.fieldsV1)
        if sets.count == FieldSetCache.capacity { sets.removeAll(keepingCapacity: true) }
        sets[text] = set
        return set
    }
}

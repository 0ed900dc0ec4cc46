/// Two states of an object without what is the same in both: most updates change a few fields of many, and only what
/// changed needs to be looked at field by field.
///
///     {"spec":{"replicas":3},"status":{"replicas":1,"readyReplicas":1}}
///     {"spec":{"replicas":3},"status":{"replicas":2,"readyReplicas":1}}
///         → {"status":{"replicas":1}} and {"status":{"replicas":2}}
///
/// Members of objects are left out, at any depth; lists stay whole, as their entries are known by what is in them. A
/// `TypedComparison` of the two finds what one of the whole states does.
struct DifferingMembers {
    let old: JSONValue
    let new: JSONValue

    /// - Parameters: JSON as `JSONWriter` writes it, members of both in the same order. O(size), building only what
    ///   differs.
    init(_ old: [UInt8], _ new: [UInt8]) {
        (self.old, self.new) = old.withUnsafeBufferPointer { old in
            new.withUnsafeBufferPointer { new in
                DifferingMembers.compare(old, new) ?? (.object([:]), .object([:]))
            }
        }
    }

    private typealias Text = UnsafeBufferPointer<UInt8>
    private typealias Member = (name: String, text: Text)

    /// Nil if both are the same.
    private static func compare(_ old: Text, _ new: Text) -> (JSONValue, JSONValue)? {
        if old.count == new.count, old.elementsEqual(new) { return nil }
        guard old.first == UInt8(ascii: "{"), new.first == UInt8(ascii: "{") else { return (value(old), value(new)) }
        let (olds, news) = (members(old), members(new))
        var differing: (old: StringMap<JSONValue>, new: StringMap<JSONValue>) = ([:], [:])
        var next = 0
        for member in olds {
            guard let index = news[next...].firstIndex(where: { $0.name == member.name }) else {
                differing.old[member.name] = value(member.text)
                continue
            }
            for added in news[next..<index] { differing.new[added.name] = value(added.text) }
            next = index + 1
            guard let (before, after) = compare(member.text, news[index].text) else { continue }
            differing.old[member.name] = before
            differing.new[member.name] = after
        }
        for added in news[next...] { differing.new[added.name] = value(added.text) }
        return (.object(differing.old), .object(differing.new))
    }

    private static func members(_ object: Text) -> [Member] {
        var reader = JSONReader(object)
        var members: [Member] = []
        guard reader.beginObject() else { return [] }
        while let key = reader.nextKey() { members.append((key.text, reader.skippedText())) }
        return members
    }

    private static func value(_ text: Text) -> JSONValue {
        var reader = JSONReader(text)
        return JSONValue(from: &reader)
    }
}

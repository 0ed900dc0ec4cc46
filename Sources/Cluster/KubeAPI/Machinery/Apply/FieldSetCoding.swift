// Sets of fields as `metav1.FieldsV1` writes them.
//
//     {"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{}}},"f:replicas":{}}}
//
// An element without anything below it is a member. One that has something below it is a member only if `.` says so.
//
// Follows structured-merge-diff `fieldpath/serialize.go`.

extension FieldSet {
    /// O(size).
    public var fieldsV1: FieldsV1 {
        var writer = JSONWriter(capacity: 512)
        write(into: &writer, isMember: false)
        return FieldsV1(trusted: writer.bytes)
    }

    private func write(into writer: inout JSONWriter, isMember: Bool) {
        writer.beginObject()
        if isMember {
            writer.key("\".\":")
            writer.beginObject()
            writer.endObject()
        }
        var member = 0
        var child = 0
        while member < members.count || child < children.count {
            let order =
                member == members.count
                ? 1
                : child == children.count ? -1 : PathElement.order(members[member], children[child].element)
            writer.key(named: (order <= 0 ? members[member] : children[child].element).serialized)
            if order < 0 {
                writer.beginObject()
                writer.endObject()
            } else {
                children[child].set.write(into: &writer, isMember: order == 0)
                child += 1
            }
            if order <= 0 { member += 1 }
        }
        writer.endObject()
    }

    /// Why text is no set of fields.
    public struct ParseFailure: Error, Equatable, Sendable {
        public var message: String
    }

    /// Reads a set. Elements of a type that is not known are left out, as upstream does. O(size · log size).
    public init(_ fields: FieldsV1) throws(ParseFailure) {
        self.init()
        let result: Result<FieldSet, ParseFailure> = fields.json.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            var failure: ParseFailure?
            let (set, _) = FieldSet.read(&reader, &failure)
            reader.finish()
            if let failure { return .failure(failure) }
            if let failure = reader.failure { return .failure(ParseFailure(message: failure.message)) }
            return .success(set)
        }
        self = try result.get()
    }

    /// The set below an element, and whether the element is a member itself.
    private static func read(_ reader: inout JSONReader, _ failure: inout ParseFailure?) -> (FieldSet, Bool) {
        var set = FieldSet()
        var isMember = false
        guard reader.beginObject() else { return (set, true) }
        while let key = reader.nextKey() {
            if key.is(".") {
                isMember = true
                reader.skip()
                continue
            }
            let text = key.text
            do throws(PathElement.ParseFailure) {
                let element = try PathElement(serialized: text)
                let (below, elementIsMember) = read(&reader, &failure)
                if elementIsMember { set.insertMember(element) }
                if !below.isEmpty { set.withChild(element) { $0 = $0.union(below) } }
            } catch {
                if error == .malformed, failure == nil {
                    failure = ParseFailure(message: "parsing key as path element: \(GoText.quoted(text))")
                }
                reader.skip()
            }
        }
        return (set, isMember || set.isEmpty)
    }
}

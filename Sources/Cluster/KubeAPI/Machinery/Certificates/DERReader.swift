/// Walks the elements of a sequence in DER.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The tag of the next element.
    var nextTag: UInt8? { rest.first }

    /// The content of the next element, if it has this tag; of any tag for nil. Nil at the end and for what is broken.
    mutating func next(_ tag: UInt8?) -> ArraySlice<UInt8>? {
        guard let first = rest.popFirst(), tag == nil || first == tag, var length = rest.popFirst().map(Int.init) else {
            return nil
        }
        if length >= 0x80 {
            let count = length & 0x7F
            guard count > 0, count <= 4, rest.count >= count else { return nil }
            length = 0
            for _ in 0..<count { length = length << 8 | Int(rest.removeFirst()) }
        }
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}

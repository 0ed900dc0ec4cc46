/// What rules ask of the white space of a text. White space is what Go's `unicode.IsSpace` calls so: the scalars of
/// Unicode's property White_Space.
extension StringProtocol {
    /// Without white space at either end. Follows Go's `strings.TrimSpace`. O(length).
    public var trimmed: SubSequence {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return self[endIndex...] }
        return self[first..<scalars.index(after: last)]
    }

    /// Whether there is nothing but white space.
    public var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    /// Whether there is white space at either end.
    public var isPadded: Bool {
        unicodeScalars.first?.properties.isWhitespace == true || unicodeScalars.last?.properties.isWhitespace == true
    }

    /// Whether it takes more than one line.
    public var hasLineBreak: Bool { utf8.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } }
}

/// How generated types are compared. Swift's own comparison takes canonically equivalent texts for equal, Go compares
/// bytes; a type that has texts therefore compares its fields itself, which is no slower.
extension SwiftWriter {
    func equality(_ fields: [Schema.Field], indent: String) -> [String] {
        guard fields.contains(where: { Self.isText($0.type) }) else { return [] }
        var lines = ["", "\(indent)public static func == (left: Self, right: Self) -> Bool {"]
        for field in fields {
            let name = Self.swiftName(field.name)
            let isDifferent =
                Self.isText(field.type) ? "!areSameTexts(left.\(name), right.\(name))" : "left.\(name) != right.\(name)"
            lines.append("\(indent)    if \(isDifferent) { return false }")
        }
        return lines + ["\(indent)    return true", "\(indent)}"]
    }

    /// A text or a list of texts; maps compare theirs.
    private static func isText(_ type: Schema.FieldType) -> Bool {
        switch type {
        case .named("string"), .list(.named("string")): true
        default: false
        }
    }
}

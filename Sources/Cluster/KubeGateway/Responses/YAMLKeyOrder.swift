import KubeAPI

/// The order of the members of a mapping: numbers in names by their value (`key2` before `key10`), and letters after
/// all else.
///
/// Follows go.yaml.in/yaml/v2 `sorter.go`.
enum YAMLKeyOrder {
    /// Members come in the order of their bytes, which nearly always is this order as well.
    static func sorted(_ members: StringMap<JSONValue>) -> [(key: String, value: JSONValue)] {
        let entries = members.map { (key: $0.key, value: $0.value) }
        let isOrdered = zip(entries, entries.dropFirst()).allSatisfy { !precedes($1.key, $0.key) }
        return isOrdered ? entries : entries.sorted { precedes($0.key, $1.key) }
    }

    static func precedes(_ left: String, _ right: String) -> Bool {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            let isLetter = (left: isLetter(left[index]), right: isLetter(right[index]))
            if isLetter.left, isLetter.right { return left[index] < right[index] }
            if isLetter.left || isLetter.right { return isLetter.right }
            let start = numberBefore(index, of: left, right)
            let leftNumber = number(left, from: index, start: start)
            let rightNumber = number(right, from: index, start: start)
            if leftNumber.value != rightNumber.value { return leftNumber.value < rightNumber.value }
            if leftNumber.end != rightNumber.end { return leftNumber.end < rightNumber.end }
            return left[index] < right[index]
        }
        return left.count < right.count
    }

    /// Zeros count where they stand within a number: what both begin with is taken for a 1 then.
    private static func numberBefore(_ index: Int, of left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int64 {
        guard left[index] == "0" || right[index] == "0" else { return 0 }
        return left[..<index].reversed().prefix(while: isDigit).contains { $0 != "0" } ? 1 : 0
    }

    private static func number(
        _ text: [Unicode.Scalar], from index: Int, start: Int64
    ) -> (value: Int64, end: Int) {
        var value = start
        var end = index
        while end < text.count, isDigit(text[end]) {
            value = value &* 10 &+ (Int64(text[end].value) - 48)
            end += 1
        }
        return (value, end)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}

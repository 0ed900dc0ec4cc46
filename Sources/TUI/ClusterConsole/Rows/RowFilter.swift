import KubeAPI
import KubeCluster

/// What the filter bar says, as k9s reads it:
///
/// - `web-[0-9]+ .*Running`: a regular expression over the whole row, namespace first, without regard to case
/// - `web`, `web|db`: text; the same, only faster
/// - `!web`: rows that do not match
/// - `-l app=web,tier!=db`, or just `app=web`: a label selector
/// - `-f wb1`: letters in this order in the name, with anything between them
///
/// A row is what stays as it is while time goes by, so that rows need to be looked at again only when their object
/// changes: as in k9s the age is left out, and so is everything else that only grows old.
/// Follows k9s `internal/model1/table_data.go` `rxFilter` and `internal/helpers.go`.
package struct RowFilter: Equatable {
    private enum Condition: Equatable {
        case words([[UInt8]], isInverse: Bool)
        case pattern(RowPattern, isInverse: Bool)
        case labels(Selector)
        case fuzzy([UInt8])
    }

    package let text: String
    private let condition: Condition

    /// Nil for a text that filters nothing, such as an empty one.
    package init?(_ text: String) throws(FilterProblem) {
        self.text = text
        var rest = text.drop { $0 == " " }
        if rest.hasPrefix("-l") {
            let selector = try RowFilter.selector(String(rest.dropFirst(2)))
            if selector.requirements.isEmpty { return nil }
            condition = .labels(selector)
            return
        }
        if rest.hasPrefix("-f") {
            let letters = rest.dropFirst(2).utf8.filter { $0 != 0x20 }.map(RowFilter.lowercased)
            if letters.isEmpty { return nil }
            condition = .fuzzy(letters)
            return
        }
        if RowFilter.looksLikeLabels(rest), let selector = try? Selector(parsing: String(rest)) {
            condition = .labels(selector)
            return
        }
        let isInverse = rest.hasPrefix("!")
        if isInverse { rest = rest.dropFirst() }
        if RowFilter.isPattern(rest) {
            condition = .pattern(try RowPattern(String(rest)), isInverse: isInverse)
            return
        }
        // While the next word is still to come, `web|` means what it meant before.
        let words = rest.split(separator: "|").map { Array($0.utf8.map(RowFilter.lowercased)) }
        if words.isEmpty { return nil }
        condition = .words(words, isInverse: isInverse)
    }

    private static func selector(_ text: String) throws(FilterProblem) -> Selector {
        do throws(StatusError) {
            return try Selector(parsing: text)
        } catch {
            throw FilterProblem(error.message)
        }
    }

    /// `app=web` without a blank, which no row has.
    private static func looksLikeLabels(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "!"), text.utf8.contains(UInt8(ascii: "=")) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(lowercased(byte))
                || "-_./=!,".utf8.contains(byte)
        }
    }

    private static func isPattern(_ text: Substring) -> Bool {
        text.utf8.contains { #"\.+*?()[]{}^$"#.utf8.contains($0) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

    // MARK: Matching

    /// Whether a row stays. O(row).
    package func matches(_ object: KubeObject) -> Bool {
        matches(object.key, labels: object.metadata.labels, row: RowFilter.row(object))
    }

    /// Whether the row of a machine without a Node object stays; it has no labels.
    func matches(machine name: String) -> Bool {
        matches(ObjectKey(.node, name: name), labels: [:], row: "\(name) \(LostMachines.status)")
    }

    private func matches(
        _ key: ObjectKey, labels: @autoclosure () -> StringMap<String>, row: @autoclosure () -> String
    ) -> Bool {
        switch condition {
        case .labels(let selector): return selector.matches(labels())
        case .fuzzy(let letters): return RowFilter.containsInOrder(letters, key.namespacedName)
        case .pattern(let pattern, let isInverse): return pattern.matches(row()) != isInverse
        case .words(let words, let isInverse):
            // The name is the first thing to look at: printing costs more than all comparisons.
            let isFound =
                RowFilter.contains(words, key.name) || RowFilter.contains(words, key.namespace)
                || RowFilter.contains(words, row())
            return isFound != isInverse
        }
    }

    /// What a look at an object costs, where 1 is reading a field of it.
    var cost: Int {
        switch condition {
        case .labels, .fuzzy: 1
        case .words: 12
        case .pattern: 40
        }
    }

    private static func row(_ object: KubeObject) -> String {
        let cells = ClusterTables.steadyCells(object)
        return (object.namespace.isEmpty ? cells : [object.namespace] + cells).joined(separator: " ")
    }

    private static func containsInOrder(_ letters: [UInt8], _ text: String) -> Bool {
        var index = 0
        for byte in text.utf8 where index < letters.count && lowercased(byte) == letters[index] { index += 1 }
        return index == letters.count
    }

    private static func contains(_ words: [[UInt8]], _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            words.contains { word in
                guard word.count <= bytes.count else { return false }
                for start in 0...bytes.count - word.count {
                    var length = 0
                    while length < word.count, lowercased(bytes[start + length]) == word[length] { length += 1 }
                    if length == word.count { return true }
                }
                return false
            }
        }
    }
}

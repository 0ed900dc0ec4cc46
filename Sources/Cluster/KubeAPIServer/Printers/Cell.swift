import ClusterCore
import KubeAPI
import KubeClient

/// A cell of a table: the value, from which the text is made, so that a view can sort by it and an age costs nothing
/// until it is shown.
package enum Cell: Equatable, Sendable {
    case text(String)
    case int(Int)
    case bool(Bool)
    /// The time since a moment; `<unknown>` without one.
    case age(Instant?)
    /// How many of how many, as in `1/3`.
    case ratio(Int, Int)
    /// How often containers restarted, and when one last ended, as in `4 (2m ago)`.
    case restarts(Int, last: Instant?)
    /// The time between two moments; until now without the second, empty without the first.
    case elapsed(from: Instant?, to: Instant?)

    /// The moment that objects carry, for an age.
    static func age(of time: Time?) -> Cell { .age(time?.instant) }

    /// A text, or what stands for none.
    static func text(_ text: String?, or fallback: String) -> Cell {
        if let text, !text.isEmpty { return .text(text) }
        return .text(fallback)
    }

    /// As `kubectl get` prints it.
    package func text(now: Instant) -> String {
        switch self {
        case .text(let text): return text
        case .int(let number): return String(number)
        case .bool(let value): return value ? "true" : "false"
        case .age(let moment):
            guard let moment else { return "<unknown>" }
            return (now - moment).humanDuration
        case .ratio(let part, let whole): return "\(part)/\(whole)"
        case .restarts(let count, let last):
            guard count != 0, let last else { return String(count) }
            return "\(count) (\((now - last).humanDuration) ago)"
        case .elapsed(let start, let end):
            guard let start else { return "" }
            return ((end ?? now) - start).humanDuration
        }
    }

    /// Orders cells of one column by value: negative, zero or positive. Younger ages come before older ones.
    package func compare(_ other: Cell) -> Int {
        switch (self, other) {
        case (.int(let left), .int(let right)): return Cell.order(left, right)
        case (.bool(let left), .bool(let right)): return Cell.order(left ? 1 : 0, right ? 1 : 0)
        case (.age(let left), .age(let right)): return Cell.order(right?.nanoseconds ?? .max, left?.nanoseconds ?? .max)
        case (.ratio(let left, let leftWhole), .ratio(let right, let rightWhole)):
            return left != right ? Cell.order(left, right) : Cell.order(leftWhole, rightWhole)
        case (.restarts(let left, let leftLast), .restarts(let right, let rightLast)):
            if left != right { return Cell.order(left, right) }
            return Cell.order(leftLast?.nanoseconds ?? 0, rightLast?.nanoseconds ?? 0)
        case (.elapsed(let left, let leftEnd), .elapsed(let right, let rightEnd)):
            // What still runs is as long as it gets.
            return Cell.order(Cell.length(left, leftEnd), Cell.length(right, rightEnd))
        default: return compareUTF8(text(now: Instant(seconds: 0)), other.text(now: Instant(seconds: 0)))
        }
    }

    private static func length(_ start: Instant?, _ end: Instant?) -> Int64 {
        guard let start else { return -1 }
        guard let end else { return .max }
        return (end - start).nanoseconds
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    /// Writes the cell as a table carries it: numbers and truths as themselves, all else as text.
    package func encode(into writer: inout JSONWriter, now: Instant) {
        switch self {
        case .int(let number): writer.int(number)
        case .bool(let value): writer.bool(value)
        default: writer.string(text(now: now))
        }
    }
}

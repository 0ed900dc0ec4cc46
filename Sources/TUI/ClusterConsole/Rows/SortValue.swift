import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// What a row is ordered by in one column. Numbers come before text; rows of equal value stand in the order of their
/// keys.
enum SortValue: Comparable, Sendable {
    /// No column: the order of keys alone.
    case none
    case number(Double)
    case text(String)

    static func < (left: SortValue, right: SortValue) -> Bool {
        switch (left, right) {
        case (.none, .none): false
        case (.none, _): true
        case (_, .none): false
        case (.number(let first), .number(let second)): first < second
        case (.number, .text): true
        case (.text, .number): false
        case (.text(let first), .text(let second)): NaturalOrder.compare(first, second) < 0
        }
    }

    /// The value of a cell: a number where it reads as one (`3`, `2/5`, `250m`, `16Gi`, `3m20s`, `4 (2m ago)`), else
    /// text.
    init(cell: String) {
        guard let first = cell.utf8.first, (0x30...0x39).contains(first) || first == 0x2D else {
            self = .text(cell)
            return
        }
        let word = cell.prefix { $0 != " " }
        if let number = Double(word) {
            self = .number(number)
        } else if let slash = word.firstIndex(of: "/"), let part = Double(word[..<slash]),
            let whole = Double(word[word.index(after: slash)...])
        {
            self = .number(whole == 0 ? 1 : part / whole)
        } else if word.hasSuffix("%"), let percent = Double(word.dropLast()) {
            self = .number(percent)
        } else if let seconds = SortValue.seconds(word) {
            self = .number(seconds)
        } else if let quantity = Quantity(String(word)) {
            self = .number(Double(quantity.milliValue) / 1000)
        } else {
            self = .text(cell)
        }
    }

    /// Seconds of an age such as `5s`, `3m20s`, `2d4h`, `1y`. A lone `m` stays a quantity's thousandths.
    private static func seconds(_ text: Substring) -> Double? {
        var total = 0.0
        var number = 0.0
        var hasNumber = false
        var units = 0
        for byte in text.utf8 {
            if (0x30...0x39).contains(byte) {
                number = number * 10 + Double(byte - 0x30)
                hasNumber = true
                continue
            }
            let unit: Double
            switch byte {
            case UInt8(ascii: "s"): unit = 1
            case UInt8(ascii: "m"): unit = 60
            case UInt8(ascii: "h"): unit = 3600
            case UInt8(ascii: "d"): unit = 86400
            case UInt8(ascii: "y"): unit = 365 * 86400
            default: return nil
            }
            guard hasNumber else { return nil }
            total += number * unit
            number = 0
            hasNumber = false
            units += 1
        }
        return hasNumber || units == 0 || units == 1 && text.hasSuffix("m") ? nil : total
    }

    /// Whether the value of a column is read off a printed cell, which costs more than the rest.
    static func isPrinted(_ column: TableColumns.Column) -> Bool {
        switch column.source {
        case .namespace, .power, .pods, .cpuRequests, .memoryRequests: false
        case .cell: !["NAME", "AGE", "LAST SEEN", "FIRST SEEN"].contains(column.title)
        }
    }

    /// The value in a column of a machine that has no Node object.
    static func of(machine name: String, column: TableColumns.Column) -> SortValue {
        switch column.title {
        case "NAME": .text(name)
        case "STATUS": .text(LostMachines.status)
        default: .none
        }
    }

    /// The value of an object in a column. Ages go by the time itself, so that they hold as time goes by.
    static func of(_ object: KubeObject, column: TableColumns.Column) -> SortValue {
        switch column.source {
        case .namespace: return .text(object.namespace)
        case .power, .pods, .cpuRequests, .memoryRequests: return .none
        case .cell(let index):
            switch column.title {
            case "NAME": return .text(object.name)
            case "AGE":
                guard let created = object.metadata.creationTimestamp else { return .none }
                // The youngest has the least age.
                return .number(-Double(created.seconds))
            case "LAST SEEN":
                guard let event = object.as(Event.self) else { break }
                return .number(-event.lastSeen.seconds)
            case "FIRST SEEN":
                guard let event = object.as(Event.self),
                    let first = event.firstTimestamp?.instant ?? event.eventTime?.instant
                else { break }
                return .number(-Double(first.seconds))
            default: break
            }
            switch ClusterTables.steadyValue(object, column: index) {
            case .number(let number): return .number(number)
            case .text(let text): return SortValue(cell: text)
            }
        }
    }
}

extension Event {
    /// When it was last seen, whichever way its author says so, as an interval since the Unix epoch.
    /// Follows kubernetes `pkg/printers/internalversion/printers.go` `printEvent`.
    var lastSeen: Interval {
        if let series, let last = series.lastObservedTime { return last.instant - Instant(seconds: 0) }
        if let last = lastTimestamp { return last.instant - Instant(seconds: 0) }
        if let time = eventTime { return time.instant - Instant(seconds: 0) }
        return (metadata.creationTimestamp ?? Time()).instant - Instant(seconds: 0)
    }
}

/// Text order in which numbers within the text count as numbers: `node-2` before `node-10`.
enum NaturalOrder {
    static func compare(_ left: String, _ right: String) -> Int {
        var first = Substring(left).utf8
        var second = Substring(right).utf8
        while let a = first.first, let b = second.first {
            if CharacterSets.isDigit(a), CharacterSets.isDigit(b) {
                let order = compareNumbers(&first, &second)
                if order != 0 { return order }
                continue
            }
            if a != b { return Int(a) - Int(b) }
            first = first.dropFirst()
            second = second.dropFirst()
        }
        if first.isEmpty != second.isEmpty { return first.isEmpty ? -1 : 1 }
        // Alike but for leading zeros.
        return compareUTF8(left, right)
    }

    private static func compareNumbers(_ first: inout Substring.UTF8View, _ second: inout Substring.UTF8View) -> Int {
        let a = first.prefix(while: CharacterSets.isDigit)
        let b = second.prefix(while: CharacterSets.isDigit)
        first = first.dropFirst(a.count)
        second = second.dropFirst(b.count)
        let left = a.drop { $0 == 0x30 }
        let right = b.drop { $0 == 0x30 }
        if left.count != right.count { return left.count - right.count }
        for (x, y) in zip(left, right) where x != y { return Int(x) - Int(y) }
        return 0
    }
}

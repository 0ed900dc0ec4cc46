extension Interval: CustomStringConvertible {
    /// The interval as Go prints a `time.Duration`: `1m30s`, `1.5s`, `250ms`, `0s`.
    ///
    /// Below a second the unit shrinks so that the leading digit is not zero; from a second up, hours and minutes
    /// appear as soon as there is one. A fraction has no trailing zeros.
    public var description: String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        if magnitude < 1_000 { return "\(sign)\(magnitude)ns" }
        if magnitude < 1_000_000 { return sign + Self.decimal(magnitude, digits: 3) + "µs" }
        if magnitude < 1_000_000_000 { return sign + Self.decimal(magnitude, digits: 6) + "ms" }

        let minutes = magnitude / 60_000_000_000
        let seconds = Self.decimal(magnitude % 60_000_000_000, digits: 9) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    /// Reads what Go's `time.ParseDuration` reads: an optional sign, then numbers with a unit each, as in `1h2m3.5s`,
    /// `500ms`, `-.5s`, or a bare `0`. Units are `ns`, `us` (or `µs`), `ms`, `s`, `m` and `h`.
    ///
    /// Nil for any other text, and for a length outside the range of an interval.
    public init?(goDuration text: String) {
        var rest = Array(text.utf8)[...]
        let negative = rest.first == UInt8(ascii: "-")
        if negative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual("0".utf8) {
            self = .zero
            return
        }
        guard !rest.isEmpty else { return nil }

        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let part = Self.parseComponent(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow, sum <= Self.largestMagnitude else { return nil }
            total = sum
        }
        if negative {
            self.init(nanoseconds: total == Self.largestMagnitude ? .min : -Int64(total))
        } else {
            guard let nanoseconds = Int64(exactly: total) else { return nil }
            self.init(nanoseconds: nanoseconds)
        }
    }

    /// The magnitude of the most negative interval, one more than the greatest positive one.
    private static let largestMagnitude: UInt64 = 1 << 63

    /// `value` with its last `digits` digits behind a point, without trailing zeros.
    private static func decimal(_ value: UInt64, digits: Int) -> String {
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        var fraction = value % scale
        if fraction == 0 { return String(value / scale) }

        var width = digits
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        let text = String(fraction)
        return "\(value / scale)." + String(repeating: "0", count: width - text.utf8.count) + text
    }

    /// Takes one number and its unit off the front, as nanoseconds; nil if there is none or it is out of range.
    private static func parseComponent(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        let before = rest.count
        guard let whole = parseDigits(&rest) else { return nil }
        var hasDigits = rest.count < before

        var fraction: UInt64 = 0
        var scale = 1.0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            let start = rest.count
            var full = false
            while let digit = digit(rest.first) {
                rest.removeFirst()
                let (next, overflow) = fraction.multipliedReportingOverflow(by: 10)
                full = full || overflow || next > largestMagnitude - digit
                // Digits beyond the range of the number are too small to matter.
                if full { continue }
                fraction = next + digit
                scale *= 10
            }
            hasDigits = hasDigits || rest.count < start
        }
        guard hasDigits, let unit = parseUnit(&rest) else { return nil }

        let (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow, nanoseconds <= largestMagnitude else { return nil }
        return nanoseconds + UInt64(Double(fraction) * (Double(unit) / scale))
    }

    private static func parseDigits(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        while let digit = digit(rest.first) {
            rest.removeFirst()
            guard value <= largestMagnitude / 10 else { return nil }
            value = value * 10 + digit
            guard value <= largestMagnitude else { return nil }
        }
        return value
    }

    private static func digit(_ byte: UInt8?) -> UInt64? {
        guard let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        return UInt64(byte - UInt8(ascii: "0"))
    }

    private static func parseUnit(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        let name = rest.prefix { $0 != UInt8(ascii: ".") && digit($0) == nil }
        rest = rest.dropFirst(name.count)
        switch String(decoding: name, as: UTF8.self) {
        case "ns": return 1
        case "us", "\u{B5}s", "\u{3BC}s": return 1_000
        case "ms": return 1_000_000
        case "s": return 1_000_000_000
        case "m": return 60_000_000_000
        case "h": return 3_600_000_000_000
        default: return nil
        }
    }
}

/// Go's `time.Duration` as text: `1m0s`, `30s`, `1.5s`, `-2h45m0s`.
public enum GoDuration {
    private static let units: [(name: String, nanoseconds: Int)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ]

    /// The nanoseconds of a text such as `1h15m30.918s`; nil if it is none, or does not fit. Follows
    /// `time.ParseDuration`.
    public static func nanoseconds(_ text: String) -> Int? {
        var rest = Substring(text).utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return 0 }
        if rest.isEmpty { return nil }
        var total = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { $0 &- UInt8(ascii: "0") >= 10 && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.name.utf8.elementsEqual(name) })?.nanoseconds,
                let value = scaled(number, unit)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(value)
            if overflow { return nil }
            total = sum
        }
        return isNegative ? -total : total
    }

    /// A decimal times `unit`, rounded towards zero.
    private static func scaled(_ number: Substring.UTF8View, _ unit: Int) -> Int? {
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
        let whole = parts[0].isEmpty ? 0 : Int(Substring(parts[0]))
        guard let whole else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        var fraction = 0
        var scale = unit
        for digit in parts.count > 1 ? parts[1].prefix(18) : "".utf8[...] {
            scale /= 10
            fraction += Int(digit - UInt8(ascii: "0")) * scale
        }
        let (sum, overflows) = product.addingReportingOverflow(fraction)
        return overflows ? nil : sum
    }

    /// As Go prints it. Follows `Duration.String`.
    public static func text(nanoseconds: Int) -> String {
        let magnitude = Int(clamping: nanoseconds.magnitude)
        let sign = nanoseconds < 0 ? "-" : ""
        if magnitude == 0 { return "0s" }
        if magnitude < 1_000_000_000 {
            let unit = magnitude < 1000 ? units[0] : magnitude < 1_000_000 ? units[2] : units[3]
            return sign + decimal(magnitude, unit.nanoseconds) + unit.name
        }
        let minutes = magnitude / 60_000_000_000
        var text = decimal(magnitude % 60_000_000_000, 1_000_000_000) + "s"
        if minutes > 0 { text = "\(minutes % 60)m" + text }
        if minutes >= 60 { text = "\(minutes / 60)h" + text }
        return sign + text
    }

    private static func decimal(_ value: Int, _ unit: Int) -> String {
        var fraction = String(value % unit + unit).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? String(value / unit) : "\(value / unit).\(fraction)"
    }
}

/// `metav1.Time`: a moment in whole seconds, written as RFC 3339 in UTC.
public struct Time: Hashable, Comparable, Sendable {
    /// Seconds since the Unix epoch.
    public var seconds: Int

    public init(seconds: Int) { self.seconds = seconds }

    /// No time at all, which is Go's zero time, the first second of the year 1; `null` in JSON.
    public init() { seconds = RFC3339.zeroSeconds }

    public var isZero: Bool { seconds == RFC3339.zeroSeconds }

    public static func < (left: Time, right: Time) -> Bool { left.seconds < right.seconds }

    /// As in `2026-01-01T00:00:00Z`.
    public var rfc3339: String { RFC3339.text(seconds: seconds, microseconds: nil) }

    /// Reads RFC 3339 with any offset; fractions are dropped.
    public init?(rfc3339 text: String) {
        guard let moment = RFC3339.parse(text) else { return nil }
        seconds = moment.seconds
    }
}

/// `metav1.MicroTime`: a moment in microseconds.
public struct MicroTime: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch.
    public var microseconds: Int

    public init(microseconds: Int) { self.microseconds = microseconds }

    /// No time at all; see `Time`.
    public init() { microseconds = RFC3339.zeroSeconds * 1_000_000 }

    public var isZero: Bool { microseconds == RFC3339.zeroSeconds * 1_000_000 }

    public static func < (left: MicroTime, right: MicroTime) -> Bool { left.microseconds < right.microseconds }

    /// As in `2026-01-01T00:00:00.000000Z`.
    public var rfc3339: String {
        let (seconds, rest) = floorDivide(microseconds, 1_000_000)
        return RFC3339.text(seconds: seconds, microseconds: rest)
    }

    public init?(rfc3339 text: String) {
        guard let moment = RFC3339.parse(text) else { return nil }
        microseconds = moment.seconds * 1_000_000 + moment.nanoseconds / 1000
    }
}

extension Time: JSONCodable {
    public init(from reader: inout JSONReader) {
        let moment = reader.withString(RFC3339.parseOrZero)
        self.init(seconds: moment?.seconds ?? RFC3339.zeroSeconds)
        if moment == nil { reader.fail("expected a time as in 2026-01-01T00:00:00Z") }
    }

    public func encode(into writer: inout JSONWriter) {
        if isZero {
            writer.null()
        } else {
            writer.plainString(capacity: 27) { RFC3339.write(seconds: seconds, microseconds: nil, to: $0) }
        }
    }
}

extension MicroTime: JSONCodable {
    public init(from reader: inout JSONReader) {
        let moment = reader.withString(RFC3339.parseOrZero)
        let (seconds, nanoseconds) = moment ?? (RFC3339.zeroSeconds, 0)
        self.init(microseconds: seconds * 1_000_000 + nanoseconds / 1000)
        if moment == nil { reader.fail("expected a time as in 2026-01-01T00:00:00.000000Z") }
    }

    public func encode(into writer: inout JSONWriter) {
        if isZero {
            writer.null()
        } else {
            let (seconds, rest) = floorDivide(microseconds, 1_000_000)
            writer.plainString(capacity: 27) { RFC3339.write(seconds: seconds, microseconds: rest, to: $0) }
        }
    }
}

func floorDivide(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

/// RFC 3339 text, by civil-calendar arithmetic (days from civil, H. Hinnant).
enum RFC3339 {
    /// 0001-01-01T00:00:00Z.
    static let zeroSeconds = -62_135_596_800

    static func text(seconds: Int, microseconds: Int?) -> String {
        String(unsafeUninitializedCapacity: 27) { buffer in
            buffer.baseAddress.map { write(seconds: seconds, microseconds: microseconds, to: $0) } ?? 0
        }
    }

    /// Writes 20 bytes, or 27 with microseconds, and tells how many. Years are kept between 0 and 9999.
    static func write(seconds: Int, microseconds: Int?, to bytes: UnsafeMutablePointer<UInt8>) -> Int {
        let (days, second) = floorDivide(seconds, 86400)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = min(max(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 0), 9999)
        var count = 0
        func pair(_ value: Int, _ mark: Unicode.Scalar) {
            bytes[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10)
            bytes[count + 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
            bytes[count + 2] = UInt8(ascii: mark)
            count += 3
        }
        pair(year / 100, "-")
        count -= 1
        pair(year % 100, "-")
        pair(month, "-")
        pair(day, "T")
        pair(second / 3600, ":")
        pair(second / 60 % 60, ":")
        pair(second % 60, ".")
        if let microseconds {
            for scale in [10_000, 100, 1] {
                pair(microseconds / scale % 100, "Z")
                count -= 1
            }
            count += 1
        }
        bytes[count - 1] = UInt8(ascii: "Z")
        return count
    }

    static func parse(_ text: String) -> (seconds: Int, nanoseconds: Int)? {
        var copy = text
        return copy.withUTF8(parse)
    }

    /// Nothing is no time.
    static func parseOrZero(_ bytes: UnsafeBufferPointer<UInt8>) -> (seconds: Int, nanoseconds: Int)? {
        bytes.isEmpty ? (zeroSeconds, 0) : parse(bytes)
    }

    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (seconds: Int, nanoseconds: Int)? {
        @inline(__always)
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= bytes.count else { return nil }
            var value = 0
            for index in start..<start + count {
                let digit = bytes[index] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
            }
            return value
        }
        func has(_ index: Int, _ character: Unicode.Scalar) -> Bool {
            index < bytes.count && bytes[index] == UInt8(ascii: character)
        }
        guard let year = number(0, 4), has(4, "-"), let month = number(5, 2), has(7, "-"), let day = number(8, 2),
            has(10, "T") || has(10, "t"), let hour = number(11, 2), has(13, ":"), let minute = number(14, 2),
            has(16, ":"), let second = number(17, 2)
        else { return nil }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        // 30 days have April, June, September and November.
        let length = month == 2 ? (leap ? 29 : 28) : 30 + (month + month / 8) % 2
        guard 1...12 ~= month, 1...length ~= day, hour < 24, minute < 60, second < 60 else { return nil }
        var index = 19
        var nanoseconds = 0
        if has(index, ".") {
            index += 1
            let start = index
            var scale = 100_000_000
            while index < bytes.count, let digit = number(index, 1) {
                nanoseconds += digit * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        var offset = 0
        if has(index, "Z") || has(index, "z") {
            index += 1
        } else if has(index, "+") || has(index, "-") {
            guard let hours = number(index + 1, 2), has(index + 3, ":"), let minutes = number(index + 4, 2),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60 * (has(index, "-") ? -1 : 1)
            index += 6
        } else {
            return nil
        }
        guard index == bytes.count else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return (days * 86400 + hour * 3600 + minute * 60 + second - offset, nanoseconds)
    }
}

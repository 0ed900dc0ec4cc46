extension Instant: CustomStringConvertible {
    /// The moment in UTC, cut to a whole second, as the API's `metav1.Time` is written: `2026-01-01T00:00:00Z`.
    public var rfc3339: String { formatted(fractionDigits: 0) }

    /// The moment in UTC, cut to a microsecond, as the API's `metav1.MicroTime` is written:
    /// `2026-01-01T00:00:00.000000Z`.
    public var rfc3339Micro: String { formatted(fractionDigits: 6) }

    /// The moment in UTC with all its nanoseconds, for traces and failed tests.
    public var description: String { formatted(fractionDigits: 9) }

    /// Reads an RFC 3339 date and time, with any number of fraction digits (those after the ninth are dropped) and
    /// with `Z` or an offset from UTC. Nil for anything else and for years outside 1678...2261.
    public init?(rfc3339 text: String) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard
            let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("T") || reader.skip("t"),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2),
            let fraction = reader.skip(".") ? reader.fraction() : 0,
            let offset = reader.offset(), reader.isAtEnd,
            1678...2261 ~= year, 1...12 ~= month, 1...CivilDate.daysIn(month: month, year: year) ~= day,
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        nanoseconds = seconds * 1_000_000_000 + fraction
    }

    private func formatted(fractionDigits: Int) -> String {
        let seconds = self.seconds
        let days = seconds.flooringQuotient(86_400)
        let time = seconds - days * 86_400
        let date = CivilDate(daysSinceEpoch: days)
        let length = fractionDigits == 0 ? 20 : 21 + fractionDigits
        return String(unsafeUninitializedCapacity: length) { buffer in
            var writer = DigitWriter(buffer: buffer)
            writer.number(date.year, digits: 4)
            writer.byte("-")
            writer.number(date.month, digits: 2)
            writer.byte("-")
            writer.number(date.day, digits: 2)
            writer.byte("T")
            writer.number(time / 3_600, digits: 2)
            writer.byte(":")
            writer.number(time / 60 % 60, digits: 2)
            writer.byte(":")
            writer.number(time % 60, digits: 2)
            if fractionDigits > 0 {
                var fraction = nanoseconds - seconds * 1_000_000_000
                for _ in fractionDigits..<9 { fraction /= 10 }
                writer.byte(".")
                writer.number(fraction, digits: fractionDigits)
            }
            writer.byte("Z")
            return writer.count
        }
    }
}

/// A day of the Gregorian calendar. Years are counted from March inside, so that the leap day is a year's last.
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day this many days after 1970-01-01.
    init(daysSinceEpoch: Int64) {
        let daysFromMarchOfYearZero = daysSinceEpoch + 719_468
        let era = daysFromMarchOfYearZero.flooringQuotient(146_097)
        let dayOfEra = daysFromMarchOfYearZero - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// How many days after 1970-01-01 the day is.
    var daysSinceEpoch: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooringQuotient(400)
        let yearOfEra = marchYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }
}

private struct DigitWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func byte(_ scalar: Unicode.Scalar) {
        buffer[count] = UInt8(ascii: scalar)
        count += 1
    }

    mutating func number(_ value: Int64, digits: Int) {
        var rest = value
        for position in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }
}

private struct DigitReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] else { return nil }
        defer { position += 1 }
        return Int64(bytes[position] - UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// The digits after the point, as nanoseconds; at least one.
    mutating func fraction() -> Int64? {
        guard var value = digit() else { return nil }
        var digits = 1
        while let digit = digit() {
            guard digits < 9 else { continue }
            value = value * 10 + digit
            digits += 1
        }
        for _ in digits..<9 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("-") ? -1 : 1
        guard sign < 0 || skip("+"), let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

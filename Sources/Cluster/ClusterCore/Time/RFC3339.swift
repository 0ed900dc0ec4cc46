extension Instant: CustomStringConvertible {
    /// The moment in UTC, cut to a whole second, as the API's `metav1.Time` is written: `2026-01-01T00:00:00Z`.
    public var rfc3339: String { formatted(fractionDigits: 0) }

    /// The moment in UTC, cut to a microsecond, as the API's `metav1.MicroTime` is written:
    /// `2026-01-01T00:00:00.000000Z`.
    public var rfc3339Micro: String { formatted(fractionDigits: 6) }

    /// The moment in UTC with all its nanoseconds, for traces and failed tests.
    public var description: String { formatted(fractionDigits: 9) }

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
    let year: Int64
    let month: Int64
    let day: Int64

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

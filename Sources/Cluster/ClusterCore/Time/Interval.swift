/// A length of virtual time, in whole nanoseconds; negative lengths are allowed.
///
/// The range is that of Go's `time.Duration`: about ±292 years. Sums and products that leave it stay at its ends, so
/// that "the longest there is" plus a second is still the longest there is.
public struct Interval: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static let zero = Interval(nanoseconds: 0)
    public static let max = Interval(nanoseconds: .max)

    public static func nanoseconds(_ count: Int) -> Interval { Interval(nanoseconds: Int64(count)) }
    public static func microseconds(_ count: Int) -> Interval { Interval(nanoseconds: 1_000) * count }
    public static func milliseconds(_ count: Int) -> Interval { Interval(nanoseconds: 1_000_000) * count }
    public static func seconds(_ count: Int) -> Interval { Interval(nanoseconds: 1_000_000_000) * count }
    public static func minutes(_ count: Int) -> Interval { Interval(nanoseconds: 60_000_000_000) * count }
    public static func hours(_ count: Int) -> Interval { Interval(nanoseconds: 3_600_000_000_000) * count }

    /// A fractional number of seconds, cut (not rounded) to a whole nanosecond.
    public static func seconds(_ count: Double) -> Interval { Interval(truncating: count * 1e9) }

    /// The length in seconds: whole seconds exactly, the fraction to the precision of a double.
    public var seconds: Double {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Double(whole) + Double(rest) / 1e9
    }

    public static func < (left: Interval, right: Interval) -> Bool { left.nanoseconds < right.nanoseconds }

    public static func + (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds.addingClamped(right.nanoseconds))
    }

    public static func - (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds.subtractingClamped(right.nanoseconds))
    }

    public static func += (left: inout Interval, right: Interval) { left = left + right }
    public static func -= (left: inout Interval, right: Interval) { left = left - right }

    public static prefix func - (interval: Interval) -> Interval { .zero - interval }

    public static func * (interval: Interval, factor: Int) -> Interval {
        let (product, overflow) = interval.nanoseconds.multipliedReportingOverflow(by: Int64(factor))
        guard overflow else { return Interval(nanoseconds: product) }
        return Interval(nanoseconds: (interval.nanoseconds < 0) == (factor < 0) ? .max : .min)
    }

    /// The product, cut (not rounded) to a whole nanosecond, as Go's conversion of a float to a duration does.
    public static func * (interval: Interval, factor: Double) -> Interval {
        Interval(truncating: Double(interval.nanoseconds) * factor)
    }

    /// The quotient, cut towards zero. The divisor must not be zero.
    public static func / (interval: Interval, divisor: Int) -> Interval {
        let (quotient, overflow) = interval.nanoseconds.dividedReportingOverflow(by: Int64(divisor))
        precondition(divisor != 0, "an interval divided by zero")
        return Interval(nanoseconds: overflow ? .max : quotient)
    }

    /// How many times `divisor` goes into the interval.
    public static func / (interval: Interval, divisor: Interval) -> Double {
        Double(interval.nanoseconds) / Double(divisor.nanoseconds)
    }

    private init(truncating nanoseconds: Double) {
        if nanoseconds >= 0x1p63 {
            self.nanoseconds = .max
        } else if nanoseconds <= -0x1p63 {
            self.nanoseconds = .min
        } else {
            self.nanoseconds = Int64(nanoseconds)
        }
    }
}

extension Int64 {
    /// The sum, or the end of the range that it passed.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other > 0 ? .max : .min
    }

    /// The difference, or the end of the range that it passed.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return other > 0 ? .min : .max
    }
}

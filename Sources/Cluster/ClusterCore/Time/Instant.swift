/// A moment of virtual time, in whole nanoseconds since the Unix epoch; from the year 1677 to the year 2262.
public struct Instant: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The moment this many whole seconds after the Unix epoch.
    public init(seconds: Int64) {
        nanoseconds = Interval.seconds(Int(seconds)).nanoseconds
    }

    /// 2026-01-01T00:00:00Z, where simulations and tests begin.
    public static let simulationStart = Instant(seconds: 1_767_225_600)

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { nanoseconds.flooringQuotient(1_000_000_000) }

    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment an interval later; the last moment there is, if that comes first.
    public static func + (instant: Instant, interval: Interval) -> Instant {
        Instant(nanoseconds: instant.nanoseconds.addingClamped(interval.nanoseconds))
    }

    public static func - (instant: Instant, interval: Interval) -> Instant {
        Instant(nanoseconds: instant.nanoseconds.subtractingClamped(interval.nanoseconds))
    }

    public static func += (instant: inout Instant, interval: Interval) { instant = instant + interval }
    public static func -= (instant: inout Instant, interval: Interval) { instant = instant - interval }

    /// The time that passed from `right` to `left`.
    public static func - (left: Instant, right: Instant) -> Interval {
        Interval(nanoseconds: left.nanoseconds.subtractingClamped(right.nanoseconds))
    }
}

extension Int64 {
    /// The quotient rounded down, also below zero; `divisor` must be positive.
    func flooringQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

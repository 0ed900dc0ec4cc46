/// A moment of virtual time, in whole nanoseconds since the Unix epoch; from the year 1677 to the year 2262.
package struct Instant: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The moment this many whole seconds after the Unix epoch.
    package init(seconds: Int64) {
        nanoseconds = Interval.seconds(Int(seconds)).nanoseconds
    }

    /// 2026-01-01T00:00:00Z, where simulations and tests begin.
    package static let simulationStart = Instant(seconds: 1_767_225_600)

    /// Whole seconds since the Unix epoch, rounded down.
    package var seconds: Int64 { nanoseconds.flooringQuotient(1_000_000_000) }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment an interval later; the last moment there is, if that comes first.
    package static func + (instant: Instant, interval: Interval) -> Instant {
        Instant(nanoseconds: instant.nanoseconds.addingClamped(interval.nanoseconds))
    }

    package static func - (instant: Instant, interval: Interval) -> Instant {
        Instant(nanoseconds: instant.nanoseconds.subtractingClamped(interval.nanoseconds))
    }

    package static func += (instant: inout Instant, interval: Interval) { instant = instant + interval }
    package static func -= (instant: inout Instant, interval: Interval) { instant = instant - interval }

    /// The time that passed from `right` to `left`.
    package static func - (left: Instant, right: Instant) -> Interval {
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

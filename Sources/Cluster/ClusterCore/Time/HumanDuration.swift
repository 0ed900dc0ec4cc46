extension Interval {
    /// The interval as `kubectl get` prints an age: `5s`, `3m20s`, `2d4h`, `<invalid>`.
    ///
    /// Two to three significant figures: the second unit goes once the first is large enough. Lengths down to a
    /// second below zero count as clock skew and print as `0s`.
    /// Follows kubernetes staging/src/k8s.io/apimachinery/pkg/util/duration `HumanDuration`.
    public var humanDuration: String {
        let seconds = nanoseconds / 1_000_000_000
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 120 { return "\(seconds)s" }

        let minutes = seconds / 60
        if minutes < 10 { return Self.pair(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }

        let hours = minutes / 60
        if hours < 8 { return Self.pair(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }

        let days = hours / 24
        if days < 8 { return Self.pair(days, "d", hours % 24, "h") }
        if days < 2 * 365 { return "\(days)d" }

        let years = days / 365
        if years < 8 { return Self.pair(years, "y", days % 365, "d") }
        return "\(years)y"
    }

    /// The greater unit, and the lesser one unless there is none of it.
    private static func pair(_ count: Int64, _ unit: String, _ rest: Int64, _ restUnit: String) -> String {
        rest == 0 ? "\(count)\(unit)" : "\(count)\(unit)\(rest)\(restUnit)"
    }
}

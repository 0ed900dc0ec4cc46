/// Delays that grow by a constant factor up to a cap: `base`, `base · factor`, `base · factor²`, …, `cap`.
///
/// With the default factor this is client-go's `ItemExponentialFailureRateLimiter`
/// (staging/src/k8s.io/client-go/util/workqueue); the count of failures is the caller's to keep.
public struct ExponentialBackoff: Hashable, Sendable {
    public let base: Interval
    public let factor: Double
    public let cap: Interval

    public init(base: Interval, factor: Double = 2, cap: Interval) {
        precondition(base >= .zero && cap >= .zero, "delays are not negative")
        precondition(factor >= 1, "a back-off does not shrink")
        self.base = base
        self.factor = factor
        self.cap = cap
    }

    /// The delay before the next attempt, after this many earlier failures: `base` after none.
    ///
    /// Complexity: the number of steps to the cap at most, however many failures there were.
    public func delay(failures: Int) -> Interval {
        guard base > .zero, cap > base, factor > 1 else { return min(base, cap) }
        var nanoseconds = Double(base.nanoseconds)
        let limit = Double(cap.nanoseconds)
        for _ in 0..<max(failures, 0) {
            nanoseconds *= factor
            if nanoseconds >= limit { return cap }
        }
        return Interval(nanoseconds: Int64(nanoseconds))
    }
}

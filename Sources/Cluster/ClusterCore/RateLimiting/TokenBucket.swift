/// A limit on how often something may happen: a bucket that holds at most `burst` tokens, is full at first, and gains
/// `ratePerSecond` tokens a second; each event takes one.
///
/// Follows golang.org/x/time/rate `Limiter`. Doubles are only added, subtracted, multiplied and divided here, which
/// gives the same result everywhere.
public struct TokenBucket: Hashable, Sendable {
    /// Tokens gained in a second; zero means that only the first burst is ever let through.
    public let ratePerSecond: Double
    public let burst: Int

    /// Below zero while reservations wait for tokens to come.
    private var tokens: Double
    private var last: Instant?

    public init(ratePerSecond: Double, burst: Int) {
        precondition(ratePerSecond >= 0 && burst >= 0, "a token bucket's rate and burst are not negative")
        self.ratePerSecond = ratePerSecond
        self.burst = burst
        tokens = Double(burst)
    }

    /// Takes a token now or from the future, and returns how long to wait until it is there.
    ///
    /// `Interval.max` if it never will be: then nothing is taken.
    public mutating func reserve(_ now: Instant) -> Interval {
        let (remaining, wait) = takingOne(at: now)
        guard burst > 0, wait < .max else { return .max }
        tokens = remaining
        last = now
        return wait
    }

    /// Takes a token if there is a whole one, and says whether it did.
    public mutating func tryAccept(_ now: Instant) -> Bool {
        let (remaining, wait) = takingOne(at: now)
        guard burst > 0, wait == .zero else { return false }
        tokens = remaining
        last = now
        return true
    }

    /// How long until a token is there; nothing is taken. `Interval.max` if none ever will be.
    public func wait(_ now: Instant) -> Interval { burst > 0 ? takingOne(at: now).wait : .max }

    /// Whole tokens in the bucket; none while reservations wait.
    public func wholeTokens(_ now: Instant) -> Int { max(Int(available(at: now)), 0) }

    /// The tokens left after one is taken, and how long they take to reach zero if they are below it.
    private func takingOne(at now: Instant) -> (remaining: Double, wait: Interval) {
        let remaining = available(at: now) - 1
        guard remaining < 0 else { return (remaining, .zero) }
        guard ratePerSecond > 0 else { return (remaining, .max) }
        return (remaining, .seconds(-remaining / ratePerSecond))
    }

    /// Tokens in the bucket at a time; a time before the last use counts as that.
    private func available(at now: Instant) -> Double {
        guard let last, now > last else { return tokens }
        return min(tokens + (now - last).seconds * ratePerSecond, Double(burst))
    }
}

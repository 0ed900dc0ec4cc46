/// How many seats were wanted of a priority level lately.
///
/// Follows apiserver pkg/util/flowcontrol/fairqueuing/integrator.go and `seatDemandStats` of apf_controller.go.
struct SeatDemand: Sendable {
    /// How much of a demand that has gone is still counted after one period; half of it after five minutes.
    private static let decay = 0.977

    private var value = 0.0
    private var lastTime: Double
    private var duration = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private var greatest = 0.0

    // Of the period that ended last.
    private(set) var highWatermark = 0.0
    private(set) var average = 0.0
    private(set) var deviation = 0.0
    private(set) var smoothed = 0.0

    init(now: Double) { lastTime = now }

    /// The demand is another from now on.
    mutating func set(_ seats: Int, now: Double) {
        let new = Double(seats)
        if new == value { return }
        pass(now)
        value = new
        greatest = max(greatest, new)
    }

    private mutating func pass(_ now: Double) {
        let passed = max(0, now - lastTime)
        lastTime = now
        duration += passed
        sum += value * passed
        squares += value * value * passed
    }

    /// Ends a period: what happened in it counts, at least as much as what was before.
    mutating func endPeriod(now: Double) {
        pass(now)
        highWatermark = greatest
        if duration > 0 {
            average = sum / duration
            deviation = max(0, squares / duration - average * average).squareRoot()
            let envelope = average + deviation
            smoothed = max(envelope, SeatDemand.decay * smoothed + (1 - SeatDemand.decay) * envelope)
        }
        (duration, sum, squares, greatest) = (0, 0, 0, value)
    }
}

/// Shares seats among priority levels that want more or fewer of them than their shares.
package enum SeatAllocation {
    package struct Claim {
        let lowerBound: Double
        let upperBound: Double
        let target: Double

        package init(from lowerBound: Double, to upperBound: Double, target: Double) {
            self.lowerBound = lowerBound
            self.upperBound = upperBound
            self.target = max(target, SeatAllocation.minimumTarget)
        }

        func seats(_ fraction: Double) -> Double { min(max(fraction * target, lowerBound), upperBound) }
    }

    private static let minimumTarget = 0.001

    /// Gives every level the same fraction of what it wants, but no less and no more than its bounds, so that all
    /// together have `total`: the fraction is the one at which they do.
    ///
    /// Three levels with the bounds 1...10 that want 2, 4 and 30 share 12 seats: at the fraction 11/34 the first is
    /// held up by its lower bound at 1, the second gets 1.29, and the third 9.71.
    ///
    /// Follows apiserver pkg/util/flowcontrol/conc_alloc.go. Complexity: O(claims).
    package static func share(_ total: Int, among claims: [Claim]) -> (seats: [Double], fraction: Double) {
        let wanted = Double(total)
        func sum(_ fraction: Double) -> Double { claims.reduce(0) { $0 + $1.seats(fraction) } }
        var low = 0.0
        var high = claims.reduce(1) { max($0, $1.upperBound / $1.target) }
        // The sum grows with the fraction, and 60 halvings are all that a Double can tell apart.
        for _ in 0..<60 where high - low > 0 {
            let middle = (low + high) / 2
            if sum(middle) < wanted { low = middle } else { high = middle }
        }
        return (claims.map { $0.seats(high) }, high)
    }
}

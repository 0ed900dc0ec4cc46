/// The arithmetic that score plugins share. Scores are whole numbers from 0 to 100.
package enum ScoreMath {
    package static let maximum = 100

    /// A raw score as a share of the highest one among the feasible nodes, in hundredths.
    ///
    /// Follows kubernetes pkg/scheduler/framework/plugins/helper `DefaultNormalizeScore`.
    package static func normalized(_ score: Int, highest: Int, reversed: Bool) -> Int {
        if highest == 0 { return reversed ? maximum : score }
        let share = maximum * score / highest
        return reversed ? maximum - share : share
    }

    /// The natural logarithm of a whole number, the same on every machine: the power of two is split off, and the rest
    /// is summed as 2·artanh((m−1)/(m+1)) by its series.
    ///
    /// Within one unit in the last place of libm's result over the numbers of nodes there are.
    package static func naturalLogarithm(_ number: Int) -> Double {
        precondition(number > 0, "no logarithm of \(number)")
        if number < cachedLogarithms.count { return cachedLogarithms[number] }
        return computeLogarithm(number)
    }

    private static let cachedLogarithms: [Double] = [0] + (1..<1024).map(computeLogarithm)

    private static func computeLogarithm(_ number: Int) -> Double {
        var exponent = Int.bitWidth - 1 - number.leadingZeroBitCount
        var mantissa = Double(number)
        for _ in 0..<exponent { mantissa *= 0.5 }
        // Between 1/√2 and √2 the series converges fastest.
        if mantissa > 1.4142135623730951 {
            mantissa *= 0.5
            exponent += 1
        }
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        var sum = 0.0
        for power in stride(from: 41, through: 1, by: -2) { sum = sum * square + 1 / Double(power) }
        return Double(exponent) * 0.6931471805599453 + 2 * ratio * sum
    }
}

/// A decimal number with any number of digits: `±limbs × 10^exponent`. Quantities that have more digits than an `Int`
/// holds are kept so; they are rare, so that plainness goes before speed. All but printing to base 1024 is linear.
struct WideDecimal: Sendable {
    private static let base: UInt64 = 1_000_000_000_000_000_000
    private static let digitsPerLimb = 18

    /// Digits to the base of 10^18, the lowest first and none of the highest 0; empty for 0. The lowest digit of all is
    /// not 0, so that equal numbers are written alike.
    private(set) var limbs: [UInt64]
    private(set) var exponent: Int
    private(set) var isNegative: Bool

    private init(limbs: [UInt64], exponent: Int, isNegative: Bool) {
        self.limbs = limbs
        self.exponent = exponent
        self.isNegative = isNegative
        normalize()
    }

    init(_ value: Int128, exponent: Int) {
        var rest = value.magnitude
        var limbs: [UInt64] = []
        while rest > 0 {
            let (quotient, limb) = rest.quotientAndRemainder(dividingBy: UInt128(Self.base))
            limbs.append(UInt64(limb))
            rest = quotient
        }
        self.init(limbs: limbs, exponent: exponent, isNegative: value < 0)
    }

    /// The digits among `text`, which has nothing else but a point.
    init(digits text: some BidirectionalCollection<UInt8>, exponent: Int, isNegative: Bool) {
        var limbs: [UInt64] = []
        var limb: UInt64 = 0
        var weight: UInt64 = 1
        for byte in text.reversed() where byte != UInt8(ascii: ".") {
            limb += UInt64(byte - UInt8(ascii: "0")) * weight
            weight *= 10
            if weight == Self.base {
                limbs.append(limb)
                limb = 0
                weight = 1
            }
        }
        limbs.append(limb)
        self.init(limbs: limbs, exponent: exponent, isNegative: isNegative)
    }

    var isZero: Bool { limbs.isEmpty }

    /// The number as an `Int` and a power of ten, unless it has too many digits; never `Int.min`.
    var narrow: (mantissa: Int, exponent: Int)? {
        if limbs.count > 2 { return nil }
        var magnitude: UInt128 = 0
        for limb in limbs.reversed() { magnitude = magnitude * UInt128(Self.base) + UInt128(limb) }
        if magnitude > UInt128(Int.max) { return nil }
        return (isNegative ? -Int(magnitude) : Int(magnitude), exponent)
    }

    /// How many digits there are before the power of ten.
    var digitCount: Int {
        guard let last = limbs.last else { return 0 }
        return (limbs.count - 1) * Self.digitsPerLimb + String(last).utf8.count
    }

    /// The digits before the power of ten, without a sign.
    var digits: String {
        guard let last = limbs.last else { return "0" }
        var text = String(last)
        for limb in limbs.dropLast().reversed() {
            let part = String(limb)
            text += String(repeating: "0", count: Self.digitsPerLimb - part.utf8.count) + part
        }
        return text
    }

    private mutating func normalize() {
        while limbs.last == 0 { limbs.removeLast() }
        guard let first = limbs.firstIndex(where: { $0 != 0 }) else {
            exponent = 0
            isNegative = false
            return
        }
        limbs.removeFirst(first)
        exponent += first * Self.digitsPerLimb
        var zeros = 0
        var lowest = limbs[0]
        while lowest.isMultiple(of: 10) {
            lowest /= 10
            zeros += 1
        }
        if zeros > 0 {
            _ = divide(by: Self.powerOfTen(zeros))
            exponent += zeros
        }
    }

    private static func powerOfTen(_ power: Int) -> UInt64 {
        (0..<power).reduce(1) { result, _ in result * 10 }
    }

    /// Divides the limbs by a number of at most 10^18, and returns what is left.
    private mutating func divide(by divisor: UInt64) -> UInt64 {
        var rest: UInt64 = 0
        for index in limbs.indices.reversed() {
            let (high, low) = rest.multipliedFullWidth(by: Self.base)
            let (sum, carry) = low.addingReportingOverflow(limbs[index])
            (limbs[index], rest) = divisor.dividingFullWidth((high + (carry ? 1 : 0), sum))
        }
        while limbs.last == 0 { limbs.removeLast() }
        return rest
    }

    private static func multiply(_ limbs: [UInt64], by factor: UInt64) -> [UInt64] {
        var result = limbs
        var carry: UInt64 = 0
        for index in limbs.indices {
            let (high, low) = limbs[index].multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            (carry, result[index]) = base.dividingFullWidth((high + (overflow ? 1 : 0), sum))
        }
        while carry > 0 {
            let (quotient, limb) = carry.quotientAndRemainder(dividingBy: base)
            result.append(limb)
            carry = quotient
        }
        return result
    }

    /// The limbs at a lower power of ten.
    private func limbs(at low: Int) -> [UInt64] {
        let (whole, rest) = (exponent - low).quotientAndRemainder(dividingBy: Self.digitsPerLimb)
        return [UInt64](repeating: 0, count: whole) + Self.multiply(limbs, by: Self.powerOfTen(rest))
    }

    /// The number times a power of two, of at most 2^60.
    func shifted(by power: Int) -> WideDecimal {
        let scale = exponent < 0 ? exponent : 0
        return WideDecimal(
            limbs: Self.multiply(limbs(at: scale), by: 1 << UInt64(power)), exponent: scale, isNegative: isNegative)
    }

    static prefix func - (operand: WideDecimal) -> WideDecimal {
        WideDecimal(limbs: operand.limbs, exponent: operand.exponent, isNegative: !operand.isNegative)
    }

    /// The most powers of ten that are written out; in Go, who adds what is farther apart exhausts the memory.
    private static let widestDistance = 65_536

    static func + (left: WideDecimal, right: WideDecimal) -> WideDecimal {
        if left.isZero { return right }
        if right.isZero { return left }
        let low = min(left.exponent, right.exponent)
        if max(left.exponent, right.exponent) - low > widestDistance {
            return left.exponent > right.exponent ? left : right
        }
        let first = left.limbs(at: low)
        let second = right.limbs(at: low)
        if left.isNegative == right.isNegative {
            return WideDecimal(limbs: sum(first, second), exponent: low, isNegative: left.isNegative)
        }
        return isLess(first, second)
            ? WideDecimal(limbs: difference(second, first), exponent: low, isNegative: right.isNegative)
            : WideDecimal(limbs: difference(first, second), exponent: low, isNegative: left.isNegative)
    }

    private static func sum(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var result: [UInt64] = []
        var carry: UInt64 = 0
        for index in 0..<max(left.count, right.count) {
            let limb = (index < left.count ? left[index] : 0) + (index < right.count ? right[index] : 0) + carry
            carry = limb >= base ? 1 : 0
            result.append(limb - carry * base)
        }
        return result + [carry]
    }

    /// `left` is not less.
    private static func difference(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var result = left
        var borrow: UInt64 = 0
        for index in left.indices {
            let taken = (index < right.count ? right[index] : 0) + borrow
            borrow = taken > left[index] ? 1 : 0
            result[index] = left[index] + borrow * base - taken
        }
        return result
    }

    private static func isLess(_ left: [UInt64], _ right: [UInt64]) -> Bool {
        let left = left.reversed().drop { $0 == 0 }
        let right = right.reversed().drop { $0 == 0 }
        return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }

    /// Negative, zero or positive.
    static func compare(_ left: WideDecimal, _ right: WideDecimal) -> Int {
        if left.sign != right.sign || left.isZero { return left.sign - right.sign }
        let leftSize = left.digitCount + left.exponent
        let rightSize = right.digitCount + right.exponent
        if leftSize != rightSize { return (leftSize < rightSize ? -1 : 1) * left.sign }
        // As both have one size, this writes out no more digits than one of them has.
        let low = min(left.exponent, right.exponent)
        let first = left.limbs(at: low)
        let second = right.limbs(at: low)
        return isLess(first, second) ? -left.sign : isLess(second, first) ? left.sign : 0
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// Rounded away from zero to a multiple of `10^scale`.
    func roundedUp(to scale: Int) -> WideDecimal {
        if exponent >= scale || isZero { return self }
        if digitCount + exponent <= scale {
            return WideDecimal(limbs: [1], exponent: scale, isNegative: isNegative)
        }
        let (whole, rest) = (scale - exponent).quotientAndRemainder(dividingBy: Self.digitsPerLimb)
        var quotient = self
        quotient.limbs.removeFirst(whole)
        // There is a remainder: the lowest digit is not 0, and it is cut off.
        _ = quotient.divide(by: Self.powerOfTen(rest))
        return WideDecimal(limbs: Self.sum(quotient.limbs, [1]), exponent: scale, isNegative: isNegative)
    }

    /// The number of units, rounded away from zero; capped at the largest Int.
    func scaled(to scale: Int) -> Int {
        let rounded = roundedUp(to: scale)
        let capped = isNegative ? -Int.max : Int.max
        guard rounded.digitCount + rounded.exponent - scale <= 19 else { return capped }
        var magnitude: UInt128 = 0
        for limb in rounded.limbs(at: scale).reversed() { magnitude = magnitude * UInt128(Self.base) + UInt128(limb) }
        return magnitude > UInt128(Int.max) ? capped : isNegative ? -Int(magnitude) : Int(magnitude)
    }

    /// The digits of a whole number without its factors 1024, and how many there were. Nil for a fraction, and for more
    /// digits than anyone may make a server multiply.
    var base1024: (digits: String, power: Int)? {
        guard exponent >= 0, exponent <= 4096, limbs.count <= 4096 else { return nil }
        var rest = self
        rest.limbs = limbs(at: 0)
        rest.exponent = 0
        while rest.limbs.last == 0 { rest.limbs.removeLast() }
        var power = 0
        while true {
            var quotient = rest
            guard quotient.divide(by: 1024) == 0 else { break }
            rest = quotient
            power += 1
        }
        return (rest.digits, power)
    }
}

extension WideDecimal: Hashable {}

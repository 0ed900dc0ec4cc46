/// `resource.Quantity`: a fixed-point number with a suffix, such as `250m`, `1Gi` or `1e3`.
///
/// Held as `mantissa × 10^exponent`; binary suffixes are multiplied out. All digits are kept, as upstream keeps them;
/// in what is read, what is finer than a nano-unit is rounded away from zero, and what has a binary suffix is capped at
/// 2^63−1. Follows apimachinery `pkg/api/resource/quantity.go`.
public struct Quantity: Sendable {
    public enum Format: UInt8, Sendable { case decimalSI, binarySI, decimalExponent }

    enum Storage: Sendable {
        /// All that anyone writes in earnest: no factor 10 in the mantissa, which is never `Int.min`.
        case plain(mantissa: Int, exponent: Int32, Format)
        case special(Special)
    }

    /// What is rarely met: more digits than an `Int` has, or a text that is kept as it was written.
    final class Special: Sendable {
        let number: WideDecimal
        let format: Format
        /// Upstream keeps what was written, such as `+1`, `1.250` and `5E3`, if its last digit stands for a power of a
        /// thousand; else empty.
        let text: String
        /// The power of ten of the last digit as written, if there is a text.
        let writtenExponent: Int

        init(_ number: WideDecimal, _ format: Format, text: String = "", writtenExponent: Int = 0) {
            self.number = number
            self.format = format
            self.text = text
            self.writtenExponent = writtenExponent
        }
    }

    private(set) var storage: Storage

    public init() { storage = .plain(mantissa: 0, exponent: 0, .decimalSI) }

    /// A whole number of units.
    public init(_ value: Int, _ format: Format = .decimalSI) { self.init(value, exponent: 0, format) }

    /// Thousandths of a unit, as CPU is counted.
    public init(milli: Int, _ format: Format = .decimalSI) { self.init(milli, exponent: -3, format) }

    /// Finds the factors 10.
    init(_ value: Int, exponent: Int, _ format: Format) {
        if value == Int.min {
            storage = .special(Special(WideDecimal(Int128(value), exponent: exponent), format))
            return
        }
        var value = value
        var exponent = exponent
        while value != 0, value % 10 == 0 {
            value /= 10
            exponent += 1
        }
        storage = .plain(mantissa: value, exponent: value == 0 ? 0 : Int32(clamping: exponent), format)
    }

    init(_ number: WideDecimal, _ format: Format) {
        if let (mantissa, exponent) = number.narrow {
            storage = .plain(mantissa: mantissa, exponent: Int32(clamping: exponent), format)
        } else {
            storage = .special(Special(number, format))
        }
    }

    /// A number that keeps its text as written.
    init(_ number: Quantity, text: String, writtenExponent: Int) {
        storage = .special(Special(number.wide, number.format, text: text, writtenExponent: writtenExponent))
    }

    public var format: Format {
        switch storage {
        case .plain(_, _, let format): format
        case .special(let special): special.format
        }
    }

    /// The number of units, rounded away from zero; capped at the largest Int. (Upstream wraps around, or takes it for
    /// 0, so that who asks for more than there can be gets it.)
    public var value: Int { scaled(to: 0) }

    /// The number of thousandths, rounded away from zero; capped at the largest Int.
    public var milliValue: Int { scaled(to: -3) }

    public var isZero: Bool {
        switch storage {
        case .plain(let mantissa, _, _): mantissa == 0
        case .special(let special): special.number.isZero
        }
    }

    public var isNegative: Bool {
        switch storage {
        case .plain(let mantissa, _, _): mantissa < 0
        case .special(let special): special.number.isNegative
        }
    }

    /// The number of units of `10^scale`, rounded away from zero; capped at the largest Int.
    public func scaled(to scale: Int) -> Int {
        switch storage {
        case .plain(let mantissa, let exponent, _):
            Quantity.scaled(mantissa, by: Int(exponent) - scale)
        case .special(let special): special.number.scaled(to: scale)
        }
    }

    private static func scaled(_ mantissa: Int, by power: Int) -> Int {
        var result = mantissa
        var shift = power
        while shift > 0, result != 0 {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return result < 0 ? -Int.max : Int.max }
            result = product
            shift -= 1
        }
        var isRounded = false
        while shift < 0, result != 0 {
            let (quotient, remainder) = result.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { isRounded = true }
            result = quotient
            shift += 1
        }
        return isRounded ? result + mantissa.signum() : result
    }

    /// Rounded away from zero to a whole number of `10^scale`.
    public func roundedUp(to scale: Int) -> Quantity {
        switch storage {
        case .plain(let mantissa, let exponent, let format):
            if Int(exponent) >= scale { return self }
            return Quantity(Quantity.scaled(mantissa, by: Int(exponent) - scale), exponent: scale, format)
        case .special(let special):
            if !special.text.isEmpty, special.writtenExponent >= scale { return self }
            return Quantity(special.number.roundedUp(to: scale), special.format)
        }
    }

    /// The nearest number in floating point; the same on every machine.
    public var doubleValue: Double {
        switch storage {
        case .plain(let mantissa, let exponent, _):
            var power = 1.0
            for _ in 0..<min(abs(Int(exponent)), 400) { power *= 10 }
            return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        case .special(let special):
            let number = special.number
            return Double("\(number.isNegative ? "-" : "")\(number.digits)e\(number.exponent)") ?? .infinity
        }
    }

    // MARK: Arithmetic

    private var wide: WideDecimal {
        switch storage {
        case .plain(let mantissa, let exponent, _): WideDecimal(Int128(mantissa), exponent: Int(exponent))
        case .special(let special): special.number
        }
    }

    /// Exact. The format is that of the first, or, if that is zero, of the second.
    public static func + (left: Quantity, right: Quantity) -> Quantity {
        guard case .plain(let first, let firstExponent, let format) = left.storage,
            case .plain(let second, let secondExponent, _) = right.storage
        else {
            return Quantity(left.wide + right.wide, left.isZero ? right.format : left.format)
        }
        if first == 0 { return right }
        if second == 0 { return left }
        if firstExponent == secondExponent {
            let (sum, overflow) = first.addingReportingOverflow(second)
            if !overflow { return Quantity(sum, exponent: Int(firstExponent), format) }
        }
        let low = min(firstExponent, secondExponent)
        guard let high = aligned(first, Int(firstExponent) - Int(low)),
            let other = aligned(second, Int(secondExponent) - Int(low))
        else {
            return Quantity(left.wide + right.wide, format)
        }
        let sum = high + other
        if let narrow = Int(exactly: sum) { return Quantity(narrow, exponent: Int(low), format) }
        return Quantity(WideDecimal(sum, exponent: Int(low)), format)
    }

    /// A mantissa at a lower power of ten; nil if that takes more digits than 128 bits surely hold.
    private static func aligned(_ mantissa: Int, _ distance: Int) -> Int128? {
        if distance > 18 { return nil }
        var result = Int128(mantissa)
        for _ in 0..<distance { result *= 10 }
        return result
    }

    public static prefix func - (operand: Quantity) -> Quantity {
        switch operand.storage {
        case .plain(let mantissa, let exponent, let format):
            var result = operand
            result.storage = .plain(mantissa: -mantissa, exponent: exponent, format)
            return result
        case .special(let special): return Quantity(-special.number, special.format)
        }
    }

    public static func - (left: Quantity, right: Quantity) -> Quantity { left + -right }
    public static func += (left: inout Quantity, right: Quantity) { left = left + right }
    public static func -= (left: inout Quantity, right: Quantity) { left = left - right }

    /// Negative, zero or positive.
    private static func compare(_ left: Quantity, _ right: Quantity) -> Int {
        guard case .plain(let first, let firstExponent, _) = left.storage,
            case .plain(let second, let secondExponent, _) = right.storage
        else {
            return WideDecimal.compare(left.wide, right.wide)
        }
        if firstExponent == secondExponent || first.signum() != second.signum() {
            return first < second ? -1 : first > second ? 1 : 0
        }
        let firstSize = digitCount(first) + Int(firstExponent)
        let secondSize = digitCount(second) + Int(secondExponent)
        if firstSize != secondSize { return (firstSize < secondSize ? -1 : 1) * first.signum() }
        // Numbers of one size are at most 18 powers of ten apart.
        let low = min(firstExponent, secondExponent)
        guard let high = aligned(first, Int(firstExponent - low)),
            let other = aligned(second, Int(secondExponent - low))
        else {
            return WideDecimal.compare(left.wide, right.wide)
        }
        return high < other ? -1 : high > other ? 1 : 0
    }

    private static func digitCount(_ value: Int) -> Int {
        var rest = value.magnitude
        var count = 0
        while rest > 0 {
            rest /= 10
            count += 1
        }
        return count
    }
}

extension Quantity: Comparable, Hashable {
    /// Equal amounts are equal, however they are written.
    public static func == (left: Quantity, right: Quantity) -> Bool {
        if case .plain(let first, let firstExponent, _) = left.storage,
            case .plain(let second, let secondExponent, _) = right.storage
        {
            return first == second && firstExponent == secondExponent
        }
        return left.wide == right.wide
    }

    public static func < (left: Quantity, right: Quantity) -> Bool {
        compare(left, right) < 0
    }

    public func hash(into hasher: inout Hasher) {
        switch storage {
        case .plain(let mantissa, let exponent, _):
            hasher.combine(mantissa)
            hasher.combine(Int(exponent))
        case .special(let special):
            if let (mantissa, exponent) = special.number.narrow {
                hasher.combine(mantissa)
                hasher.combine(exponent)
            } else {
                hasher.combine(special.number)
            }
        }
    }
}

extension Quantity: CustomStringConvertible {
    public var description: String { text }
}

extension Quantity: ExpressibleByStringLiteral {
    /// For literals in code, which are right; a wrong one stops the program.
    public init(stringLiteral text: String) {
        guard let quantity = Quantity(text) else { preconditionFailure("not a quantity: \(text)") }
        self = quantity
    }
}

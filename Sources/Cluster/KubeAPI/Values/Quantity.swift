/// `resource.Quantity`: a fixed-point number with a suffix, such as `250m`, `1Gi` or `1e3`.
///
/// Held as `mantissa × 10^exponent`; binary suffixes are multiplied out. Up to 18 digits are exact; what is finer than
/// a nano-unit is rounded away from zero, and what has a binary suffix is capped at 2^63−1, as upstream does.
/// Follows apimachinery `pkg/api/resource/quantity.go`.
public struct Quantity: Sendable {
    public enum Format: UInt8, Sendable { case decimalSI, binarySI, decimalExponent }

    /// No factor 10 in the mantissa, and never `Int.min`.
    private var mantissa: Int
    /// At least −9.
    private var exponent: Int16
    public private(set) var format: Format
    /// Digits after the point as written, where upstream keeps what was written (`1.250`); else 0.
    private var fractionDigits: UInt8 = 0
    /// The power of ten of the suffix as written, if there are `fractionDigits`.
    private var writtenExponent: Int8 = 0

    public init() {
        mantissa = 0
        exponent = 0
        format = .decimalSI
    }

    private init(mantissa: Int, exponent: Int, format: Format) {
        self.init(wide: Int128(mantissa), exponent: exponent, format: format)
    }

    /// Drops digits from the end, away from zero, until the number fits.
    private init(wide: Int128, exponent: Int, format: Format) {
        var wide = wide
        var exponent = exponent
        while wide != 0, wide % 10 == 0 {
            wide /= 10
            exponent += 1
        }
        while wide != 0, exponent < -9 || wide.magnitude > Int128(Int.max).magnitude {
            let (quotient, remainder) = wide.quotientAndRemainder(dividingBy: 10)
            // Far below a nano-unit nothing but the sign is left.
            wide = quotient + (remainder == 0 ? 0 : remainder.signum())
            exponent = wide.magnitude == 1 ? max(exponent + 1, -9) : exponent + 1
            while wide % 10 == 0 {
                wide /= 10
                exponent += 1
            }
        }
        mantissa = Int(wide)
        self.exponent = wide == 0 ? 0 : Int16(min(exponent, Int(Int16.max)))
        self.format = format
    }

    /// A whole number of units.
    public init(_ value: Int, _ format: Format = .decimalSI) {
        self.init(mantissa: value, exponent: 0, format: format)
    }

    /// Thousandths of a unit, as CPU is counted.
    public init(milli: Int, _ format: Format = .decimalSI) {
        self.init(mantissa: milli, exponent: -3, format: format)
    }

    /// The number of units, rounded away from zero; capped at the largest Int.
    public var value: Int { scaled(to: 0) }

    /// The number of thousandths, rounded away from zero; capped at the largest Int.
    public var milliValue: Int { scaled(to: -3) }

    public var isZero: Bool { mantissa == 0 }
    public var isNegative: Bool { mantissa < 0 }

    /// The number of units of `10^scale`, rounded away from zero; capped at the largest Int.
    public func scaled(to scale: Int) -> Int {
        var result = mantissa
        var shift = Int(exponent) - scale
        while shift > 0, result != 0 {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return result < 0 ? Int.min : Int.max }
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
        if Int(exponent) >= scale { return self }
        return Quantity(mantissa: scaled(to: scale), exponent: scale, format: format)
    }

    /// The nearest number in floating point; the same on every machine.
    public var doubleValue: Double {
        var result = Double(mantissa)
        var power = 1.0
        for _ in 0..<min(abs(Int(exponent)), 400) { power *= 10 }
        result = exponent < 0 ? result / power : result * power
        return result
    }

    // MARK: Text

    /// Reads a quantity: a sign, digits with a point somewhere, and a suffix. Nil if the text is empty or has anything
    /// else. A missing number is 0, as upstream has it.
    public init?(_ text: String) {
        var copy = text
        guard let quantity = copy.withUTF8({ Quantity($0[...]) }) else { return nil }
        self = quantity
    }

    fileprivate init?(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
        guard !text.isEmpty else { return nil }
        var index = text.startIndex
        let isNegative = text[index] == UInt8(ascii: "-")
        if isNegative || text[index] == UInt8(ascii: "+") { index += 1 }
        let start = index
        var mantissa = 0
        var wide: Int128?
        var exponent = 0
        var fraction: Int?
        var isRounded = false
        while index < text.endIndex {
            let unit = text[index]
            if unit == UInt8(ascii: "."), fraction == nil {
                fraction = 0
                index += 1
                continue
            }
            let digit = unit &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if index - start < 18 {
                mantissa = mantissa &* 10 &+ Int(digit)
                if fraction != nil { exponent -= 1 }
            } else if let number = Optional(wide ?? Int128(mantissa)), number < 1_000_000_000_000_000_000_000_000 {
                wide = number * 10 + Int128(digit)
                if fraction != nil { exponent -= 1 }
            } else {
                // More digits than matter: they only round.
                isRounded = isRounded || digit > 0
                if fraction == nil { exponent += 1 }
            }
            if let digits = fraction { fraction = digits + 1 }
            index += 1
        }
        guard let suffix = Suffix(text[index...]) else { return nil }
        let magnitude = (wide ?? Int128(mantissa)) + (isRounded ? 1 : 0)
        let number = isNegative ? -magnitude : magnitude
        switch suffix {
        case .binary(let shift): self.init(binary: number, exponent: exponent, shift: shift)
        case .decimal(let power), .exponent(let power):
            var format = Format.decimalSI
            if case .exponent = suffix { format = .decimalExponent }
            self.init(wide: number, exponent: exponent + power, format: format)
            if let fraction, fraction > 0 { keepFraction(text[start..<index], digits: fraction, power: power) }
        }
    }

    private enum Suffix {
        /// A power of two.
        case binary(Int)
        /// A power of ten by its letter.
        case decimal(Int)
        /// A power of ten, written out.
        case exponent(Int)

        init?(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
            guard let letter = text.first else {
                self = .decimal(0)
                return
            }
            if letter | 0x20 == UInt8(ascii: "e"), text.count > 1, text[text.startIndex + 1] != UInt8(ascii: "i") {
                let digits = String(decoding: text.dropFirst(), as: UTF8.self)
                guard let power = Int(digits), power.magnitude <= Int32.max else { return nil }
                self = .exponent(power)
                return
            }
            let thousands: Int
            switch letter {
            case UInt8(ascii: "n"): thousands = -3
            case UInt8(ascii: "u"): thousands = -2
            case UInt8(ascii: "m"): thousands = -1
            case UInt8(ascii: "k"), UInt8(ascii: "K"): thousands = 1
            case UInt8(ascii: "M"): thousands = 2
            case UInt8(ascii: "G"): thousands = 3
            case UInt8(ascii: "T"): thousands = 4
            case UInt8(ascii: "P"): thousands = 5
            case UInt8(ascii: "E"): thousands = 6
            default: return nil
            }
            // Kilo is a small k alone and a capital K before the i.
            switch text.count {
            case 1 where letter != UInt8(ascii: "K"): self = .decimal(thousands * 3)
            case 2 where text[text.startIndex + 1] == UInt8(ascii: "i") && thousands > 0 && letter != UInt8(ascii: "k"):
                self = .binary(thousands * 10)
            default: return nil
            }
        }
    }

    /// Upstream keeps the text of `1.250`, whose last digit stands for a power of a thousand, as it was written.
    private mutating func keepFraction(_ number: Slice<UnsafeBufferPointer<UInt8>>, digits: Int, power: Int) {
        guard (power - digits) % 3 == 0, power - digits >= -9, -100...100 ~= power, 3...18 ~= number.count,
            number.first != UInt8(ascii: "0"), number.first != UInt8(ascii: "."),
            !number.suffix(3).allSatisfy({ $0 == UInt8(ascii: "0") })
        else { return }
        fractionDigits = UInt8(digits)
        writtenExponent = Int8(power)
    }

    /// `mantissa × 10^exponent × 2^shift`, multiplied out and capped.
    private init(binary mantissa: Int128, exponent: Int, shift: Int) {
        var exponent = exponent
        var wide = mantissa
        var rest = shift
        while rest > 0 {
            // Room for doubling is made by dropping digits far beyond those that matter.
            if wide.magnitude > UInt128(1) << 120 {
                let (quotient, remainder) = wide.quotientAndRemainder(dividingBy: 10)
                wide = quotient + (remainder == 0 ? 0 : remainder.signum())
                exponent += 1
            }
            wide *= 2
            rest -= 1
        }
        self.init(wide: wide, exponent: exponent, format: .binarySI)
        if scaled(to: 0).magnitude >= Int.max.magnitude {
            self = Quantity(mantissa < 0 ? -Int.max : Int.max, .binarySI)
        }
        // Less than one unit.
        if exponent < 0, scaled(to: 0).magnitude == 1, self < Quantity(1), -self < Quantity(1) { format = .decimalSI }
    }

    /// The canonical text: no fraction, the largest suffix that keeps the mantissa whole.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.longestText) { buffer in buffer.baseAddress.map(write) ?? 0 }
    }

    /// A sign, 22 digits, a point and a suffix such as `e-32000`.
    private static let longestText = 40

    /// Writes the canonical text, and tells how many bytes it has.
    private func write(to bytes: UnsafeMutablePointer<UInt8>) -> Int {
        var (number, power, isBinary) = parts
        if fractionDigits > 0 {
            power = Int(writtenExponent) - Int(fractionDigits)
            number = Int128(mantissa)
            for _ in 0..<max(0, Int(exponent) - power) { number *= 10 }
            power = Int(writtenExponent)
        }
        var count = 0
        func digits(_ value: UInt128, point: Int) {
            let start = count
            var rest = value
            repeat {
                if count - start == point, point > 0 {
                    bytes[count] = UInt8(ascii: ".")
                    count += 1
                }
                let (quotient, digit) =
                    rest <= UInt128(UInt64.max)
                    ? Self.divide(UInt64(truncatingIfNeeded: rest)) : rest.quotientAndRemainder(dividingBy: 10)
                bytes[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
                count += 1
                rest = quotient
            } while rest > 0
            var low = start
            var high = count - 1
            while low < high {
                (bytes[low], bytes[high]) = (bytes[high], bytes[low])
                low += 1
                high -= 1
            }
        }
        if number < 0 {
            bytes[0] = UInt8(ascii: "-")
            count = 1
        }
        digits(number.magnitude, point: Int(fractionDigits))
        let letters: StaticString = "numkMGTPE"
        if isBinary {
            if power > 0 {
                bytes[count] = power == 1 ? UInt8(ascii: "K") : letters.utf8Start[power + 2]
                bytes[count + 1] = UInt8(ascii: "i")
                count += 2
            }
        } else if format != .decimalExponent, -9...18 ~= power {
            if power != 0 {
                bytes[count] = letters.utf8Start[power < 0 ? power / 3 + 3 : power / 3 + 2]
                count += 1
            }
        } else if power != 0 || fractionDigits > 0 {
            bytes[count] = UInt8(ascii: "e")
            count += 1
            if power < 0 {
                bytes[count] = UInt8(ascii: "-")
                count += 1
            }
            digits(UInt128(power.magnitude), point: 0)
        }
        return count
    }

    @inline(__always)
    private static func divide(_ value: UInt64) -> (UInt128, UInt128) {
        (UInt128(value / 10), UInt128(value % 10))
    }

    /// The number before the suffix, and the suffix as a power of 1024, or of ten that is a multiple of three.
    private var parts: (number: Int128, power: Int, isBinary: Bool) {
        if mantissa == 0 { return (0, 0, true) }
        if format == .binarySI, exponent >= 0 {
            // Between −1024 and 1024, and for fractions, upstream prints decimal.
            var number = scaled(to: 0)
            if number.magnitude >= 1024, self == Quantity(number) {
                var power = 0
                while power < 6, number % 1024 == 0 {
                    number /= 1024
                    power += 1
                }
                return (Int128(number), power, true)
            }
        }
        var number = Int128(mantissa)
        var power = Int(exponent)
        while power % 3 != 0 {
            number *= 10
            power -= 1
        }
        return (number, power, false)
    }

    // MARK: Arithmetic

    public static func + (left: Quantity, right: Quantity) -> Quantity {
        if left.mantissa == 0 { return right.canonical }
        if right.mantissa == 0 { return left.canonical }
        let (high, low) = left.exponent >= right.exponent ? (left, right) : (right, left)
        let distance = Int(high.exponent) - Int(low.exponent)
        // Beyond 19 digits the smaller one only matters for rounding, and not even for that.
        if distance > 19 { return Quantity(mantissa: high.mantissa, exponent: Int(high.exponent), format: left.format) }
        let sum = high.wide(at: low.exponent) + Int128(low.mantissa)
        return Quantity(wide: sum, exponent: Int(low.exponent), format: left.format)
    }

    public static prefix func - (operand: Quantity) -> Quantity {
        Quantity(mantissa: -operand.mantissa, exponent: Int(operand.exponent), format: operand.format)
    }

    public static func - (left: Quantity, right: Quantity) -> Quantity { left + -right }
    public static func += (left: inout Quantity, right: Quantity) { left = left + right }
    public static func -= (left: inout Quantity, right: Quantity) { left = left - right }

    /// Without what is kept of its text.
    private var canonical: Quantity {
        var copy = self
        copy.fractionDigits = 0
        return copy
    }

    /// The mantissa at a lower exponent, at most 19 below.
    private func wide(at low: Int16) -> Int128 {
        var result = Int128(mantissa)
        for _ in 0..<Int(exponent - low) { result *= 10 }
        return result
    }

    /// Negative, zero or positive.
    private static func compare(_ left: Quantity, _ right: Quantity) -> Int {
        if left.exponent == right.exponent || left.mantissa.signum() != right.mantissa.signum() {
            return left.mantissa < right.mantissa ? -1 : left.mantissa > right.mantissa ? 1 : 0
        }
        let leftSize = digitCount(left.mantissa) + Int(left.exponent)
        let rightSize = digitCount(right.mantissa) + Int(right.exponent)
        if leftSize != rightSize { return (leftSize < rightSize ? -1 : 1) * left.mantissa.signum() }
        let low = min(left.exponent, right.exponent)
        let first = left.wide(at: low)
        let second = right.wide(at: low)
        return first < second ? -1 : first > second ? 1 : 0
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
        left.mantissa == right.mantissa && left.exponent == right.exponent
    }

    public static func < (left: Quantity, right: Quantity) -> Bool {
        compare(left, right) < 0
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(mantissa)
        hasher.combine(exponent)
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

extension Quantity: JSONCodable {
    public init(from reader: inout JSONReader) {
        var complaint: String?
        if reader.nextIsString() {
            self = reader.withString { bytes in
                let text = Quantity.trimmed(bytes)
                let quantity = Quantity(text)
                if quantity == nil { complaint = Quantity.complaint(String(decoding: text, as: UTF8.self)) }
                return quantity ?? Quantity()
            }
        } else {
            let text = reader.numberText()
            let quantity = text.isEmpty ? Quantity() : Quantity(text)
            if quantity == nil { complaint = Quantity.complaint(text) }
            self = quantity ?? Quantity()
        }
        if let complaint { reader.fail(complaint) }
    }

    private static let malformed =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    private static let strangeSuffix = "unable to parse quantity's suffix"

    /// Whether a text is one of those that tell what is wrong with a quantity.
    package static func isComplaint(_ text: String) -> Bool { text == malformed || text == strangeSuffix }

    /// What is wrong with a text that is no quantity: the whole of it, or a suffix that has the right letters.
    /// Follows apimachinery pkg/api/resource/quantity.go `parseQuantityString`.
    package static func complaint(_ text: String) -> String {
        var rest = Substring(text)
        func skip(_ characters: String) { rest = rest.drop { characters.contains($0) } }
        if rest.isEmpty { return malformed }
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
        skip("0123456789")
        if rest.hasPrefix(".") { rest.removeFirst() }
        skip("0123456789")
        skip("eEinumkKMGTP")
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
        skip("0123456789")
        return rest.isEmpty ? strangeSuffix : malformed
    }

    /// Upstream allows space around.
    private static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
        var text = text[...]
        while let byte = text.first, byte <= 0x20 { text.removeFirst() }
        while let byte = text.last, byte <= 0x20 { text.removeLast() }
        return text
    }

    public func encode(into writer: inout JSONWriter) {
        writer.plainString(capacity: Self.longestText) { write(to: $0) }
    }
}

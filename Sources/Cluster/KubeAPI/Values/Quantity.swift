/// `resource.Quantity`: a fixed-point number with a suffix, such as `250m`, `1Gi` or `1e3`.
///
/// Held as `mantissa × 10^exponent`; binary suffixes are multiplied out. Up to 18 digits are exact; what is finer than
/// a nano-unit is rounded away from zero, and what has a binary suffix is capped at 2^63−1, as upstream does.
/// Follows apimachinery `pkg/api/resource/quantity.go`.
package struct Quantity: Sendable {
    package enum Format: UInt8, Sendable { case decimalSI, binarySI, decimalExponent }

    /// No factor 10 in the mantissa, and never `Int.min`.
    private var mantissa: Int
    /// At least −9.
    private var exponent: Int16
    package private(set) var format: Format
    /// Digits after the point as written, where upstream keeps what was written (`1.250`); else 0.
    private var fractionDigits: UInt8 = 0
    /// The power of ten of the suffix as written, if there are `fractionDigits`.
    private var writtenExponent: Int8 = 0

    package init() {
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
    package init(_ value: Int, _ format: Format = .decimalSI) {
        self.init(mantissa: value, exponent: 0, format: format)
    }

    /// Thousandths of a unit, as CPU is counted.
    package init(milli: Int, _ format: Format = .decimalSI) {
        self.init(mantissa: milli, exponent: -3, format: format)
    }

    /// The number of units, rounded away from zero; capped at the largest Int.
    package var value: Int { scaled(to: 0) }

    /// The number of thousandths, rounded away from zero; capped at the largest Int.
    package var milliValue: Int { scaled(to: -3) }

    package var isZero: Bool { mantissa == 0 }
    package var isNegative: Bool { mantissa < 0 }

    /// The number of units of `10^scale`, rounded away from zero; capped at the largest Int.
    package func scaled(to scale: Int) -> Int {
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
    package func roundedUp(to scale: Int) -> Quantity {
        if Int(exponent) >= scale { return self }
        return Quantity(mantissa: scaled(to: scale), exponent: scale, format: format)
    }

    /// The nearest number in floating point; the same on every machine.
    package var doubleValue: Double {
        var result = Double(mantissa)
        var power = 1.0
        for _ in 0..<min(abs(Int(exponent)), 400) { power *= 10 }
        result = exponent < 0 ? result / power : result * power
        return result
    }

    // MARK: Text

    private static let decimalSuffixes: [(text: String, exponent: Int)] = [
        ("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18),
    ]
    private static let binarySuffixes: [(text: String, shift: Int)] = [
        ("", 0), ("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60),
    ]

    /// Reads a quantity: a sign, digits with a point somewhere, and a suffix. Nil if the text is empty or has anything
    /// else. A missing number is 0, as upstream has it.
    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        var rest = Substring(text)
        var isNegative = false
        if let sign = rest.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        var mantissa: Int128 = 0
        var exponent = 0
        var fraction: Int?
        var isRounded = false
        for byte in rest.utf8 {
            if byte == UInt8(ascii: "."), fraction == nil {
                fraction = 0
                continue
            }
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if mantissa >= 1_000_000_000_000_000_000_000_000 {
                // More digits than matter: they only round.
                isRounded = isRounded || digit > 0
                if fraction == nil { exponent += 1 }
            } else {
                mantissa = mantissa * 10 + Int128(digit)
                if fraction != nil { exponent -= 1 }
            }
            if let digits = fraction { fraction = digits + 1 }
        }
        let end = rest.utf8.firstIndex { $0 != UInt8(ascii: ".") && $0 &- UInt8(ascii: "0") >= 10 } ?? rest.endIndex
        let number = rest[..<end]
        guard number.utf8.count(where: { $0 == UInt8(ascii: ".") }) < 2 else { return nil }
        if isRounded { mantissa += 1 }
        if isNegative { mantissa = -mantissa }
        let suffix = rest[end...]
        if let binary = Quantity.binarySuffixes.first(where: { !$0.text.isEmpty && $0.text == suffix }) {
            self.init(binary: mantissa, exponent: exponent, shift: binary.shift)
            return
        }
        let power: Int
        let format: Format
        if let decimal = Quantity.decimalSuffixes.first(where: { $0.text == suffix }) {
            power = decimal.exponent
            format = .decimalSI
        } else if let mark = suffix.utf8.first, mark | 0x20 == UInt8(ascii: "e"), suffix.utf8.count > 1,
            let written = Int(suffix.dropFirst()), written.magnitude <= Int32.max
        {
            power = written
            format = .decimalExponent
        } else {
            return nil
        }
        self.init(wide: mantissa, exponent: exponent + power, format: format)
        keepFraction(number, digits: fraction ?? 0, power: power)
    }

    /// Upstream keeps the text of `1.250`, whose last digit stands for a power of a thousand, as it was written.
    private mutating func keepFraction(_ number: Substring, digits: Int, power: Int) {
        guard digits > 0, (power - digits) % 3 == 0, power - digits >= -9, -100...100 ~= power,
            3...18 ~= number.utf8.count, number.utf8.first != UInt8(ascii: "0"), number.utf8.first != UInt8(ascii: "."),
            !number.hasSuffix("000")
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
    package var text: String {
        if mantissa == 0 { return "0" }
        if fractionDigits > 0 { return writtenText }
        switch format {
        case .binarySI:
            // Between −1024 and 1024, and for fractions, upstream prints decimal.
            let units = scaled(to: 0)
            if exponent < 0 || units.magnitude < 1024 || self != Quantity(units) { return decimalText }
            var number = units
            var index = 0
            while index + 1 < Quantity.binarySuffixes.count, number % 1024 == 0 {
                number /= 1024
                index += 1
            }
            return "\(number)\(Quantity.binarySuffixes[index].text)"
        case .decimalSI: return decimalText
        case .decimalExponent:
            let (number, power) = multipleOfThree()
            return power == 0 ? "\(number)" : "\(number)e\(power)"
        }
    }

    private var decimalText: String {
        let (number, power) = multipleOfThree()
        return "\(number)\(Self.decimalSuffix(power))"
    }

    private static func decimalSuffix(_ power: Int) -> String {
        decimalSuffixes.first { $0.exponent == power }?.text ?? "e\(power)"
    }

    /// The mantissa for the largest exponent that is a multiple of three.
    private func multipleOfThree() -> (mantissa: Int128, exponent: Int) {
        var number = Int128(mantissa)
        var power = Int(exponent)
        while power % 3 != 0 {
            number *= 10
            power -= 1
        }
        return (number, power)
    }

    private var writtenText: String {
        let power = Int(writtenExponent)
        let digits = Int(fractionDigits)
        var number = Int128(mantissa.magnitude)
        for _ in 0..<max(0, Int(exponent) - (power - digits)) { number *= 10 }
        var text = String(number)
        text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
        let suffix = format == .decimalExponent ? (power == 0 ? "e0" : "e\(power)") : Self.decimalSuffix(power)
        return (mantissa < 0 ? "-" : "") + text + suffix
    }

    // MARK: Arithmetic

    package static func + (left: Quantity, right: Quantity) -> Quantity {
        if left.mantissa == 0 { return right.canonical }
        if right.mantissa == 0 { return left.canonical }
        let (high, low) = left.exponent >= right.exponent ? (left, right) : (right, left)
        let distance = Int(high.exponent) - Int(low.exponent)
        // Beyond 19 digits the smaller one only matters for rounding, and not even for that.
        if distance > 19 { return Quantity(mantissa: high.mantissa, exponent: Int(high.exponent), format: left.format) }
        let sum = high.wide(at: low.exponent) + Int128(low.mantissa)
        return Quantity(wide: sum, exponent: Int(low.exponent), format: left.format)
    }

    package static prefix func - (operand: Quantity) -> Quantity {
        Quantity(mantissa: -operand.mantissa, exponent: Int(operand.exponent), format: operand.format)
    }

    package static func - (left: Quantity, right: Quantity) -> Quantity { left + -right }
    package static func += (left: inout Quantity, right: Quantity) { left = left + right }
    package static func -= (left: inout Quantity, right: Quantity) { left = left - right }

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
    package static func == (left: Quantity, right: Quantity) -> Bool {
        left.mantissa == right.mantissa && left.exponent == right.exponent
    }

    package static func < (left: Quantity, right: Quantity) -> Bool {
        compare(left, right) < 0
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(mantissa)
        hasher.combine(exponent)
    }
}

extension Quantity: CustomStringConvertible {
    package var description: String { text }
}

extension Quantity: ExpressibleByStringLiteral {
    /// For literals in code, which are right; a wrong one stops the program.
    package init(stringLiteral text: String) {
        guard let quantity = Quantity(text) else { preconditionFailure("not a quantity: \(text)") }
        self = quantity
    }
}

extension Quantity: JSONCodable {
    package init(from reader: inout JSONReader) {
        let isString = reader.nextIsString()
        let text = isString ? reader.string() : reader.numberText()
        let isNull = !isString && text.isEmpty
        if reader.failed || isNull {
            self.init()
        } else if let quantity = Quantity(Quantity.trimmed(text)) {
            self = quantity
        } else {
            reader.fail(
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
            self.init()
        }
    }

    /// Upstream allows space around.
    private static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, first <= 0x20 || last <= 0x20 else { return text }
        var bytes = Substring(text).utf8
        while let byte = bytes.first, byte <= 0x20 { bytes.removeFirst() }
        while let byte = bytes.last, byte <= 0x20 { bytes.removeLast() }
        return String(Substring(bytes))
    }

    package func encode(into writer: inout JSONWriter) { writer.string(text) }
}

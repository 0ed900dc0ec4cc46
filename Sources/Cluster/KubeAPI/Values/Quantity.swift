/// `resource.Quantity`: a fixed-point number with a suffix, such as `250m`, `1Gi` or `1e3`.
///
/// Held as `mantissa × 10^exponent`; binary suffixes are multiplied out. Up to 19 digits are exact; what is finer than
/// a nano-unit is rounded up and what is larger than 2^63−1 is capped, as upstream does.
/// Follows apimachinery `pkg/api/resource/quantity.go`.
package struct Quantity: Sendable {
    package enum Format: UInt8, Sendable { case decimalSI, binarySI, decimalExponent }

    /// The number is `mantissa × 10^exponent`, −9 ≤ exponent ≤ 18, with no factor 10 in the mantissa.
    private var mantissa: Int
    private var exponent: Int8
    package private(set) var format: Format

    package init() {
        mantissa = 0
        exponent = 0
        format = .decimalSI
    }

    private init(mantissa: Int, exponent: Int, format: Format) {
        var mantissa = mantissa
        var exponent = exponent
        while mantissa != 0, mantissa % 10 == 0 {
            mantissa /= 10
            exponent += 1
        }
        while exponent < -9 {
            let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: 10)
            mantissa = remainder == 0 ? quotient : quotient + (mantissa > 0 ? 1 : -1)
            exponent += 1
        }
        self.mantissa = mantissa
        self.exponent = mantissa == 0 ? 0 : Int8(min(exponent, 18))
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

    /// The number of units, rounded up; capped at the largest Int.
    package var value: Int { scaled(to: 0) }

    /// The number of thousandths, rounded up; capped at the largest Int.
    package var milliValue: Int { scaled(to: -3) }

    package var isZero: Bool { mantissa == 0 }
    package var isNegative: Bool { mantissa < 0 }

    private func scaled(to scale: Int) -> Int {
        var result = mantissa
        var shift = Int(exponent) - scale
        while shift > 0 {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return result < 0 ? Int.min : Int.max }
            result = product
            shift -= 1
        }
        guard shift < 0 else { return result }
        var divisor = 1
        while shift < 0 {
            let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
            if overflow { return result == 0 ? 0 : result > 0 ? 1 : 0 }
            divisor = product
            shift += 1
        }
        let (quotient, remainder) = result.quotientAndRemainder(dividingBy: divisor)
        // Upstream rounds away from zero.
        return remainder > 0 ? quotient + 1 : remainder < 0 ? quotient - 1 : quotient
    }

    // MARK: Text

    private static let decimalSuffixes: [(text: String, exponent: Int)] = [
        ("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18),
    ]
    private static let binarySuffixes: [(text: String, shift: Int)] = [
        ("", 0), ("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60),
    ]

    /// Reads a quantity; nil if the text does not match
    /// `^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$`, as upstream demands.
    package init?(_ text: String) {
        var rest = Substring(text)
        var negative = false
        if let sign = rest.first, sign == "+" || sign == "-" {
            negative = sign == "-"
            rest.removeFirst()
        }
        var mantissa: Int = 0
        var exponent = 0
        var digits = 0
        var seenPoint = false
        var roundUp = false
        while let unit = rest.utf8.first {
            if unit == UInt8(ascii: ".") {
                guard !seenPoint else { return nil }
                seenPoint = true
            } else if unit &- UInt8(ascii: "0") < 10 {
                digits += 1
                let digit = Int(unit - UInt8(ascii: "0"))
                let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                let (sum, overflows) = product.addingReportingOverflow(digit)
                if overflow || overflows {
                    // More digits than can be held: they only round up.
                    if digit > 0 { roundUp = true }
                    if !seenPoint { exponent += 1 }
                } else {
                    mantissa = sum
                    if seenPoint { exponent -= 1 }
                }
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        guard digits > 0 else { return nil }
        if roundUp, mantissa < Int.max { mantissa += 1 }
        if negative { mantissa = -mantissa }
        let suffix = String(rest)
        if let decimal = Quantity.decimalSuffixes.first(where: { $0.text == suffix }) {
            self.init(mantissa: mantissa, exponent: exponent + decimal.exponent, format: .decimalSI)
        } else if let binary = Quantity.binarySuffixes.first(where: { $0.text == suffix }) {
            self = Quantity(mantissa: mantissa, exponent: exponent, shift: binary.shift)
        } else if let mark = suffix.first, mark == "e" || mark == "E", let power = Int(suffix.dropFirst()),
            suffix.count > 1, power.magnitude < 1000
        {
            self.init(mantissa: mantissa, exponent: exponent + power, format: .decimalExponent)
        } else {
            return nil
        }
        if self.mantissa != 0, Int(self.exponent) >= 0, scaled(to: 0) == Int.max { self = Quantity(Int.max, format) }
    }

    /// `mantissa × 10^exponent × 2^shift`, multiplied out in 128 bits.
    private init(mantissa: Int, exponent: Int, shift: Int) {
        var wide = Int128(mantissa) << Int128(shift)
        var exponent = exponent
        while exponent < 0, wide % 10 == 0 {
            wide /= 10
            exponent += 1
        }
        while exponent < -9 || wide > Int128(Int.max) || wide < Int128(Int.min) {
            let (quotient, remainder) = wide.quotientAndRemainder(dividingBy: 10)
            wide = remainder == 0 ? quotient : quotient + (wide > 0 ? 1 : -1)
            exponent += 1
        }
        self.init(mantissa: Int(wide), exponent: exponent, format: .binarySI)
    }

    /// The canonical text: no fraction, the largest suffix that keeps the mantissa whole.
    package var text: String {
        if mantissa == 0 { return "0" }
        switch format {
        case .binarySI:
            // Between −1024 and 1024, and for fractions, upstream prints decimal.
            let whole = exponent >= 0 || scaled(to: 0) != 0 && Quantity(scaled(to: 0)) == Quantity(mantissa: mantissa, exponent: Int(exponent), format: .decimalSI)
            let units = scaled(to: 0)
            if !whole || units > -1024 && units < 1024 { return decimalText }
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
        let suffix = Quantity.decimalSuffixes.first { $0.exponent == power }?.text ?? "e\(power)"
        return "\(number)\(suffix)"
    }

    /// The mantissa for the largest exponent that is a multiple of three.
    private func multipleOfThree() -> (mantissa: Int, exponent: Int) {
        var number = mantissa
        var power = Int(exponent)
        while power % 3 != 0 {
            number *= 10
            power -= 1
        }
        return (number, power)
    }

    // MARK: Arithmetic

    package static func + (left: Quantity, right: Quantity) -> Quantity {
        if left.mantissa == 0 { return right.mantissa == 0 ? left : right }
        if right.mantissa == 0 { return left }
        let low = min(left.exponent, right.exponent)
        let first = left.wide(at: low)
        let second = right.wide(at: low)
        var sum = first + second
        var exponent = Int(low)
        while sum > Int128(Int.max) || sum < Int128(Int.min) {
            sum /= 10
            exponent += 1
        }
        return Quantity(mantissa: Int(sum), exponent: exponent, format: left.format)
    }

    package static prefix func - (operand: Quantity) -> Quantity {
        Quantity(mantissa: -operand.mantissa, exponent: Int(operand.exponent), format: operand.format)
    }

    package static func - (left: Quantity, right: Quantity) -> Quantity { left + -right }
    package static func += (left: inout Quantity, right: Quantity) { left = left + right }
    package static func -= (left: inout Quantity, right: Quantity) { left = left - right }

    private func wide(at low: Int8) -> Int128 {
        var result = Int128(mantissa)
        for _ in 0..<Int(exponent - low) { result *= 10 }
        return result
    }
}

extension Quantity: Comparable, Hashable {
    /// Equal amounts are equal, however they are written.
    package static func == (left: Quantity, right: Quantity) -> Bool {
        left.mantissa == right.mantissa && left.exponent == right.exponent
    }

    package static func < (left: Quantity, right: Quantity) -> Bool {
        let low = min(left.exponent, right.exponent)
        return left.wide(at: low) < right.wide(at: low)
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
        if reader.nextIsString() {
            let text = reader.string()
            if let quantity = Quantity(text) {
                self = quantity
            } else {
                reader.fail(
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
                self.init()
            }
        } else if reader.nextIsInteger() {
            self.init(reader.int())
        } else {
            let number = reader.double()
            self = Quantity(number.description) ?? Quantity()
        }
    }

    package func encode(into writer: inout JSONWriter) { writer.string(text) }
}

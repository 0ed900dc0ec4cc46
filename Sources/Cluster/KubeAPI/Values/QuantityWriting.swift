/// The canonical text of quantities: no fraction, and the largest suffix that keeps the number whole.
/// Follows apimachinery `pkg/api/resource/quantity.go` `CanonicalizeBytes`, amount.go and suffix.go.
extension Quantity {
    /// The text as it was written, if upstream keeps that; else the canonical one.
    public var text: String {
        specialText
            ?? String(unsafeUninitializedCapacity: Self.longestText) { buffer in buffer.baseAddress.map(write) ?? 0 }
    }

    /// A sign, 21 digits and a suffix such as `e-2147483646`.
    static let longestText = 40

    private static let decimalLetters: StaticString = "numkMGTPE"
    private static let binaryLetters: StaticString = "KMGTPE"

    /// The text of what has more digits than fit into `longestText`, or a text of its own.
    var specialText: String? {
        switch storage {
        case .special(let special):
            return special.text.isEmpty ? Quantity.text(special.number, special.format) : special.text
        case .plain(let mantissa, let exponent, let format):
            guard format == .binarySI, exponent > 0, scaled(to: 0).magnitude >= Int.max.magnitude else { return nil }
            return Quantity.text(WideDecimal(Int128(mantissa), exponent: Int(exponent)), format)
        }
    }

    private static func text(_ number: WideDecimal, _ format: Format) -> String {
        let sign = number.isNegative ? "-" : ""
        if format == .binarySI, let (digits, power) = number.base1024 {
            // Upstream has no suffix beyond Ei, and then writes none.
            let suffix = 1...6 ~= power ? "\(letter(binaryLetters, power - 1))i" : ""
            return sign + digits + suffix
        }
        let zeros = ((number.exponent % 3) + 3) % 3
        let power = number.exponent - zeros
        var text = sign + number.digits + String(repeating: "0", count: zeros)
        if power == 0 { return text }
        if format == .decimalExponent {
            text += "e\(power)"
        } else if -9...18 ~= power {
            text.append(letter(decimalLetters, power < 0 ? power / 3 + 3 : power / 3 + 2))
        }
        return text
    }

    private static func letter(_ letters: StaticString, _ index: Int) -> Character {
        Character(Unicode.Scalar(letters.utf8Start[index]))
    }

    /// Writes the canonical text of a plain number, and tells how many bytes it has.
    func write(to bytes: UnsafeMutablePointer<UInt8>) -> Int {
        guard case .plain(let mantissa, let exponent, let format) = storage else { return 0 }
        let (number, power, isBinary) = parts(mantissa, exponent, format)
        var count = 0
        func digits(_ value: UInt128) {
            let start = count
            var rest = value
            // In 64 bits, which is faster, as soon as they hold it.
            while rest > UInt128(UInt64.max) {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                bytes[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
                count += 1
                rest = quotient
            }
            var short = UInt64(truncatingIfNeeded: rest)
            repeat {
                bytes[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: short % 10)
                count += 1
                short /= 10
            } while short > 0
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
        digits(number.magnitude)
        if power == 0 { return count }
        if isBinary {
            bytes[count] = Self.binaryLetters.utf8Start[power - 1]
            bytes[count + 1] = UInt8(ascii: "i")
            count += 2
        } else if format == .decimalExponent {
            bytes[count] = UInt8(ascii: "e")
            count += 1
            if power < 0 {
                bytes[count] = UInt8(ascii: "-")
                count += 1
            }
            digits(UInt128(power.magnitude))
        } else if -9...18 ~= power {
            // Beyond, upstream has no suffix, and writes none.
            bytes[count] = Self.decimalLetters.utf8Start[power < 0 ? power / 3 + 3 : power / 3 + 2]
            count += 1
        }
        return count
    }

    /// The number before the suffix, and the suffix as a power of 1024, or of ten that is a multiple of three.
    private func parts(
        _ mantissa: Int, _ exponent: Int32, _ format: Format
    ) -> (number: Int128, power: Int, isBinary: Bool) {
        if mantissa == 0 { return (0, 0, true) }
        if format == .binarySI, exponent >= 0 {
            // Between −1024 and 1024, and for fractions, upstream prints decimal.
            var number = scaled(to: 0)
            if number.magnitude >= 1024 {
                var power = 0
                while number % 1024 == 0 {
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
}

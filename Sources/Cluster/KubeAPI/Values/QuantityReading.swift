/// The text of quantities is read as upstream reads it. Follows apimachinery `pkg/api/resource/quantity.go`
/// `ParseQuantity` and suffix.go.
extension Quantity {
    /// Reads a quantity: a sign, digits with a point somewhere, and a suffix. Nil if the text is none.
    public init?(_ text: String) {
        var copy = text
        guard case .success(let quantity) = copy.withUTF8({ Quantity.read($0[...]) }) else { return nil }
        self = quantity
    }

    /// What is wrong with a text that is no quantity.
    package enum Complaint: String, Error, CaseIterable {
        case format = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        case number = "unable to parse numeric part of quantity"
        case suffix = "unable to parse quantity's suffix"
    }

    /// Whether a text is one of those that tell what is wrong with a quantity.
    package static func isComplaint(_ text: String) -> Bool { Complaint(rawValue: text) != nil }

    /// What is wrong with a text that is no quantity.
    package static func complaint(_ text: String) -> String {
        var copy = text
        guard case .failure(let complaint) = copy.withUTF8({ Quantity.read($0[...]) }) else { return "" }
        return complaint.rawValue
    }

    typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    /// The parts of a text. Upstream lets most of them be absent: `Ki`, `+` and `.` are 0.
    private struct Scan {
        var isNegative = false
        /// Where the digits begin that are not leading zeros.
        var start = 0
        /// Where the suffix begins.
        var end = 0
        /// The first 18 digits from `start`, as a number, and how many digits there are.
        var mantissa = 0
        var digits = 0
        /// Digits after the point.
        var fraction = 0
        var hasPoint = false
        /// Whether there is a digit, be it a leading zero.
        var hasDigit = false
        /// Whether the number is written as it is not printed: with a plus, a point or leading zeros.
        var isOdd = false

        init(_ text: Bytes) {
            var index = text.startIndex
            if index < text.endIndex, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
                isNegative = text[index] == UInt8(ascii: "-")
                isOdd = !isNegative
                index += 1
            }
            while index < text.endIndex, text[index] == UInt8(ascii: "0") {
                hasDigit = true
                isOdd = true
                index += 1
            }
            start = index
            while index < text.endIndex {
                let digit = text[index] &- UInt8(ascii: "0")
                if digit < 10 {
                    digits += 1
                    if digits <= 18 { mantissa = mantissa &* 10 &+ Int(digit) }
                    if hasPoint { fraction += 1 }
                } else if text[index] == UInt8(ascii: "."), !hasPoint {
                    hasPoint = true
                    isOdd = true
                } else {
                    break
                }
                index += 1
            }
            hasDigit = hasDigit || digits > 0
            end = index
        }

        /// Upstream counts a whole part that is absent, or only zeros, as one digit.
        var countedDigits: Int { digits + (digits == fraction ? 1 : 0) }
    }

    static func read(_ text: Bytes) -> Result<Quantity, Complaint> {
        guard !text.isEmpty else { return .failure(.format) }
        let scan = Scan(text)
        guard let suffix = Suffix(text[scan.end...]) else {
            return .failure(Suffix.hasFormat(text[scan.end...]) ? .suffix : .format)
        }
        switch suffix {
        case .binary(let power): return readBinary(text, scan, power)
        case .decimal(let power): return readDecimal(text, scan, power, .decimalSI)
        case .exponent(let power): return readDecimal(text, scan, power, .decimalExponent)
        }
    }

    private static func readDecimal(
        _ text: Bytes, _ scan: Scan, _ power: Int32, _ format: Format
    ) -> Result<Quantity, Complaint> {
        let exponent = power &- Int32(truncatingIfNeeded: scan.fraction)
        guard scan.countedDigits <= 18, exponent >= -9 else {
            if !scan.hasDigit { return .failure(.number) }
            let number = WideDecimal(
                digits: text[scan.start..<scan.end], exponent: Int(exponent), isNegative: scan.isNegative)
            return .success(Quantity(number.roundedUp(to: -9), format))
        }
        let mantissa = scan.isNegative ? -scan.mantissa : scan.mantissa
        let quantity = Quantity(mantissa, exponent: Int(exponent), format)
        if scan.isOdd || format == .decimalExponent, exponent % 3 == 0, scan.digits > scan.fraction,
            scan.mantissa % 1000 != 0
        {
            return .success(quantity.keeping(text, exponent: Int(exponent)))
        }
        return .success(quantity)
    }

    private static func readBinary(_ text: Bytes, _ scan: Scan, _ power: Int) -> Result<Quantity, Complaint> {
        // With more digits, upstream does not try whether 64 bits hold them.
        let isShort = scan.fraction == 0 && 15 - scan.countedDigits - power * 3 / 10 - 1 >= 0
        if isShort {
            let mantissa = scan.mantissa << power
            let quantity = Quantity(scan.isNegative ? -mantissa : mantissa, .binarySI)
            if scan.isOdd, scan.mantissa % 8 != 0 { return .success(quantity.keeping(text, exponent: 0)) }
            return .success(quantity)
        }
        if !scan.hasDigit { return .failure(.number) }
        let number = WideDecimal(digits: text[scan.start..<scan.end], exponent: -scan.fraction, isNegative: false)
        let amount = number.shifted(by: power).roundedUp(to: -9)
        let most = WideDecimal(Int128(Int.max), exponent: 0)
        let capped = WideDecimal.compare(amount, most) > 0 ? most : amount
        // Less than one unit is not printed as if it were rounded to one.
        let isSmall = !capped.isZero && WideDecimal.compare(capped, WideDecimal(1, exponent: 0)) < 0
        return .success(Quantity(scan.isNegative ? -capped : capped, isSmall ? .decimalSI : .binarySI))
    }

    /// With the text as it was written, if it is not the one that is printed anyway.
    private func keeping(_ text: Bytes, exponent: Int) -> Quantity {
        let written = String(decoding: text, as: UTF8.self)
        return written == self.text ? self : Quantity(self, text: written, writtenExponent: exponent)
    }

    private enum Suffix {
        /// A power of two.
        case binary(Int)
        /// A power of ten by its letter.
        case decimal(Int32)
        /// A power of ten, written out.
        case exponent(Int32)

        init?(_ text: Bytes) {
            guard let letter = text.first else {
                self = .decimal(0)
                return
            }
            let second = text.count > 1 ? text[text.startIndex + 1] : 0
            if letter | 0x20 == UInt8(ascii: "e"), second != 0, second != UInt8(ascii: "i") {
                let digits = String(decoding: text.dropFirst(), as: UTF8.self)
                guard let power = Int(digits) else { return nil }
                // Upstream reads 64 bits and keeps 32.
                self = .exponent(Int32(truncatingIfNeeded: power))
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
            case 1 where letter != UInt8(ascii: "K"): self = .decimal(Int32(thousands * 3))
            case 2 where second == UInt8(ascii: "i") && thousands > 0 && letter != UInt8(ascii: "k"):
                self = .binary(thousands * 10)
            default: return nil
            }
        }

        /// Whether a suffix that is none has the right letters in the right places.
        static func hasFormat(_ text: Bytes) -> Bool {
            var rest = text.drop { byte in "eEinumkKMGTP".utf8.contains(byte) }
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            return rest.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        }
    }
}

extension Quantity: JSONCodable {
    public init(from reader: inout JSONReader) {
        let result: Result<Quantity, Complaint>
        if reader.nextIsString() {
            result = reader.withString { bytes in Quantity.read(Quantity.trimmed(bytes)) }
        } else {
            var text = reader.numberText()
            result = text.isEmpty ? .success(Quantity()) : text.withUTF8 { Quantity.read($0[...]) }
        }
        switch result {
        case .success(let quantity): self = quantity
        case .failure(let complaint):
            self.init()
            reader.fail(complaint.rawValue)
        }
    }

    /// Upstream allows space around.
    private static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> Bytes {
        var text = text[...]
        while let byte = text.first, byte <= 0x20 { text.removeFirst() }
        while let byte = text.last, byte <= 0x20 { text.removeLast() }
        return text
    }

    public func encode(into writer: inout JSONWriter) {
        if let text = specialText {
            writer.plainString(capacity: text.utf8.count) { bytes in
                UnsafeMutableBufferPointer(start: bytes, count: text.utf8.count).update(fromContentsOf: text.utf8)
            }
        } else {
            writer.plainString(capacity: Self.longestText) { write(to: $0) }
        }
    }
}

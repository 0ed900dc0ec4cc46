import KubeAPI
import Testing

/// What Go prints for quantities: the tables are taken from a program with apimachinery 1.36.
@Suite("Quantities as Go has them")
struct QuantityExactnessTests {
    struct Case {
        let text: String
        let printed: String
        let format: Quantity.Format
        let other: String
        let sum: String
        let difference: String

        init(
            _ text: String, _ printed: String, _ format: Quantity.Format, with other: String, _ sum: String,
            _ difference: String
        ) {
            self.text = text
            self.printed = printed
            self.format = format
            self.other = other
            self.sum = sum
            self.difference = difference
        }
    }

    @Test(
        "What is read, printed, added and subtracted",
        arguments: [
            Case(
                "861.73598Ti", "947488730082946580480u", .binarySI, with: "1",
                "947488730082947580480u", "947488730082945580480u"),
            Case("4709E3", "4709E3", .decimalExponent, with: "+1", "4709001", "4708999"),
            Case("+5", "+5", .decimalSI, with: "0", "5", "5"),
            Case("007", "007", .decimalSI, with: "0", "7", "7"),
            Case("1.250", "1.250", .decimalSI, with: "1", "2250m", "250m"),
            Case("12.500k", "12.500k", .decimalSI, with: "1", "12501", "12499"),
            Case("5e+3", "5e+3", .decimalExponent, with: "0", "5e3", "5e3"),
            Case("5E0", "5E0", .decimalExponent, with: "0", "5", "5"),
            Case("5e03", "5e03", .decimalExponent, with: "0", "5e3", "5e3"),
            Case("1e3", "1e3", .decimalExponent, with: "0", "1e3", "1e3"),
            Case(".5E3", "500", .decimalExponent, with: "0", "500", "500"),
            Case("+1Ki", "+1Ki", .binarySI, with: "0", "1Ki", "1Ki"),
            Case("01Ki", "01Ki", .binarySI, with: "0", "1Ki", "1Ki"),
            Case("8.Ki", "8Ki", .binarySI, with: "0", "8Ki", "8Ki"),
            Case("9.Ki", "9.Ki", .binarySI, with: "0", "9Ki", "9Ki"),
            Case("+8Ki", "8Ki", .binarySI, with: "0", "8Ki", "8Ki"),
            Case(
                "12345678901234567890", "12345678901234567890", .decimalSI, with: "1",
                "12345678901234567891", "12345678901234567889"),
            Case(
                "12345678901234567890123456789", "12345678901234567890123456789", .decimalSI, with: "1",
                "12345678901234567890123456790", "12345678901234567890123456788"),
            Case(
                "-12345678901234567890123456789", "-12345678901234567890123456789", .decimalSI, with: "1",
                "-12345678901234567890123456788", "-12345678901234567890123456790"),
            Case(
                "1234567890123456789.123456789", "1234567890123456789123456789n", .decimalSI, with: "1",
                "1234567890123456790123456789n", "1234567890123456788123456789n"),
            Case("1.2345678901", "1234567891n", .decimalSI, with: "1", "2234567891n", "234567891n"),
            Case("-1.2345678901", "-1234567891n", .decimalSI, with: "1", "-234567891n", "-2234567891n"),
            Case("100.5Pi", "102912Ti", .binarySI, with: "1", "113152940637683713", "113152940637683711"),
            Case("0.3Ki", "307200m", .binarySI, with: "1", "308200m", "306200m"),
            Case("-0.3Ki", "-307200m", .binarySI, with: "0", "-307200m", "-307200m"),
            Case("0.0001Ki", "102400u", .decimalSI, with: "0", "102400u", "102400u"),
            Case("1000E", "1", .decimalSI, with: "1", "1000000000000000000001", "999999999999999999999"),
            Case("1000000E", "1", .decimalSI, with: "1", "1000000000000000000000001", "999999999999999999999999"),
            Case("1e4294967297", "10", .decimalExponent, with: "0", "10", "10"),
            Case("Ki", "0", .binarySI, with: "1", "1", "-1"),
            Case("+", "0", .decimalSI, with: "1", "1", "-1"),
            Case(".", "0", .decimalSI, with: "1", "1", "-1"),
            Case("-", "0", .decimalSI, with: "1", "1", "-1"),
            Case("e5", "0", .decimalExponent, with: "0", "0", "0"),
            Case("n", "0", .decimalSI, with: "0", "0", "0"),
            Case("0Ki", "0", .binarySI, with: "1Gi", "1Gi", "-1Gi"),
            Case(
                "9223372036854775807", "9223372036854775807", .decimalSI, with: "1",
                "9223372036854775808", "9223372036854775806"),
            Case(
                "-9223372036854775807", "-9223372036854775807", .decimalSI, with: "-1",
                "-9223372036854775808", "-9223372036854775806"),
            Case("9223372036854775807Ki", "9223372036854775807", .binarySI, with: "1", "8Ei", "9223372036854775806"),
            Case("4Ei", "4Ei", .binarySI, with: "4Ei", "8Ei", "0"),
            Case(
                "7Ei", "7Ei", .binarySI, with: "1n",
                "8070450532247928832000000001n", "8070450532247928831999999999n"),
            Case(
                "1e30", "1e30", .decimalExponent, with: "1n",
                "1000000000000000000000000000000000000001e-9", "999999999999999999999999999999999999999e-9"),
            Case("1e40", "10e39", .decimalExponent, with: "-1e40", "0", "20e39"),
            Case("1Gi", "1Gi", .binarySI, with: "1e25", "9536743164062501024Mi", "-9536743164062498976Mi"),
        ])
    func table(test: Case) throws {
        let quantity = try #require(Quantity(test.text))
        let other = try #require(Quantity(test.other))
        #expect(quantity.text == test.printed)
        #expect(quantity.format == test.format)
        #expect((quantity + other).text == test.sum)
        #expect((quantity - other).text == test.difference)
        // As JSON and as protobuf it is the same text.
        #expect(quantity.json == Array("\"\(test.printed)\"".utf8))
        var writer = ProtobufWriter()
        writer.quantity(1, quantity)
        let size = UInt8(test.printed.utf8.count)
        #expect(writer.bytes == [0x0A, size + 2, 0x0A, size] + Array(test.printed.utf8))
    }

    @Test(
        "What is refused, and why",
        arguments: [
            ("Pi", "number"),
            ("Ei", "number"),
            ("e-12", "number"),
            (".e-10", "number"),
            ("1.1.M", "format"),
            ("1+1.0M", "format"),
            ("1 ", "format"),
            ("1i", "suffix"),
            ("1e", "suffix"),
            ("1e-", "suffix"),
            ("1eE3", "suffix"),
            ("1Ki3", "suffix"),
            ("1K", "suffix"),
            ("1ki", "suffix"),
            ("1e9223372036854775808", "suffix"),
            (" 1", "format"),
            ("--1", "suffix"),
            ("0x1", "format"),
            ("", "format"),
        ])
    func refused(text: String, part: String) throws {
        let complaints = [
            "format": "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            "number": "unable to parse numeric part of quantity", "suffix": "unable to parse quantity's suffix",
        ]
        #expect(Quantity(text) == nil)
        // Space around is for JSON alone.
        if text.contains(" ") { return }
        do throws(JSONFailure) {
            _ = try Quantity.decode("\"\(text)\"")
            Issue.record("\(text) is taken for a quantity")
        } catch {
            #expect(error.message == complaints[part])
        }
    }

    @Test("Rounding lets go of the text only if it changes the last digit that was written")
    func rounding() {
        let quantity: Quantity = "2.500"
        #expect(quantity.roundedUp(to: -3).text == "2.500")
        #expect(quantity.roundedUp(to: -2).text == "2500m")
        #expect(quantity.roundedUp(to: 0).text == "3")
        let long: Quantity = "-1234567890123456789.123456789"
        #expect(long.roundedUp(to: -6).text == "-1234567890123456789123457u")
        #expect(long.roundedUp(to: 3).text == "-1234567890123457k")
        #expect(long.value == -1_234_567_890_123_456_790)
        #expect(long.milliValue == -Int.max)
        #expect(Quantity("-12E").value == -Int.max)
    }

    @Test("Equal amounts are equal and hash alike, however they are written")
    func equality() throws {
        for (left, right) in [("1.250", "1250m"), ("+5", "5"), ("4709E3", "4709k"), ("20e30", "20000000000000e18")] {
            let first = try #require(Quantity(left))
            let second = try #require(Quantity(right))
            #expect(first == second && !(first < second) && !(second < first))
            #expect(Set([first, second]).count == 1)
        }
    }

    /// A number as its digits, the lowest first, in nano-units.
    private struct Digits: Equatable {
        var digits: [Int]

        init(_ digits: [Int]) {
            self.digits = Array(digits.reversed().drop { $0 == 0 }.reversed())
        }

        init(whole: String, nanos: String) {
            self.init((whole + nanos).reversed().compactMap(\.wholeNumberValue))
        }

        static func + (left: Digits, right: Digits) -> Digits {
            var carry = 0
            let sum = (0...max(left.digits.count, right.digits.count)).map { place in
                let digit = left.at(place) + right.at(place) + carry
                carry = digit / 10
                return digit % 10
            }
            return Digits(sum)
        }

        func at(_ place: Int) -> Int { place < digits.count ? digits[place] : 0 }

        func isLess(than other: Digits) -> Bool {
            for place in (0..<max(digits.count, other.digits.count)).reversed() where at(place) != other.at(place) {
                return at(place) < other.at(place)
            }
            return false
        }

        /// The text in powers of a thousand, from nano-units to exa.
        var text: String {
            if digits.isEmpty { return "0" }
            var rest = digits
            var power = 0
            while rest.prefix(3).allSatisfy({ $0 == 0 }) {
                rest.removeFirst(min(3, rest.count))
                power += 1
            }
            let suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
            return rest.reversed().map { String($0) }.joined() + (power < suffixes.count ? suffixes[power] : "")
        }
    }

    @Test("Long numbers agree with sums by hand", arguments: 0..<10)
    func randomized(seed: UInt64) throws {
        var random = TestRandom(seed: seed)
        func number() -> (quantity: Quantity?, digits: Digits) {
            let zeros = String(repeating: "0", count: random.below(4) * 5)
            let whole = (0...random.below(40)).map { _ in String(random.below(10)) }.joined() + zeros
            let nanos = (0..<9).map { _ in String(random.below(10)) }.joined()
            let hasFraction = random.below(2) == 0
            let text = hasFraction ? "\(whole).\(nanos)" : whole
            return (Quantity(text), Digits(whole: whole, nanos: hasFraction ? nanos : "000000000"))
        }
        for _ in 0..<200 {
            let (left, leftDigits) = number()
            let (right, rightDigits) = number()
            let first = try #require(left)
            let second = try #require(right)
            let sum = first + second
            #expect(sum.text == (leftDigits + rightDigits).text, "seed \(seed)")
            #expect(sum - second == first && sum - first == second, "seed \(seed)")
            #expect((first < second) == leftDigits.isLess(than: rightDigits), "seed \(seed)")
            #expect((first == second) == (leftDigits == rightDigits), "seed \(seed)")
            #expect((-second < -first) == leftDigits.isLess(than: rightDigits), "seed \(seed)")
        }
    }
}

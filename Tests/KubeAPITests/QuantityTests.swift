import KubeAPI
import Testing

/// The cases are those of apimachinery's `pkg/api/resource/quantity_test.go`.
@Suite("Quantities")
struct QuantityTests {
    @Test(
        "Amount and format",
        arguments: [
            ("0", "0", Quantity.Format.decimalSI), ("0Ki", "0", .binarySI), ("1", "1", .decimalSI),
            ("8Ki", "8192", .binarySI),
            ("5Ti", "5497558138880", .binarySI), ("3Ei", "3458764513820540928", .binarySI), ("5n", "5n", .decimalSI),
            ("50k", "50000", .decimalSI), ("300T", "300000000000000", .decimalSI),
            ("1E", "1000000000000000000", .decimalSI),
            ("1E-3", "1m", .decimalExponent), ("1E18", "1E", .decimalExponent), ("100.035k", "100035", .decimalSI),
            ("0.0005k", "500m", .decimalSI), ("0.00500", "5m", .decimalSI), ("0.5e-2", "5m", .decimalExponent),
            ("1.3E+6", "1300000", .decimalExponent), ("1.01E", "1010P", .decimalSI), ("3.001n", "4n", .decimalSI),
            ("1.1E-9", "2n", .decimalExponent), ("0.0000000001", "1n", .decimalSI),
            ("0.00000012345", "124n", .decimalSI),
            ("9Ei", "9223372036854775807", .binarySI), ("9223372036854775807Ki", "9223372036854775807", .binarySI),
            ("12E", "12E", .decimalSI), ("100.035Ki", "102435840m", .binarySI), ("0.05Gi", "53687091200m", .binarySI),
            ("0.000000000001Ki", "2n", .decimalSI), (".001", "1m", .decimalSI), ("1.", "1", .decimalSI),
            ("1.G", "1G", .decimalSI),
            (".484785E-7466", "1n", .decimalExponent), ("9.5000000001Gi", "10200547328.1073741824", .binarySI),
        ])
    func amounts(text: String, amount: String, format: Quantity.Format) throws {
        let quantity = try #require(Quantity(text))
        let expected = try #require(Quantity(amount))
        #expect(quantity.format == format)
        #expect(quantity == expected)
        let negative = try #require(Quantity("-" + text))
        #expect(negative == -quantity)
        #expect(negative.format == format)
        #expect(Quantity("+" + text) == quantity)
    }

    @Test(
        "What is no quantity",
        arguments: [
            "", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i", "-3.01i", "-3.01e-", " 1", "1 ",
            "--1",
        ])
    func invalid(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test(
        "Canonical text",
        arguments: [
            ("1024Mi", "1Gi"), ("1000M", "1G"), ("307200Ki", "300Mi"), ("1025024Mi", "1001Gi"), ("1000u", "1m"),
            ("1.08", "1080m"),
            ("1080000000n", "1080m"), ("0.001T", "1G"), (".001e12", "1e9"),
            ("1000e-12", "1e-9"), ("1025", "1025"), ("1025Ki", "1025Ki"), ("80e-3", "80e-3"), ("300e6", "300e6"),
            ("00", "0"),
            (".001Ki", "1024m"), (".000001Ki", "1024u"), (".000000000001Ki", "2n"), ("0.5", "500m"),
            ("1.5Gi", "1536Mi"),
            ("1000m", "1"), ("2000m", "2"), ("100m", "100m"), ("0.1", "100m"), ("1Ki", "1Ki"), ("1023", "1023"),
            ("0.5Ki", "512"),
            // Written with a power of a thousand after the point, upstream keeps the text.
            ("1.250", "1.250"), ("100.035k", "100.035k"), ("6.987654321G", "6.987654321G"), ("0.250", "250m"),
            ("1.000", "1"),
            ("12E", "12E"), ("9Ei", "9223372036854775807"),
        ])
    func canonical(text: String, expected: String) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.text == expected)
        #expect(Quantity(quantity.text) == quantity)
        #expect(Quantity(quantity.text)?.text == expected)
        if !quantity.isZero { #expect(Quantity("-" + text)?.text == "-" + expected) }
    }

    @Test(
        "Values round away from zero",
        arguments: [
            ("-.484785E-7466", -1, -1), (".484785E-1", 1, 49), ("-.484785E-1", -1, -49), ("-0.0005", -1, -1),
            ("1500m", 2, 1500),
            ("-1500m", -2, -1500), ("9.5000000001Gi", 10_200_547_329, 10_200_547_328_108), ("1", 1, 1000), ("0", 0, 0),
            ("12E", Int.max, Int.max),
        ])
    func values(text: String, value: Int, milliValue: Int) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.value == value)
        #expect(quantity.milliValue == milliValue)
    }

    @Test(
        "Rounding up to a scale",
        arguments: [
            (-3, "9010m"), (-2, "9010m"), (-1, "9100m"), (0, "10"), (1, "10"), (2, "100"),
        ])
    func rounding(scale: Int, expected: String) {
        let quantity: Quantity = "9.01"
        #expect(quantity.roundedUp(to: scale).text == expected)
        #expect((-quantity).roundedUp(to: scale).text == "-" + expected)
    }

    @Test(
        "Comparison",
        arguments: [
            ("0", "0", 0), ("100m", "50m", 1), ("50m", "100m", -1), ("10000T", "100Gi", 1), ("1e30", "1n", 1),
            ("-1e30", "1n", -1),
            ("-1e30", "-1n", -1), ("9223372036854775807", "9223372036854775806", 1), ("1000m", "1", 0),
            ("1024", "1Ki", 0),
        ])
    func comparison(left: String, right: String, order: Int) throws {
        let left = try #require(Quantity(left))
        let right = try #require(Quantity(right))
        #expect((left < right) == (order < 0))
        #expect((right < left) == (order > 0))
        #expect((left == right) == (order == 0))
    }

    @Test(
        "Sums and differences keep the format of the first, or of the one that is not zero",
        arguments: [
            ("100m", "0", "100m", "100m"), ("0", "1Gi", "1Gi", "-1Gi"), ("1Gi", "0", "1Gi", "1Gi"),
            ("1", "500m", "1500m", "500m"),
            ("1Gi", "1Mi", "1025Mi", "1023Mi"), ("10", "1Ki", "1034", "-1014"), ("1e3", "1", "1001", "999"),
            ("1.250", "1", "2250m", "250m"), ("9223372036854775807", "1", "9223372036854775808", "9223372036854775806"),
        ])
    func arithmetic(left: String, right: String, sum: String, difference: String) throws {
        let left = try #require(Quantity(left))
        let right = try #require(Quantity(right))
        #expect((left + right).text == sum)
        #expect((left - right).text == difference)
    }

    @Test("Sums agree with whole numbers", arguments: 0..<20)
    func randomized(seed: UInt64) {
        var random = TestRandom(seed: seed)
        for _ in 0..<200 {
            let left = random.below(1 << 40) - 1 << 39
            let right = random.below(1 << 40) - 1 << 39
            let sum = Quantity(milli: left) + Quantity(milli: right)
            #expect(sum.milliValue == left + right, "seed \(seed): \(left) + \(right)")
            #expect((Quantity(milli: left) < Quantity(milli: right)) == (left < right), "seed \(seed)")
            #expect(Quantity(sum.text) == sum, "seed \(seed): \(sum.text)")
        }
    }

    @Test(
        "JSON: strings, numbers and space",
        arguments: [
            ("\" 1\"", "1"), ("\"1 \"", "1"), ("1", "1"), (" -1", "-1"), ("1.5", "1500m"), ("1e3", "1e3"),
            ("null", "0"),
        ])
    func json(text: String, expected: String) throws {
        #expect(try Quantity.decode(text).text == expected)
    }
}

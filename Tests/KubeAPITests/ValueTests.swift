import ClusterCore
import KubeAPI
import Testing

@Suite("Values")
struct ValueTests {
    @Test(
        "Times",
        arguments: [
            ("2026-01-01T00:00:00Z", 1_767_225_600), ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59Z", 951_868_799),
            ("1969-12-31T23:59:59Z", -1), ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("0001-01-01T00:00:00Z", -62_135_596_800), ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("2000-02-29T00:00:00Z", 951_782_400), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("2006-01-02T22:04:05Z", 1_136_239_445), ("1900-03-01T00:00:00Z", -2_203_891_200),
            ("2026-12-31T23:59:59Z", 1_798_761_599),
        ])
    func times(text: String, seconds: Int) {
        #expect(Time(rfc3339: text)?.seconds == seconds)
        #expect(Time(seconds: seconds).rfc3339 == text)
    }

    @Test("Offsets and fractions")
    func offsets() {
        #expect(Time(rfc3339: "2026-01-01T01:30:00+01:30")?.rfc3339 == "2026-01-01T00:00:00Z")
        #expect(Time(rfc3339: "2025-12-31T23:00:00.999999999-01:00")?.rfc3339 == "2026-01-01T00:00:00Z")
        #expect(MicroTime(rfc3339: "2026-01-01T00:00:00.1234567Z")?.rfc3339 == "2026-01-01T00:00:00.123456Z")
        #expect(MicroTime(microseconds: -1).rfc3339 == "1969-12-31T23:59:59.999999Z")
        #expect(Time(rfc3339: "2025-12-31T19:00:00-05:00")?.rfc3339 == "2026-01-01T00:00:00Z")
        #expect(MicroTime(rfc3339: "2026-01-01T00:00:00.5Z")?.rfc3339 == "2026-01-01T00:00:00.500000Z")
        #expect(MicroTime(rfc3339: "2026-01-01t00:00:00.1234567891z")?.rfc3339 == "2026-01-01T00:00:00.123456Z")
        for text in [
            "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "x",
            "2026-13-01T00:00:00Z", "", "2026-00-01T00:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00Zz", "26-01-01T00:00:00Z",
            "2026-01-01 00:00:00Z",
        ] {
            #expect(Time(rfc3339: text) == nil, "\(text)")
        }
    }

    @Test("Every moment reads back")
    func momentsReadBack() {
        var random = SeededRandom(seed: 11)
        // Years of four digits.
        let range = 300_000_000_000_000_000
        for _ in 0..<2_000 {
            let time = MicroTime(microseconds: random.below(range) - range / 5)
            #expect(MicroTime(rfc3339: time.rfc3339) == time, "\(time.microseconds) µs")
        }
    }

    @Test("No time is null")
    func zeroTime() throws {
        #expect(Time().jsonText == "null")
        #expect(try Time.decode("null").isZero)
        #expect(MicroTime().jsonText == "null")
        #expect(try Time.decode("\"1970-01-01T00:00:00Z\"") == Time(seconds: 0))
    }

    @Test(
        "Strings are escaped as Go does",
        arguments: [
            ("plain", #""plain""#), ("a\"b\\c/d", #""a\"b\\c/d""#), ("\n\r\t\u{08}\u{0C}", #""\n\r\t\b\f""#),
            ("\u{01}\u{1F}\u{7F}", "\"\\u0001\\u001f\u{7F}\""),
            ("<a&b>", #""\u003ca\u0026b\u003e""#), ("\u{2028}\u{2029}\u{2027}", "\"\\u2028\\u2029\u{2027}\""),
            ("é日本🚢", "\"é日本🚢\""), ("", "\"\""),
        ])
    func escaping(text: String, json: String) throws {
        #expect(text.jsonText == json)
        #expect(try String.decode(json) == text)
    }

    @Test(
        "Escapes are read",
        arguments: [
            (#""\ud83d\udea2""#, "🚢"), (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\u0041\/""#, "A/"),
            (#""abcdefghijklmnop\nqrstuvwxyz0123456789\t""#, "abcdefghijklmnop\nqrstuvwxyz0123456789\t"),
        ])
    func unescaping(json: String, text: String) throws {
        #expect(try String.decode(json) == text)
    }

    @Test("Invalid UTF-8 becomes U+FFFD")
    func invalidUTF8() throws {
        #expect(try String.decode([0x22, 0x61, 0xFF, 0x62, 0x22]) == "a\u{FFFD}b")
    }

    @Test(
        "Floating point is spelled as Go does",
        arguments: [
            (1.0, "1"), (-0.5, "-0.5"), (1e15, "1000000000000000"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1.5e300, "1.5e+300"), (0.000001, "0.000001"), (0.0000001, "1e-7"), (123456.789, "123456.789"),
            (-1.25e-9, "-1.25e-9"),
            (1e16, "10000000000000000"), (12345678901234567.0, "12345678901234568"),
        ])
    func doubles(value: Double, text: String) throws {
        #expect(value.jsonText == text)
        #expect(try Double.decode(text) == value)
    }

    @Test("A string map agrees with a dictionary", arguments: 0..<10)
    func stringMap(seed: UInt64) {
        var random = TestRandom(seed: seed)
        var map: StringMap<Int> = [:]
        var model: [String: Int] = [:]
        let alphabet = ["", "a", "b", "ab", "é", "e\u{301}", "z", "zz", "a/b", "A", "\u{FFFD}", "🚢"]
        for step in 0..<400 {
            let key = alphabet[random.below(alphabet.count)] + alphabet[random.below(alphabet.count)]
            switch random.below(4) {
            case 0:
                let removed = map.removeValue(forKey: key)
                #expect(removed == remove(key, from: &model), "seed \(seed), step \(step)")
            default:
                map[key] = step
                model[identity(key)] = step
            }
            #expect(map.count == model.count, "seed \(seed), step \(step)")
            #expect(map[key] == model[identity(key)], "seed \(seed), step \(step)")
        }
        let keys = map.keys.map { Array($0.utf8) }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }, "seed \(seed)")
    }

    @Test("A map is read from keys in any order, and the last of equal ones counts", arguments: [2, 9, 40, 5000])
    func stringMapFromJSON(count: Int) throws {
        var random = TestRandom(seed: UInt64(count))
        var expected: [String: Int] = [:]
        var members: [String] = []
        for number in 0..<count {
            let key = "key-\(random.below(count))"
            expected[key] = number
            members.append("\"\(key)\":\(number)")
        }
        let text = "{" + members.joined(separator: ",") + "}"
        let map = try #require(JSONValue.decode(Array(text.utf8)).objectValue)
        #expect(map.keys == expected.keys.sorted())
        #expect(map.allSatisfy { $0.value.intValue == expected[$0.key] })
    }

    /// Keys are told apart by their bytes, which Swift's own equality does not do.
    private func identity(_ key: String) -> String { Array(key.utf8).map(String.init).joined(separator: " ") }

    private func remove(_ key: String, from model: inout [String: Int]) -> Int? {
        model.removeValue(forKey: identity(key))
    }

    @Test("Base64", arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\nYmFy", "foobar")])
    func base64(text: String, bytes: String) {
        #expect(Base64Data(base64: text)?.bytes == Array(bytes.utf8))
        #expect(Base64Data(Array(bytes.utf8)).base64 == text.filter { $0 != "\n" })
        for broken in ["Z", "Zg", "Zg=", "Z===", "Zm9v=", "Zg==Zg==", "Zm9$"] {
            #expect(Base64Data(base64: broken) == nil, "\(broken)")
        }
    }
}

import ClusterCore
import Testing

@Suite struct IntervalTests {
    @Test(arguments: [
        (0, "0s"), (1, "1ns"), (-1, "-1ns"), (1_100, "1.1µs"), (2_200_000, "2.2ms"), (250_000_000, "250ms"),
        (1_500_000_000, "1.5s"), (3_300_000_000, "3.3s"), (90_000_000_000, "1m30s"), (245_000_000_000, "4m5s"),
        (245_001_000_000, "4m5.001s"), (18_367_001_000_000, "5h6m7.001s"), (480_000_000_001, "8m0.000000001s"),
        (7_200_000_000_000, "2h0m0s"), (360_000_000_000_000, "100h0m0s"), (-90_000_000_000, "-1m30s"),
        (999, "999ns"), (1_000, "1µs"), (999_999_999, "999.999999ms"), (60_000_000_000, "1m0s"),
        (Int.max, "2562047h47m16.854775807s"), (Int.min, "-2562047h47m16.854775808s"),
    ])
    func printsAsGo(nanoseconds: Int, text: String) {
        #expect(Interval.nanoseconds(nanoseconds).description == text)
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("+0", 0), ("0s", 0), ("5s", 5_000_000_000), ("1478s", 1_478_000_000_000),
        ("-5s", -5_000_000_000), ("+5s", 5_000_000_000), ("5.0s", 5_000_000_000), ("5.6s", 5_600_000_000),
        ("5.s", 5_000_000_000), (".5s", 500_000_000), ("1.004s", 1_004_000_000), ("100.00100s", 100_001_000_000),
        ("10ns", 10), ("11us", 11_000), ("12µs", 12_000), ("12μs", 12_000), ("13ms", 13_000_000),
        ("14s", 14_000_000_000), ("15m", 900_000_000_000), ("16h", 57_600_000_000_000),
        ("3h30m", 12_600_000_000_000), ("10.5s4m", 250_500_000_000), ("-2m3.4s", -123_400_000_000),
        ("1h2m3s4ms5us6ns", 3_723_004_005_006), ("1h2m3.5s", 3_723_500_000_000), ("500ms", 500_000_000),
        ("52763797000ns", 52_763_797_000), ("0.3333333333333333333h", 1_200_000_000_000),
        ("9007199254740993ns", 9_007_199_254_740_993), ("9223372036854775807ns", Int.max),
        ("-9223372036854775808ns", Int.min), ("0.100000000000000000000h", 360_000_000_000),
        ("0.830103483285477580700h", 2_988_372_539_827),
    ])
    func readsWhatGoReads(text: String, nanoseconds: Int) {
        #expect(Interval(goDuration: text) == .nanoseconds(nanoseconds))
    }

    @Test(arguments: [
        "", "3", "-", "s", ".", "-.", ".s", "+.s", "1d", "1.5", "1s ", " 1s", "1s1", "--1s", "ms1", "1e3s", "1m-1s",
        "3000000h", "9223372036854775808ns", "9223372036854775.808us", "9223372036854ms775us808ns",
        "-9223372036854775809ns", "18446744073709551616ns",
    ])
    func refusesWhatGoRefuses(text: String) {
        #expect(Interval(goDuration: text) == nil)
    }

    @Test func everyPrintedIntervalReadsBack() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            let scale = random.below(63)
            let interval = Interval(nanoseconds: Int64(bitPattern: random.next()) >> Int64(scale))
            #expect(Interval(goDuration: interval.description) == interval, "\(interval.nanoseconds) ns")
        }
    }

    @Test(arguments: [
        ("1s", "1s"), ("70s", "70s"), ("119s", "119s"), ("190s", "3m10s"), ("70m", "70m"), ("47h", "47h"),
        ("49h", "2d1h"), ("59.999s", "59s"), ("2m", "2m"), ("9m59s", "9m59s"), ("10m", "10m"), ("179m59s", "179m"),
        ("3h", "3h"), ("3h5m", "3h5m"), ("7h59m", "7h59m"), ("8h", "8h"), ("47h59m", "47h"), ("48h", "2d"),
        ("52h", "2d4h"), ("191h", "7d23h"), ("192h", "8d"), ("17519h", "729d"), ("17520h", "2y"),
        ("26304h", "3y1d"), ("70079h", "7y364d"), ("70080h", "8y"), ("96360h", "11y"), ("0s", "0s"),
        ("-500ms", "0s"), ("-1s", "0s"), ("-1.9s", "0s"), ("-2s", "<invalid>"),
    ])
    func printsAgesAsKubectl(interval: String, age: String) throws {
        #expect(try #require(Interval(goDuration: interval)).humanDuration == age)
    }

    @Test func arithmeticStaysWithinItsRange() {
        #expect(Interval.max + .seconds(1) == .max)
        #expect(-Interval.max - .seconds(1) == Interval(nanoseconds: .min))
        #expect(Interval.hours(3_000_000) == .max)
        #expect(Interval.max * -2 == Interval(nanoseconds: .min))
        #expect(Interval.max * 1.5 == .max)
        #expect(Interval(nanoseconds: .min) / -1 == .max)
    }

    @Test func fractionsAreCutToNanoseconds() {
        #expect(Interval.seconds(1.5) == .milliseconds(1_500))
        #expect(Interval.seconds(2) == .milliseconds(2_000))
        #expect(Interval.nanoseconds(10) * 0.99 == .nanoseconds(9))
        #expect(Interval.nanoseconds(-10) * 0.99 == .nanoseconds(-9))
        #expect(Interval.seconds(10) / 3 == .nanoseconds(3_333_333_333))
        #expect(Interval.seconds(10) / .seconds(4) == 2.5)
        #expect(Interval.milliseconds(-1_500).seconds == -1.5)
    }
}

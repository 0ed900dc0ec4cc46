import ClusterCore
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (1_767_225_600, "2026-01-01T00:00:00Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (1_136_239_445, "2006-01-02T22:04:05Z"),
        (-2_203_891_200, "1900-03-01T00:00:00Z"), (1_798_761_599, "2026-12-31T23:59:59Z"),
    ])
    func writesAndReadsDates(seconds: Int64, text: String) {
        #expect(Instant(seconds: seconds).rfc3339 == text)
        #expect(Instant(rfc3339: text) == Instant(seconds: seconds))
    }

    @Test func simulationsBeginWithTheYear() {
        #expect(Instant.simulationStart.rfc3339 == "2026-01-01T00:00:00Z")
        #expect(Instant.simulationStart.rfc3339Micro == "2026-01-01T00:00:00.000000Z")
    }

    @Test func fractionsAreCut() {
        let time = Instant.simulationStart + .nanoseconds(1_234_567_899)
        #expect(time.rfc3339 == "2026-01-01T00:00:01Z")
        #expect(time.rfc3339Micro == "2026-01-01T00:00:01.234567Z")
        #expect(time.description == "2026-01-01T00:00:01.234567899Z")
        #expect(Instant(nanoseconds: -1).seconds == -1)
        #expect(Instant(nanoseconds: -1).rfc3339Micro == "1969-12-31T23:59:59.999999Z")
    }

    @Test(arguments: [
        ("2026-01-01T01:30:00+01:30", 0), ("2025-12-31T19:00:00-05:00", 0), ("2026-01-01T00:00:00.5Z", 500_000_000),
        ("2026-01-01T00:00:00.123456Z", 123_456_000), ("2026-01-01t00:00:00.1234567891z", 123_456_789),
    ])
    func readsOffsetsAndFractions(text: String, nanoseconds: Int) {
        #expect(Instant(rfc3339: text) == .simulationStart + .nanoseconds(nanoseconds))
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-01-01T00:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00Zz", "26-01-01T00:00:00Z", "2026-01-01 00:00:00Z",
        "0001-01-01T00:00:00Z",
    ])
    func refusesWhatIsNoDate(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func everyMomentReadsBack() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<2_000 {
            let time = Instant(nanoseconds: Int64(bitPattern: random.next()))
            guard time.seconds.magnitude < 9_180_000_000 else { continue }
            #expect(Instant(rfc3339: time.description) == time, "\(time.nanoseconds) ns")
        }
    }

    @Test func differencesAreIntervals() {
        let start = Instant.simulationStart
        #expect(start + .minutes(2) - start == .seconds(120))
        #expect(start - .seconds(1) < start)
        #expect((start + .max).nanoseconds == .max)
    }
}

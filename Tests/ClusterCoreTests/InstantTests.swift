import ClusterCore
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (1_767_225_600, "2026-01-01T00:00:00Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (1_136_239_445, "2006-01-02T22:04:05Z"),
        (-2_203_891_200, "1900-03-01T00:00:00Z"), (1_798_761_599, "2026-12-31T23:59:59Z"),
    ])
    func writesDates(seconds: Int64, text: String) {
        #expect(Instant(seconds: seconds).rfc3339 == text)
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

    @Test func differencesAreIntervals() {
        let start = Instant.simulationStart
        #expect(start + .minutes(2) - start == .seconds(120))
        #expect(start - .seconds(1) < start)
        #expect((start + .max).nanoseconds == .max)
    }
}

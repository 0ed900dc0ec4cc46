import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// Compared with client-go `tools/events/eventseries_test.go`.
@Suite("The recorder of events in series")
struct EventSeriesRecorderTests {
    private let test = ClientFixture()
    private let recorder: EventSeriesRecorder
    private let pod: Pod

    init() {
        recorder = EventSeriesRecorder(client: test.client, loop: test.loop, controller: "scheduler", host: "control")
        var pod = Pod(name: "web", namespace: "default")
        pod.metadata.uid = "5f1c"
        pod.metadata.resourceVersion = "7"
        self.pod = pod
    }

    private func fail(_ note: String = "no room", version: String = "7") {
        var pod = pod
        pod.metadata.resourceVersion = version
        recorder.event(pod, .warning, "FailedScheduling", action: "Scheduling", note)
    }

    /// Note, and count and last time of the series in seconds since the start, of each event.
    private var events: [String] {
        test.client.list(Event.self, namespace: "default").map { event in
            guard let series = event.series else { return event.message ?? "" }
            let last = (series.lastObservedTime?.microseconds ?? 0) - Instant.simulationStart.microTime.microseconds
            return "\(event.message ?? "") x\(series.count ?? 0) at \(last / 1_000_000)"
        }
    }

    @Test func anEventSaysWhoDidWhatAndForWhom() throws {
        var preemptor = Pod(name: "urgent", namespace: "default")
        preemptor.metadata.uid = "77"
        test.advance(.nanoseconds(1_234_567_890))
        recorder.event(
            pod, related: ObjectReference(to: preemptor), .normal, "Preempted", action: "Preempting", "made room")
        let event = try #require(test.client.list(Event.self, namespace: "default").first)
        #expect(event.name == "web.\(String(test.loop.now.nanoseconds, radix: 16))")
        #expect(event.involvedObject.uid == "5f1c" && event.involvedObject.resourceVersion == "7")
        #expect(event.related?.name == "urgent" && event.related?.kind == "Pod" && event.related?.apiVersion == "v1")
        #expect(event.type == "Normal" && event.reason == "Preempted" && event.action == "Preempting")
        #expect(event.message == "made room")
        #expect(event.reportingComponent == "scheduler" && event.reportingInstance == "scheduler-control")
        #expect(event.eventTime?.rfc3339 == "2026-01-01T00:00:01.234567Z")
        #expect(event.count == nil && event.firstTimestamp == nil && event.lastTimestamp == nil && event.series == nil)
    }

    /// The second says that there is a series, with a count of two; the others count in silence until it has ended.
    @Test func theSameAgainMakesASeries() {
        fail()
        #expect(events == ["no room"])
        test.advance(.seconds(60))
        fail("another note makes no other event")
        #expect(events == ["no room x2 at 60"])
        for _ in 0..<3 {
            test.advance(.seconds(10))
            fail()
        }
        #expect(events == ["no room x2 at 60"])
        // Ended six minutes after the last, which is seen at the twelfth minute.
        test.advance(.seconds(719 - 90))
        #expect(events == ["no room x2 at 60"])
        test.advance(.seconds(1))
        #expect(events == ["no room x5 at 90"])
        fail()
        #expect(events == ["no room x5 at 90", "no room"])
    }

    @Test func aSeriesThatGoesOnIsWrittenEveryHalfAnHour() {
        for _ in 0..<40 {
            fail()
            test.advance(.seconds(60))
        }
        // The one at the thirtieth minute came after the count was written.
        #expect(events == ["no room x30 at 1740"])
        test.advance(.minutes(20))
        #expect(events == ["no room x40 at 2340"])
    }

    @Test func anotherVersionOrReasonIsAnotherEvent() {
        fail()
        fail(version: "8")
        recorder.event(pod, .warning, "FailedScheduling", action: "Binding", "no room")
        recorder.event(pod, .normal, "FailedScheduling", action: "Scheduling", "no room")
        #expect(events == ["no room", "no room", "no room", "no room"])
    }

    @Test func aSingleEventIsForgottenAfterSixMinutes() {
        test.advance(.seconds(10))
        fail()
        // Looked at in the sixth minute, when it is not old enough, and in the twelfth.
        test.advance(.minutes(11))
        fail()
        #expect(events == ["no room x2 at 670"])
        test.advance(.minutes(18))
        fail()
        #expect(events == ["no room x2 at 670", "no room"])
    }

    @Test func aSeriesWhoseEventIsGoneIsWrittenAnew() throws {
        fail()
        let event = try #require(test.client.list(Event.self, namespace: "default").first)
        try test.client.delete(event.key)
        fail()
        #expect(events == ["no room x2 at 0"])
    }

    @Test func manyOfOneMomentAreOneSeries() {
        for _ in 0..<5 { fail() }
        #expect(events == ["no room x2 at 0"])
        test.advance(.minutes(12))
        #expect(events == ["no room x5 at 0"])
    }
}

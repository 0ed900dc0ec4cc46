import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// Compared with client-go `tools/record/events_cache_test.go`.
@Suite("The event recorder")
struct EventRecorderTests {
    private let test = ClientFixture()
    private let recorder: EventRecorder
    private let pod = Pod(name: "web", namespace: "default")

    init() { recorder = EventRecorder(client: test.client, loop: test.loop, component: "kubelet", host: "node-1") }

    @Test func anEventSaysWhoWhatAndWhen() throws {
        var pod = pod
        pod.metadata.uid = "5f1c"
        pod.metadata.resourceVersion = "7"
        recorder.event(pod, .warning, "Failed", "no luck", fieldPath: "spec.containers{app}")
        let event = try #require(test.client.list(Event.self, namespace: "default").first)
        #expect(event.name == "web.\(String(Instant.simulationStart.nanoseconds, radix: 16))")
        let about = event.involvedObject
        #expect(about.kind == "Pod" && about.apiVersion == "v1" && about.name == "web" && about.uid == "5f1c")
        #expect(about.resourceVersion == "7" && about.fieldPath == "spec.containers{app}")
        #expect(event.type == "Warning" && event.reason == "Failed" && event.message == "no luck" && event.count == 1)
        #expect(event.source?.component == "kubelet" && event.source?.host == "node-1")
        #expect(event.reportingComponent == "kubelet" && event.reportingInstance == "node-1")
        #expect(event.firstTimestamp == Instant.simulationStart.time && event.lastTimestamp == event.firstTimestamp)
    }

    @Test func theSameAgainCountsUp() throws {
        for _ in 0..<3 {
            recorder.event(pod, .normal, "Pulled", "there")
            test.advance(.minutes(1))
        }
        #expect(test.events == ["3 Pulled there"])
        let event = try #require(test.client.list(Event.self, namespace: "default").first)
        #expect(event.firstTimestamp == Instant.simulationStart.time)
        #expect(event.lastTimestamp == (Instant.simulationStart + .minutes(2)).time)
        recorder.event(pod, .warning, "Pulled", "there")
        recorder.event(pod, .normal, "Pulled", "there", fieldPath: "spec.containers{app}")
        #expect(test.events.count == 3, "another type or another place is another event")
    }

    @Test func anEventThatIsGoneIsWrittenAnewWithItsCount() throws {
        recorder.event(pod, .normal, "Pulled", "there")
        let event = try #require(test.client.list(Event.self, namespace: "default").first)
        try test.client.delete(event.key)
        test.advance(.seconds(1))
        recorder.event(pod, .normal, "Pulled", "there")
        #expect(test.events == ["2 Pulled there"])
    }

    /// The tenth different text within ten minutes is the first to be joined.
    @Test func tenSimilarEventsAreJoined() {
        for number in 1...12 { recorder.event(pod, .normal, "Counted", "number \(number)") }
        #expect(test.events.count == 10)
        #expect(test.events.last == "3 Counted (combined from similar events): number 12")
        let combined = test.client.list(Event.self, namespace: "default").filter { $0.count == 3 }
        #expect(combined.map(\.source?.component) == ["kubelet"])
        #expect(combined.allSatisfy { ($0.reportingComponent ?? "") + ($0.reportingInstance ?? "") == "" })
        // Another reason stands alone.
        recorder.event(pod, .normal, "Other", "number 13")
        #expect(test.events.last == "1 Other number 13")
    }

    @Test func afterTenQuietMinutesNothingIsSimilar() {
        for number in 1...10 { recorder.event(pod, .normal, "Counted", "number \(number)") }
        test.advance(.minutes(10) + .seconds(1))
        recorder.event(pod, .normal, "Counted", "number 11")
        #expect(test.events.last == "1 Counted number 11")
    }

    /// Twenty-five events about one object, then one every five minutes; what was left out is counted all the same.
    @Test func aSpammerIsHeldBack() {
        for _ in 0..<30 { recorder.event(pod, .normal, "Pulled", "there") }
        #expect(test.events == ["25 Pulled there"])
        test.advance(.seconds(299))
        recorder.event(pod, .normal, "Pulled", "there")
        #expect(test.events == ["25 Pulled there"])
        test.advance(.seconds(1))
        recorder.event(pod, .normal, "Pulled", "there")
        #expect(test.events == ["32 Pulled there"])
        recorder.event(pod, .normal, "Killing", "gone", fieldPath: "spec.containers{app}")
        #expect(test.events.count == 1, "all places of an object share its allowance")
        recorder.event(Pod(name: "other", namespace: "default"), .normal, "Pulled", "there")
        #expect(test.events.count == 2, "another object has its own")
    }

    /// Events of objects without a namespace are in `default`.
    @Test func eventsAboutNodesAreInDefault() {
        recorder.event(Node(name: "node-1"), .normal, "Starting", "Starting kubelet.")
        #expect(test.events == ["1 Starting Starting kubelet."])
    }
}

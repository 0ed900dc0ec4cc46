import TestSupport
import Testing

/// What a kubelet writes, event for event: the texts in `Tests/Transcripts/Kubelet`.
@Suite struct TranscriptTests {
    @Test(arguments: [
        "start-and-delete", "cold-image", "crash-loop", "image-failure", "init-and-sidecar", "probes",
        "kill-after-grace", "completion", "power-cycle", "partition", "admission", "preemption", "deadline", "volumes",
        "environment",
    ])
    func transcript(_ name: String) throws {
        let difference = try GoldenText("Kubelet", name).difference(Transcript.replay)
        #expect(difference == nil)
    }
}

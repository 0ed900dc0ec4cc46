import TestSupport
import Testing

/// The stories in `Tests/Transcripts/Cluster`, played again and compared line by line.
@Suite struct TranscriptTests {
    @Test(arguments: ["rolling-update", "rollback", "node-outage", "namespace-deletion"])
    func theStoryIsTheSame(name: String) throws {
        let difference = try GoldenText("Cluster", name).difference(Transcript.replay)
        #expect(difference == nil)
    }
}

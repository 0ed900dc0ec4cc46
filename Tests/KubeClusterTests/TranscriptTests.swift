import Foundation
import Testing
import TestSupport

/// The stories in `Tests/Transcripts/Cluster`, played again and compared line by line.
/// `DRYDOCK_UPDATE_TRANSCRIPTS=1 swift test --filter TranscriptTests` writes them anew, to be read in the diff.
@Suite struct TranscriptTests {
    @Test(arguments: ["rolling-update", "rollback", "node-outage", "namespace-deletion"])
    func theStoryIsTheSame(name: String) throws {
        let file = Repository.transcripts("Cluster").appendingPathComponent(name + ".txt")
        let expected = try String(contentsOf: file, encoding: .utf8)
        let found = Transcript.replay(expected)
        if ProcessInfo.processInfo.environment["DRYDOCK_UPDATE_TRANSCRIPTS"] == "1" {
            try found.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let lines = zip(
            expected.split(separator: "\n", omittingEmptySubsequences: false),
            found.split(separator: "\n", omittingEmptySubsequences: false))
        for (number, (old, new)) in lines.enumerated() where old != new {
            Issue.record("\(name).txt line \(number + 1):\nexpected \(old)\nfound    \(new)")
            return
        }
        #expect(found == expected, "\(name).txt: one is longer than the other")
    }
}

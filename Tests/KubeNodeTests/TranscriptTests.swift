import Foundation
import Testing

/// Golden transcripts: what a kubelet writes, event for event, in virtual time. With `UPDATE_TRANSCRIPTS=1` in the
/// environment the files are written anew, to be read before they are kept.
@Suite struct TranscriptTests {
    @Test(arguments: [
        "start-and-delete", "cold-image", "crash-loop", "image-failure", "init-and-sidecar", "probes",
        "kill-after-grace",
        "completion", "power-cycle", "partition", "admission", "preemption", "deadline", "volumes", "environment",
    ])
    func transcript(_ name: String) throws {
        let file = Transcript.folder.appending(path: name + ".txt")
        let expected = try String(contentsOf: file, encoding: .utf8)
        let actual = try Transcript.replay(expected)
        if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
            try actual.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let pairs = zip(expected.split(separator: "\n"), actual.split(separator: "\n"))
        for (wanted, found) in pairs where wanted != found {
            Issue.record("\(name).txt expects:\n\(wanted)\nbut found:\n\(found)")
            break
        }
        #expect(expected == actual, "\(name).txt")
    }
}

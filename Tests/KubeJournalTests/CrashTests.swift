import ClusterCore
import Foundation
import JournalWorkload
import KubeAPI
import KubeClient
import KubeJournal
import KubeStore
import TestSupport
import Testing

/// A process that writes is killed again and again; what it acknowledged must be there, and no revision twice.
///
/// `DRYDOCK_KILLS=5000 swift test …` kills so often; by default enough for a first look.
@Suite(.serialized) struct CrashTests {
    private static let kills = ProcessInfo.processInfo.environment["DRYDOCK_KILLS"].flatMap(Int.init) ?? 25

    @Test(arguments: [UInt64.random(in: 1...UInt64.max)])
    func nothingAcknowledgedIsLost(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: seed)
        var acknowledged = 0
        for kill in 0..<Self.kills {
            let said = try Writer.runAndKill(folder.path, seed: seed, afterLines: random.below(40))
            try #require(said.failures.isEmpty, "seed \(seed), kill \(kill): \(said.failures)")
            for revision in said.revisions {
                #expect(revision >= acknowledged, "seed \(seed), kill \(kill): \(revision) after \(acknowledged)")
                acknowledged = max(acknowledged, revision)
            }
            let journal = try SQLiteJournal(DataDirectory(folder.path))
            let contents = journal.contents
            journal.close()
            try #require(contents.revision >= acknowledged, "seed \(seed), kill \(kill): an acknowledged write is lost")
            acknowledged = contents.revision
            try compare(contents, seed: seed, kill: kill)
        }
        #expect(acknowledged > Self.kills, "the writer came nowhere: seed \(seed)")
    }

    /// The objects are those that a plain run of the same writes makes.
    private func compare(_ contents: JournalContents, seed: UInt64, kill: Int) throws {
        let store = ObjectStore(loop: EventLoop(start: .simulationStart))
        while store.revision < contents.revision { try Workload.step(store, seed: seed) }
        let restored = ObjectStore(loop: EventLoop(start: .simulationStart))
        restored.restore(contents)
        #expect(restored.revision == store.revision)
        #expect(restored.objectCount == store.objectCount, "seed \(seed), kill \(kill)")
        store.forEach(.configMap, namespace: nil) { object in
            let same = restored.object(object.key)?.json == object.json
            #expect(same, "seed \(seed), kill \(kill): \(object.name) at revision \(object.revision)")
            return same
        }
    }
}

/// Runs `journal-writer` and reads what it says.
enum Writer {
    struct Said {
        var revisions: [Int] = []
        var failures: [String] = []
    }

    private static var executable: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("journal-writer")
    }

    /// Kills it after so many lines; what it said before is returned, also what was still in the pipe.
    static func runAndKill(_ folder: String, seed: UInt64, afterLines lines: Int) throws -> Said {
        let process = Process()
        process.executableURL = executable
        process.arguments = [folder, "\(seed)", "\(Int.max)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        var text = Data()
        while text.filter({ $0 == UInt8(ascii: "\n") }).count < lines {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += data
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        text += pipe.fileHandleForReading.readDataToEndOfFile()
        var said = Said()
        // The last line may be cut off.
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
        {
            if let revision = Int(line) { said.revisions.append(revision) } else { said.failures.append(String(line)) }
        }
        return said
    }
}

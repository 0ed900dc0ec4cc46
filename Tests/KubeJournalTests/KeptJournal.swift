import ClusterCore
import Foundation
import JournalWorkload
import KubeAPI
import KubeClient
import KubeJournal
import KubeStore
import TestSupport
import Testing

/// A journal as a process leaves it that ends at once, and the cluster that was written into it.
struct KeptJournal {
    /// How the revisions lie in the files.
    enum Layout: CaseIterable {
        /// Nearly all in the log.
        case log
        /// All in the file, none folded.
        case merged
        /// Most of them folded into the snapshot.
        case folded
        /// In the file, with the log begun again several times.
        case both
    }

    let store: ObjectStore
    let folder: TemporaryFolder

    init(_ layout: Layout) throws {
        let running = try TemporaryFolder()
        folder = try TemporaryFolder()
        var options = SQLiteJournal.Options()
        options.inspectionInterval = .infinity
        options.keptChanges = layout == .folded ? 40 : 10_000
        let journal = try SQLiteJournal(DataDirectory(running.path), options)
        try journal.setInput("sa.key", [1, 2, 3])
        store = ObjectStore(loop: EventLoop(start: .simulationStart), journal: journal)
        for _ in 0..<(layout == .both ? 90 : 24) {
            for _ in 0..<(layout == .both ? 20 : 9) { try Workload.step(store, seed: 1) }
            store.pump()
            _ = journal.settle()
        }
        if layout == .merged || layout == .folded { journal.close() }
        for name in KeptJournal.files where FileManager.default.fileExists(atPath: running.path + "/" + name) {
            try FileManager.default.copyItem(atPath: running.path + "/" + name, toPath: folder.path + "/" + name)
        }
        journal.close()
    }

    static let files = ["journal.db", "journal.db-wal", "acknowledged"]

    /// The files in another folder, to be damaged there.
    func copy() throws -> DamagedJournal {
        let copy = try TemporaryFolder()
        for name in KeptJournal.files where FileManager.default.fileExists(atPath: folder.path + "/" + name) {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
        }
        return DamagedJournal(folder: copy)
    }

    /// Whether a journal's contents are exactly what the cluster was at their revision.
    func holds(_ contents: JournalContents) throws -> Bool {
        let then = try store.snapshot(at: contents.revision)
        let restored = ObjectStore(loop: EventLoop(start: .simulationStart))
        restored.restore(contents)
        guard restored.revision == then.revision, restored.objectCount == then.objects.count else { return false }
        for change in contents.changes where !isSame(change, store.history[change.revision]) { return false }
        var isSame = true
        then.forEach(.configMap) { object in
            isSame = restored.object(object.key)?.json == object.json
            return isSame
        }
        return isSame
    }

    private func isSame(_ change: Change, _ other: Change) -> Bool {
        change.key == other.key && change.verb == other.verb && change.author == other.author
            && change.cause == other.cause && change.time == other.time && change.new?.json == other.new?.json
            && change.old?.json == other.old?.json
    }
}

/// Files that something is done to.
struct DamagedJournal {
    let folder: TemporaryFolder
    var path: String { folder.path }

    func bytes(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) } ?? []
    }

    func replace(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    /// All that must stay as it is.
    var files: [[UInt8]] { KeptJournal.files.map(bytes) }

    /// Damages a file at a place that chance chooses; says how.
    func damage(_ name: String, _ random: inout SeededRandom) throws -> String {
        var bytes = bytes(name)
        let place = random.below(bytes.count)
        let page = place / 4096 * 4096
        let pageEnd = min(page + 4096, bytes.count)
        let what: String
        switch random.below(6) {
        case 0:
            bytes.removeSubrange(place...)
            what = "cut off at \(place)"
        case 1:
            for at in page..<pageEnd { bytes[at] = 0 }
            what = "page \(page) zeroed"
        case 2:
            for at in page..<pageEnd { bytes[at] = UInt8(random.below(256)) }
            what = "page \(page) scrambled"
        case 3:
            let other = random.below(bytes.count) / 4096 * 4096
            for at in 0..<min(4096, bytes.count - max(page, other)) { bytes[page + at] = bytes[other + at] }
            what = "page \(page) overwritten by page \(other)"
        case 4:
            for at in place..<min(place + 64, bytes.count) { bytes[at] ^= UInt8(random.below(256)) }
            what = "64 bytes at \(place)"
        default:
            bytes[place] ^= UInt8(1 + random.below(255))
            what = "a byte at \(place)"
        }
        try replace(name, bytes)
        return "\(name): \(what)"
    }
}

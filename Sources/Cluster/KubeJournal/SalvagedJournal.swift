import Foundation
import KubeClient
import KubeStore

/// What can be proved of a journal that cannot be opened, as it is damaged or the disk is full: the cluster exactly as
/// it was at a revision, the last for which that is sure. Reads the files and never writes them.
package struct SalvagedJournal: Sendable {
    package let contents: JournalContents
    package let inputs: [String: [UInt8]]
    /// What is wrong, what of it is lost, and which revision this is.
    package let damage: JournalError
    /// The same, and what to do.
    package let failure: JournalError
    /// Whether all that was acknowledged is there.
    package let isWhole: Bool

    /// - Parameter failure: Why the journal cannot be opened.
    /// - Throws: The same, where nothing can be proved.
    package init(_ directory: String, after failure: JournalError) throws(JournalError) {
        let acknowledged = Acknowledged.revision(in: directory)
        var best: JournalReading?
        for read in SalvagedJournal.readings(directory) {
            // That one of them proves nothing is why there are others.
            guard let reading = try? read(), reading.contents.revision > best?.contents.revision ?? 0 else { continue }
            best = reading
            if let acknowledged, reading.contents.revision >= acknowledged { break }
        }
        let path = DataDirectory.journalPath(in: directory)
        guard let best else {
            throw JournalError(.corrupt, "\(failure.description) Nothing of it can be proved, so nothing is served.")
        }
        contents = best.contents
        inputs = best.inputs
        let loss = Loss(served: best.contents.revision, acknowledged: acknowledged)
        isWhole = loss == .nothing
        let cause = failure.flaw.map { "\(path): the journal is damaged: \($0.text)." } ?? failure.description
        damage = JournalError(failure.kind, "\(cause) \(loss.text(best.contents.revision))")
        let way = " Save that with `drydock backup`, and bring it or another backup back with `drydock restore`."
        self.failure = JournalError(failure.kind, damage.description + (failure.kind == .corrupt ? way : ""))
    }

    /// What the copy proves that a process made of its memory when it found the damage, and what the files do, read in
    /// each way that they may be whole: the log may be the damaged one, or what it would have mended.
    private static func readings(_ directory: String) -> [() throws -> JournalReading?] {
        var readings: [() throws -> JournalReading?] = [{ rescued(directory) }]
        let path = DataDirectory.journalPath(in: directory)
        let file = FileBytes.read(path) ?? []
        let logBytes = FileBytes.read(path + "-wal") ?? []
        let log = WriteAheadLog(logBytes)
        let merged = JournalImage(file, log, logBytes)
        readings.append(merged.read)
        if log.pageCount > 0 { readings.append { try JournalImage(file, nil, []).read() } }
        readings.append { try merged.withFirstPage()?.read() }
        if log.pageCount > 0 { readings.append { try JournalImage(file, nil, []).withFirstPage()?.read() } }
        return readings
    }

    /// The copy of a running cluster's memory, if there is a good one.
    static func rescued(_ directory: String) -> JournalReading? {
        let path = DataDirectory.rescuePath(in: directory)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do throws(JournalError) {
            let database = try JournalDatabase(path: path, isReadOnly: true)
            let reading = try database.load()
            try database.close()
            return reading?.flaw == nil ? reading : nil
        } catch {
            return nil
        }
    }
}

/// What a damaged journal has lost of what was acknowledged.
enum Loss: Equatable {
    case nothing
    /// The revisions of this range.
    case revisions(ClosedRange<Revision>)
    /// Nobody can say what came after the revision that is served.
    case unknown

    init(served: Revision, acknowledged: Revision?) {
        guard let acknowledged else {
            self = .unknown
            return
        }
        self = served >= acknowledged ? .nothing : .revisions(served + 1...acknowledged)
    }

    /// What is lost, and what there is.
    func text(_ revision: Revision) -> String {
        switch self {
        case .nothing: "All that was acknowledged can be read, up to revision \(revision)."
        case .revisions(let range):
            "Revisions \(range.lowerBound) to \(range.upperBound) are lost; what can be proved is the cluster of "
                + "revision \(revision)."
        case .unknown:
            "What can be proved is the cluster of revision \(revision); whether there was more cannot be told."
        }
    }
}

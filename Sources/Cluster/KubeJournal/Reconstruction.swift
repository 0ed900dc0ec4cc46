import ClusterCore
import Foundation
import KubeAPI
import KubeClient
import KubeStore

/// Puts the rows of a journal together to the cluster that they prove: the whole snapshot, then every change after it,
/// without a gap. Each step either holds or throws what is wrong, and leaves what was proved before as it is.
///
///     snapshot of revision 100, whole         proved as of 100
///     revisions 101, 102                      proved as of 102
///     revision 104                            throws: revision 103 is missing; proved as of 102
struct Reconstruction {
    private(set) var contents: JournalContents
    /// What the snapshot has to add up to; nil in the first format, which did not say.
    private let expected: SnapshotSeal?
    private var found: SnapshotSeal
    private var current: [String: KubeObject] = [:]

    init(base: Revision, _ seal: SnapshotSeal?) {
        contents = JournalContents(base: base)
        found = SnapshotSeal(base: base)
        expected = seal
    }

    mutating func add(_ row: ObjectRow) throws(Flaw) {
        try row.verify()
        guard row.revision <= contents.base else { throw Flaw("\(row.key) is younger than the snapshot") }
        let object = try Reconstruction.decode(row.object, row.key)
        guard current.updateValue(object, forKey: row.key) == nil else { throw Flaw("\(row.key) is there twice") }
        found.add(row.checksum)
    }

    /// To be called between the last object and the first change.
    mutating func finishSnapshot() throws(Flaw) {
        if let expected, expected != found {
            throw Flaw("the snapshot of revision \(contents.base) has \(found.count) of \(expected.count) objects")
        }
        contents.objects = current.sorted { compareUTF8($0.key, $1.key) < 0 }.map(\.value)
    }

    mutating func add(_ row: ChangeRow) throws(Flaw) {
        let next = contents.revision + 1
        if row.revision != next { throw Flaw("revision \(next) is missing") }
        try row.verify()
        guard let verb = Change.Verb(rawValue: row.verb) else { throw Flaw("revision \(next) has no verb") }
        let old = current[row.key]
        var new: KubeObject?
        if verb != .delete {
            guard let data = row.object else { throw Flaw("revision \(next) has no object") }
            new = try Reconstruction.decode(data, row.key)
        }
        guard let object = new ?? old else { throw Flaw("revision \(next) deletes \(row.key), which is not there") }
        current[row.key] = new
        contents.changes.append(
            Change(
                revision: next, time: Instant(nanoseconds: row.time), key: object.key, verb: verb, old: old, new: new,
                author: row.author, cause: row.cause))
    }

    private static func decode(_ data: Data, _ key: String) throws(Flaw) -> KubeObject {
        let object: KubeObject
        do throws(StatusError) {
            object = try decodeObject([UInt8](data), defaultKind: nil).object
        } catch {
            throw Flaw("\(key): \(error.message)")
        }
        guard StorageKey.path(of: object.key) == key else { throw Flaw("\(key) holds another object") }
        return object
    }
}

extension JournalContents {
    /// The objects as of the last revision, by key.
    var newestObjects: [KubeObject] {
        var newest: [ObjectKey: KubeObject] = [:]
        for object in objects { newest[object.key] = object }
        for change in changes { newest[change.key] = change.new }
        return newest.values.sorted { $0.key < $1.key }
    }
}

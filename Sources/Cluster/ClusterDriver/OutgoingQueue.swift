import DequeModule
import KubeClient

/// How far a journal has come.
package struct Durability: Equatable, Sendable {
    /// Everything up to this revision outlives the process.
    package var revision: Revision
    /// Why nothing more is kept at present, in one line that says what to do; the cluster stands still meanwhile.
    package var failure: String?

    /// Deletions are kept all the same, and make the room that is missing.
    package var takesDeletions: Bool

    package init(revision: Revision, failure: String? = nil, takesDeletions: Bool = false) {
        self.revision = revision
        self.failure = failure
        self.takesDeletions = takesDeletions
    }

    /// Why nothing at all is kept at present.
    package var obstacle: String? { takesDeletions ? nil : failure }
}

/// What the world outside is told, in order. With a journal each waits until the revision that it tells of is on the
/// disk, so that nobody ever acts on something that a crash takes back; without one nothing waits.
///
/// For example, a client's write makes revision 8 while the disk has 5: the snapshot of revision 8 and the reply stand
/// in line, and leave when the journal says 8 or more. Lives on the driver's thread.
struct OutgoingQueue {
    /// Nil: there is no journal.
    private(set) var durability: Durability?
    private var waiting: Deque<(revision: Revision, tell: () -> Void)> = []

    init(_ durability: Durability?) { self.durability = durability }

    /// Whether something waits: what is told now would only stand in line behind it.
    var isHeld: Bool { !waiting.isEmpty }

    /// Tells now, or once the revision is durable and all before it is told.
    mutating func add(at revision: Revision, _ tell: @escaping () -> Void) {
        guard let durability, revision > durability.revision || !waiting.isEmpty else { return tell() }
        waiting.append((revision, tell))
    }

    /// Tells what may be told by now.
    mutating func release(_ durability: Durability) {
        self.durability = durability
        while let first = waiting.first, first.revision <= durability.revision {
            waiting.removeFirst()
            first.tell()
        }
    }
}

import ClusterCore
import KubeAPI
import KubeClient

/// Keeps changes beyond the life of the process. The store hands over each batch, in order, once the events that made
/// it are done; without a journal nothing is kept.
public protocol Journal: AnyObject {
    func append(_ changes: [Change])
}

/// What a journal has kept: all objects as of a base revision, and the changes after it, one for every revision.
public struct JournalContents: Sendable {
    public var base: Revision
    /// With their resource versions.
    public var objects: [KubeObject] = []
    public var changes: [Change] = []

    public init(base: Revision) { self.base = base }

    /// The last revision.
    public var revision: Revision { base + changes.count }
    /// Nothing was ever written.
    public var isEmpty: Bool { revision == 0 }
    /// When the last change was made; nil if none is kept.
    public var time: Instant? { changes.last?.time }
}

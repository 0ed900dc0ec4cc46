import KubeClient

/// Why the store refused. The API server turns these into what a client is told.
public enum StoreError: Error, Equatable {
    case alreadyExists
    case notFound
    /// The stored object is of another revision than the writer expected.
    case conflict(stored: Revision)
    /// The history before `oldest` is gone.
    case compacted(oldest: Revision)
    /// A revision that is still to come was asked for.
    case future(current: Revision)
}

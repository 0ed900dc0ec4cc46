import KubeAPI

/// A kind whose objects are not stored: they are worked out, each time that they are read, from what is. Reads of it go
/// through the same door as all others, and nobody can write it.
///
/// Pure functions over a snapshot, so that any thread may ask.
public protocol ComputedResource: Sendable {
    var kind: ResourceKind { get }
    /// Nil if there is none of this name now.
    func object(namespace: String, name: String, in snapshot: Snapshot) -> KubeObject?
    /// Why there is none of this name now, in the words of the server that upstream serves the kind with.
    func absence(namespace: String, name: String, in snapshot: Snapshot) -> StatusError
    /// Visits in key order, of one namespace or of all, until `body` returns false.
    func forEach(namespace: String?, in snapshot: Snapshot, _ body: (KubeObject) -> Bool)
}

/// The computed kinds of a cluster, by kind. Whoever knows how to compute one adds it when the cluster is put together.
public struct ComputedResources: Sendable {
    private var resources: [any ComputedResource] = []
    /// By the number of the kind: reads of all other kinds pass by here too.
    private var isComputed = Array(repeating: false, count: Catalogue.kinds.count)

    public init() {}

    public mutating func add(_ resource: some ComputedResource) {
        resources.append(resource)
        isComputed[Int(resource.kind.rawValue)] = true
    }

    /// Nil for a kind that is stored. O(1) for those.
    public subscript(kind: ResourceKind) -> (any ComputedResource)? {
        isComputed[Int(kind.rawValue)] ? resources.first { $0.kind == kind } : nil
    }
}

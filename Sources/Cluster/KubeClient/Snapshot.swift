import ClusterCore
import KubeAPI

/// The whole cluster at one revision. Making one costs O(1); it stays as it is while the cluster goes on, and may be
/// read on any thread.
public struct Snapshot: Sendable {
    public let revision: Revision
    public let time: Instant
    public let objects: PersistentMap<ObjectKey, KubeObject>
    /// The revision that last changed a role or a binding; 0 if that is not known.
    public let accessRevision: Revision
    /// The revision that last changed a FlowSchema or a PriorityLevelConfiguration; 0 if that is not known.
    public let flowControlRevision: Revision

    /// Kinds that are worked out from the objects.
    public let computed: ComputedResources

    public init(
        revision: Revision, time: Instant, objects: PersistentMap<ObjectKey, KubeObject>,
        computed: ComputedResources = ComputedResources(), accessRevision: Revision = 0,
        flowControlRevision: Revision = 0
    ) {
        self.revision = revision
        self.time = time
        self.objects = objects
        self.computed = computed
        self.accessRevision = accessRevision
        self.flowControlRevision = flowControlRevision
    }

    /// An object as its kind is served, which may be another form of what is stored.
    public func object(_ key: ObjectKey) -> KubeObject? {
        if let resource = computed[key.kind] {
            return resource.object(namespace: key.namespace, name: key.name, in: self)
        }
        return objects[key.stored]?.served(as: key.kind)
    }

    public func get<Value: Resource>(_: Value.Type, namespace: String = "", name: String) -> Value? {
        object(ObjectKey(Value.kind, namespace: namespace, name: name))?.as(Value.self)
    }

    /// The keys under which objects of a kind are stored, of one namespace or of all.
    public static func range(_ kind: ResourceKind, namespace: String?) -> Range<ObjectKey> {
        let kind = kind.stored
        if let namespace {
            // No name has a NUL in it, so nothing lies between a namespace's last name and this bound.
            return ObjectKey(
                kind, namespace: namespace, name: "")..<ObjectKey(kind, namespace: namespace + "\0", name: "")
        }
        return ObjectKey(kind, name: "")..<ObjectKey(ResourceKind(rawValue: kind.rawValue + 1), name: "")
    }

    /// Visits in key order until `body` returns false. O(visited).
    public func forEach(_ kind: ResourceKind, namespace: String? = nil, _ body: (KubeObject) -> Bool) {
        if let resource = computed[kind] { return resource.forEach(namespace: namespace, in: self, body) }
        let range = Snapshot.range(kind, namespace: namespace)
        if kind.isStored {
            _ = objects.forEach(in: range) { _, object in body(object) }
        } else {
            _ = objects.forEach(in: range) { _, object in body(object.served(as: kind)) }
        }
    }

    /// O(n). Views page by rank instead.
    public func list<Value: Resource>(_: Value.Type, namespace: String? = nil) -> [Value] {
        var values: [Value] = []
        forEach(Value.kind, namespace: namespace) { object in
            if let value = object.as(Value.self) { values.append(value) }
            return true
        }
        return values
    }

    /// O(log n), and O(visited) for a computed kind.
    public func count(_ kind: ResourceKind, namespace: String? = nil) -> Int {
        if let resource = computed[kind] {
            var count = 0
            resource.forEach(namespace: namespace, in: self) { _ in
                count += 1
                return true
            }
            return count
        }
        let range = Snapshot.range(kind, namespace: namespace)
        return objects.index(of: range.upperBound) - objects.index(of: range.lowerBound)
    }
}

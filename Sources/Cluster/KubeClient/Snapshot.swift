import ClusterCore
import KubeAPI

/// The whole cluster at one revision. Making one costs O(1); it stays as it is while the cluster goes on, and may be
/// read on any thread.
package struct Snapshot: @unchecked Sendable {
    package let revision: Revision
    package let time: Instant
    package let objects: PersistentMap<ObjectKey, KubeObject>
    /// The revision that last changed a role or a binding; 0 if that is not known.
    package let accessRevision: Revision

    package init(
        revision: Revision, time: Instant, objects: PersistentMap<ObjectKey, KubeObject>, accessRevision: Revision = 0
    ) {
        self.revision = revision
        self.time = time
        self.objects = objects
        self.accessRevision = accessRevision
    }

    package func object(_ key: ObjectKey) -> KubeObject? { objects[key] }

    package func get<Value: Resource>(_: Value.Type, namespace: String = "", name: String) -> Value? {
        objects[ObjectKey(Value.kind, namespace: namespace, name: name)]?.as(Value.self)
    }

    /// The keys of a kind, of one namespace or of all.
    package static func range(_ kind: ResourceKind, namespace: String?) -> Range<ObjectKey> {
        if let namespace {
            // No name has a NUL in it, so nothing lies between a namespace's last name and this bound.
            return ObjectKey(
                kind, namespace: namespace, name: "")..<ObjectKey(kind, namespace: namespace + "\0", name: "")
        }
        return ObjectKey(kind, name: "")..<ObjectKey(ResourceKind(rawValue: kind.rawValue + 1), name: "")
    }

    /// Visits in key order until `body` returns false. O(visited).
    package func forEach(_ kind: ResourceKind, namespace: String? = nil, _ body: (KubeObject) -> Bool) {
        _ = objects.forEach(in: Snapshot.range(kind, namespace: namespace)) { _, object in body(object) }
    }

    /// O(n). Views page by rank instead.
    package func list<Value: Resource>(_: Value.Type, namespace: String? = nil) -> [Value] {
        var values: [Value] = []
        forEach(Value.kind, namespace: namespace) { object in
            if let value = object.as(Value.self) { values.append(value) }
            return true
        }
        return values
    }

    /// O(log n).
    package func count(_ kind: ResourceKind, namespace: String? = nil) -> Int {
        let range = Snapshot.range(kind, namespace: namespace)
        return objects.index(of: range.upperBound) - objects.index(of: range.lowerBound)
    }
}

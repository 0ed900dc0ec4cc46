import ClusterCore
import KubeAPI
import KubeClient

/// The pods of each node as of a snapshot. Immutable; the one of the next snapshot is made from what has changed in
/// between, so that an answer to a node costs what the node's pods do, and not what the cluster's do.
package final class NodePods: Sendable {
    private struct Place: Comparable, Sendable {
        let node: String
        let pod: ObjectKey

        static func < (left: Place, right: Place) -> Bool {
            let order = compareUTF8(left.node, right.node)
            return order != 0 ? order < 0 : left.pod < right.pod
        }
    }

    /// An index that has not been asked for during so many revisions is not brought up to date but made anew: until
    /// then it keeps objects alive that the cluster has left behind.
    private static let longestSleep = 100_000

    package let revision: Revision
    private let objects: PersistentMap<ObjectKey, KubeObject>
    private let places: PersistentMap<Place, KubeObject>

    /// Complexity: O(pods of the cluster).
    package init(_ snapshot: Snapshot) {
        var found: [(Place, KubeObject)] = []
        snapshot.forEach(.pod) { object in
            if let place = NodePods.place(of: object) { found.append((place, object)) }
            return true
        }
        found.sort { $0.0 < $1.0 }
        revision = snapshot.revision
        objects = snapshot.objects
        places = PersistentMap(sorted: found)
    }

    private init(
        revision: Revision, objects: PersistentMap<ObjectKey, KubeObject>, places: PersistentMap<Place, KubeObject>
    ) {
        self.revision = revision
        self.objects = objects
        self.places = places
    }

    /// Whether it has not been asked for in a long time.
    package func isStale(at revision: Revision) -> Bool { abs(revision - self.revision) > NodePods.longestSleep }

    /// The index as of another moment; this one if nothing has changed.
    ///
    /// Complexity: O(changes between the two × log n).
    package func updated(to snapshot: Snapshot) -> NodePods {
        if snapshot.objects.isIdentical(to: objects) { return self }
        var places = places
        snapshot.objects.diff(from: objects, isSame: { $0 === $1 }) { key, old, new in
            if key.kind != .pod { return }
            let before = old.flatMap(NodePods.place)
            let after = new.flatMap(NodePods.place)
            if let before, before != after { places.removeValue(forKey: before) }
            if let after, let new { places.updateValue(new, forKey: after) }
        }
        return NodePods(revision: snapshot.revision, objects: snapshot.objects, places: places)
    }

    private static func place(of object: KubeObject) -> Place? {
        guard let node = object.as(Pod.self)?.spec.nodeName, !node.isEmpty else { return nil }
        return Place(node: node, pod: object.key)
    }

    /// Visits the pods of a node, of one namespace or of all, in key order, until `body` returns false. O(visited).
    package func forEach(on node: String, namespace: String?, _ body: (Pod) -> Bool) {
        let keys = Snapshot.range(.pod, namespace: namespace)
        let range = Place(node: node, pod: keys.lowerBound)..<Place(node: node, pod: keys.upperBound)
        _ = places.forEach(in: range) { _, object in object.as(Pod.self).map(body) ?? true }
    }
}

/// A snapshot that knows the pods of each node, by an index that whoever makes it keeps from one to the next.
package struct IndexedSnapshot: ObjectView {
    private let snapshot: Snapshot
    /// Asked only when a node is.
    private let pods: (Snapshot) -> NodePods

    package init(_ snapshot: Snapshot, pods: @escaping (Snapshot) -> NodePods) {
        self.snapshot = snapshot
        self.pods = pods
    }

    package var accessRevision: Revision { snapshot.accessRevision }

    package func object(_ key: ObjectKey) -> KubeObject? { snapshot.object(key) }

    package func forEach(_ kind: ResourceKind, namespace: String?, _ body: (KubeObject) -> Bool) {
        snapshot.forEach(kind, namespace: namespace, body)
    }

    package func forEachPod(on node: String, namespace: String?, _ body: (Pod) -> Bool) {
        pods(snapshot).forEach(on: node, namespace: namespace, body)
    }
}

import KubeAPI
import NIOConcurrencyHelpers

/// How many watches there are, by what they are of: those that a write is told to make it wide.
///
/// Follows apiserver pkg/util/flowcontrol/watch_tracker.go.
package final class WatchCounts: Sendable {
    /// Which objects of a resource watches are of: all, those of a namespace, or one.
    package struct Place: Hashable, Sendable {
        package var namespace = ""
        package var name = ""

        package init(namespace: String = "", name: String = "") {
            self.namespace = namespace
            self.name = name
        }
    }

    private let counts = NIOLockedValueBox<[GroupResource: [Place: Int]]>([:])

    package init() {}

    /// What a watch is counted under. Nil for one of the pods of a node, which is not counted: of all such watches one
    /// is told of a pod, as they are found by the node.
    package static func place(_ info: RequestInfo, _ fields: FieldSelector?) -> Place? {
        if let node = fields?.exactValue(of: .specNodeName), !node.isEmpty { return nil }
        let name = info.name.isEmpty ? fields?.exactValue(of: .metadataName) ?? "" : info.name
        return Place(namespace: info.namespace, name: name)
    }

    package func add(_ resource: GroupResource, _ place: Place) {
        counts.withLockedValue { $0[resource, default: [:]][place, default: 0] += 1 }
    }

    package func remove(_ resource: GroupResource, _ place: Place) {
        counts.withLockedValue { counts in
            guard let count = counts[resource]?[place] else { return }
            counts[resource]?[place] = count > 1 ? count - 1 : nil
            if counts[resource]?.isEmpty == true { counts[resource] = nil }
        }
    }

    /// How many watches may be told of what a request writes. Nil for what writes no object that is watched, and for
    /// the deletion of a collection, of which upstream does not know either.
    ///
    /// Complexity: O(1), and next to nothing if nobody watches the resource.
    ///
    /// Follows apiserver pkg/util/flowcontrol/request/width.go and mutating_work_estimator.go.
    package func count(of info: RequestInfo) -> Int? {
        switch info.verb {
        case "create", "update", "patch", "delete": break
        default: return nil
        }
        if !info.isResource || info.resource == "serviceaccounts" && info.subresource == "token" { return nil }
        return counts.withLockedValue { counts in
            guard let places = counts[info.groupResource] else { return 0 }
            var count = places[Place()] ?? 0
            if !info.namespace.isEmpty { count += places[Place(namespace: info.namespace)] ?? 0 }
            if !info.name.isEmpty { count += places[Place(namespace: info.namespace, name: info.name)] ?? 0 }
            return count
        }
    }
}

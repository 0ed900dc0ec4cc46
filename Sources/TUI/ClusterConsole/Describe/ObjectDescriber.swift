import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// What `kubectl describe` prints, from a snapshot. Follows kubectl `pkg/describe/describe.go`.
package enum ObjectDescriber {
    /// The lines of an object's description, its events included.
    package static func lines(_ object: KubeObject, _ snapshot: ClusterSnapshot) -> [String] {
        var writer = DescribeWriter(snapshot)
        switch object.kind {
        default: writer.describeGeneric(object)
        }
        return writer.tabs.aligned()
    }

    /// Whether a change of another object changes what the description of `key` says.
    static func dependsOn(_ change: Change, _ key: ObjectKey) -> Bool {
        switch key.kind {
        case .node:
            return change.kind == .pod
                && (change.new(Pod.self)?.spec.nodeName == key.name || change.old(Pod.self)?.spec.nodeName == key.name)
        case .deployment: return change.kind == .replicaSet && change.key.namespace == key.namespace
        case .service: return change.kind == .endpointSlice && change.key.namespace == key.namespace
        default: return false
        }
    }
}

/// Collects the lines of a description.
struct DescribeWriter {
    var tabs = TabWriter()
    let snapshot: ClusterSnapshot

    init(_ snapshot: ClusterSnapshot) { self.snapshot = snapshot }

    var now: Instant { snapshot.time }

    /// The time that has passed, as `5s` or `3m20s`.
    func age(_ time: Time?) -> String {
        time.map { (now - $0.instant).humanDuration } ?? "<unknown>"
    }

    mutating func describeGeneric(_ object: KubeObject) {}
}

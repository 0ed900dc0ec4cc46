import KubeAPI
import KubeClient
import KubeCluster

/// What users made, here or through the API, and what of it is in no file yet: what would be lost with the cluster.
struct CreatedObjects {
    private(set) var keys: Set<ObjectKey> = []
    /// Of these, those that are new or were changed since they were saved last, and at which revision.
    private(set) var unsaved: [ObjectKey: Revision] = [:]

    /// Objects that come from a file that the user has.
    mutating func bring(_ keys: [ObjectKey]) { self.keys.formUnion(keys) }

    /// Objects that the user made here, as of a revision at which they are there.
    mutating func add(_ keys: [ObjectKey], at revision: Revision) {
        self.keys.formUnion(keys)
        for key in keys { unsaved[key] = max(revision, unsaved[key] ?? 0) }
    }

    /// A file holds everything as it was at a revision; what came since is not in it.
    mutating func save(through revision: Revision) { unsaved = unsaved.filter { $0.value > revision } }

    /// O(changes); where changes were lost, O(objects kept).
    mutating func apply(_ update: ClusterUpdate) {
        if update.isReset {
            keys = keys.filter { update.snapshot.objects.object($0) != nil }
            unsaved = unsaved.filter { keys.contains($0.key) }
        }
        for change in update.changes {
            switch change.verb {
            case .create:
                if CreatedObjects.isWorthKeeping(change), change.isByUser { add([change.key], at: change.revision) }
            case .update:
                if keys.contains(change.key), change.isByUser { unsaved[change.key] = change.revision }
            case .delete:
                if keys.remove(change.key) != nil { unsaved[change.key] = nil }
            }
        }
    }

    /// What an owner makes it makes again; machines and what they say of themselves are no manifest's. The address of
    /// a Service comes with the Service, from whoever makes that, and a new cluster may give it another.
    private static func isWorthKeeping(_ change: Change) -> Bool {
        switch change.kind {
        case .event, .eventsEvent, .lease, .node: false
        case .ipAddress: change.object.metadata.labels["ipaddress.kubernetes.io/managed-by"] == nil
        default: change.object.metadata.ownerReferences.isEmpty
        }
    }
}

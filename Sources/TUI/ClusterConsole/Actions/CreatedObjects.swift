import KubeAPI
import KubeClient
import KubeCluster

/// What users made, here or through the API, and what of it is in no file yet: what would be lost with the cluster.
struct CreatedObjects {
    private(set) var keys: Set<ObjectKey> = []
    /// Of these, those that are new or were changed since they were saved last.
    private(set) var unsaved: Set<ObjectKey> = []

    /// Objects that come from a file that the user has.
    mutating func bring(_ keys: [ObjectKey]) { self.keys.formUnion(keys) }

    /// Objects that the user made here.
    mutating func add(_ keys: [ObjectKey]) {
        self.keys.formUnion(keys)
        unsaved.formUnion(keys)
    }

    /// Everything that was made is in a file.
    mutating func save() { unsaved = [] }

    /// O(changes).
    mutating func apply(_ changes: [Change]) {
        for change in changes {
            switch change.verb {
            case .create:
                if CreatedObjects.isWorthKeeping(change), change.isByUser { add([change.key]) }
            case .update:
                if keys.contains(change.key), change.isByUser { unsaved.insert(change.key) }
            case .delete:
                if keys.remove(change.key) != nil { unsaved.remove(change.key) }
            }
        }
    }

    /// What an owner makes it makes again; machines and what they say of themselves are no manifest's.
    private static func isWorthKeeping(_ change: Change) -> Bool {
        switch change.kind {
        case .event, .eventsEvent, .lease, .node: false
        default: change.object.metadata.ownerReferences.isEmpty
        }
    }
}

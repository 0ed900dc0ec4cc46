import ClusterCore
import KubeAPI
import KubeClient

/// Which owners have dependents, built from changes. The dependents themselves are in the store's index of owners; what
/// is kept here tells the few kinds to look for them in, and nothing at all for objects that own nothing, which are
/// most.
struct OwnerGraph {
    /// By the owner's UID, kinds in the order in which dependents of them came.
    private var dependentKinds: [String: [ResourceKind]] = [:]
    /// Owners whose foreground deletion waits for their dependents, by UID.
    private var waiting: [String: ObjectKey] = [:]

    mutating func noteDependent(_ kind: ResourceKind, of uid: String) {
        if dependentKinds[uid]?.contains(kind) != true { dependentKinds[uid, default: []].append(kind) }
    }

    /// Whether the object has ever been seen to have dependents.
    func mayHaveDependents(_ uid: String) -> Bool { dependentKinds[uid] != nil }

    mutating func noteWaiting(_ uid: String, _ key: ObjectKey) { waiting[uid] = key }

    /// Where the owner is, if it waits for its dependents.
    func waitingOwner(_ uid: String) -> ObjectKey? { waiting.isEmpty ? nil : waiting[uid] }

    mutating func forget(_ uid: String) {
        dependentKinds[uid] = nil
        if !waiting.isEmpty { waiting[uid] = nil }
    }

    /// Visits the dependents as they are now, kind by kind, until `body` returns false. O(visited).
    func forEachDependent(of uid: String, _ client: any KubeClient, _ body: (KubeObject) -> Bool) {
        guard let kinds = dependentKinds[uid] else { return }
        var goesOn = true
        for kind in kinds.sorted() where goesOn {
            client.forEach(kind, index: .owner(uid: uid)) { object in
                goesOn = body(object)
                return goesOn
            }
        }
    }
}

extension ObjectMeta {
    static let foregroundFinalizer = "foregroundDeletion"
    static let orphanFinalizer = "orphan"

    /// Whether the object is there only until its dependents are gone.
    var isDeletingDependents: Bool { deletionTimestamp != nil && finalizers.contains(ObjectMeta.foregroundFinalizer) }
    /// Whether the object is there only until its dependents have no reference to it any more.
    var isOrphaningDependents: Bool { deletionTimestamp != nil && finalizers.contains(ObjectMeta.orphanFinalizer) }
}

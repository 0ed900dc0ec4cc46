import ClusterCore
import KubeAPI
import KubeClient

/// Deletes objects whose owners are gone, and carries out foreground deletion and orphaning.
///
/// A change costs what it says about ownership: an object without owners and dependents costs two comparisons.
///
/// Follows kubernetes `pkg/controller/garbagecollector`. Upstream keeps a graph of all objects and asks the API server
/// about those that it hasn't seen; here every read is of the newest state, so that an owner is either there or gone.
package final class GarbageCollector: Controller, Reconciler, ChangeHandler {
    package static let component = "generic-garbage-collector"

    /// An object, and what is to be tried with it.
    package struct Item: Hashable, Sendable {
        enum Attempt: Hashable { case delete, orphanDependents }
        let attempt: Attempt
        let key: ObjectKey
        let uid: String
    }

    private let context: ComponentContext
    private lazy var worker: Worker<GarbageCollector> = Worker(self, client: context.client, loop: context.loop)
    private var graph = OwnerGraph()
    private var absentOwners = AbsentOwners()

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        let kinds = CollectableKinds.kinds { info in
            info.kind != .event && ["delete", "list", "watch"].allSatisfy(info.supports(verb:))
        }
        for kind in kinds { _ = context.client.watch(kind, .all, self) }
    }

    // MARK: What happens

    package func handle(_ change: Change) {
        if let new = change.new {
            ownersChanged(change, new)
            deletionBegan(change, new)
        }
        if let old = change.old, old.uid != change.new?.uid { deleted(old, change) }
    }

    private func enqueue(_ object: KubeObject, _ cause: Revision) {
        worker.add(Item(attempt: .delete, key: object.key, uid: object.uid), cause: cause)
    }

    private func ownersChanged(_ change: Change, _ object: KubeObject) {
        let old = change.old?.metadata.ownerReferences ?? []
        let new = object.metadata.ownerReferences
        if old == new { return }
        var isSuspect = false
        for reference in new where !old.contains(where: { $0.uid == reference.uid }) {
            graph.noteDependent(object.kind, of: reference.uid)
            if graph.waitingOwner(reference.uid) != nil { isSuspect = true }
            if isSolid(reference, of: object) { continue }
            isSuspect = true
            reportWrongNamespace(reference, of: object)
        }
        if isSuspect { enqueue(object, change.revision) }
        for reference in old where reference.blockOwnerDeletion == true {
            let isBlocking = new.contains { $0.uid == reference.uid && $0.blockOwnerDeletion == true }
            if !isBlocking { ownerUnblocked(reference.uid, change.revision) }
        }
    }

    private func ownerUnblocked(_ uid: String, _ cause: Revision) {
        guard let key = graph.waitingOwner(uid) else { return }
        worker.add(Item(attempt: .delete, key: key, uid: uid), cause: cause)
    }

    private func deletionBegan(_ change: Change, _ object: KubeObject) {
        guard object.metadata.isBeingDeleted, !object.metadata.finalizers.isEmpty else { return }
        if object.metadata.isOrphaningDependents {
            if change.old?.metadata.isOrphaningDependents == true { return }
            worker.add(
                Item(attempt: .orphanDependents, key: object.key, uid: object.uid), cause: change.revision)
        } else if object.metadata.isDeletingDependents {
            if change.old?.metadata.isDeletingDependents == true { return }
            graph.noteWaiting(object.uid, object.key)
            graph.forEachDependent(of: object.uid, context.client) { dependent in
                enqueue(dependent, change.revision)
                return true
            }
            enqueue(object, change.revision)
        }
    }

    private func deleted(_ object: KubeObject, _ change: Change) {
        if graph.mayHaveDependents(object.uid) {
            absentOwners.insert(object.uid)
            graph.forEachDependent(of: object.uid, context.client) { dependent in
                enqueue(dependent, change.revision)
                return true
            }
        }
        graph.forget(object.uid)
        for reference in object.metadata.ownerReferences { ownerUnblocked(reference.uid, change.revision) }
    }

    // MARK: Reconciling

    package func sync(_ item: Item) throws(StatusError) {
        switch item.attempt {
        case .delete: try attemptToDelete(item)
        case .orphanDependents: try orphanDependents(item)
        }
    }

    /// Deletes the object if none of its owners is left, or drops references that lead nowhere.
    private func attemptToDelete(_ item: Item) throws(StatusError) {
        guard let object = context.client.object(item.key), object.uid == item.uid else { return }
        if object.metadata.isDeletingDependents { return try processWaitingOwner(object) }
        if object.metadata.isBeingDeleted || object.metadata.ownerReferences.isEmpty { return }
        guard let owners = try classifyOwners(of: object) else { return }
        if !owners.solid.isEmpty {
            if !owners.useless.isEmpty { try removeOwners(owners.useless, from: object) }
        } else if !owners.waiting.isEmpty, hasDependents(object) {
            if hasWaitingDependents(object) { try unblockOwners(of: object) }
            try delete(object, "Foreground")
        } else {
            let finalizers = object.metadata.finalizers
            let policy =
                finalizers.contains(ObjectMeta.orphanFinalizer)
                ? "Orphan" : finalizers.contains(ObjectMeta.foregroundFinalizer) ? "Foreground" : "Background"
            try delete(object, policy)
        }
    }

    private struct Owners {
        /// UIDs of owners that are there to stay.
        var solid: [String] = []
        /// Of owners that are gone.
        var dangling: [String] = []
        /// Of owners that wait for their dependents' deletion.
        var waiting: [String] = []

        var useless: [String] { dangling + waiting }
    }

    /// Nil for an object of the whole cluster that names an owner in a namespace: it can't tell in which, so nothing is
    /// ever done about it. Fails for an owner of a kind that isn't served.
    private func classifyOwners(of object: KubeObject) throws(StatusError) -> Owners? {
        var owners = Owners()
        for reference in object.metadata.ownerReferences {
            guard let kind = Catalogue.kind(apiVersion: reference.apiVersion, kind: reference.kind) else {
                throw .badRequest(
                    "unable to get REST mapping for \(reference.apiVersion)/\(reference.kind).")
            }
            if kind.info.isNamespaced && object.namespace.isEmpty { return nil }
            guard let owner = owner(reference, of: object) else {
                owners.dangling.append(reference.uid)
                continue
            }
            if owner.metadata.isDeletingDependents {
                owners.waiting.append(reference.uid)
            } else {
                owners.solid.append(reference.uid)
            }
        }
        return owners
    }

    /// The owner that a reference means: of its kind and name, in the dependent's namespace, and with its UID.
    private func owner(_ reference: OwnerReference, of object: KubeObject) -> KubeObject? {
        guard let kind = Catalogue.kind(apiVersion: reference.apiVersion, kind: reference.kind) else { return nil }
        let namespace = kind.info.isNamespaced ? object.namespace : ""
        let owner = context.client.object(ObjectKey(kind, namespace: namespace, name: reference.name))
        return owner?.uid == reference.uid ? owner : nil
    }

    private func isSolid(_ reference: OwnerReference, of object: KubeObject) -> Bool {
        guard let owner = owner(reference, of: object) else { return false }
        return !owner.metadata.isDeletingDependents
    }

    /// A foreground deletion goes on once no dependent holds it up. Its dependents became due when it began, so this
    /// looks no further than to the first that is left.
    private func processWaitingOwner(_ owner: KubeObject) throws(StatusError) {
        var isBlocked = false
        graph.forEachDependent(of: owner.uid, context.client) { dependent in
            isBlocked = dependent.metadata.ownerReferences.contains {
                $0.uid == owner.uid && $0.blockOwnerDeletion == true
            }
            return !isBlocked
        }
        if !isBlocked { try removeFinalizer(ObjectMeta.foregroundFinalizer, from: owner) }
    }

    private func hasDependents(_ object: KubeObject) -> Bool {
        var isFound = false
        graph.forEachDependent(of: object.uid, context.client) { _ in
            isFound = true
            return false
        }
        return isFound
    }

    private func hasWaitingDependents(_ object: KubeObject) -> Bool {
        var isFound = false
        graph.forEachDependent(of: object.uid, context.client) { dependent in
            isFound = dependent.metadata.isDeletingDependents
            return !isFound
        }
        return isFound
    }

    /// Takes the owner out of all of its dependents' references, and lets it go.
    private func orphanDependents(_ item: Item) throws(StatusError) {
        guard let owner = context.client.object(item.key), owner.uid == item.uid else { return }
        var dependents: [KubeObject] = []
        graph.forEachDependent(of: item.uid, context.client) { dependent in
            dependents.append(dependent)
            return true
        }
        for dependent in dependents { try removeOwners([item.uid], from: dependent) }
        try removeFinalizer(ObjectMeta.orphanFinalizer, from: owner)
    }

    // MARK: Writing

    private func delete(_ object: KubeObject, _ policy: String) throws(StatusError) {
        var options = DeleteOptions(uid: object.uid)
        options.propagationPolicy = policy
        do throws(StatusError) {
            _ = try context.client.delete(object.key, options)
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    private func removeOwners(_ uids: [String], from object: KubeObject) throws(StatusError) {
        try changeMetadata(of: object) { metadata in
            metadata.ownerReferences.removeAll { uids.contains($0.uid) }
        }
    }

    /// Breaks a circle of owners that would wait for each other for ever.
    private func unblockOwners(of object: KubeObject) throws(StatusError) {
        try changeMetadata(of: object) { metadata in
            for index in metadata.ownerReferences.indices
            where metadata.ownerReferences[index].blockOwnerDeletion == true {
                metadata.ownerReferences[index].blockOwnerDeletion = false
            }
        }
    }

    private func removeFinalizer(_ finalizer: String, from object: KubeObject) throws(StatusError) {
        try changeMetadata(of: object) { metadata in metadata.finalizers.removeAll { $0 == finalizer } }
    }

    private func changeMetadata(
        of object: KubeObject, _ change: (inout ObjectMeta) -> Void
    ) throws(StatusError) {
        do throws(StatusError) {
            _ = try context.client.mutate(object.key, nil) { current in
                guard current.uid == object.uid else { return nil }
                var metadata = current.metadata
                change(&metadata)
                return metadata == current.metadata ? nil : current.with(metadata: metadata)
            }
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    // MARK: References that can't be meant

    /// Tells of a reference to an owner that lives in another namespace, or in one at all where the dependent lives in
    /// none: such an owner counts as gone.
    private func reportWrongNamespace(_ reference: OwnerReference, of object: KubeObject) {
        guard !absentOwners.contains(reference.uid),
            let kind = Catalogue.kind(apiVersion: reference.apiVersion, kind: reference.kind), kind.info.isNamespaced
        else { return }
        var isElsewhere = false
        context.client.forEach(kind, namespace: nil) { other in
            isElsewhere = other.uid == reference.uid && other.namespace != object.namespace
            return !isElsewhere
        }
        guard isElsewhere else { return absentOwners.insert(reference.uid) }
        let info = object.kind.info
        var about = ObjectReference()
        about.apiVersion = info.apiVersion
        about.kind = info.name
        about.namespace = object.namespace.isEmpty ? nil : object.namespace
        about.name = object.name
        about.uid = object.uid
        let identity =
            "[\(reference.apiVersion)/\(reference.kind), namespace: \(object.namespace), name: \(reference.name), "
            + "uid: \(reference.uid)]"
        context.recorder.event(
            about: about, .warning, "OwnerRefInvalidNamespace",
            "ownerRef \(identity) does not exist in namespace \(GoText.quoted(object.namespace))")
    }
}

/// UIDs of owners that are known to be gone: of a deleted owner with many dependents, each would be looked for.
private struct AbsentOwners {
    private static let capacity = 500
    private var uids: Set<String> = []

    func contains(_ uid: String) -> Bool { uids.contains(uid) }

    mutating func insert(_ uid: String) {
        if uids.count >= AbsentOwners.capacity { uids.removeAll() }
        uids.insert(uid)
    }
}

import KubeAPI
import KubeClient
import KubeCluster

/// What users made and changed, here or through the API, and what of it is in no file yet: what would be lost with the
/// cluster.
struct UserWork {
    /// What users made.
    private(set) var created: Set<ObjectKey> = []
    /// What was there without them, as every new cluster has it, and what they changed in it.
    private(set) var changed: [ObjectKey: ObjectEdit] = [:]
    /// What was there without them, and they deleted: no file brings that about.
    private(set) var deleted: Set<ObjectKey> = []
    /// Of all these, those that are in no file as they are now, and since which revision. What was made and is in a
    /// file stays among them when it is deleted.
    private(set) var unsaved: [ObjectKey: Revision] = [:]
    /// What is in a file, however old.
    private var filed: Set<ObjectKey> = []
    /// What a user wants deleted, and is not gone yet.
    private var condemned: Set<ObjectKey> = []

    /// What the user brought along.
    /// - Parameters:
    ///   - changes: those that brought it about. Of objects that a new cluster has, what was changed counts.
    ///   - areInFiles: whether it comes from files, and not from a stream that nobody has any more.
    mutating func bring(_ keys: [ObjectKey], _ changes: [Change], areInFiles: Bool, at revision: Revision) {
        let before = unsaved
        for change in changes { apply(change) }
        // Where the changes are no longer known, it is all taken for new; nodes never are.
        if changes.isEmpty { add(keys.filter { $0.kind != .node }, at: revision) }
        if areInFiles {
            filed.formUnion(keys)
            unsaved = before
        }
    }

    /// Objects that the user made here, as of a revision at which they are there.
    mutating func add(_ keys: [ObjectKey], at revision: Revision) {
        created.formUnion(keys)
        for key in keys { unsaved[key] = max(revision, unsaved[key] ?? 0) }
    }

    /// A file holds everything as it was at a revision; what came since is not in it.
    mutating func save(through revision: Revision) {
        filed = created.union(changed.keys)
        unsaved = unsaved.filter { $0.value > revision }
    }

    /// O(changes); where changes were lost, O(objects kept).
    mutating func apply(_ update: ClusterUpdate) {
        if update.isReset {
            let objects = update.snapshot.objects
            created = created.filter { objects.object($0) != nil }
            changed = changed.filter { objects.object($0.key) != nil }
            deleted = deleted.filter { objects.object($0) == nil }
            unsaved = unsaved.filter { created.contains($0.key) || changed[$0.key] != nil }
        }
        for change in update.changes { apply(change) }
    }

    private mutating func apply(_ change: Change) {
        switch change.verb {
        case .create:
            if !deleted.isEmpty { deleted.remove(change.key) }
            if !condemned.isEmpty { condemned.remove(change.key) }
            if UserWork.isKept(change), change.isByUser { add([change.key], at: change.revision) }
        case .update:
            if created.contains(change.key) {
                if change.isByUser { unsaved[change.key] = change.revision }
            } else if UserWork.isKept(change), let old = change.old, let new = change.new {
                note(change, from: old, to: new)
            }
        case .delete:
            if created.remove(change.key) != nil {
                unsaved[change.key] = filed.contains(change.key) ? change.revision : nil
                return
            }
            guard UserWork.isKept(change) else { return }
            changed[change.key] = nil
            unsaved[change.key] = nil
            if condemned.remove(change.key) != nil || change.isByUser { deleted.insert(change.key) }
        }
    }

    /// A change of what was there without users. Who wrote it is looked at last: components write most of them.
    private mutating func note(_ change: Change, from old: KubeObject, to new: KubeObject) {
        let key = change.key
        if new.metadata.deletionTimestamp != nil {
            if old.metadata.deletionTimestamp == nil, change.isByUser { condemned.insert(key) }
            return
        }
        if ObjectEdit.isOfStatus(old, new) || !change.isByUser { return }
        var edit = changed[key] ?? ObjectEdit(original: old)
        let before = edit.patch
        edit.add(from: old, to: new)
        if edit.patch == before { return }
        changed[key] = edit.isEmpty ? nil : edit
        unsaved[key] = edit.isEmpty && !filed.contains(key) ? nil : change.revision
    }

    /// What an owner makes it makes again, and what passes is no manifest's. The address of a Service comes with the
    /// Service, from whoever makes that, and a new cluster may give it another.
    private static func isKept(_ change: Change) -> Bool {
        switch change.kind {
        case .event, .eventsEvent, .lease: false
        case .ipAddress: change.object.metadata.labels["ipaddress.kubernetes.io/managed-by"] == nil
        default: change.object.metadata.ownerReferences.isEmpty
        }
    }
}

/// What users changed in an object that a new cluster has, too.
struct ObjectEdit {
    /// As it was before the first of them.
    let original: KubeObject
    /// A JSON merge patch (RFC 7396) that leads from there to what they want.
    private(set) var patch = JSONValue.object([:])

    init(original: KubeObject) { self.original = original }

    /// Whether a change says nothing of what somebody wants, as far as that is told without a look at the whole: where
    /// an object has a generation, it grows with its spec. Controllers that run outside write much of this kind.
    static func isOfStatus(_ old: KubeObject, _ new: KubeObject) -> Bool {
        let (before, after) = (old.metadata, new.metadata)
        return before.generation != nil && before.generation == after.generation && before.labels == after.labels
            && before.annotations == after.annotations && before.finalizers == after.finalizers
    }

    var isEmpty: Bool { patch.objectValue?.isEmpty ?? true }

    /// One more change of a user; what components changed in between is not theirs. O(object).
    mutating func add(from old: KubeObject, to new: KubeObject) {
        let start = Manifest.essence(original)
        var wanted = start
        wanted.mergePatch(patch)
        wanted.mergePatch(EditDifference.patch(from: Manifest.essence(old), to: Manifest.essence(new)))
        patch = EditDifference.patch(from: start, to: wanted)
    }

    /// What applied to the object in a new cluster changes it in the same way.
    var manifest: JSONValue {
        var value = patch
        let info = original.kind.info
        value["apiVersion"] = .string(info.apiVersion)
        value["kind"] = .string(info.name)
        if value["metadata"]?.objectValue == nil { value["metadata"] = .object([:]) }
        value["metadata"]?["name"] = .string(original.name)
        if !original.namespace.isEmpty { value["metadata"]?["namespace"] = .string(original.namespace) }
        return value
    }

    /// Whether the manifest says all: lists are merged by their entries' names when it is applied, and an entry that
    /// was taken out stays.
    var isWhole: Bool {
        do throws(StatusError) {
            let wanted = try applyPatch(patch.json, type: .merge, to: original).object
            let merged = try applyPatch(manifest.json, type: .strategicMerge, to: original).object
            return Manifest.essence(wanted) == Manifest.essence(merged)
        } catch {
            return false
        }
    }
}

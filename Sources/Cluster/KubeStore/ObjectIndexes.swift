import ClusterCore
import KubeAPI
import KubeClient

/// The store's indexes, each a table of ordered buckets. A bucket holds the slots where objects are, so that a write
/// touches an index only when it changes one of the fields that the index is made of.
struct ObjectIndexes {
    typealias Slot = ObjectStore.Slot
    typealias Bucket = PersistentMap<ObjectKey, Slot>

    private struct Label: Hashable {
        var kind: ResourceKind
        var namespace: String
        var key: String
        var value: String
    }

    private var byOwner: [String: Bucket] = [:]
    private var byNode: [String: Bucket] = [:]
    private var byLabel: [Label: Bucket] = [:]
    private var keepsUnbound = false
    /// The label keys by which objects of a kind have been looked for, by the number of the kind. Only these are kept.
    private var labelKeys: [[String]] = Array(repeating: [], count: Catalogue.kinds.count)

    // MARK: Reading

    func forEach(_ kind: ResourceKind, _ index: ObjectIndex, _ body: (KubeObject) -> Bool) {
        let bucket: Bucket?
        switch index {
        case .owner(let uid): bucket = byOwner[uid]
        case .node(let name): bucket = byNode[name]
        case .label(let namespace, let key, let value):
            bucket = byLabel[Label(kind: kind, namespace: namespace, key: key, value: value)]
        }
        guard let bucket else { return }
        _ = bucket.forEach(in: Snapshot.range(kind, namespace: nil)) { _, slot in body(slot.object) }
    }

    // MARK: Labels in use

    /// Notes that objects of a kind are looked for by a label. True if they were not before: the caller then adds all.
    mutating func begin(_ kind: ResourceKind, label: String) -> Bool {
        if labelKeys[Int(kind.rawValue)].contains(label) { return false }
        labelKeys[Int(kind.rawValue)].append(label)
        return true
    }

    /// The same of pods that are not bound. As long as nobody looks for them, a new pod costs nothing here.
    mutating func beginUnbound() -> Bool {
        if keepsUnbound { return false }
        keepsUnbound = true
        return true
    }

    /// Adds an object that was there when its index began.
    mutating func add(_ slot: Slot, _ key: ObjectKey, _ index: ObjectIndex) {
        switch index {
        case .label(_, let label, _):
            guard let value = slot.object.metadata.labels[label] else { return }
            byLabel[Label(kind: key.kind, namespace: key.namespace, key: label, value: value), default: Bucket()]
                .updateValue(slot, forKey: key)
        case .node:
            guard let pod = slot.object.as(Pod.self), (pod.spec.nodeName ?? "").isEmpty else { return }
            byNode["", default: Bucket()].updateValue(slot, forKey: key)
        case .owner: break
        }
    }

    // MARK: Writing

    mutating func update(_ key: ObjectKey, _ slot: Slot, old: KubeObject?, new: KubeObject?) {
        updateMetadata(key, slot, old: old?.metadata, new: new?.metadata)
        if key.kind == .pod { updateNode(key, slot, old?.as(Pod.self)?.spec, new?.as(Pod.self)?.spec) }
    }

    private mutating func updateMetadata(_ key: ObjectKey, _ slot: Slot, old: ObjectMeta?, new: ObjectMeta?) {
        if let old, let new, old.isIdentical(to: new) { return }
        updateOwners(key, slot, old?.ownerReferences ?? [], new?.ownerReferences ?? [])
        if labelKeys[Int(key.kind.rawValue)].isEmpty { return }
        updateLabels(key, slot, old?.labels ?? [:], new?.labels ?? [:])
    }

    private mutating func updateOwners(
        _ key: ObjectKey, _ slot: Slot, _ old: [OwnerReference], _ new: [OwnerReference]
    ) {
        if old == new { return }
        for owner in old where !new.contains(where: { $0.uid == owner.uid }) {
            ObjectIndexes.remove(key, from: &byOwner, owner.uid)
        }
        for owner in new where !old.contains(where: { $0.uid == owner.uid }) {
            byOwner[owner.uid, default: Bucket()].updateValue(slot, forKey: key)
        }
    }

    private mutating func updateNode(_ key: ObjectKey, _ slot: Slot, _ old: PodSpec?, _ new: PodSpec?) {
        if let old, let new, old.isIdentical(to: new) { return }
        let oldName = old.map { $0.nodeName ?? "" }
        let newName = new.map { $0.nodeName ?? "" }
        if oldName == newName { return }
        if let oldName, !oldName.isEmpty || keepsUnbound { ObjectIndexes.remove(key, from: &byNode, oldName) }
        if let newName, !newName.isEmpty || keepsUnbound {
            byNode[newName, default: Bucket()].updateValue(slot, forKey: key)
        }
    }

    private mutating func updateLabels(
        _ key: ObjectKey, _ slot: Slot, _ old: StringMap<String>, _ new: StringMap<String>
    ) {
        if old == new { return }
        for label in labelKeys[Int(key.kind.rawValue)] {
            let oldValue = old[label]
            let newValue = new[label]
            if oldValue == newValue { continue }
            if let oldValue {
                let entry = Label(kind: key.kind, namespace: key.namespace, key: label, value: oldValue)
                ObjectIndexes.remove(key, from: &byLabel, entry)
            }
            if let newValue {
                let entry = Label(kind: key.kind, namespace: key.namespace, key: label, value: newValue)
                byLabel[entry, default: Bucket()].updateValue(slot, forKey: key)
            }
        }
    }

    private static func remove<Entry: Hashable>(
        _ key: ObjectKey, from buckets: inout [Entry: Bucket], _ entry: Entry
    ) {
        guard let place = buckets.index(forKey: entry) else { return }
        buckets.values[place].removeValue(forKey: key)
        if buckets.values[place].isEmpty { buckets.remove(at: place) }
    }
}
